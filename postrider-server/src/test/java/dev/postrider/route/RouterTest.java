package dev.postrider.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.table.Lookup;
import dev.postrider.table.LookupTable;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RouterTest {
  private static final Map<String, String> MAP =
      Map.of(
          "user@one.test", "slow:[10.0.0.1]:2525",
          "two.test", "slow:",
          ".three.test", ":other.test",
          "me@box.test", "[own.relay.test]:587",
          "@out.test", "DUNNO",
          "<>", "[null.relay.test]",
          "alice", "[alice.relay.test]:587, [second.relay.test]:587",
          "bob", "DUNNO");

  private final Map<String, String> settings =
      new HashMap<>(
          Map.of(
              "myhostname", "mail.example.test",
              "mydestination", "example.test, localhost",
              "inet_interfaces", "loopback-only",
              "recipient_delimiter", "+"));

  private String route(String recipient) {
    return route("me@box.test", recipient);
  }

  private String route(String sender, String recipient) {
    return route(sender, "", recipient);
  }

  private String route(String sender, String submitter, String recipient) {
    Router router =
        new Router(
            Config.of(Path.of("/nonexistent"), settings),
            Set.of("smtp", "relay", "local", "virtual", "slow", "error")::contains,
            RouterTest::open);
    ReversePath path = sender.isEmpty() ? new ReversePath.Null() : ReversePath.of(mailbox(sender));
    return switch (router.resolve(new From(path, submitter), mailbox(recipient)).route()) {
      case Route.To(var nextHop) -> nextHop.toString();
      case Route.Refused(var code, var text) -> code + " " + text;
      case Route.Unknown(var code, var text) -> code + " " + text;
    };
  }

  private static Mailbox mailbox(String text) {
    int at = text.lastIndexOf('@');
    return new Mailbox(text.substring(0, at), text.substring(at + 1));
  }

  private static LookupTable open(String spec) throws ConfigException {
    if (!spec.startsWith("hash:")) {
      throw new ConfigException("unsupported dictionary type: " + spec);
    }
    return new LookupTable() {
      @Override
      public String name() {
        return spec;
      }

      @Override
      public Lookup lookup(String key) {
        if (spec.equals("hash:down")) {
          return new Lookup.Unavailable("hash:down is down");
        }
        String value = MAP.get(key);
        return value == null ? new Lookup.NotFound() : new Lookup.Found(value);
      }
    };
  }

  @Test
  void ourOwnNamesAndAddressesAreLocal() {
    assertThat(route("root@Example.Test")).isEqualTo("local:mail.example.test");
    assertThat(route("root@localhost")).isEqualTo("local:mail.example.test");
    assertThat(route("root@[127.0.0.1]")).isEqualTo("local:mail.example.test");
    assertThat(route("root@[IPv6:::1]")).isEqualTo("local:mail.example.test");
    assertThat(route("root@[192.0.2.77]")).isEqualTo("smtp:[192.0.2.77]");
  }

  @Test
  void aBareNumberIsNoDomain() {
    assertThat(route("you@192.0.2.77")).isEqualTo("5.1.3 bad address syntax");
    assertThat(route("you%192.0.2.77@localhost")).isEqualTo("5.1.3 bad address syntax");
    assertThat(route("root@127.0.0.1")).isEqualTo("5.1.3 bad address syntax");
  }

  @Test
  void aBareNumberIsALiteralIfWanted() {
    settings.put("resolve_numeric_domain", "yes");

    assertThat(route("you@192.0.2.77")).isEqualTo("smtp:[192.0.2.77]");
    assertThat(route("you%192.0.2.77@localhost")).isEqualTo("smtp:[192.0.2.77]");
    assertThat(route("root@127.0.0.1")).isEqualTo("local:mail.example.test");
    assertThat(route("you@192.0.2.377")).isEqualTo("smtp:192.0.2.377");
  }

  @Test
  void otherDomainsGoToThemselvesWithoutARelayhost() {
    assertThat(route("you@Remote.TEST")).isEqualTo("smtp:remote.test");
  }

  @Test
  void theRelayhostTakesTheRestAsItIsWritten() {
    settings.put("relayhost", "[smtp.Provider.test]:587");

    assertThat(route("you@remote.test")).isEqualTo("smtp:[smtp.Provider.test]:587");
    assertThat(route("root@example.test")).isEqualTo("local:mail.example.test");
  }

  @Test
  void relayDomainsUseTheRelayTransport() {
    settings.put("relay_domains", "inside.test");

    assertThat(route("you@a.inside.test")).isEqualTo("relay:a.inside.test");
    settings.put("parent_domain_matches_subdomains", "");
    assertThat(route("you@a.inside.test")).isEqualTo("smtp:a.inside.test");
  }

  @Test
  void aNextHopInTheTransportSettingBeatsTheRelayhost() {
    settings.put("relayhost", "[relay.test]");
    settings.put("default_transport", "slow:[fixed.test]");

    assertThat(route("you@remote.test")).isEqualTo("slow:[fixed.test]");
  }

  @Test
  void whatBeginsWithAMinusIsNoAddressUnlessAllowed() {
    settings.put("transport_maps", "hash:map");

    assertThat(route("-x@remote.test")).isEqualTo("5.1.3 bad address syntax");
    assertThat(route("-x@example.test")).isEqualTo("5.1.3 bad address syntax");
    settings.put("allow_min_user", "yes");
    assertThat(route("-x@remote.test")).isEqualTo("smtp:remote.test");
  }

  @Test
  void virtualClassesHaveTheirOwnAnswers() {
    settings.put("virtual_alias_domains", "alias.test");
    settings.put("virtual_mailbox_domains", "box.test");

    assertThat(route("x@alias.test")).isEqualTo("5.1.1 User unknown in virtual alias table");
    assertThat(route("x@box.test")).isEqualTo("virtual:box.test");
  }

  @Test
  void transportMapsOverrideInTheirOrder() {
    settings.put("transport_maps", "hash:map");
    settings.put("relayhost", "[relay.test]");

    assertThat(route("user+ext@one.test")).isEqualTo("slow:[10.0.0.1]:2525");
    assertThat(route("other@one.test")).isEqualTo("smtp:[relay.test]");
    assertThat(route("x@two.test")).isEqualTo("slow:two.test");
    assertThat(route("x@a.three.test")).isEqualTo("smtp:other.test");
  }

  @Test
  void errorWithoutWordsGetsSome() {
    settings.put("default_transport", "error");

    assertThat(route("x@two.test")).isEqualTo("error:Address is undeliverable");
  }

  @Test
  void sendersMayHaveTheirOwnRelayhost() {
    settings.put("sender_dependent_relayhost_maps", "hash:map");
    settings.put("relayhost", "[relay.test]");

    assertThat(route("you@remote.test")).isEqualTo("smtp:[own.relay.test]:587");
    assertThat(route("x@out.test", "you@remote.test")).isEqualTo("smtp:[relay.test]");
    assertThat(route("", "you@remote.test")).isEqualTo("smtp:[null.relay.test]");
  }

  @Test
  void whoSubmittedItDecidesBeforeTheSenderAndAfterTheRecipient() {
    settings.put("postrider_submitter_relayhost_maps", "hash:map");
    settings.put("sender_dependent_relayhost_maps", "hash:map");
    settings.put("transport_maps", "hash:map");
    settings.put("relayhost", "[relay.test]");

    assertThat(route("me@box.test", "alice", "you@remote.test"))
        .isEqualTo("smtp:[alice.relay.test]:587, [second.relay.test]:587");
    assertThat(route("", "alice", "you@remote.test"))
        .isEqualTo("smtp:[alice.relay.test]:587, [second.relay.test]:587");
    assertThat(route("me@box.test", "bob", "you@remote.test"))
        .isEqualTo("smtp:[own.relay.test]:587");
    assertThat(route("x@out.test", "carol", "you@remote.test")).isEqualTo("smtp:[relay.test]");
    assertThat(route("me@box.test", "alice", "user@one.test")).isEqualTo("slow:[10.0.0.1]:2525");
    assertThat(route("me@box.test", "alice", "root@localhost"))
        .isEqualTo("local:mail.example.test");
  }

  @Test
  void aTableOfSubmittersThatDoesNotAnswerPutsTheirMailOff() {
    settings.put("postrider_submitter_relayhost_maps", "hash:down");

    assertThat(route("me@box.test", "alice", "you@remote.test"))
        .isEqualTo("4.3.0 address resolver failure: hash:down is down");
    assertThat(route("me@box.test", "", "you@remote.test")).isEqualTo("smtp:remote.test");
  }

  @Test
  void aTableThatDoesNotAnswerPutsTheMailOff() {
    settings.put("transport_maps", "hash:down");

    assertThat(route("you@remote.test"))
        .isEqualTo("4.3.0 address resolver failure: hash:down is down");
    settings.put("transport_maps", "");
    settings.put("mydestination", "bogus:x");
    assertThat(route("you@remote.test"))
        .isEqualTo(
            "4.3.0 address resolver failure: mydestination: unsupported dictionary type: bogus:x");
  }

  @Test
  void aTransportThatMasterCfDoesNotHavePutsTheMailOff() {
    settings.put("default_transport", "uucp");

    assertThat(route("you@remote.test"))
        .isEqualTo("4.3.0 mail transport unavailable: master.cf has no service named \"uucp\"");
  }
}
