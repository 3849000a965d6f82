package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The same sendmail call through Debian's Postfix and through Postrider, both relaying to
 * smtp-sink: what arrives, envelope and content, is the same once queue id, date and product name
 * are normalised. What differs on purpose stands in docs/differences.md.
 */
class SendmailDifferenceTest {
  /**
   * One call.
   *
   * @param name what is odd about it
   * @param arguments of sendmail
   * @param input its standard input
   */
  record Call(String name, List<String> arguments, String input) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static SmtpSink sink;
  private static RealPostfix postfix;
  private static Instance postrider;

  @BeforeAll
  static void bothSystems() throws IOException, InterruptedException {
    sink = SmtpSink.start();
    String relay = "relayhost = [127.0.0.1]:" + sink.port;
    postfix = RealPostfix.start(relay);
    postrider = Instance.create();
    postrider.main(relay);
    postrider.start();
  }

  @AfterAll
  static void end() throws IOException, InterruptedException {
    if (postrider != null) {
      postrider.close();
    }
    if (postfix != null) {
      postfix.close();
    }
    if (sink != null) {
      sink.close();
    }
  }

  static List<Call> calls() {
    String plain = "Subject: a test\n\nbody\n";
    List<Call> calls = new ArrayList<>();
    calls.add(new Call("plain", List.of("-i", "you@dest.test"), plain));
    calls.add(
        new Call(
            "-t with To, Cc and Bcc",
            List.of("-t"),
            "To: a@dest.test, \"B b\" <b@dest.test>\nCc: c@dest.test (C)\nBcc: d@dest.test\n"
                + plain));
    calls.add(
        new Call("-t and arguments", List.of("-t", "e@dest.test"), "To: a@dest.test\n" + plain));
    calls.add(new Call("-f", List.of("-f", "sender@else.test", "you@dest.test"), plain));
    calls.add(new Call("-f attached, -r", List.of("-rsender@else.test", "you@dest.test"), plain));
    calls.add(new Call("null sender", List.of("-f", "<>", "you@dest.test"), plain));
    calls.add(new Call("-F", List.of("-F", "Full O. Name", "you@dest.test"), plain));
    calls.add(
        new Call(
            "cronie",
            List.of("-FCronDaemon", "-i", "-odi", "-oem", "-oi", "-t", "-f", "root"),
            "From: \"(Cron Daemon)\" <root>\nTo: you@dest.test\nSubject: Cron <root@host> true\n"
                + "MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n"
                + "Auto-Submitted: auto-generated\nPrecedence: bulk\nX-Cron-Env: <A=b>\n\nout\n"));
    calls.add(
        new Call(
            "Debian's cron",
            List.of("-i", "-FCronDaemon", "-B8BITMIME", "-oem", "you@dest.test"),
            "From: root (Cron Daemon)\nTo: root\nSubject: Cron\n\nout\n"));
    calls.add(
        new Call(
            "mdadm",
            List.of("-t"),
            "From: mdadm monitoring <root>\nTo: you@dest.test\nSubject: Fail event\n\nx\n"));
    String mime = "To: you@dest.test\nMIME-Version: 1.0\n";
    calls.add(
        new Call(
            "8-bit text that says so",
            List.of("-t", "-i"),
            mime
                + "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nä\n"));
    calls.add(
        new Call(
            "8-bit part of a multipart",
            List.of("-t", "-i"),
            mime
                + "Content-Type: multipart/mixed; boundary=x\n\n--x\n"
                + "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
                + "ä\n--x--\n"));
    calls.add(
        new Call(
            "says 8-bit and is not",
            List.of("-t", "-i"),
            mime + "Content-Type: text/plain\nContent-Transfer-Encoding: 8bit\n\na\n"));
    calls.add(
        new Call("8-bit text that says nothing", List.of("-t", "-i"), "To: you@dest.test\n\nä\n"));
    calls.add(new Call("no header", List.of("-i", "you@dest.test"), "just a line\nand another\n"));
    calls.add(new Call("blank line first", List.of("you@dest.test"), "\nbody\n"));
    calls.add(new Call("empty", List.of("you@dest.test"), ""));
    calls.add(new Call("lone dot ends", List.of("you@dest.test"), plain + ".\nnot this\n"));
    calls.add(
        new Call("lone dot kept with -i", List.of("-i", "you@dest.test"), plain + ".\nthis\n..\n"));
    calls.add(
        new Call("CRLF", List.of("-i", "you@dest.test"), "Subject: crlf\r\n\r\nbody\r\nmore\r\n"));
    calls.add(
        new Call(
            "CRLF and LF mixed",
            List.of("-t", "-i"),
            "To: you@dest.test\r\nSubject: x\n\r\nb\ny\r\n"));
    calls.add(
        new Call(
            "mbox line first", List.of("-i", "you@dest.test"), "From a@b Fri Nov 20\n" + plain));
    calls.add(
        new Call(
            "quoted mbox line first", List.of("-i", "you@dest.test"), ">From a@b Fri\n" + plain));
    calls.add(
        new Call(
            "8-bit body",
            List.of("-B8BITMIME", "you@dest.test"),
            "Subject: eight\n\n\u00e4\u00f6\u00fc\n"));
    calls.add(
        new Call("long line", List.of("you@dest.test"), plain + "x".repeat(2500) + "\nend\n"));
    calls.add(
        new Call(
            "Resent",
            List.of("-t"),
            "From: a@else.test\nTo: b@else.test\nBcc: x@dest.test\nResent-From: c@else.test\n"
                + "Resent-To: you@dest.test\nResent-Bcc: d@dest.test\n"
                + plain));
    calls.add(new Call("a list as one argument", List.of("a@dest.test, b@dest.test"), plain));
    calls.add(new Call("a name in the argument", List.of("Your Name <you@dest.test>"), plain));
    calls.add(
        new Call(
            "Bcc without -t", List.of("-i", "you@dest.test"), "Bcc: secret@dest.test\n" + plain));
    calls.add(
        new Call(
            "quoted local part", List.of("\"a b\"@dest.test"), "To: \"a b\"@dest.test\n" + plain));
    calls.add(new Call("no final newline", List.of("you@dest.test"), "Subject: x\n\nlast"));
    calls.add(
        new Call(
            "everything given",
            List.of("-f", "me@else.test", "you@dest.test"),
            "Date: Fri, 20 Nov 2026 09:00:00 +0000\nMessage-ID: <1@else.test>\n"
                + "From: Me <me@else.test>\nTo: you@dest.test\n"
                + plain));
    calls.add(
        new Call(
            "old trace headers",
            List.of("you@dest.test"),
            "Return-Path: <x@y.test>\nReceived: from a by b; now\nContent-Length: 5\n" + plain));
    calls.add(
        new Call(
            "bare names in headers",
            List.of("you@dest.test"),
            "From: joe\nTo: fred, \"Al\" <al>\nCc: list:a,b@c;\nReply-To: <jim>\n" + plain));
    calls.add(
        new Call(
            "header without its blank line",
            List.of("you@dest.test"),
            "Subject: x\nthis is no header\nbody\n"));
    calls.add(
        new Call(
            "folded headers",
            List.of("-t"),
            "To: a@dest.test,\n\tb@dest.test,\n c@dest.test\nSubject: one\n two\n\nb\n"));
    calls.add(
        new Call(
            "dsn options",
            List.of("-N", "success,failure", "-R", "hdrs", "-V", "id1", "you@dest.test"),
            plain));
    calls.add(new Call("-G", List.of("-G", "you@dest.test"), "From: joe\nTo: you\nBcc: x\n\nb\n"));
    calls.add(
        new Call(
            "-t with an empty Resent-To",
            List.of("-t", "you@dest.test"),
            "To: old@dest.test\nResent-To:\n" + plain));
    calls.add(new Call("extension and case", List.of("You+Tag@Dest.Test"), plain));
    calls.add(
        new Call("the same recipient twice", List.of("you@dest.test", "you@dest.test"), plain));
    calls.add(new Call("dots", List.of("-i", "you@dest.test"), "Subject: d\n\n.a\n..\n...\n.\n"));
    calls.add(new Call("NUL in the body", List.of("you@dest.test"), "Subject: n\n\na\0b\n"));
    calls.add(new Call("bare CR", List.of("you@dest.test"), "Subject: r\n\na\rb\n\r\rc\n"));
    calls.add(
        new Call(
            "empty header value", List.of("you@dest.test"), "Subject:\nTo: you@dest.test\n\nb\n"));
    calls.add(new Call("no To", List.of("you@dest.test"), "From: a@b.test\n\nb\n"));
    return calls;
  }

  @ParameterizedTest
  @MethodSource("calls")
  void whatArrivesIsTheSame(Call call) throws IOException, InterruptedException {
    List<String> theirs = arrival(postfix.shell, "/usr/sbin/sendmail", call, () -> "");
    List<String> ours = arrival(postrider.shell, "sendmail", call, postrider::logText);

    assertThat(ours).isEqualTo(theirs);
  }

  private static List<String> arrival(
      Shell shell, String program, Call call, java.util.function.Supplier<String> report)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(program);
    command.addAll(call.arguments());
    Shell.Result result = shell.run(call.input(), command);
    assertThat(result.code()).as(result.all()).isZero();
    List<String> messages = new ArrayList<>();
    for (String message : sink.take(1, report)) {
      messages.add(Normalised.of(message));
    }
    return messages;
  }
}
