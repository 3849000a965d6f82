package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * pipe(8) and virtual(8) of Debian's Postfix and of Postrider, with real users: the same mail gives
 * the same command lines, the same octets on standard input, the same files and the same fates.
 */
class AgentsDifferenceTest {
  private static final String USER = "prtpipe";
  private static final String GROUP = "prtgrp";

  /** Which mail is sent, in order: the sender, the recipients in one call, the content. */
  private static final String CASES =
      """
      s@from.test      | jailed@p12.test                    | plain
      s@from.test      | x@p13.test                         | plain
      sender@from.test | One+Ext@P1.test                    | plain
      'two words'@from.test | Three.Four@P2.test            | dots
      <>               | null@p2.test                       | plain
      <>               | null@p4.test                       | plain
      s@from.test      | Local@p11.test                     | plain
      s@from.test      | many1@p3.test many2+x@p3.test 'with space'@p3.test | plain
      s@from.test      | "'quo ted'"@p2.test                | from
      s@from.test      | dollar$sender@p1.test              | plain
      s@from.test      | exit64@p5.test exit65@p5.test exit66@p5.test exit67@p5.test exit68@p5.test exit69@p5.test | plain
      s@from.test      | exit70@p5.test exit71@p5.test exit72@p5.test exit73@p5.test exit74@p5.test exit75@p5.test | plain
      s@from.test      | exit76@p5.test exit77@p5.test exit78@p5.test exit79@p5.test exit1@p5.test exit0@p5.test | plain
      s@from.test      | quiet67@p5.test quiet1@p5.test quiet0@p5.test kill@p5.test dsn4@p5.test dsn5@p5.test | plain
      s@from.test      | noread@p5.test control@p5.test     | long
      s@from.test      | x@p6.test                          | plain
      s@from.test      | x@p7.test                          | plain
      s@from.test      | x@p8.test                          | plain
      s@from.test      | Loop@p2.test                       | loop
      s@from.test      | big@p9.test                        | long
      s@from.test      | slow@p10.test                      | plain
      s@from.test      | Maildir@V.test                     | from
      s@from.test      | mbox@v.test                        | from
      s@from.test      | mbox@v.test                        | plain
      <>               | mbox@v.test                        | long
      s@from.test      | mbox+ext@v.test mbox+other@v.test  | plain
      s@from.test      | nobody@v.test any.body@all.test    | plain
      s@from.test      | lowuid@v.test nouid@v.test badgid@v.test | plain
      s@from.test      | directory@v.test foreign@v.test    | plain
      s@from.test      | full@v.test fulldir@v.test         | long
      s@from.test      | deep@v.test                        | plain
      s@from.test      | full@w.test                        | long
      s@from.test      | mbox@w.test                        | plain
      """;

  private static final Map<String, String> CONTENTS =
      Map.of(
          "plain", "Subject: plain\n\nbody\n",
          "dots", "Subject: dots\n\n.\n..two\nFrom here\n\nlast line",
          "from", "From: a@b.test\nSubject: from\n\nFrom here\n>From there\nFrom\nFromage\n\n",
          "loop", "Delivered-To: loop@P2.test\nSubject: loop\n\nx\n",
          "long", "Subject: long\n\n" + "0123456789012345678901234567890123456789\n".repeat(1500));

  private static final String SERVICES =
      """
      p1 unix - n n - - pipe
        user=%1$s argv=%2$s/record p1 $sender $recipient $user $extension $mailbox $domain $nexthop
      p2 unix - n n - - pipe
        flags=BDFORhqu.> user=%1$s argv=%2$s/record p2 ${sender} ${recipient} ${original_recipient} ${user} ${mailbox} ${domain} ${nexthop}
      p3 unix - n n - - pipe
        flags=R eol=\\r\\n user=%1$s:%3$s directory=/usr argv=%2$s/record p3 -f $sender -- ${recipient} {in braces $domain} $(user)=$extension a$$b
      p4 unix - n n - - pipe
        flags=FR null_sender= user=%1$s argv=%2$s/record p4 -f $sender -- $recipient
      p5 unix - n n - - pipe
        user=%1$s argv=%2$s/end $mailbox
      p6 unix - n n - - pipe
        user=%1$s argv=%2$s/missing $mailbox
      p7 unix - n n - - pipe
        flags=F user=%1$s argv=%2$s/record p7 $nosuchmacro
      p8 unix - n n - - pipe
        flags=F user=%1$s directory=%2$s/missing argv=%2$s/record p8
      p9 unix - n n - - pipe
        size=1000 user=%1$s argv=%2$s/record p9
      p10 unix - n n - - pipe
        user=%1$s argv=%2$s/end $mailbox
      p11 unix - n n - - pipe
        user=%1$s argv=%2$s/record p11 $client_hostname $client_address $client_port $client_helo $client_protocol $sasl_method $sasl_username $sasl_sender
      p12 unix - n n - - pipe
        user=%1$s chroot=%2$s/jail argv=/bin/busybox ls /
      p13 unix - n n - - pipe
        user=%1$s chroot=%2$s/jail argv=/bin/missing
      virtual unix - n n - - virtual
      wide unix - n n - - virtual
        -o virtual_mailbox_limit=180000 -o virtual_mailbox_lock=dotlock -o virtual_mailbox_base=%2$s/virtual/wide
      """;

  private static final String SETTINGS =
      """
      recipient_delimiter = +
      message_size_limit = 100000
      mailbox_size_limit = 200000
      p2_destination_recipient_limit = 1
      p5_destination_recipient_limit = 1
      p10_time_limit = 1s
      transport_maps = inline:{ { p1.test = p1:Next.Hop }, { p2.test = p2:Next.Hop }, { p3.test = p3 },
        { p4.test = p4 }, { p5.test = p5 }, { p6.test = p6 }, { p7.test = p7 }, { p8.test = p8 },
        { p9.test = p9 }, { p10.test = p10 }, { p11.test = p11 }, { p12.test = p12 }, { p13.test = p13 }, { w.test = wide }, { from.test = discard } }
      virtual_mailbox_domains = v.test, all.test, w.test
      virtual_mailbox_base = %1$s/virtual
      virtual_mailbox_maps = inline:{ { maildir@v.test = md/ }, { mbox@v.test = mbox }, { mbox+ext@v.test = ext },
        { @all.test = all/ }, { lowuid@v.test = low }, { nouid@v.test = no }, { badgid@v.test = bad },
        { directory@v.test = dir }, { foreign@v.test = foreign }, { full@v.test = full },
        { fulldir@v.test = fulldir/ }, { deep@v.test = a/b/c/ },
        { full@w.test = full }, { mbox@w.test = mbox } }
      virtual_uid_maps = inline:{ { lowuid@v.test = 99 }, { @v.test = %2$s }, { @all.test = %2$s }, { @w.test = %2$s } }
      virtual_gid_maps = inline:{ { badgid@v.test = 0 }, { @v.test = %3$s }, { @all.test = %3$s }, { @w.test = %3$s } }
      virtual_mailbox_limit = 100000
      """;

  /** Writes what it is given into a file of its own. */
  private static final String RECORD =
      """
      #!/bin/sh
      out=$(mktemp %1$s/out/tmp.XXXXXX)
      {
        for argument; do printf '<%%s>\\n' "$argument"; done
        echo "rights $(id -u) $(id -g) $(id -G)"
        echo "directory $(pwd)"
        env | grep -v '^PWD=' | grep -v '^_=' | sort
        echo --
        cat
      } > "$out"
      mv "$out" "%1$s/out/$1.$(sed -n '3p' "$out" | cksum | cut -d' ' -f1)"
      """;

  /** Ends as the name of the recipient says. */
  private static final String END =
      """
      #!/bin/sh
      case $1 in
        exit*) echo "words of $1"; echo again; exit "${1#exit}" ;;
        quiet*) exit "${1#quiet}" ;;
        kill) kill -TERM $$ ;;
        dsn4) echo "4.7.1 come back"; exit 1 ;;
        dsn5) echo "5.7.1 go away"; exit 75 ;;
        noread) exit 0 ;;
        control) printf 'a\\001b\\tc\\n'; exit 69 ;;
        slow) echo waiting; sleep 60 ;;
      esac
      """;

  private static RealPostfix postfix;
  private static Instance postrider;
  private static Map<String, List<String>> theirs;
  private static Map<String, List<String>> ours;
  private static String uid = "";
  private static String gid = "";

  @BeforeAll
  static void theSameMailThroughBoth() throws Exception {
    postfix = RealPostfix.start("");
    postrider = Instance.create();
    Shell.Result made =
        postfix.shell.run(
            "groupadd %2$s; useradd -M -U -G %2$s %1$s && id -u %1$s && getent group %2$s | cut -d: -f3"
                .formatted(USER, GROUP));
    assertThat(made.code()).as(made.all()).isZero();
    uid = made.out().lines().toList().get(0);
    gid = made.out().lines().toList().get(1);
    prepare(postfix.directory, postfix.etc);
    prepare(postrider.directory, postrider.etc);
    Shell.Result reloaded = postfix.shell.run("/usr/sbin/postfix reload");
    assertThat(reloaded.code()).as(reloaded.all()).isZero();
    postrider.start();
    theirs = deliver(postfix.shell, "/usr/sbin/sendmail", postfix.log);
    ours = deliver(postrider.shell, "sendmail", postrider.log);
  }

  private static void prepare(Path directory, Path etc) throws IOException, InterruptedException {
    write(directory.resolve("record"), RECORD.formatted(directory));
    write(directory.resolve("end"), END);
    Files.createDirectories(directory.resolve("out"));
    Files.setAttribute(directory.resolve("out"), "unix:mode", 01777);
    Files.writeString(
        etc.resolve("main.cf"), SETTINGS.formatted(directory, uid, gid), StandardOpenOption.APPEND);
    Files.writeString(
        etc.resolve("master.cf"),
        SERVICES.formatted(USER, directory, GROUP)
            + (etc.startsWith(postrider.directory) ? "discard unix - - n - - discard\n" : ""),
        StandardOpenOption.APPEND);
    Shell.Result made =
        postfix.shell.run(
            """
            cd %1$s && umask 022 && mkdir jail && for f in /bin/busybox $(ldd /bin/busybox | grep -o '/[^ ]*'); do
              mkdir -p jail${f%%/*} && cp -L $f jail$f; done &&
            mkdir virtual virtual/dir virtual/wide && head -c 90000 /dev/zero | tr '\\0' x > virtual/full && { cat virtual/full; echo; } > virtual/wide/full &&
            touch virtual/foreign && chown -R %2$s:%3$s virtual && chown daemon virtual/foreign
            """
                .formatted(directory, uid, gid));
    assertThat(made.code()).as(made.all()).isZero();
  }

  private static void write(Path script, String text) throws IOException {
    Files.writeString(script, text);
    Files.setAttribute(script, "unix:mode", 0755);
  }

  /** Sends all; returns the outcomes by recipient, in the order of the log. */
  private static Map<String, List<String>> deliver(Shell shell, String sendmail, Path log)
      throws Exception {
    int expected = 0;
    for (String line : CASES.lines().toList()) {
      String[] fields = line.split("\\|");
      String recipients = fields[1].strip();
      int before = expected;
      expected += recipients.split("@").length - 1;
      List<String> command =
          new ArrayList<>(List.of("sh", "-c", sendmail + " -i -f \"$0\" -- \"$@\""));
      command.add(fields[0].strip().replace("'", "\""));
      Matcher each = Pattern.compile("\"?'[^']*'\"?@\\S+|\\S+").matcher(recipients);
      while (each.find()) {
        command.add(each.group().replace("\"'", "'").replace("'\"", "'").replace("'", "\""));
      }
      Shell.Result result = shell.run(CONTENTS.get(fields[2].strip()), command);
      assertThat(result.code()).as(line + result.all()).isZero();
      int wanted = expected;
      // One after the other: the order in an mbox is part of what is compared.
      Instance.await(
          "the fates of " + line + " behind " + before,
          () -> count(outcomes(log)) >= wanted,
          () -> read(log));
    }
    return outcomes(log);
  }

  private static int count(Map<String, List<String>> outcomes) {
    return outcomes.values().stream().mapToInt(List::size).sum();
  }

  /** {@code relay=… dsn=… status=… (…)} by recipient; notices to senders are no matter here. */
  private static Map<String, List<String>> outcomes(Path log) {
    Map<String, List<String>> found = new TreeMap<>();
    Matcher line =
        Pattern.compile(
                "(pipe|virtual|error|retry|qmgr)\\[\\d+\\]: \\w+: to=<([^>]*)>, (?:orig_to=<[^>]*>, )?(relay=[^,]*), .*?(dsn=.*)")
            .matcher(read(log));
    while (line.find()) {
      found
          .computeIfAbsent(line.group(2), _ -> new ArrayList<>())
          .add((line.group(3) + " " + line.group(4)).replaceAll("/tmp/pr(test|peer)\\d+", "DIR"));
    }
    return found;
  }

  private static String read(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @AfterAll
  static void end() throws IOException, InterruptedException {
    if (postrider != null) {
      postrider.close();
    }
    if (postfix != null) {
      postfix.close();
    }
    Shell anywhere = new Shell(Path.of("/"), Map.of());
    Shell.Result _ =
        anywhere.run(
            "PATH=$PATH:/usr/sbin; userdel " + USER + " 2>&1; groupdel " + GROUP + " 2>&1");
  }

  static Stream<String> recipients() {
    return Pattern.compile("[\\w.+$]+@[\\w.]+")
        .matcher(CASES.replaceAll("(?m)^[^|]*\\|", ""))
        .results()
        .map(found -> found.group())
        .distinct();
  }

  @ParameterizedTest
  @MethodSource("recipients")
  void theFateIsTheSame(String recipient) {
    assertThat(fate(ours, recipient)).as(recipient).isNotEmpty().isEqualTo(fate(theirs, recipient));
  }

  @Test
  void aCommandInAJailSeesNothingButTheJail() {
    assertThat(fate(ours, "jailed@p12.test"))
        .singleElement()
        .asString()
        .contains("status=sent (delivered via p12 service (bin lib");
  }

  private static List<String> fate(Map<String, List<String>> outcomes, String recipient) {
    List<String> found = new ArrayList<>();
    outcomes.forEach((name, fates) -> {
      if (name.equalsIgnoreCase(recipient)) {
        fates.forEach(fate -> found.add(comparable(fate)));
      }
    });
    return found;
  }

  /**
   * Why a program could not be started, and what stands in a mailbox's place, each says its way.
   */
  private static String comparable(String fate) {
    return fate.replaceFirst("(temporary failure)\\. Command output: pipe: fatal: .*", "$1)")
        .replaceFirst("(delivery failed to mailbox \\S+: )(cannot open|destination).*", "$1REASON");
  }

  @Test
  void everyCommandHadTheSameArgumentsRightsEnvironmentAndInput() throws Exception {
    assertThat(records(postrider.directory)).isNotEmpty().isEqualTo(records(postfix.directory));
  }

  private static Map<String, String> records(Path directory) throws IOException {
    Map<String, String> found = new TreeMap<>();
    try (Stream<Path> files = Files.list(directory.resolve("out"))) {
      for (Path file : files.toList()) {
        found.put(file.getFileName().toString(), normalised(read(file), directory));
      }
    }
    return found;
  }

  private static String normalised(String text, Path directory) {
    return Normalised.of(text.replace(directory.toString(), "DIR"))
        .replaceAll("(?m)^(From .+  )... ... .. ..:..:.. 20..(\r?)$", "$1DATE$2")
        .replaceAll("by host.local.test \\(Postfix, from userid 0\\)", "by HOST");
  }

  @Test
  void everyFileOnTheDiskIsTheSame() throws Exception {
    assertThat(tree(postrider.directory)).isNotEmpty().isEqualTo(tree(postfix.directory));
  }

  /** Each file below the mailboxes: its name, owner, mode and content. */
  private static Map<String, String> tree(Path directory) throws IOException {
    Path base = directory.resolve("virtual");
    Map<String, String> found = new TreeMap<>();
    try (Stream<Path> files = Files.walk(base)) {
      for (Path file : files.toList()) {
        String name =
            base.relativize(file)
                .toString()
                .replaceAll("\\d+\\.V[0-9a-f]+I[0-9a-f]+M\\d+\\.[\\w.-]+", "MESSAGE");
        found.put(
            name,
            "%s:%s %s\n%s"
                .formatted(
                    Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS),
                    Files.getAttribute(file, "unix:gid", LinkOption.NOFOLLOW_LINKS),
                    PosixFilePermissions.toString(Files.getPosixFilePermissions(file)),
                    Files.isDirectory(file) ? "" : normalised(read(file), directory)));
      }
    }
    return found;
  }
}
