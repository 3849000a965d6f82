package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * {@code postrider setup --direct}: only a machine that others will take mail from is set up so.
 */
class DirectSetupTest {
  /** The mail server of gmail.com, reached from the machine's public address. */
  private static final String NETWORK =
      """
      ip address add 192.0.2.25/32 dev lo
      ip address add 203.0.113.7/32 dev lo
      ip route replace local 192.0.2.25 dev lo table local src 203.0.113.7
      """;

  private static final String ZONE =
      """
      gmail.com. 60 IN MX 5 gmail-smtp-in.l.google.com.
      gmail-smtp-in.l.google.com. 60 IN A 192.0.2.25
      mail.example.com. 60 IN A 203.0.113.7
      mail.example.com. 60 IN TXT "v=spf1 a -all"
      7.113.0.203.in-addr.arpa. 60 IN PTR mail.example.com.
      other.example.com. 60 IN A 203.0.113.9
      """;

  private MannersWorld world;

  @AfterEach
  void end() throws IOException {
    if (world != null) {
      world.close();
    }
  }

  private Shell.Result setup(String options) throws IOException, InterruptedException {
    return world.run("", "postrider setup --direct " + options);
  }

  @Test
  void provenItIsWrittenAndTheFirstMailArrives() throws Exception {
    world = MannersWorld.create(NETWORK, ZONE);

    Shell.Result done = setup("mail.example.com you@gmail.com");

    assertThat(done.code()).as(done.all()).isZero();
    assertThat(done.out())
        .contains("port 25 outward is open: gmail-smtp-in.l.google.com says 220 mx.google.com")
        .contains("203.0.113.7 is mail.example.com in the DNS, and back")
        .contains("SPF of mail.example.com lets 203.0.113.7 send (a)")
        .contains("taken by gmail-smtp-in.l.google.com", "Done.");
    assertThat(world.texts("mx-").getFirst())
        .startsWith("MAIL FROM:<root@mail.example.com>")
        .contains("RCPT TO:<you@gmail.com>", "From: root@mail.example.com");
    assertThat(world.run("", "postconf -h myorigin relayhost").out()).isEqualTo("$myhostname\n\n");
    assertThat(world.file("/etc/aliases")).contains("root: you@gmail.com");

    Shell.Result undone = world.run("", "postrider setup --undo");
    assertThat(undone.code()).as(undone.all()).isZero();
    assertThat(world.file("/etc/postfix/main.cf")).isEmpty();
  }

  @Test
  void aNetworkWithoutAWayOutIsToldToUseAProvider() throws Exception {
    world = MannersWorld.create("ip route add blackhole 192.0.2.26", ZONE.replace(".25", ".26"));

    Shell.Result refused = setup("mail.example.com you@gmail.com --address 203.0.113.7");

    assertThat(refused.code()).as(refused.all()).isEqualTo(69);
    assertThat(refused.all())
        .contains("failed: no connection to port 25 outside comes about")
        .contains("by a provider: postrider setup", "nothing was written");
    assertThat(world.run("", "ls /etc/postfix").code()).isNotZero();
  }

  @Test
  void aNameThatIsNotTheAddressesIsAskedAbout() throws Exception {
    world = MannersWorld.create(NETWORK, ZONE);

    Shell.Result refused = setup("other.example.com --no-test");
    assertThat(refused.code()).as(refused.all()).isEqualTo(69);
    assertThat(refused.out())
        .contains("failed: 203.0.113.7 is mail.example.com in the DNS, not other.example.com")
        .contains("failed: other.example.com has no SPF record");
    MannersWorld.Session no =
        world.type(
            "postrider setup --direct other.example.com --no-test",
            "sees Go on all the same\ntypes \\n\n");
    assertThat(no.code()).as(no.screen()).isEqualTo(69);
    assertThat(world.run("", "ls /etc/postfix").code()).isNotZero();

    Shell.Result anyway = setup("other.example.com --no-test --anyway");
    assertThat(anyway.code()).as(anyway.all()).isZero();
    assertThat(world.run("", "postconf -h myhostname").out()).isEqualTo("other.example.com\n");
  }
}
