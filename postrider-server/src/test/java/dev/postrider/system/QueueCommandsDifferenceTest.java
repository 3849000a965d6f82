package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * postsuper, postcat and mailq of Debian's Postfix and of Postrider, on the same three messages
 * that cannot be delivered: the same words, exit codes and effects, ids and times apart.
 */
class QueueCommandsDifferenceTest {
  private static final Pattern ENTRY =
      Pattern.compile("\"queue_id\": \"([^\"]+)\".*\"address\": \"([^\"]+)\"");

  private static RealPostfix postfix;
  private static Instance postrider;

  @BeforeAll
  static void bothSystems() throws IOException, InterruptedException {
    // A port that nobody listens on: everything is deferred, with the same words.
    String settings = "relayhost = [127.0.0.1]:" + Instance.freePort();
    postfix = RealPostfix.start(settings);
    postrider = Instance.create();
    postrider.main(settings);
    postrider.main("inet_protocols = ipv4");
    // A notice that nobody takes is dropped, as Postfix does.
    postrider.main("postrider_kept_notices = 0");
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
  }

  /** Ids by recipient. */
  private static Map<String, String> ids(Shell shell) throws IOException, InterruptedException {
    Map<String, String> ids = new TreeMap<>();
    Matcher entry = ENTRY.matcher(shell.run("postqueue -j").out());
    while (entry.find()) {
      ids.put(entry.group(2), entry.group(1));
    }
    return ids;
  }

  private static void submit(Shell shell) throws IOException, InterruptedException {
    shell.run("postsuper -d ALL");
    for (String to : List.of("a@x.test", "b@y.test", "c@z.test")) {
      shell.run(
          "printf 'Subject: t\\n\\nbody\\n.dot\\n' | sendmail -i -f s@host.local.test -Nfailure,delay"
              + " -Vid7 -Rhdrs "
              + to);
    }
    Instance.await(
        "three deferred messages",
        () -> {
          try {
            return shell
                    .run("postqueue -j")
                    .out()
                    .lines()
                    .filter(line -> line.contains("\"deferred\"") && line.contains("delay_reason"))
                    .count()
                == 3;
          } catch (IOException e) {
            return false;
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
          }
        },
        () -> "");
  }

  /** Runs a script in which A, B and C stand for the ids; they do in what it answers too. */
  private static String run(Shell shell, Map<String, String> ids, String script)
      throws IOException, InterruptedException {
    Map<String, String> letters = new LinkedHashMap<>();
    letters.put("A", ids.getOrDefault("a@x.test", "0"));
    letters.put("B", ids.getOrDefault("b@y.test", "0"));
    letters.put("C", ids.getOrDefault("c@z.test", "0"));
    StringBuilder variables = new StringBuilder();
    letters.forEach((letter, id) -> variables.append(letter + "=" + id + "; "));
    Shell.Result result = shell.run(variables + script);
    String text = result.all() + "exit " + result.code();
    for (Map.Entry<String, String> each : letters.entrySet()) {
      text = text.replace(each.getValue(), "ID-" + each.getKey());
    }
    return text;
  }

  private static void same(String script) throws IOException, InterruptedException {
    assertThat(run(postrider.shell, ids(postrider.shell), script))
        .as(script)
        .isEqualTo(run(postfix.shell, ids(postfix.shell), script));
  }

  private static void sameQueue() throws IOException, InterruptedException {
    assertThat(queue(postrider.shell)).isEqualTo(queue(postfix.shell));
  }

  /** Where each message is, and its flags. */
  private static List<String> queue(Shell shell) throws IOException, InterruptedException {
    return shell
        .run("postqueue -j")
        .out()
        .lines()
        .map(line ->
            line.replaceFirst(
                ".*\"queue_name\": (\"\\w+\").*(\"forced_expire\": \\w+).*\"address\": (\"[^\"]+\").*",
                "$3 $1 $2"))
        .sorted()
        .toList();
  }

  @Test
  void holdExpireReleaseAndDelete() throws IOException, InterruptedException {
    submit(postfix.shell);
    submit(postrider.shell);

    same("postsuper -h $A");
    same("postsuper -h $A");
    same("postsuper -h NOSUCHID");
    same("postsuper -e $A");
    same("postsuper -e $B -h $C");
    sameQueue();
    same("postsuper -e $A $B");
    same("postsuper -h ''");
    same("printf '%s\\n' $B $C bogus | postsuper -h -");
    sameQueue();
    same("postsuper -H ALL incoming");
    same("postsuper -h $A -d $B -r NOSUCH -e $C -H NOSUCH");
    same("postsuper -d all");
    same("postsuper");
    same("postsuper -s -p -S");
    same("postsuper -d");
    same("postsuper -x");
    same("postsuper -d ALL bogusqueue");
    same("postsuper -d ALL deferred");
    sameQueue();
    same("postsuper -d ALL");
    same("postqueue -p");
  }

  @Test
  void anExpiredMessageGoesBackOnceItIsReleasedAndTried() throws IOException, InterruptedException {
    submit(postfix.shell);
    submit(postrider.shell);
    same("postsuper -h $A -e $A");

    same("postsuper -f $A");
    postfix.shell.run("postqueue -f");
    postrider.shell.run("postqueue -f");

    String words = "status=force-expired, returned to sender";
    Instance.await(
        "Postfix's return", () -> read(postfix.log).contains(words), () -> read(postfix.log));
    postrider.awaitLog(words);
    same("postsuper -d ALL | grep -v Deleted");
  }

  private static String read(java.nio.file.Path file) {
    try {
      return java.nio.file.Files.readString(file);
    } catch (IOException e) {
      return "";
    }
  }

  @Test
  void aRequeuedMessageHasANewIdAndSaysItsOld() throws IOException, InterruptedException {
    for (Shell shell : List.of(postfix.shell, postrider.shell)) {
      submit(shell);
    }
    String oldId = ids(postrider.shell).get("a@x.test");

    same("postsuper -r $A");

    postrider.awaitLog("orig_id=" + oldId);
    postrider.await(
        "the requeued message",
        () -> {
          try {
            return !ids(postrider.shell).getOrDefault("a@x.test", oldId).equals(oldId);
          } catch (IOException e) {
            return false;
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
          }
        });
    assertThat(postrider.shell.run("postcat -qh " + ids(postrider.shell).get("a@x.test")).out())
        .contains("from userid")
        .contains("id " + oldId);
    same("postsuper -d ALL");
  }

  @Test
  void aMessageIsShownAsPostfixShowsIt() throws IOException, InterruptedException {
    submit(postfix.shell);
    submit(postrider.shell);
    String normal =
        " 2>&1 | sed -e 's,deferred/./,deferred/,' -e '/^message_size/d'"
            + " -e '/_time:/s/: .*/: T/' -e '/named_attribute: rewrite_context/d'"
            + " -e '/^sender_fullname/d' -e 's/(Post[a-z]*,/(X,/' -e 's/; ..., .*/; DATE/'"
            + " -e 's/^Date: .*/Date/' -e 's/<[0-9]*[.]/<TIME./'";

    same("postcat -q $A" + normal);
    same("postcat -qb $A");
    same("postcat -qh $A" + normal);
    same("postcat -qe $A" + normal);
    same("postcat -qbh $B" + normal);
    same("postcat -qv $A 2>/dev/null | grep regular_text | grep -i subject");
    same("postcat -qd $A | sed 's/^\\(...\\).*/\\1/' | grep -v 70 | sort | uniq | tr '\\n' ' '");
    same("postcat -q NOSUCH");
    same("postcat /nonexistent");
    same("postcat -x");
    same("postsuper -d ALL");
  }

  /** Not compared: Debian's postsuper cannot write the log here when its log daemon is stopped. */
  @Test
  void withoutADaemonTheQueueCanBeChangedToo() throws IOException, InterruptedException {
    submit(postrider.shell);
    Map<String, String> ids = ids(postrider.shell);
    postrider.shell.run("postfix stop");
    try {
      assertThat(run(postrider.shell, ids, "postsuper -h $A -d $B; postsuper -h $A"))
          .isEqualTo(
              """
              postsuper: ID-A: placed on hold
              postsuper: ID-B: removed
              postsuper: Deleted: 1 message
              postsuper: Placed on hold: 1 message
              postsuper: Placed on hold: 0 messages
              exit 0\
              """);
      assertThat(run(postrider.shell, ids, "postsuper -e $C; postcat -qb $A"))
          .isEqualTo(
              """

              body
              .dot
              postsuper: ID-C: expired
              postsuper: Force-expired: 1 message
              exit 0\
              """);
    } finally {
      postrider.start();
    }
    assertThat(queue(postrider.shell))
        .containsExactly(
            "\"a@x.test\" \"hold\" \"forced_expire\": false",
            "\"c@z.test\" \"deferred\" \"forced_expire\": true");
    // What root wrote there, the daemon must be able to read and go on with.
    submit(postrider.shell);
    assertThat(postrider.shell.run("postsuper -d ALL").err()).contains("Deleted: 3 messages");
  }
}
