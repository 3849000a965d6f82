package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.postrider.CommandOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every command of the README and of docs/ works: each page's blocks are run, in their order, on a
 * fresh machine; what stands within the text is at least a command that there is, with options that
 * there are. Needs root and namespaces.
 */
class DocsTest {
  /** Blocks that cannot be run here, by their first command. A page cannot hide another one. */
  private static final Map<String, List<String>> NOT_RUN =
      Map.of(
          "README.md",
              List.of("./postrider test    # run every test", "postrider setup you@gmail.com"),
          "docs/benchmarks.md",
              List.of(
                  "bench/peers --rounds 3                          # 5,000 messages, each system just started; OpenSMTPD takes minutes a round",
                  "bench/million                                   # a million for Postrider, 100,000 for Postfix and for Postrider"),
          "docs/container.md",
              List.of(
                  "./postrider package image                       # makes target/packages/image"),
          "docs/install.md",
              List.of(
                  "apt install ./postrider_*.deb",
                  "systemctl status postrider",
                  "postconf -e postrider_idle_exit=60s",
                  "tar -xzf postrider-*-linux-*.tar.gz"),
          "docs/moving.md",
              List.of(
                  "postrider import msmtp                    # or postfix, nullmailer, dma, ssmtp, exim-smarthost: look",
                  "postrider import postfix -c /etc/postrider --write",
                  "postfix -c /etc/postfix stop              # Postfix's own command"),
          "docs/provider.md",
              List.of(
                  "postrider setup you@gmail.com",
                  "postconf -e 'smtp_tls_CAfile = /etc/ssl/cert.pem'"),
          "docs/secrets.md",
              List.of(
                  "postrider login you@outlook.com --client-id 11111111-2222-3333-4444-555555555555",
                  "postrider login you@gmail.com --client-id ID.apps.googleusercontent.com --client-secret file:/etc/postfix/secrets.d/google-client"),
          "docs/setup.md", List.of("postrider setup you@gmail.com"));

  /** A machine whose provider refuses its password, and mail that waits for that. */
  private static final String REFUSED_PASSWORD =
      """
      mkdir -p /etc/postfix
      cat >/etc/postfix/main.cf <<'END'
      relayhost = [smtp.provider.example]:587
      smtp_sasl_auth_enable = yes
      smtp_sasl_password_maps = inline:{[smtp.provider.example]:587=me@provider.example:wrong}
      smtp_sasl_security_options = noanonymous
      smtp_tls_security_level = secure
      smtp_tls_CAfile = /etc/ssl/certs/ca-certificates.crt
      END
      postfix start
      echo body | mail -s waiting you@example.com
      until postqueue -p | grep -q 'authentication failed'; do sleep 0.2; done
      """;

  /** What the reader of a page has already. */
  private static final Map<String, String> BEFORE =
      Map.of(
          "docs/secrets.md",
          """
          mkdir -p /etc/postfix && touch /etc/postfix/main.cf
          """,
          "docs/accounts.md",
          """
          mkdir -p /etc/postfix && touch /etc/postfix/main.cf
          """,
          // A login for which there is no way: an account that is stopped makes explain say 75.
          "docs/troubleshooting.md",
          REFUSED_PASSWORD.replace("options = noanonymous", "options = noplaintext"),
          "docs/failures.md",
          REFUSED_PASSWORD);

  /** What has come true when a page was followed; a command that fails says that it has not. */
  private static final Map<String, String> AFTER =
      Map.of(
          "docs/local-only.md",
          """
          mail -u alice -H | grep 'For root'
          [ -z "$(postconf -n default_transport)" ]
          """,
          "docs/secrets.md",
          """
          postrider secret list | grep ' ok$'
          [ "$(postmap -q '[smtp.provider.example]:587' secret:/etc/postfix/secrets | cut -d' ' -f1)" = me@provider.example ]
          [ "$(stat -c %a /etc/postfix/secrets /etc/postfix/secrets.d/* | tr '\\n' ' ')" = '644 600 ' ]
          """,
          "docs/accounts.md",
          """
          postrider account list | grep 'messages=500/1d: 1 used, 499 left'
          postrider account list | grep 'mail that user alice submits'
          postrider explain --user alice you@example.com | grep 'postrider_submitter_relayhost_maps'
          """,
          "docs/running.md",
          """
          setpriv --reuid=me --regid=users --clear-groups postfix -c /home/me/mail/etc status
          """);

  @TestFactory
  List<DynamicTest> everyPageCanBeFollowed() throws IOException, InterruptedException {
    List<DynamicTest> tests = new ArrayList<>();
    for (DocumentPage page : DocumentPage.all(CommandOptions.ROOT)) {
      int choices = Math.max(1, page.of(DocumentPage.Kind.ONE_OF).size());
      for (int choice = 0; choice < choices; choice++) {
        List<DocumentPage.Block> blocks = page.withChoice(choice);
        if (!blocks.isEmpty()) {
          String name = page.name() + (choices > 1 ? ", choice " + (choice + 1) : "");
          tests.add(DynamicTest.dynamicTest(name, () -> follow(page, blocks)));
        }
      }
    }
    assertThat(tests).hasSizeGreaterThan(8);
    return tests;
  }

  private static void follow(DocumentPage page, List<DocumentPage.Block> blocks)
      throws IOException, InterruptedException {
    assumeMachine();
    try (DocumentMachine machine =
        DocumentMachine.follow(
            BEFORE.getOrDefault(page.name(), ""), blocks, AFTER.getOrDefault(page.name(), ""))) {
      machine.finish();
      assertThat(machine.output()).doesNotContain(": not found", "usage:", "fatal:");
    }
  }

  private static void assumeMachine() throws IOException, InterruptedException {
    assumeTrue(Instance.isRoot(), "only root can make a machine of namespaces");
    assumeTrue(
        Files.isExecutable(CommandOptions.ROOT.resolve("target/postrider/bin/postrider")),
        "the image is not built: run ./postrider build");
    for (String program :
        List.of("/usr/sbin/postfix", "/usr/sbin/saslpasswd2", "/usr/bin/python3")) {
      assumeTrue(Files.isExecutable(Path.of(program)), program + " is not installed");
    }
    assumeTrue(
        new ProcessBuilder("unshare", "-mnupf", "--kill-child", "--mount-proc", "true")
                .start()
                .waitFor()
            == 0,
        "namespaces of its own (unshare -mnup) are not allowed here");
  }

  @Test
  void nothingElseIsLeftOut() throws IOException {
    for (DocumentPage page : DocumentPage.all(CommandOptions.ROOT)) {
      List<DocumentPage.Block> left = page.of(DocumentPage.Kind.NOT_RUN);
      assertThat(left.stream().map(block -> block.commands().lines().findFirst().orElse("")))
          .as(page.name())
          .containsExactlyElementsOf(NOT_RUN.getOrDefault(page.name(), List.of()));
      assertThat(left).allSatisfy(block -> assertThat(block.why()).isNotBlank());
    }
  }

  @Test
  void commandsWithinTheTextExist() throws IOException {
    DocumentCommands commands = new DocumentCommands();
    List<String> faults = new ArrayList<>();
    for (DocumentPage page : DocumentPage.all(CommandOptions.ROOT)) {
      faults.addAll(commands.faults(page));
    }

    assertThat(faults).isEmpty();
  }

  @Test
  void aWrongCommandWithinTheTextIsNoticed() throws IOException {
    DocumentCommands commands = new DocumentCommands();

    assertThat(commands.fault("postfix restart")).contains("no command \"restart\"");
    assertThat(commands.fault("postqueue -x")).contains("no option -x");
    assertThat(commands.fault("postsuper -d ID -y")).contains("no option -y");
    assertThat(commands.fault("postsuper -dID -h ALL")).isEmpty();
    assertThat(commands.fault("postrider queue drop")).contains("no command");
    assertThat(commands.fault("postrider trace --yaml ID")).contains("no option --yaml");
    assertThat(commands.fault("bench/nothing")).contains("no such program");
    assertThat(commands.fault("postrider queue list --older 2h")).isEmpty();
    assertThat(commands.fault("sendmail -bv you@example.com")).isEmpty();
  }

  @Test
  void aBlockCannotHideBehindAnotherName() {
    assertThat(
            catchThrowable(
                () -> DocumentPage.parse("page.md", List.of("```console", "postconf -Q", "```"))))
        .hasMessage("page.md, line 1: console: call it sh, so that it is run");
    assertThat(
            DocumentPage.parse("page.md", List.of("1. Do", "   ```sh", "   mailq", "   ```"))
                .of(DocumentPage.Kind.RUN))
        .containsExactly(new DocumentPage.Block(3, DocumentPage.Kind.RUN, "", "mailq\n"));
  }

  @Test
  void aBlockThatFailsIsNoticed() throws IOException, InterruptedException {
    assumeMachine();
    DocumentPage page =
        DocumentPage.parse("page.md", List.of("```sh", "postconf -Q", "true", "```"));
    try (DocumentMachine machine = DocumentMachine.follow("", page.withChoice(0), "")) {
      assertThat(catchThrowable(machine::finish))
          .hasMessageContaining("a command failed")
          .hasMessageContaining("== line 2");
    }
  }
}
