package dev.postrider.provider;

import dev.postrider.dns.DnsAnswer;
import dev.postrider.dns.MxHost;
import dev.postrider.dns.Resolver;
import dev.postrider.dns.SrvHost;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import javax.xml.stream.XMLStreamException;

/**
 * Finds where mail of an address can be handed in: the list that comes with the program, by domain
 * and by MX; what the domain publishes; Thunderbird's list; the same for the domain of the MX host;
 * SRV records (RFC 8314 §5.1, RFC 6186); the usual names. Only HTTPS is believed, and no password
 * is needed for any of it. For one search.
 */
public final class Discovery {
  /** Told of each step as it ends, for a person who waits. Called on the searching thread. */
  @FunctionalInterface
  public interface Progress {
    /**
     * A step has ended.
     *
     * @param step what was asked
     * @param outcome what came of it, in a few words
     */
    void step(String step, String outcome);
  }

  private static final String ISPDB = "https://autoconfig.thunderbird.net/v1.1/";

  /** More MX hosts than these tell nothing new. */
  private static final int MAX_MX = 5;

  /** Second levels under which countries have their domains registered. */
  private static final Set<String> SECOND_LEVELS =
      Set.of("ac", "co", "com", "edu", "gov", "ne", "net", "or", "org");

  private final ProviderList list;
  private final Optional<Web> web;
  private final Resolver resolver;
  private final Progress progress;

  /**
   * @param web empty where only the DNS is to be asked
   */
  public Discovery(ProviderList list, Optional<Web> web, Resolver resolver, Progress progress) {
    this.list = list;
    this.web = web;
    this.resolver = resolver;
    this.progress = progress;
  }

  /**
   * Searches. The last resort always finds something, which may not exist.
   *
   * @param address with a domain
   */
  public Finding find(String address) {
    String domain = address.substring(address.lastIndexOf('@') + 1).toLowerCase(Locale.ROOT);
    Optional<Provider> listed = list.ofDomain(domain);
    if (listed.isPresent()) {
      progress.step("the list of providers", "has " + domain + ": " + listed.get().name());
      return new Finding(listed.get(), Finding.Source.LIST, domain);
    }
    List<String> mx = mx(domain);
    for (String host : mx) {
      Optional<Provider> hosting = list.ofMx(host);
      if (hosting.isPresent()) {
        progress.step("the list of providers", "has " + host + ": " + hosting.get().name());
        return new Finding(hosting.get(), Finding.Source.LIST, "MX " + host);
      }
    }
    return published(address, domain, mx).or(() -> srv(domain)).orElseGet(() -> guess(domain));
  }

  private List<String> mx(String domain) {
    String step = "MX of " + domain;
    return switch (resolver.mx(domain)) {
      case DnsAnswer.Found<MxHost> found -> {
        List<String> hosts =
            found.records().stream()
                .sorted(Comparator.comparingInt(MxHost::preference))
                .map(MxHost::name)
                .filter(name -> !name.isEmpty())
                .limit(MAX_MX)
                .toList();
        progress.step(step, hosts.isEmpty() ? "takes no mail" : String.join(", ", hosts));
        yield hosts;
      }
      case DnsAnswer.NoData<MxHost> _ -> told(step, "none");
      case DnsAnswer.NxDomain<MxHost> _ -> told(step, "there is no such domain");
      case DnsAnswer.TemporaryFailure<MxHost>(var reason, _) -> told(step, "no answer: " + reason);
    };
  }

  private List<String> told(String step, String outcome) {
    progress.step(step, outcome);
    return List.of();
  }

  private Optional<Finding> published(String address, String domain, List<String> mx) {
    if (web.isEmpty()) {
      return Optional.empty();
    }
    Optional<Finding> found = documents(address, domain);
    for (String host : mx) {
      if (found.isPresent()) {
        break;
      }
      String base = baseDomain(host);
      if (!base.equals(domain)) {
        Optional<Provider> listed = list.ofDomain(base);
        found =
            listed.isPresent()
                ? Optional.of(new Finding(listed.get(), Finding.Source.LIST, "MX " + host))
                : documents(address, base);
      }
    }
    return found;
  }

  private Optional<Finding> documents(String address, String domain) {
    String encoded = URLEncoder.encode(address, StandardCharsets.UTF_8);
    return document(
            "https://autoconfig." + domain + "/mail/config-v1.1.xml?emailaddress=" + encoded,
            address,
            Finding.Source.PUBLISHED)
        .or(() ->
            document(
                "https://" + domain + "/.well-known/autoconfig/mail/config-v1.1.xml",
                address,
                Finding.Source.PUBLISHED))
        .or(() -> document(ISPDB + domain, address, Finding.Source.ISPDB));
  }

  private Optional<Finding> document(String page, String address, Finding.Source source) {
    try {
      Optional<Provider> found = Autoconfig.read(web.orElseThrow().get(URI.create(page)), address);
      progress.step(page, found.isPresent() ? "found" : "names no server with TLS");
      return found.map(provider -> new Finding(provider, source, page));
    } catch (IOException e) {
      progress.step(page, String.valueOf(e.getMessage()));
    } catch (XMLStreamException | IllegalArgumentException e) {
      progress.step(page, "is no configuration for mail programs");
    }
    return Optional.empty();
  }

  private Optional<Finding> srv(String domain) {
    // RFC 8314 §5.1: TLS from the first byte is preferred.
    return srv(domain, "_submissions._tcp.", SubmissionServer.Security.IMPLICIT)
        .or(() -> srv(domain, "_submission._tcp.", SubmissionServer.Security.STARTTLS));
  }

  private Optional<Finding> srv(String domain, String service, SubmissionServer.Security security) {
    String name = service + domain;
    if (!(resolver.srv(name) instanceof DnsAnswer.Found<SrvHost>(var records, _, _))) {
      progress.step("SRV " + name, "none");
      return Optional.empty();
    }
    List<SubmissionServer> servers =
        records.stream()
            .filter(each -> !each.name().isEmpty() && each.port() > 0)
            .sorted(
                Comparator.comparingInt(SrvHost::priority)
                    .thenComparing(SrvHost::weight, Comparator.reverseOrder()))
            .map(each -> new SubmissionServer(each.name(), each.port(), security))
            .toList();
    progress.step("SRV " + name, servers.isEmpty() ? "not offered" : servers.getFirst().nextHop());
    return servers.isEmpty()
        ? Optional.empty()
        : Optional.of(new Finding(unknown(domain, servers), Finding.Source.SRV, "SRV " + name));
  }

  private static Finding guess(String domain) {
    List<SubmissionServer> servers = new ArrayList<>();
    for (String prefix : List.of("smtp.", "mail.")) {
      servers.add(new SubmissionServer(prefix + domain, 465, SubmissionServer.Security.IMPLICIT));
      servers.add(new SubmissionServer(prefix + domain, 587, SubmissionServer.Security.STARTTLS));
    }
    return new Finding(unknown(domain, servers), Finding.Source.GUESS, "the usual names");
  }

  /** A provider of which only servers are known. */
  public static Provider unknown(String name, List<SubmissionServer> servers) {
    return new Provider(
        "custom",
        name,
        Set.of(),
        List.of(),
        servers,
        new LoginName.Address(),
        List.of(new CredentialKind(CredentialKind.Kind.PASSWORD, "", "")),
        SenderRule.ENVELOPE,
        "",
        List.of());
  }

  /**
   * The domain that somebody registered, of a host's name: two labels, or three where countries
   * have second levels. Without the list of public suffixes this is a guess, and only used to ask
   * for a document that then says more.
   */
  static String baseDomain(String host) {
    String[] labels = host.toLowerCase(Locale.ROOT).split("\\.");
    int count =
        labels.length > 2
                && labels[labels.length - 1].length() == 2
                && SECOND_LEVELS.contains(labels[labels.length - 2])
            ? 3
            : 2;
    return labels.length <= count
        ? host.toLowerCase(Locale.ROOT)
        : String.join(".", List.of(labels).subList(labels.length - count, labels.length));
  }
}
