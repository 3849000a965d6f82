package dev.postrider.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SetupDialogTest {
  private static SetupDialog dialog(String input) {
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    return new SetupDialog(
        new Invocation(
            "postrider setup",
            List.of(),
            Map.of(),
            new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
            nowhere,
            nowhere));
  }

  @Test
  void aPasswordThatIsMissingIsARefusal() {
    for (String input : List.of("", "\n", "\r\n")) {
      SetupRefusal refusal =
          catchThrowableOfType(SetupRefusal.class, () -> dialog(input).secret("Password: "));
      assertThat(refusal.code()).isEqualTo(77);
      assertThat(refusal).hasMessageContaining("nothing was changed");
    }
  }

  @Test
  void aPasswordIsTheFirstLine() throws SetupRefusal {
    assertThat(dialog("geheim\nmore\n").secret("Password: ").text()).isEqualTo("geheim");
  }
}
