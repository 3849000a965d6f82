package dev.postrider.virtual;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.agent.RememberingHelper;
import dev.postrider.config.Config;
import dev.postrider.delivery.DeliveryFailure;
import dev.postrider.delivery.DeliveryRequest;
import dev.postrider.delivery.DeliveryStatus;
import dev.postrider.delivery.MemoryContent;
import dev.postrider.delivery.NextHop;
import dev.postrider.log.RememberedLog;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.envelope.DsnRequest;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.table.Tables;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class VirtualTransportTest {
  private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

  private final RememberingHelper helper = new RememberingHelper();
  private final RememberedLog log = new RememberedLog();
  private final Map<String, String> settings =
      new HashMap<>(
          Map.of(
              "recipient_delimiter", "+",
              "virtual_mailbox_base", "/srv/mail",
              "virtual_mailbox_maps",
                  "inline:{ {a@v.test=v.test/a/}, {b@v.test=v.test/b}, {b+x@v.test=v.test/bx},"
                      + " {up@v.test=../up}, {@all.test=all/}, {nouid@v.test=n}, {root@v.test=r} }",
              "virtual_uid_maps",
                  "inline:{ {@v.test=5000}, {@all.test=5001}, {nouid@v.test=x}, {root@v.test=0} }",
              "virtual_gid_maps", "static:6000",
              "virtual_mailbox_limit", "1000"));

  private DeliveryStatus deliver(String address) throws Exception {
    return run(address, false);
  }

  private DeliveryStatus run(String address, boolean probe) throws Exception {
    int at = address.lastIndexOf('@');
    Recipient recipient =
        new Recipient(
            new Mailbox(address.substring(0, at), address.substring(at + 1)),
            new Mailbox("first", "given.test"),
            DsnRequest.DEFAULT);
    Config config = Config.of(Path.of("/etc/postfix"), settings);
    VirtualTransport transport =
        new VirtualTransport(
            config,
            "virtual",
            new Tables(config, log),
            new VirtualTransport.Surroundings("virtual", log, helper, () -> NOW));
    AtomicReference<DeliveryStatus> fate = new AtomicReference<>();
    DeliveryRequest request =
        new DeliveryRequest(
            "4bXyZk1",
            NOW,
            Envelope.of(ReversePath.of(new Mailbox("s", "from.test")), List.of(recipient)),
            List.of(recipient),
            new NextHop("virtual", "v.test"),
            MemoryContent.of("Subject: x\n\nFrom here\n"));
    if (probe) {
      transport.probe(request, (_, status) -> fate.set(status));
    } else {
      transport.deliver(request, (_, status) -> fate.set(status));
    }
    return fate.get();
  }

  @Test
  void aMaildirGetsTheMessageWithItsTrace() throws Exception {
    DeliveryStatus status = deliver("A@V.test");

    assertThat(status.text()).isEqualTo("delivered to maildir");
    assertThat(status.attempt().relay()).isEqualTo("virtual");
    assertThat(helper.wanted).containsExactly("'' 5000:6000 maildir /srv/mail/v.test/a 1000");
    assertThat(helper.payloads)
        .containsExactly(
            """
            Return-Path: <s@from.test>
            X-Original-To: first@given.test
            Delivered-To: A@V.test
            Subject: x

            From here
            """);
  }

  @Test
  void anMboxGetsASeparatorAndAnEmptyLineToo() throws Exception {
    assertThat(deliver("b@v.test").text()).isEqualTo("delivered to mailbox");

    assertThat(helper.wanted).containsExactly("'' 5000:6000 VIRTUAL_MAILBOX /srv/mail/v.test/b");
    assertThat(helper.payloads.getFirst())
        .matches(
            "(?s)From s@from.test  ... Nov 20 ..:..:.. 2026\nReturn-Path: .*\n\n>From here\n\n");
  }

  @Test
  void anExtensionIsLookedUpFirstThenLeftOutThenTheDomain() throws Exception {
    deliver("b+x@v.test");
    deliver("b+y@v.test");
    deliver("who+ever@all.test");

    assertThat(helper.wanted)
        .containsExactly(
            "'' 5000:6000 VIRTUAL_MAILBOX /srv/mail/v.test/bx",
            "'' 5000:6000 VIRTUAL_MAILBOX /srv/mail/v.test/b",
            "'' 5001:6000 maildir /srv/mail/all 1000");
  }

  @Test
  void whoIsInNoTableIsUnknown() throws Exception {
    DeliveryStatus status = deliver("NoBody@v.test");

    assertThat(status).isInstanceOf(DeliveryStatus.Bounced.class);
    assertThat(status.code() + " " + status.text())
        .isEqualTo("5.1.1 unknown user: \"nobody@v.test\"");
  }

  @Test
  void whatCannotBeUsedDefersAndIsNamedInTheLog() throws Exception {
    for (Map.Entry<String, String> each :
        Map.of(
                "up@v.test", "\"../up\" in virtual_mailbox_maps leads upward",
                "nouid@v.test", "bad uid x in virtual_uid_maps",
                "root@v.test", "bad uid 0 in virtual_uid_maps (use a number from 100 on)")
            .entrySet()) {
      DeliveryStatus status = deliver(each.getKey());

      assertThat(status).isInstanceOf(DeliveryStatus.Deferred.class);
      assertThat(status.code() + " " + status.text())
          .isEqualTo("4.3.5 mail system configuration error");
      assertThat(log.text().getLast()).contains(each.getKey()).contains(each.getValue());
    }
    assertThat(helper.wanted).isEmpty();
  }

  @Test
  void missingIdsBadGroupsAndARelativeBaseDefer() throws Exception {
    settings.put("virtual_gid_maps", "static:0");
    deliver("b@v.test");
    assertThat(log.text().getLast()).contains("bad gid 0 in virtual_gid_maps");
    settings.put("virtual_uid_maps", "inline:{ {other@v.test=5000} }");
    deliver("b@v.test");
    assertThat(log.text().getLast()).contains("recipient b@v.test: not found in virtual_uid_maps");
    settings.put("virtual_mailbox_base", "mail");
    assertThat(deliver("b@v.test")).isInstanceOf(DeliveryStatus.Deferred.class);
    assertThat(log.text().getLast()).contains("do not specify a relative pathname");
    assertThat(helper.wanted).isEmpty();
  }

  @Test
  void aTableThatDoesNotAnswerDefers() throws Exception {
    settings.put("virtual_mailbox_maps", "fail:broken");

    assertThat(deliver("a@v.test")).isInstanceOf(DeliveryStatus.Deferred.class);
    assertThat(log.text().getLast()).contains("table virtual_mailbox_maps: lookup a@v.test: ");
  }

  @Test
  void theHelpersWordDecides() throws Exception {
    helper.failure =
        new DeliveryFailure(
            "5.2.2", "maildir delivery failed: error writing message: File too large");
    assertThat(deliver("a@v.test")).isInstanceOf(DeliveryStatus.Bounced.class);
    helper.failure = new java.io.IOException("the helper is gone");
    assertThat(deliver("a@v.test")).isInstanceOf(DeliveryStatus.Deferred.class);
  }

  @Test
  void aFilterChangesTheFate() throws Exception {
    settings.put(
        "virtual_delivery_status_filter",
        "pcre:{ { /^2\\.0\\.0 delivered to maildir/ 2.1.5 Thank you },"
            + " { /^5\\.1\\.1 unknown user: \"c@v\\.test\"/ 4.1.1 who is that? } }");

    assertThat(deliver("a@v.test"))
        .isInstanceOf(DeliveryStatus.Sent.class)
        .matches(status -> (status.code() + " " + status.text()).equals("2.1.5 Thank you"));
    assertThat(deliver("c@v.test"))
        .isInstanceOf(DeliveryStatus.Deferred.class)
        .matches(status -> (status.code() + " " + status.text()).equals("4.1.1 who is that?"));
    settings.put("virtual_delivery_status_filter", "fail:broken");
    assertThat(deliver("a@v.test").text()).isEqualTo("delivered to maildir");
  }

  @Test
  void aProbeLooksAndWritesNothing() throws Exception {
    assertThat(run("a@v.test", true).text()).isEqualTo("delivers to maildir");
    assertThat(run("b@v.test", true).text()).isEqualTo("delivers to mailbox");
    assertThat(run("c@v.test", true)).isInstanceOf(DeliveryStatus.Bounced.class);
    assertThat(helper.wanted).isEmpty();
  }
}
