package dev.postrider.pipe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.agent.RememberingHelper;
import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.config.MasterConfig;
import dev.postrider.delivery.DeliveryRequest;
import dev.postrider.delivery.DeliveryStatus;
import dev.postrider.delivery.MemoryContent;
import dev.postrider.delivery.NextHop;
import dev.postrider.helper.CommandCall;
import dev.postrider.helper.CommandEnd;
import dev.postrider.log.RememberedLog;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.envelope.Client;
import dev.postrider.mail.envelope.DsnRequest;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.table.Tables;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a pipe service makes of its line in master.cf. The user daemon is on every Unix. */
class PipeTransportTest {
  private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

  private final RememberingHelper helper = new RememberingHelper();
  private final RememberedLog log = new RememberedLog();
  private final Map<String, String> settings = new HashMap<>(Map.of("recipient_delimiter", "+"));
  private ReversePath sender = ReversePath.of(new Mailbox("s p", "From.test"));
  private Client client = Client.NONE;
  private String content = "Subject: x\n\nFrom here\n.\n";

  private List<DeliveryStatus> deliver(String line, String... recipients) throws Exception {
    return run(line, false, recipients);
  }

  private List<DeliveryStatus> run(String line, boolean probe, String... recipients)
      throws Exception {
    List<Recipient> to = new ArrayList<>();
    for (String recipient : recipients) {
      int at = recipient.lastIndexOf('@');
      Mailbox mailbox = new Mailbox(recipient.substring(0, at), recipient.substring(at + 1));
      to.add(new Recipient(mailbox, new Mailbox("Orig", "First.test"), DsnRequest.DEFAULT));
    }
    Config config = Config.of(Path.of("/etc/postfix"), settings);
    PipeTransport transport =
        new PipeTransport(
            config,
            MasterConfig.parse("master.cf", "uucp unix - n n - - pipe\n  " + line)
                .services()
                .getFirst(),
            new Tables(config, log),
            new PipeTransport.Surroundings("pipe", log, helper, () -> NOW));
    List<DeliveryStatus> fates = new ArrayList<>();
    DeliveryRequest request =
        new DeliveryRequest(
            "4bXyZk1",
            NOW,
            new Envelope(
                    sender,
                    to,
                    dev.postrider.mail.envelope.BodyType.UNDECLARED,
                    false,
                    Envelope.ReturnContent.UNSPECIFIED,
                    "id-7")
                .withClient(client),
            to,
            new NextHop("uucp", "Next.Host"),
            MemoryContent.of(content));
    if (probe) {
      transport.probe(request, (_, status) -> fates.add(status));
    } else {
      transport.deliver(request, (_, status) -> fates.add(status));
    }
    return fates;
  }

  private List<String> arguments(String argv, String... recipients) throws Exception {
    assertThat(deliver("user=daemon argv=" + argv, recipients))
        .allMatch(DeliveryStatus.Sent.class::isInstance);
    return helper.calls.getLast().arguments();
  }

  @Test
  void anArgumentThatNamesARecipientIsThereForEach() throws Exception {
    assertThat(arguments("/c -f $sender -- $recipient x", "A+Ext@Dom.test", "b@Dom.test"))
        .containsExactly("/c", "-f", "s p@From.test", "--", "A+Ext@Dom.test", "b@Dom.test", "x");
    assertThat(arguments("/c ${user}/${extension}/$(mailbox)/$domain", "A+Ext@Dom.test", "b@D"))
        .containsExactly("/c", "A/Ext/A+Ext/Dom.test", "b//b/D");
    assertThat(arguments("/c {$recipient of $nexthop} $size $queue_id $envid", "a@b.test"))
        .containsExactly("/c", "a@b.test of Next.Host", "24", "4bXyZk1", "id-7");
    assertThat(arguments("/c $original_recipient$$x [$client_address]", "a@b.test"))
        .containsExactly("/c", "Orig@First.test$x", "[]");
  }

  @Test
  void whatIsKnownOfTheClientIsForTheCommand() throws Exception {
    client =
        new Client(
            "c.test", "2001:db8::7", 40_001, "$sender", "ESMTP", "PLAIN", "ann", "boss@c.test");

    assertThat(
            arguments(
                "/c $client_hostname $client_address $client_port $client_helo $client_protocol"
                    + " $sasl_method $sasl_username $sasl_sender",
                "a@b.test"))
        .containsExactly(
            "/c",
            "c.test",
            "IPv6:2001:db8::7",
            "40001",
            "$sender",
            "ESMTP",
            "PLAIN",
            "ann",
            "boss@c.test");
  }

  @Test
  void anAddressIsNoMacro() throws Exception {
    assertThat(arguments("/c $recipient", "$sender@b.test"))
        .containsExactly("/c", "$sender@b.test");
  }

  @Test
  void flagsFoldAndQuote() throws Exception {
    assertThat(
            deliver(
                "flags=hqu user=daemon argv=/c $sender $recipient $user $nexthop", "A B@Dom.test"))
        .allMatch(DeliveryStatus.Sent.class::isInstance);
    assertThat(helper.calls.getLast().arguments())
        .containsExactly("/c", "\"s p\"@From.test", "\"a b\"@dom.test", "a b", "next.host");
  }

  @Test
  void flagsPutLinesOnTop() throws Exception {
    deliver("flags=DFOR user=daemon argv=/c", "A@Dom.test");

    assertThat(helper.payloads.getLast())
        .matches(
            "(?s)From \"s p\"@From.test  ... Nov 20 ..:..:.. 2026\n"
                + "Return-Path: <\"s p\"@From.test>\n"
                + "X-Original-To: Orig@First.test\n"
                + "Delivered-To: A@Dom.test\n"
                + "Subject: x\n\nFrom here\n\\.\n");
  }

  @Test
  void flagsChangeTheLines() throws Exception {
    deliver("flags=B.> eol=\\r\\n user=daemon argv=/c", "a@b.test");

    assertThat(helper.payloads.getLast()).isEqualTo("Subject: x\r\n\r\n>From here\r\n..\r\n\r\n");
  }

  @Test
  void theNullSenderHasAName() throws Exception {
    sender = new ReversePath.Null();
    deliver("flags=R user=daemon argv=/c $sender", "a@b.test");
    deliver("flags=R null_sender= user=daemon argv=/c $sender", "a@b.test");
    deliver("flags=Rq {null_sender=no body@x} user=daemon argv=/c $sender", "a@b.test");

    assertThat(helper.calls.stream().map(call -> call.arguments().getLast()).toList())
        .containsExactly("MAILER-DAEMON", "", "\"no body\"@x");
    assertThat(helper.payloads.get(0)).startsWith("Return-Path: <MAILER-DAEMON>\n");
    assertThat(helper.payloads.get(1)).startsWith("Return-Path: <>\n");
  }

  @Test
  void theCommandHasTheRightsOfTheUserAndNoOthers() throws Exception {
    deliver("user=daemon argv=/c", "a@b.test");
    deliver("user=daemon:mail directory=/usr argv=/c", "a@b.test");

    assertThat(helper.wanted.get(0)).isEqualTo("'' 1:1 run");
    assertThat(helper.wanted.get(1)).matches("'' 1:[1-9]\\d* run").isNotEqualTo("'' 1:1 run");
    CommandCall call = helper.calls.get(1);
    assertThat(call.directory()).isEqualTo(Path.of("/usr"));
    assertThat(helper.calls.get(0).directory()).isEqualTo(Path.of("/var/spool/postrider"));
    assertThat(helper.calls.get(0).root()).isNull();
    assertThat(call.environment())
        .containsEntry("PATH", "/usr/bin:/bin")
        .containsEntry("MAIL_CONFIG", "/etc/postfix")
        .doesNotContainKey("HOME");
    assertThat(call.limit()).isEqualTo(Duration.ofSeconds(1000));
  }

  @Test
  void aServiceMayHaveATimeLimitAndAnEnvironmentOfItsOwn() throws Exception {
    settings.put("uucp_time_limit", "5m");
    settings.put("export_environment", "X=1 {Y=two words} NO_SUCH_VARIABLE");
    deliver("user=daemon argv=/c", "a@b.test");

    assertThat(helper.calls.getLast().limit()).isEqualTo(Duration.ofMinutes(5));
    assertThat(helper.calls.getLast().environment())
        .containsOnly(
            Map.entry("X", "1"), Map.entry("Y", "two words"), Map.entry("PATH", "/usr/bin:/bin"));
  }

  @Test
  void privilegedUsersAreRefused() throws Exception {
    settings.put("mail_owner", "daemon");
    for (Map.Entry<String, String> each :
        Map.of(
                "root", "user=root specifies root privileges (name another user)",
                "daemon", "user=daemon specifies mail system owner daemon (name another user)",
                "bin:root", "user=bin specifies privileged group id 0 (name another group)",
                "bin:daemon", "group id 1 (name another group)",
                "no-such-user", "unknown username: no-such-user",
                "bin:no-such-group", "unknown group: no-such-group")
            .entrySet()) {
      DeliveryStatus status = deliver("user=" + each.getKey() + " argv=/c", "a@b.test").getFirst();

      assertThat(status).isInstanceOf(DeliveryStatus.Deferred.class);
      assertThat(status.code()).hasToString("4.3.5");
      assertThat(status.text()).isEqualTo("mail system configuration error");
      assertThat(log.text().getLast())
          .startsWith("pipe: warning: /etc/postfix/master.cf, line 1: service uucp: ")
          .contains(each.getValue());
    }
    assertThat(helper.calls).isEmpty();
  }

  @Test
  void aWrongLineDefersAndSaysWhatIsWrong() throws Exception {
    for (Map.Entry<String, String> each :
        Map.of(
                "user=daemon", "missing argv=",
                "argv=/c", "missing user=",
                "flags=BZ user=daemon argv=/c", "unknown flag: Z",
                "size=1k user=daemon argv=/c", "bad size= value: 1k",
                "chroot=x user=daemon argv=/c", "chroot=x is no absolute path",
                "chroot=/x directory=/y user=daemon argv=/c", "let the command change to /y",
                "directory=x user=daemon argv=/c", "directory=x is no absolute path",
                "argh=/c user=daemon", "unknown attribute name: argh=/c",
                "user=daemon argv=/c $nosuch", "unknown macro name: \"nosuch\"")
            .entrySet()) {
      DeliveryStatus status = deliver(each.getKey(), "a@b.test").getFirst();

      assertThat(status).as(each.getKey()).isInstanceOf(DeliveryStatus.Deferred.class);
      assertThat(status.code()).hasToString("4.3.5");
      assertThat(log.text().getLast()).contains("line 1: service uucp: ").contains(each.getValue());
    }
  }

  @Test
  void aCommandInAJailRunsInNoDirectoryOutsideOfIt() throws Exception {
    DeliveryStatus status = deliver("chroot=/srv/jail user=daemon argv=/c", "a@b.test").getFirst();

    assertThat(status).isInstanceOf(DeliveryStatus.Sent.class);
    assertThat(helper.calls.getLast().root()).isEqualTo(Path.of("/srv/jail"));
    assertThat(helper.calls.getLast().directory()).isNull();
  }

  @Test
  void deliveredToAndOriginalToWantOneRecipient() throws Exception {
    List<DeliveryStatus> fates = deliver("flags=D user=daemon argv=/c", "a@b.test", "c@b.test");

    assertThat(fates).hasSize(2).allMatch(DeliveryStatus.Deferred.class::isInstance);
    assertThat(log.text().getLast())
        .contains("pipe flag `D' requires uucp_destination_recipient_limit = 1");
    assertThat(helper.calls).isEmpty();
  }

  @Test
  void aMessageThatHasBeenHereOrIsTooLargeIsReturned() throws Exception {
    content = "Delivered-To: A@B.test\n\nx\n";
    DeliveryStatus loop = deliver("flags=D user=daemon argv=/c", "a@b.test").getFirst();
    DeliveryStatus large = deliver("size=10 user=daemon argv=/c", "a@b.test").getFirst();

    assertThat(loop.code() + " " + loop.text())
        .isEqualTo("5.4.6 mail forwarding loop for a@b.test");
    assertThat(large.code() + " " + large.text()).isEqualTo("5.2.3 message too large");
    assertThat(List.of(loop, large)).allMatch(DeliveryStatus.Bounced.class::isInstance);
  }

  @Test
  void theEndOfTheCommandIsTheFateOfAll() throws Exception {
    helper.end = new CommandEnd.Exited(0, "thank you\n");
    DeliveryStatus sent = deliver("flags=X user=daemon argv=/c", "a@b.test").getFirst();
    helper.end = new CommandEnd.Exited(1, "5.7.1 not for you\n");
    List<DeliveryStatus> refused = deliver("user=daemon argv=/c", "a@b.test", "c@b.test");

    assertThat(sent.text()).isEqualTo("delivered via uucp service (thank you)");
    assertThat(sent.attempt().relay()).isEqualTo("uucp");
    assertThat(sent)
        .isInstanceOfSatisfying(
            DeliveryStatus.Sent.class,
            it -> assertThat(it.completion()).isEqualTo(DeliveryStatus.Completion.DELIVERED));
    assertThat(refused)
        .hasSize(2)
        .allMatch(status -> status.text().equals("not for you "))
        .allMatch(DeliveryStatus.Bounced.class::isInstance);
  }

  @Test
  void aFilterChangesTheFate() throws Exception {
    settings.put(
        "default_delivery_status_filter",
        "pcre:{ { /^5\\.1\\.1 gone/ 4.2.1 Perhaps later }, { /^5\\.1\\.2 / 2.0.0 fine } }");
    helper.end = new CommandEnd.Exited(1, "5.1.1 gone");
    DeliveryStatus waits = deliver("user=daemon argv=/c", "a@b.test").getFirst();
    helper.end = new CommandEnd.Exited(1, "5.1.2 away");
    DeliveryStatus refused = deliver("user=daemon argv=/c", "a@b.test").getFirst();

    assertThat(waits).isInstanceOf(DeliveryStatus.Deferred.class);
    assertThat(waits.code() + " " + waits.text()).isEqualTo("4.2.1 Perhaps later");
    assertThat(refused.code() + " " + refused.text()).isEqualTo("5.1.2 away");
    assertThat(log.text().getLast())
        .contains("pipe_delivery_status_filter: bad status code: 2.0.0 fine");
  }

  @Test
  void aProbeRunsNothing() throws Exception {
    DeliveryStatus status = run("user=daemon argv=/c x", true, "a@b.test").getFirst();

    assertThat(status.text()).isEqualTo("delivers to command: /c");
    assertThat(helper.calls).isEmpty();
  }

  @Test
  void whateverStandsInTheLineIsTakenOrRefusedWithWords() {
    Random random = new Random(7);
    String[] pieces = {
      "flags=",
      "user=",
      "argv=",
      "size=",
      "eol=",
      "directory=",
      "null_sender=",
      "chroot=",
      "-o",
      "DR",
      "daemon",
      ":",
      "/c",
      "\\",
      "\\0",
      "9",
      "$",
      "${",
      "}",
      "recipient",
      "=",
      "\0",
      " ",
      "{",
      "ü",
      "-"
    };
    int taken = 0;
    for (int run = 0; run < 20_000; run++) {
      List<String> arguments = new ArrayList<>();
      for (int i = random.nextInt(5); i >= 0; i--) {
        StringBuilder argument = new StringBuilder(pieces[random.nextInt(8)]);
        for (int n = random.nextInt(4); n > 0; n--) {
          argument.append(pieces[random.nextInt(pieces.length)]);
        }
        arguments.add(argument.toString());
      }
      arguments.add("argv=/c");
      try {
        PipeAttributes attributes = PipeAttributes.parse(arguments);
        taken++;
        assertThat(attributes.command()).isNotEmpty();
      } catch (ConfigException e) {
        assertThat(e.getMessage()).as(arguments.toString()).contains("(");
      }
    }
    assertThat(taken).isPositive();
  }

  @Test
  void backslashSequencesAreThoseOfC() {
    assertThat(Escapes.resolve("a\\n\\r\\t\\\\\\012\\0\\1777\\q\\"))
        .isEqualTo("a\n\r\t\\\n\0\u007f7q\\");
  }
}
