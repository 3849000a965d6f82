package dev.postrider.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.cli.Explain;
import dev.postrider.cli.Invocation;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code postrider explain} says, with tables and transports as the daemon makes them. */
class ExplainTest {
  private @TempDir Path directory;
  private String output = "";
  private String errors = "";

  @BeforeEach
  void configuration() throws Exception {
    Files.writeString(
        directory.resolve("main.cf"),
        """
        compatibility_level = 3.6
        myhostname = host.example.test
        mydestination = $myhostname, localhost
        queue_directory = %1$s/q
        data_directory = %1$s/data
        alias_maps = texthash:%1$s/aliases
        local_recipient_maps = inline:{root=x}
        mynetworks = 192.0.2.0/24
        virtual_alias_maps = texthash:%1$s/virtual
        transport_maps = inline:{{slow.example = error:5.7.1 no mail there}, {wait.example = fail:x}}
        smtp_generic_maps = inline:{{root@host.example.test = me@provider.example}}
        relayhost = [127.0.0.1]:1587
        smtp_tls_security_level = encrypt
        smtp_sasl_auth_enable = yes
        smtp_sasl_password_maps = inline:{{[127.0.0.1]:1587 = me@provider.example:geheim}}
        """
            .formatted(directory));
    Files.writeString(
        directory.resolve("master.cf"),
        """
        smtp unix - - n - - smtp
        local unix - n n - - local
        error unix - - n - - error
        """);
    Files.writeString(
        directory.resolve("aliases"),
        """
        team: away@b.example, "|/bin/true x", /dev/null, :include:%1$s/list
        owner-team: boss@b.example
        """
            .formatted(directory));
    Files.writeString(directory.resolve("list"), "one@b.example\n");
    Files.writeString(
        directory.resolve("virtual"), "# names\n\nroot you@provider.example, ann@slow.example\n");
  }

  private int explain(String... arguments) throws Exception {
    return explainInput("", arguments);
  }

  private int explainInput(String input, String... arguments) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    InputStream in = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
    List<String> all = new ArrayList<>(List.of("-c", directory.toString()));
    all.addAll(List.of(arguments));
    try (PrintStream printedOut = new PrintStream(out, true, StandardCharsets.UTF_8);
        PrintStream printedErr = new PrintStream(err, true, StandardCharsets.UTF_8)) {
      int code =
          new Explain(ExplainParts::of)
              .run(new Invocation("explain", all, Map.of(), in, printedOut, printedErr));
      output = out.toString(StandardCharsets.UTF_8);
      errors = err.toString(StandardCharsets.UTF_8);
      return code;
    }
  }

  @Test
  void eachStepNamesWhatDecidedItAndWhereThatStands() throws Exception {
    int code = explain("--from", "root", "root");

    assertThat(code).as("one of the two goes back").isEqualTo(1);

    assertThat(output)
        .isEqualTo(
            """
            mail to root from <root@host.example.test>
              sender
                myorigin                   root -> root@host.example.test
              recipient
                myorigin                   root -> root@host.example.test
                virtual_alias_maps         root@host.example.test -> you@provider.example, ann@slow.example  [texthash:%1$s/virtual, line 3]
              goes to you@provider.example
                class                      default
                relayhost                  provider.example -> [127.0.0.1]:1587
                transport                  smtp, next hop [127.0.0.1]:1587
                smtp_generic_maps          root@host.example.test -> me@provider.example  [inline:{{root@host.example.test = me@provider.example}}]
                TLS                        [127.0.0.1]:1587 -> encrypt: encrypted or not at all, the certificate is not checked (TLSv1.3, TLSv1.2)
                server                     [127.0.0.1]:1587 -> 127.0.0.1[127.0.0.1]:1587
                login                      127.0.0.1 -> user me@provider.example
              goes to ann@slow.example
                class                      default
                relayhost                  slow.example -> [127.0.0.1]:1587
                transport_maps             ann@slow.example -> error:5.7.1 no mail there  [%2$s]
                transport                  error, next hop 5.7.1 no mail there
                error                      ann@slow.example -> goes back to the sender: 5.7.1 no mail there
            """
                .formatted(
                    directory,
                    "inline:{{slow.example = error:5.7.1 no mail there}, {wait.example = fail:x}}"));
    assertThat(output).doesNotContain("geheim");
  }

  @Test
  void aliasesAreFollowedToTheirEnds() throws Exception {
    assertThat(explain("team@localhost")).isZero();
    assertThat(output)
        .contains(
            "away@b.example, |/bin/true x, file /dev/null, :include:"
                + directory
                + "/list (failures")
        .contains(
            "are told to owner-team@host.example.test)  [texthash:"
                + directory
                + "/aliases, line 1]")
        .contains("command                    team@localhost -> |/bin/true x")
        .contains(directory + "/list: one@b.example");

    assertThat(explain("nobody.of.that.name@localhost")).isEqualTo(1);
    assertThat(output).contains("goes back: 5.1.1 unknown user: \"nobody.of.that.name\"");
  }

  @Test
  void aClientHearsWhatTheServerWouldSay() throws Exception {
    assertThat(explain("--client", "203.0.113.9", "x@elsewhere.example")).isEqualTo(1);
    assertThat(output).contains("refuses it: 554 5.7.1 <x@elsewhere.example>: Relay access denied");
    assertThat(explain("--client", "203.0.113.9", "nobody@localhost")).isEqualTo(1);
    assertThat(output).contains("550 5.1.1 <nobody@localhost>").contains("User unknown in local");
    assertThat(explain("--client", "192.0.2.9", "x@elsewhere.example")).isZero();
    assertThat(output).doesNotContain("refuses");
  }

  @Test
  void whatCannotBeToldWaits() throws Exception {
    Files.writeString(
        directory.resolve("main.cf"),
        Files.readString(directory.resolve("main.cf")) + "virtual_alias_maps = fail:away\n");

    assertThat(explain("root@localhost")).isEqualTo(75);
    assertThat(output).contains("it is not taken now: virtual_alias_maps: table fail:away");
  }

  @Test
  void programsGetOneLineOfJsonForEachAddress() throws Exception {
    assertThat(explain("--json", "--from", "<>", "root", "b@wait.example")).isEqualTo(1);

    assertThat(output.lines()).hasSize(2).allMatch(line -> line.startsWith("{\"address\":\""));
    assertThat(output)
        .contains("\"sender\":\"\"")
        .contains("\"place\":\"" + directory + "/virtual, line 3\"")
        .contains("\"nexthop\":\"[127.0.0.1]:1587\"")
        .contains("\"fate\":\"deferred\",\"reason\":\"4.3.0 mail transport unavailable");
  }

  @Test
  void addressesComeFromStandardInputToo() throws Exception {
    assertThat(explainInput("3,0 b@b.example\n\n@\nc@c.example\n", "-")).isZero();

    assertThat(output)
        .contains("mail to b@b.example")
        .contains("\"@\" is no address")
        .contains("mail to c@c.example");
  }

  @Test
  void wrongCallsNameWhatIsWrong() throws Exception {
    assertThat(explain()).isEqualTo(64);
    assertThat(errors).contains("name an address");
    assertThat(explain("--client", "host.example", "a@b")).isEqualTo(64);
    assertThat(errors).contains("--client: \"host.example\" is no IP address");
    assertThat(explain("--nonsense", "a@b")).isEqualTo(64);
    assertThat(errors).contains("--nonsense: there is no such option");
    assertThat(explain("()")).isEqualTo(64);
    assertThat(errors).contains("\"()\" is no address");
  }
}
