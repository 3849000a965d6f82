package dev.postrider.system;

import java.util.ArrayList;
import java.util.List;

/**
 * One way in which a server misbehaves, or does what is rare.
 *
 * @param name with the number of the rule or of the nasty input it stands for
 * @param recipients how many the message has
 * @param large whether the message does not fit the buffers on the way
 * @param scripts of the servers to try, for {@link dev.postrider.smtp.ScriptedServer}
 * @param ours {@code dsn status} with us, where Postfix does something else; empty if it does not
 */
record ServerFault(String name, int recipients, boolean large, List<String> scripts, String ours) {
  private static final String PIPELINING =
      """
      S: 220 mx.example.net ESMTP
      C: EHLO
      S: 250-mx.example.net
      S: 250 PIPELINING
      """;

  private static final String PLAIN =
      """
      S: 220 mx.example.net ESMTP
      C: EHLO
      S: 250 mx.example.net
      """;

  private static final String TAKES_ALL =
      PLAIN
          + """
          C: MAIL
          S: 250 2.1.0 Ok
          C: RCPT
          S: 250 2.1.5 Ok
          C: DATA
          S: 354 go on
          DATA
          S: 250 2.0.0 taken by another
          """;

  private static ServerFault one(String name, String... scripts) {
    return new ServerFault(name, 1, false, List.of(scripts), "");
  }

  private static ServerFault three(String name, String... scripts) {
    return new ServerFault(name, 3, false, List.of(scripts), "");
  }

  /** Where we go another way. */
  private ServerFault butOurs(String fate) {
    return new ServerFault(name, recipients, large, scripts, fate);
  }

  /** After a plain EHLO, MAIL and RCPT have been taken one by one. */
  static String atData(String rest) {
    return PLAIN + "C: MAIL\nS: 250 2.1.0 Ok\nC: RCPT\nS: 250 2.1.5 Ok\nC: DATA\n" + rest;
  }

  private static String ehlo(String... keywords) {
    return "S: 220 mx.example.net ESMTP\nC: EHLO\nS: 250-"
        + String.join("\nS: 250-", keywords)
        + "\nS: 250 HELP\n"
        + "C: MAIL\nS: 250 2.1.0 Ok\nC: RCPT\nS: 250 2.1.5 Ok\nC: DATA\nS: 354 go on\nDATA\n"
        + "S: 250 2.0.0 taken\n";
  }

  static List<ServerFault> all() {
    List<ServerFault> all = new ArrayList<>();
    all.addAll(ofTheGreeting());
    all.addAll(ofTheEnvelope());
    all.addAll(ofTheContent());
    all.addAll(ofReplies());
    return all;
  }

  private static List<ServerFault> ofTheGreeting() {
    return List.of(
        one(
            "c05EhloUnknown",
            "S: 220 x ESMTP\nC: EHLO\nS: 502 what\nC: HELO\nS: 250 x\nC: MAIL\n"
                + "S: 250 ok\nC: RCPT\nS: 250 ok\nC: DATA\nS: 354 go\nDATA\nS: 250 taken by HELO\n"),
        one(
            "c05EhloBusy",
            "S: 220 x ESMTP\nC: EHLO\nS: 450 later\nC: HELO\nS: 250 x\nC: MAIL\n"
                + "S: 250 ok\nC: RCPT\nS: 250 ok\nC: DATA\nS: 354 go\nDATA\nS: 250 taken by HELO\n"),
        one("c05EhloClosing", "S: 220 x ESMTP\nC: EHLO\nS: 421 4.3.2 closing\n"),
        one(
            "c05NeitherEhloNorHelo",
            "S: 220 x ESMTP\nC: EHLO\nS: 550 no\nC: HELO\nS: 550 5.7.1 not you\n"),
        one("c05LostAtEhlo", "S: 220 x ESMTP\nC: EHLO\nCLOSE\n"),
        one("c07GreetingRefused", "S: 554 5.3.2 not here\n", TAKES_ALL),
        one("n70Silent", "WAIT\n"),
        one("n70SilentThenAnother", "WAIT\n", TAKES_ALL),
        one("n71Refused", "S: 554 5.3.2 not here\n"),
        one("n71Closing", "S: 421 4.3.2 closing\n"),
        one(
            "n72LongGreetings",
            "S: 220-one\nS: 220-two\nS: 220 mx.example.net ESMTP\nC: EHLO\n"
                + "S: 250-X-KEYWORD\n".repeat(200)
                + TAKES_ALL.substring(TAKES_ALL.indexOf("S: 250 "))),
        one(
            "n86DroppedAtStartTls",
            "S: 220 x ESMTP\nC: EHLO\nS: 250-x\nS: 250 STARTTLS\nC: STARTTLS\nCLOSE\n"),
        one(
            "n86StartTlsRefused",
            "S: 220 x ESMTP\nC: EHLO\nS: 250-x\nS: 250 STARTTLS\nC: STARTTLS\n"
                + "S: 454 4.7.0 no certificate\nC: MAIL\nS: 250 ok\nC: RCPT\nS: 250 ok\nC: DATA\n"
                + "S: 354 go\nDATA\nS: 250 taken in clear\n"),
        one("n93SizeZero", ehlo("x", "SIZE 0")),
        one("n93SizeOfWords", ehlo("x", "SIZE none", "size")),
        one("n93SizeBeyondAll", ehlo("x", "SIZE 1" + "0".repeat(30))),
        one("n93SizeNegative", ehlo("x", "SIZE -1")),
        one("n93TooSmall", ehlo("x", "SIZE 10")));
  }

  private static List<ServerFault> ofTheEnvelope() {
    return List.of(
        three(
            "c06TooMany",
            PLAIN
                + "C: MAIL\nS: 250 ok\nC: RCPT\nS: 250 ok\n"
                + "C: RCPT\nS: 452 4.5.3 too many\nC: RCPT\nS: 452 4.5.3 too many\nC: DATA\n"
                + "S: 354 go\nDATA\nS: 250 taken for one\n"),
        one("c07MailRefused", PLAIN + "C: MAIL\nS: 550 5.7.1 not from you\n", TAKES_ALL),
        one("c07MailRefusedNow", PLAIN + "C: MAIL\nS: 450 4.7.1 not now\n", TAKES_ALL),
        one(
            "c08DataGrantedForNobody",
            PIPELINING
                + "C: MAIL\nC: RCPT\nC: DATA\nS: 250 ok\n"
                + "S: 550 5.1.1 unknown\nS: 354 go on\nDATA\nS: 250 taken\n"),
        one("n78GoOnToMail", PLAIN + "C: MAIL\nS: 354 go on\n").butOurs("4.0.0 deferred"),
        one("n78GoOnToRcpt", PLAIN + "C: MAIL\nS: 250 ok\nC: RCPT\nS: 354 go on\n")
            .butOurs("4.0.0 deferred"),
        three(
                "n79AReplyTooMany",
                PIPELINING
                    + "C: MAIL\nC: RCPT\nC: RCPT\nC: RCPT\nC: DATA\n"
                    + "SS: 250 ok|250 ok|550 5.1.1 unknown|250 ok|250 ok|354 go on\nWAIT\n")
            .butOurs("4.5.0 deferred"),
        three(
            "n80ClosingAmongRecipients",
            PLAIN
                + "C: MAIL\nS: 250 ok\nC: RCPT\nS: 250 ok\n"
                + "C: RCPT\nS: 421 4.3.2 closing\nCLOSE\n"),
        three(
            "n80ClosingAmongManyAtOnce",
            PIPELINING
                + "C: MAIL\nC: RCPT\nC: RCPT\nC: RCPT\nC: DATA\n"
                + "SS: 250 ok|250 ok|421 4.3.2 closing\nCLOSE\n"),
        three(
            "n81EveryOther",
            PLAIN
                + "C: MAIL\nS: 250 ok\nC: RCPT\nS: 250 ok\n"
                + "C: RCPT\nS: 450 4.2.1 busy\nC: RCPT\nS: 550 5.1.1 unknown\nC: DATA\n"
                + "S: 354 go\nDATA\nS: 250 taken for one\n"),
        three(
            "n81EveryOtherThenAnother",
            PLAIN
                + "C: MAIL\nS: 250 ok\nC: RCPT\nS: 250 ok\n"
                + "C: RCPT\nS: 450 4.2.1 busy\nC: RCPT\nS: 550 5.1.1 unknown\nC: DATA\n"
                + "S: 354 go\nDATA\nS: 250 taken for one\n",
            TAKES_ALL),
        one("lostAtMail", PLAIN + "C: MAIL\nCLOSE\n"),
        one("resetAtRcpt", PLAIN + "C: MAIL\nS: 250 ok\nC: RCPT\nRESET\n"),
        one("silentAtMail", PLAIN + "C: MAIL\nWAIT\n"),
        one("silentAtRcpt", PLAIN + "C: MAIL\nS: 250 ok\nC: RCPT\nWAIT\n"),
        three(
            "silentAmongManyAtOnce",
            PIPELINING
                + "C: MAIL\nC: RCPT\nC: RCPT\nC: RCPT\nC: DATA\n"
                + "SS: 250 ok|550 5.1.1 unknown\nWAIT\n"));
  }

  private static List<ServerFault> ofTheContent() {
    return List.of(
        one("silentAtData", atData("WAIT\n")),
        one("lostAtData", atData("CLOSE\n")),
        one("refusedAtData", atData("S: 554 5.7.1 no\n")),
        one("busyAtDataThenAnother", atData("S: 451 4.3.0 not now\n"), TAKES_ALL),
        one("n77OkToData", atData("S: 250 ok\n")).butOurs("4.5.0 deferred"),
        new ServerFault(
            "c09RefusedInTheMiddle",
            1,
            true,
            List.of(atData("S: 354 go\nTAKE 1000\nS: 552 5.3.4 too big for me\nCLOSE\n")),
            ""),
        new ServerFault(
            "c09ResetInTheMiddle", 1, true, List.of(atData("S: 354 go\nTAKE 1000\nRESET\n")), ""),
        new ServerFault(
            "c01ReadsNoMore", 1, true, List.of(atData("S: 354 go\nTAKE 1000\nSTOP\n")), ""),
        one("n83LostAfterTheDot", atData("S: 354 go\nDATA\nCLOSE\n")),
        one("n83ResetAfterTheDot", atData("S: 354 go\nDATA\nRESET\n")),
        one("n85SilentAfterTheDot", atData("S: 354 go\nDATA\nWAIT\n")),
        one("n84ResetAtQuit", atData("S: 354 go\nDATA\nS: 250 2.0.0 taken\nC: QUIT\nRESET\n")),
        one("n84ResetAtOnce", atData("S: 354 go\nDATA\nS: 250 2.0.0 taken\nRESET\n")),
        one("refusedAfterTheDot", atData("S: 354 go\nDATA\nS: 550 5.7.1 spam\n")),
        one(
            "busyAfterTheDotThenAnother",
            atData("S: 354 go\nDATA\nS: 451 4.7.1 try again\n"),
            TAKES_ALL),
        one("closingAfterTheDot", atData("S: 354 go\nDATA\nS: 421 4.3.2 closing\n")));
  }

  private static List<ServerFault> ofReplies() {
    String many = "250-again\\r\\n".repeat(1100);
    return List.of(
        one(
            "c02CodesWithoutText",
            "S: 220 x\nC: EHLO\nS: 250\nC: MAIL\nS: 250\nC: RCPT\nS: 250\n"
                + "C: DATA\nS: 354\nDATA\nS: 250\n"),
        one(
            "c02UnknownCodes",
            PLAIN
                + "C: MAIL\nS: 231 fine\nC: RCPT\nS: 299 whatever\nC: DATA\n"
                + "S: 399 more\nDATA\nS: 288 2.0.0 done\n"),
        one("c02UnknownRefusal", PLAIN + "C: MAIL\nS: 250 ok\nC: RCPT\nS: 599 never\n"),
        one("c02UnknownDelay", PLAIN + "C: MAIL\nS: 250 ok\nC: RCPT\nS: 499 5.1.1 later\n"),
        one("c02SpacesBeforeTheStatus", PLAIN + "C: MAIL\nS: 250 ok\nC: RCPT\nS: 550   5.1.1 no\n"),
        one(
            "c02SeveralLines",
            PLAIN
                + "C: MAIL\nS: 250 ok\nC: RCPT\n"
                + "SS: 550-5.1.1 no such user|550-5.1.1 here|550 5.1.1 really\n"),
        one("c02LfAlone", PLAIN + "C: MAIL\nSB: 250 ok\\n\nC: RCPT\nSB: 550 5.1.1 no\\n\n"),
        one(
            "c02ControlsAndEightBits",
            PLAIN
                + "C: MAIL\nS: 250 ok\nC: RCPT\nSB: 550 5.1.1 n\\x01o\\x07\\xe9\\x1b[31m\\r\\n\n"),
        one("c03Nine", PLAIN + "C: MAIL\nS: 250 ok\nC: RCPT\nS: 999 hi\n")
            .butOurs("4.5.0 deferred"),
        one("c03One", PLAIN + "C: MAIL\nS: 250 ok\nC: RCPT\nS: 199 hi\n").butOurs("4.5.0 deferred"),
        one(
                "n73LongLine",
                PLAIN
                    + "C: MAIL\nSB: 250 "
                    + "x".repeat(1_000_000)
                    + "\\r\\n\nC: RCPT\nS: 250 ok\nC: DATA\nS: 354 go\nDATA\nS: 250 ok\n")
            .butOurs("4.5.0 deferred"),
        one(
                "n73ManyLines",
                PLAIN
                    + "C: MAIL\nSB: "
                    + many
                    + "250 ok\\r\\n\nC: RCPT\nS: 250 ok\n"
                    + "C: DATA\nS: 354 go\nDATA\nS: 250 ok\n")
            .butOurs("4.5.0 deferred"),
        one("n74DifferentCodes", PLAIN + "C: MAIL\nS: 250 ok\nC: RCPT\nSS: 250-a|550 5.1.1 b\n")
            .butOurs("4.5.0 deferred"),
        one("n76Words", PLAIN + "C: MAIL\nS: abc\nWAIT\n").butOurs("4.5.0 deferred"),
        one("n76Nothing", PLAIN + "C: MAIL\nSB: \\r\\n\nWAIT\n").butOurs("4.5.0 deferred"),
        one(
            "slowButInTime",
            PLAIN
                + "C: MAIL\nSLOW 20 250 ok\nC: RCPT\nSLOW 20 250 ok\nC: DATA\n"
                + "SLOW 20 354 go\nDATA\nSLOW 20 250 2.0.0 taken\n"));
  }
}
