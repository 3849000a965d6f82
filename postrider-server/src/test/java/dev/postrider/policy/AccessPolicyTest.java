package dev.postrider.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.table.Lookup;
import dev.postrider.table.LookupTable;
import dev.postrider.table.TableSource;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessPolicyTest {
  private static final ClientFacts STRANGER = client("203.0.113.5", false);
  private static final ClientFacts FRIEND = client("192.0.2.5", true);

  private static ClientFacts client(String address, boolean trusted) {
    return new ClientFacts("host.example", InetAddress.ofLiteral(address), 0, trusted, false);
  }

  private static Config config(Map<String, String> changes) {
    Map<String, String> settings =
        new HashMap<>(
            Map.of(
                "myhostname", "mail.example.test",
                "myorigin", "example.test",
                "mydestination", "example.test, localhost",
                "local_recipient_maps", "",
                "proxy_interfaces", "192.0.2.1",
                "relay_domains", "partner.example",
                "compatibility_level", "3.6"));
    settings.putAll(changes);
    return Config.of(Path.of("/nonexistent"), settings);
  }

  private static AccessPolicy policy(Map<String, String> changes) throws ConfigException {
    return AccessPolicy.of(config(changes), TableSource.none());
  }

  private static String ask(AccessPolicy policy, ClientFacts client, String local, String domain) {
    Verdict verdict =
        policy.judge(
            new AccessPolicy.Request(
                client, false, "h", new ReversePath.Null(), new Mailbox(local, domain)));
    return verdict instanceof Verdict.Reject(var reply) ? reply.oneLine() : "permit";
  }

  @Test
  void byDefaultFriendsRelayAndStrangersAreRefused() throws ConfigException {
    AccessPolicy policy = policy(Map.of());

    assertThat(ask(policy, FRIEND, "x", "elsewhere.example")).isEqualTo("permit");
    assertThat(ask(policy, STRANGER, "x", "elsewhere.example"))
        .isEqualTo("554 5.7.1 <x@elsewhere.example>: Relay access denied");
  }

  @Test
  void strangersMayWriteToOurDomainsAndThoseWeRelayFor() throws ConfigException {
    AccessPolicy policy = policy(Map.of());

    for (String domain :
        new String[] {
          "example.test",
          "EXAMPLE.TEST.",
          "",
          "partner.example",
          "sub.partner.example",
          "[192.0.2.1]",
          "[127.0.0.1]",
          "[IPv6:::1]"
        }) {
      assertThat(ask(policy, STRANGER, "x", domain)).as(domain).isEqualTo("permit");
    }
    for (String domain : new String[] {"sub.example.test", "test", "[192.0.2.2]", "[x]"}) {
      assertThat(ask(policy, STRANGER, "x", domain)).as(domain).startsWith("554");
    }
  }

  @Test
  void nobodyRelaysThroughALocalPart() throws ConfigException {
    AccessPolicy policy = policy(Map.of());

    for (String local : new String[] {"x%elsewhere", "elsewhere!x", "x@elsewhere"}) {
      assertThat(ask(policy, STRANGER, local, "example.test")).as(local).startsWith("554");
    }
  }

  @Test
  void eachListMayEndTheMatterOnlyByRejecting() throws ConfigException {
    AccessPolicy policy =
        policy(
            Map.of(
                "smtpd_client_restrictions", "permit",
                "smtpd_relay_restrictions", "permit_mynetworks, reject_unauth_destination",
                "smtpd_recipient_restrictions", "permit_mynetworks, defer"));

    assertThat(ask(policy, FRIEND, "x", "elsewhere.example")).isEqualTo("permit");
    assertThat(ask(policy, STRANGER, "x", "elsewhere.example"))
        .isEqualTo("554 5.7.1 <x@elsewhere.example>: Relay access denied");
    assertThat(ask(policy, STRANGER, "x", "example.test"))
        .isEqualTo("450 4.7.1 <x@example.test>: Recipient address rejected: Try again later");
  }

  @Test
  void rejectNamesWhatItsListJudges() throws ConfigException {
    assertThat(ask(policy(Map.of("smtpd_client_restrictions", "reject")), STRANGER, "x", "y"))
        .isEqualTo("554 5.7.1 <host.example[203.0.113.5]>: Client host rejected: Access denied");
    assertThat(ask(policy(Map.of("smtpd_helo_restrictions", "reject")), STRANGER, "x", "y"))
        .isEqualTo("554 5.7.1 <h>: Helo command rejected: Access denied");
    assertThat(ask(policy(Map.of("smtpd_sender_restrictions", "reject")), STRANGER, "x", "y"))
        .isEqualTo("554 5.7.1 <>: Sender address rejected: Access denied");
  }

  @Test
  void anOpenRelayCannotBeConfiguredByOversight() {
    assertThatThrownBy(() -> policy(Map.of("smtpd_relay_restrictions", "permit_mynetworks")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("specify at least one working instance of");
    assertThatThrownBy(() -> policy(Map.of("smtpd_relay_restrictions", "check_foo hash:x, reject")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("smtpd_relay_restrictions")
        .hasMessageContaining("\"check_foo\"");
  }

  @Test
  void aTableThatCannotAnswerDefers() throws ConfigException {
    LookupTable broken =
        new LookupTable() {
          @Override
          public String name() {
            return "hash:broken";
          }

          @Override
          public Lookup lookup(String key) {
            return new Lookup.Unavailable("broken");
          }
        };
    AccessPolicy policy =
        AccessPolicy.of(config(Map.of("mydestination", "hash:broken")), _ -> broken);

    assertThat(ask(policy, STRANGER, "x", "example.test"))
        .isEqualTo("451 4.3.0 <x@example.test>: Temporary lookup failure");
  }

  @Test
  void mynetworksTakesBlocksNamesFilesAndExceptions(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("networks");
    Files.writeString(file, "# ours\n198.51.100.0/24\n");
    MyNetworks networks =
        MyNetworks.of(
            config(
                Map.of(
                    "mynetworks",
                    "!192.0.2.7, 192.0.2.0/25 [::1]/128 [::ffff:127.0.0.0]/104"
                        + " [2001:db8::]/32 [fd00::/8] trusted.example "
                        + file)),
            TableSource.none());

    for (String in :
        new String[] {
          "192.0.2.1", "127.5.5.5", "::1", "2001:db8:5::9", "fd12::1", "198.51.100.77"
        }) {
      assertThat(networks.contains("unknown", InetAddress.ofLiteral(in))).as(in).isTrue();
    }
    for (String out :
        new String[] {"192.0.2.7", "192.0.2.128", "128.0.0.1", "::2", "2001:db9::1"}) {
      assertThat(networks.contains("unknown", InetAddress.ofLiteral(out))).as(out).isFalse();
    }
    InetAddress elsewhere = InetAddress.ofLiteral("203.0.113.1");
    assertThat(networks.contains("Trusted.example", elsewhere)).isTrue();
    assertThat(networks.contains("host.trusted.example", elsewhere)).isTrue();
    assertThat(networks.contains("untrusted.example", elsewhere)).isFalse();
  }

  @Test
  void aBadBlockIsToldWithItsRemedy() {
    for (String bad : new String[] {"192.0.2.1/24", "192.0.2.0/33", "[::1]/129", "300.0.0.0/8"}) {
      assertThatThrownBy(() -> MyNetworks.of(config(Map.of("mynetworks", bad)), TableSource.none()))
          .as(bad)
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("mynetworks")
          .hasMessageContaining(bad);
    }
  }
}
