package dev.postrider.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same commands to Debian's bsd-mailx and to ours: same screen, same files afterwards. */
class MailReaderDifferenceTest {
  private static final Path PEER = Path.of("/usr/bin/bsd-mailx");

  private static final String BOX =
      """
      From alice@example.org  Fri Nov 20 09:21:01 2026
      Return-Path: <alice@example.org>
      Received: from x by y
      From: Alice Smith <alice@example.org>
      To: root@localhost
      Subject: First letter
      Message-ID: <1@x>
      Date: Fri, 20 Nov 2026 09:21:01 +0000

      Hello one.
      Second line.

      >From here

      From bob@example.org  Fri Nov 20 10:00:00 2026
      From: bob@example.org
      Subject: Re: A very long subject that goes on and on and on until the screen ends
      Message-ID: <2@x>
      Status: RO

      Body two

      From carol@example.org  Sat Nov  7 10:00:00 2026
      From: carol@example.org (Carol)
      Message-ID: <3@x>
      Status: O

      Body three, no subject

      From a@b  Sun Nov  8 10:00:00 2026
      From: a.very.long.address.that.does.not.fit@example.org
      Subject: Four

      Body four

      """;

  @TempDir Path home;

  private record Seen(int code, String screen, Map<String, String> files) {}

  @ParameterizedTest
  @ValueSource(
      strings = {
        "q",
        "x",
        "p;q",
        "p;d 2;x",
        "p;d 2;ho 1;f *;q",
        "n;n;n;n;n;q",
        "p 1;;;f *;q",
        "p 1 2;mb 3;q",
        "d 1-3;q",
        "d *;q",
        "d 4;u 4;p 4;q",
        "s 1 saved;q",
        "s 1-2 saved;c 3 saved;f *;q",
        "w 2 text;q",
        "w * text;f *;x",
        "f :n;f :r;f :o;f :u;f :d;q",
        "f 9;f 2-9;f zz;f :x;f /zz;f /letter;f alice;f 1 3;f *;f $;f ^;q",
        "f bob;f +;f -;f +;q",
        "d 1;p 1;d 1;f $;f +;n;+;q",
        "dp;dp;dp;dp;dp;q",
        "size *;=;3;=;2;=;x",
        "z;z-;z foo;h;h 3;x",
        "top 2;to 1;q",
        "unread 2;f *;q",
        "touch 1;q",
        "set hold;p 1;q",
        "set keepsave;s 1 saved;q",
        "frob;unset nothing;s;q",
        "hold *;q",
        "mbox 2;hold 2;q",
      })
  void aSystemMailbox(String commands) throws Exception {
    compare(commands, List.of("-n"), true);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"q", "x", "p 1;q", "d 1;q", "d *;q", "d 1;u 1;p 1;q", "hold 1;q", "s 1 saved;q"})
  void aFile(String commands) throws Exception {
    compare(commands, List.of("-n", "-f", "box"), false);
    compare(commands, List.of("-n", "-N", "-f", "box"), false);
  }

  private void compare(String commands, List<String> arguments, boolean system) throws Exception {
    assumeTrue(Files.isExecutable(PEER), "bsd-mailx (Debian's package) is not installed");
    String input =
        "ignore received message-id return-path status\nset append\n"
            + commands.replace(';', '\n')
            + "\n";
    Path theirs = Files.createDirectories(home.resolve("theirs"));
    Path ours = Files.createDirectories(home.resolve("ours"));
    Seen expected = peer(theirs, input, arguments, system);
    Seen found = own(ours, input, arguments, system);

    assertThat(found).as(commands).isEqualTo(expected);
  }

  private static Seen peer(Path directory, String input, List<String> arguments, boolean system)
      throws IOException, InterruptedException {
    Files.writeString(directory.resolve("box"), BOX);
    File in = Files.writeString(directory.resolve(".in"), input).toFile();
    File out = directory.resolve(".out").toFile();
    List<String> command = new java.util.ArrayList<>(List.of(PEER.toString()));
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectInput(in)
            .redirectErrorStream(true)
            .redirectOutput(out);
    builder.environment().putAll(environment(directory, system));
    builder.environment().remove("POSTRIDER_IN_TTY");
    int code = builder.start().waitFor();
    return new Seen(code, screen(Files.readString(out.toPath()), directory), files(directory));
  }

  private static Seen own(Path directory, String input, List<String> arguments, boolean system)
      throws IOException, InterruptedException {
    Files.writeString(directory.resolve("box"), BOX);
    List<String> placed =
        arguments.stream()
            .map(word -> word.equals("box") ? directory.resolve("box").toString() : word)
            .toList();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8)) {
      int code =
          new Mail(_ -> 0)
              .run(
                  new Invocation(
                      "mail",
                      placed,
                      environment(directory, system),
                      new ByteArrayInputStream(
                          // The working directory of this process cannot be theirs.
                          input
                              .replace(" saved", " " + directory.resolve("saved"))
                              .replace(" text", " " + directory.resolve("text"))
                              .getBytes(StandardCharsets.UTF_8)),
                      stream,
                      stream));
      return new Seen(
          code, screen(out.toString(StandardCharsets.UTF_8), directory), files(directory));
    }
  }

  private static Map<String, String> environment(Path directory, boolean system) {
    Map<String, String> environment = new TreeMap<>();
    environment.put("HOME", directory.toString());
    environment.put("MAIL_CONFIG", directory.toString());
    environment.put("MAIL", system ? directory.resolve("box").toString() : "/nonexistent");
    environment.put("LC_ALL", "C.UTF-8");
    return environment;
  }

  /** Without the line that says which program it is, and without directories. */
  private static String screen(String out, Path directory) {
    return out.substring(out.indexOf('\n') + 1).replace(directory + "/", "");
  }

  private static Map<String, String> files(Path directory) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (var list = Files.list(directory)) {
      for (Path file : list.toList()) {
        String name = String.valueOf(file.getFileName());
        if (!name.equals(".in") && !name.equals(".out")) {
          files.put(name, Files.readString(file));
        }
      }
    }
    return files;
  }
}
