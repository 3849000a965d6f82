package dev.postrider.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.delivery.DeliveryStatus;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nasty inputs 70 to 94: what servers do that they should not, where no other test here has it. */
@Timeout(60)
class BadServerTest {
  private static final String REFUSED_TLS =
      "S: 220 x ESMTP\nC: EHLO\nS: 250-x\nS: 250 STARTTLS\nC: STARTTLS\n";

  private final ClientBench bench = new ClientBench();

  @AfterEach
  void end() {
    bench.close();
  }

  private void login(String... nameThenValue) {
    bench.set("smtp_sasl_auth_enable", "yes", "smtp_sasl_security_options", "noanonymous");
    bench.set(nameThenValue);
    bench.passwords.put("127.0.0.1", "me:secret");
  }

  @Test
  void n70AfterASilentServerTheNextOneIsTried() throws Exception {
    bench.set("smtp_helo_timeout", "1s");
    try (ScriptedServer silent = new ScriptedServer("WAIT");
        ScriptedServer second =
            new ScriptedServer(
                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.2"), silent.port()),
                ClientRulesTest.PLAIN + ClientRulesTest.TAKES_ONE)) {
      bench.dns.mx("d.test", NextHopRulesTest.mx(10, "a.test"), NextHopRulesTest.mx(20, "b.test"));
      bench.dns.address("a.test", "127.0.0.1").address("b.test", "127.0.0.2");
      DeliveryStatus status = bench.send("d.test:" + silent.port());

      assertThat(status).isInstanceOf(DeliveryStatus.Sent.class);
      assertThat(second.connections()).isEqualTo(1);
      assertThat(String.join("\n", bench.log.text()))
          .contains("timed out while receiving the initial server greeting");
    }
  }

  @Test
  void n72LongGreetingsAreRead() throws Exception {
    assertThat(
            bench.fate(
                "S: 220-welcome\n".repeat(20)
                    + "S: 220 x ESMTP\nC: EHLO\n"
                    + "S: 250-X-KEYWORD with words\n".repeat(200)
                    + "S: 250 SIZE 1\nC: QUIT\n"))
        // The last keyword of two hundred counts as the first does.
        .startsWith("bounced 5.3.4");
  }

  @Test
  void n73AServerWithoutEndIsLeft() throws Exception {
    for (String flood :
        List.of("SB: 250 " + "x".repeat(1_000_000), "SB: " + "250-again\\r\\n".repeat(20_000))) {
      try (ScriptedServer server =
          new ScriptedServer(ClientRulesTest.PLAIN + "C: MAIL\n" + flood)) {
        String fate = ClientBench.line(bench.send(server.nextHop()));
        server.settle();

        assertThat(fate).startsWith("deferred 4.5.0 (protocol error: ");
        assertThat(fate.length()).isLessThan(300);
        assertThat(server.heard()).doesNotContain("QUIT");
      }
    }
  }

  @Test
  void n78AGoAheadToRcptIsNoConsent() throws Exception {
    bench.set("smtp_rset_timeout", "1s");
    for (String ehlo : List.of(ClientRulesTest.PLAIN, ClientRulesTest.PIPELINING)) {
      String script =
          ehlo.equals(ClientRulesTest.PLAIN)
              ? "C: MAIL\nS: 250 ok\nC: RCPT\nS: 354 go on\n"
              : "C: MAIL\nC: RCPT\nC: DATA\nS: 250 ok\nS: 354 go on\nS: 503 what\n";
      try (ScriptedServer server = new ScriptedServer(ehlo + script, "S: 421 4.3.2 later\n")) {
        assertThat(bench.send(server.nextHop())).isInstanceOf(DeliveryStatus.Deferred.class);
        assertThat(server.faults()).isEmpty();
        assertThat(bench.send(server.nextHop()).attempt().connectionUses()).isEqualTo(1);
      }
    }
  }

  @Test
  void n80AFarewellAmongTheRecipientsSendsToNobody() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            ClientRulesTest.PIPELINING
                + "C: MAIL\nC: RCPT\nC: RCPT\nC: RCPT\nC: DATA\n"
                + "SS: 250 ok|250 ok|421 4.3.2 closing\nCLOSE\n")) {
      List<DeliveryStatus> fates =
          bench.send(
              server.nextHop(), ClientBench.MESSAGE, "a@example.net", "b@d.test", "c@d.test");
      server.settle();

      assertThat(fates).hasOnlyElementsOfType(DeliveryStatus.Deferred.class);
      assertThat(server.contents()).isEmpty();
      assertThat(ClientBench.line(fates.get(1))).startsWith("deferred 4.3.2");
    }
  }

  @Test
  void n84WhatComesAfterTheMailWasTakenChangesNothing() throws Exception {
    bench.set("smtp_skip_quit_response", "no", "smtp_connection_cache_on_demand", "no");
    for (String end : List.of("C: QUIT\nRESET", "RESET", "C: QUIT\nS: 500 never heard of it")) {
      assertThat(bench.fate(ClientRulesTest.PLAIN + ClientRulesTest.TAKES_ONE + end))
          .startsWith("sent");
    }
  }

  @Test
  void n86AServerThatDropsOffAtStartTlsIsNotAskedInClearWhereTlsIsDemanded() throws Exception {
    bench.set("smtp_tls_security_level", "encrypt");
    for (String end : List.of("CLOSE", "RESET", "S: 220 go\nCLOSE", "S: 220 go\nRESET")) {
      try (ScriptedServer server = new ScriptedServer(REFUSED_TLS + end)) {
        assertThat(bench.send(server.nextHop())).isInstanceOf(DeliveryStatus.Deferred.class);
        assertThat(server.heard()).noneMatch(line -> line.startsWith("MAIL"));
      }
    }
  }

  @Test
  void n86AServerThatDropsOffAtStartTlsIsAskedInClearAtMay() throws Exception {
    bench.set("smtp_tls_security_level", "may");
    for (String end :
        List.of(
            "S: 220 go\nCLOSE",
            "S: 220 go\nRESET",
            "S: 454 4.7.0 no\n" + ClientRulesTest.TAKES_ONE)) {
      assertThat(
              bench.fate(
                  REFUSED_TLS + end,
                  "S: 220 x ESMTP\nC: EHLO\nS: 250-x\nS: 250 STARTTLS\n"
                      + ClientRulesTest.TAKES_ONE))
          .as(end)
          .startsWith("sent");
    }
  }

  @Test
  void n86WhatHappensInsideTlsIsNoReasonToGoOnWithout() throws Exception {
    bench.set("smtp_tls_security_level", "may");
    for (String end : List.of("CLOSE", "RESET", "S: 500 what\nC: QUIT\n")) {
      try (ScriptedServer server =
          new ScriptedServer(REFUSED_TLS + "S: 220 go\nTLS\nC: EHLO\n" + end)) {
        assertThat(bench.send(server.nextHop())).isNotInstanceOf(DeliveryStatus.Sent.class);
        assertThat(server.connections()).isEqualTo(1);
        assertThat(server.heard()).noneMatch(line -> line.startsWith("HELO"));
        assertThat(server.faults()).isEmpty();
      }
    }
  }

  @Test
  void n90MechanismsAreReadInAnyCase() throws Exception {
    login("smtp_sasl_mechanism_filter", "plain");
    assertThat(
            bench.fate(
                "S: 220 x ESMTP\nC: EHLO\nS: 250-x\nS: 250-auth=login\nS: 250 auth plain login\n"
                    + "C: AUTH PLAIN\nS: 235 ok\n"
                    + ClientRulesTest.TAKES_ONE))
        .startsWith("sent");
  }

  @Test
  void n90MechanismsThatNobodyHereSpeaksAreNamed() throws Exception {
    login();
    assertThat(bench.fate("S: 220 x ESMTP\nC: EHLO\nS: 250-x\nS: 250 AUTH NTLM GSSAPI\nC: QUIT\n"))
        .startsWith("deferred 4.7.0");
    assertThat(String.join("\n", bench.log.text()))
        .contains("the server offers only NTLM GSSAPI; supported here are ");
  }

  @Test
  void n91PromptsCountByTheirOrder() throws Exception {
    login("smtp_sasl_mechanism_filter", "login");
    for (String prompts :
        List.of(
            // "Password:" first, and then "who?" in clear.
            "S: 334 UGFzc3dvcmQ6\nC: bWU=\nS: 334 who?\nC: c2VjcmV0\n",
            "S: 334\nC: bWU=\nS: 334 \nC: c2VjcmV0\n")) {
      assertThat(
              bench.fate(
                  "S: 220 x ESMTP\nC: EHLO\nS: 250-x\nS: 250 AUTH LOGIN\nC: AUTH LOGIN\n"
                      + prompts
                      + "S: 235 ok\n"
                      + ClientRulesTest.TAKES_ONE))
          .startsWith("sent");
    }
  }

  @Test
  void n93ASizeThatMakesNoSenseIsNone() throws Exception {
    for (String size :
        List.of("SIZE", "SIZE 0", "SIZE none", "SIZE -1", "SIZE 1" + "0".repeat(30), "SIZE=0")) {
      assertThat(
              bench.fate(
                  "S: 220 x ESMTP\nC: EHLO\nS: 250-x\nS: 250 "
                      + size
                      + "\n"
                      + ClientRulesTest.TAKES_ONE))
          .as(size)
          .startsWith("sent");
    }
  }
}
