package dev.postrider.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostconfJsonTest {
  @TempDir Path directory;

  @Test
  void parametersAreOneObjectALine() throws Exception {
    String out = json("myorigin = a\"b\\\\c\n", "-j", "relayhost", "myorigin");

    assertThat(out).isEqualTo("{\"relayhost\": \"\"}\n{\"myorigin\": \"a\\\"b\\\\\\\\c\"}\n");
  }

  @Test
  void fieldsAndParametersOfServicesAreNamedInFull() throws Exception {
    assertThat(json("", "-jF", "smtp/inet/chroot")).isEqualTo("{\"smtp/inet/chroot\": \"n\"}\n");
    assertThat(json("", "-jP", "smtp/inet/smtpd_banner"))
        .isEqualTo("{\"smtp/inet/smtpd_banner\": \"hello\"}\n");
  }

  private String json(String main, String... words) throws Exception {
    Files.writeString(directory.resolve("main.cf"), main);
    Files.writeString(
        directory.resolve("master.cf"), "smtp inet n - n - - smtpd -o smtpd_banner=hello\n");
    List<String> arguments = new ArrayList<>(List.of("-c", directory.toString()));
    arguments.addAll(List.of(words));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream printer = new PrintStream(out, false, StandardCharsets.UTF_8);
    PrintStream nowhere =
        new PrintStream(new ByteArrayOutputStream(), false, StandardCharsets.UTF_8);
    int code =
        new Postconf()
            .run(
                new Invocation(
                    "postconf",
                    arguments,
                    Map.of(),
                    new ByteArrayInputStream(new byte[0]),
                    printer,
                    nowhere));
    printer.flush();
    assertThat(code).isZero();
    return out.toString(StandardCharsets.UTF_8);
  }
}
