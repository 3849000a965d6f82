package dev.postrider.cli;

import dev.postrider.dns.Resolver;
import dev.postrider.provider.Discovery;
import dev.postrider.provider.Finding;
import dev.postrider.provider.Provider;
import dev.postrider.provider.ProviderList;
import dev.postrider.provider.SubmissionServer;
import dev.postrider.provider.Web;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Who takes mail of an address, at which servers, by which name. For one call. */
final class SetupSearch {
  private final SetupArguments arguments;
  private final SetupDialog dialog;

  SetupSearch(SetupArguments arguments, SetupDialog dialog) {
    this.arguments = arguments;
    this.dialog = dialog;
  }

  /** The provider that is named, or that of the server that is, or the one that is found. */
  Provider provider(String address, Resolver resolver, Web web) throws IOException, SetupRefusal {
    ProviderList list = ProviderList.shipped();
    if (arguments.provider().isPresent()) {
      String name = arguments.provider().get();
      return list.named(name)
          .orElseThrow(() ->
              new SetupRefusal(
                  64, "\"" + name + "\" is no provider of the list (postrider setup --providers)"));
    }
    if (arguments.server().isPresent()) {
      return of(list, arguments.server().get());
    }
    dialog.step("looking for the provider of " + address);
    Finding found =
        new Discovery(
                list,
                arguments.network() ? Optional.of(web) : Optional.empty(),
                resolver,
                (step, outcome) -> dialog.step(step + ": " + outcome))
            .find(address);
    if (found.source() == Finding.Source.GUESS) {
      return guessed(list, found.provider());
    }
    Provider provider = found.provider();
    dialog.say(provider.name() + " (" + found.detail() + ")");
    if (!provider.limit().isEmpty()) {
      dialog.say("It lets through: " + provider.limit());
    }
    provider.notes().forEach(note -> dialog.say("Note: " + note));
    return provider;
  }

  private static Provider of(ProviderList list, SubmissionServer server) {
    return list.ofServer(server.host())
        .orElseGet(() -> Discovery.unknown(server.host(), List.of(server)));
  }

  private Provider guessed(ProviderList list, Provider guess) throws IOException, SetupRefusal {
    dialog.say("Nobody says which servers take mail of " + guess.name() + ".");
    if (!dialog.isPossible()) {
      dialog.say("The usual names are tried.");
      return guess;
    }
    String answer = dialog.ask("Server as host:port, or Enter to try the usual names", "", "");
    try {
      return answer.isEmpty() ? guess : of(list, SetupArguments.server(answer));
    } catch (IllegalArgumentException e) {
      throw SetupRefusal.noPermission("nothing was written: " + e.getMessage());
    }
  }

  /** Its servers, in the order in which they are tried. */
  List<SubmissionServer> servers(Provider provider) throws IOException, SetupRefusal {
    if (arguments.server().isPresent()) {
      return List.of(arguments.server().get());
    }
    List<SubmissionServer> servers = new ArrayList<>();
    Optional<String> region = arguments.region();
    for (SubmissionServer each : provider.servers()) {
      if (each.needsRegion() && region.isEmpty()) {
        region =
            Optional.of(
                dialog.ask(
                    "The region of " + provider.name() + ", such as eu-west-1", "", "--region"));
      }
      servers.add(each.needsRegion() ? each.inRegion(region.orElseThrow()) : each);
    }
    return servers;
  }

  /** The name to log in with. */
  String login(Provider provider, String address) throws IOException, SetupRefusal {
    Optional<String> name = arguments.login().or(() -> provider.login().of(address));
    if (name.isPresent()) {
      return name.get();
    }
    String answer = dialog.ask("The name to log in with at " + provider.name(), "", "--login");
    if (answer.isEmpty() || answer.chars().anyMatch(Character::isWhitespace)) {
      throw SetupRefusal.noPermission("a name to log in with has no white space in it");
    }
    return answer;
  }
}
