package dev.postrider.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PasswordFilesCheckTest {
  @TempDir Path directory;

  private String said(int mode) throws Exception {
    Path file =
        Files.writeString(directory.resolve("sasl_passwd"), "[smtp.example.com]:587 me:secret\n");
    Files.setAttribute(file, "unix:mode", mode);
    return Installation.said(
        new PasswordFilesCheck(
            new Installation(directory).main("smtp_sasl_password_maps = hash:" + file).subject()));
  }

  @Test
  void aClosedFileIsWell() throws Exception {
    assertThat(said(0600)).startsWith("ok password-files");
  }

  @Test
  void anOpenOneIsNamedAndItsPasswordIsNot() throws Exception {
    assertThat(said(0644))
        .startsWith("error password-file-open: " + directory + "/sasl_passwd")
        .contains("0644", "| chmod 600 " + directory + "/sasl_passwd")
        .doesNotContain("secret");
  }

  @Test
  void aPasswordInMainCfThatAllMayReadIsAFault() throws Exception {
    Subject subject =
        new Installation(directory)
            .main("smtp_sasl_password_maps = inline:{[smtp.example.com]:587=me:secret}")
            .subject();
    Files.setAttribute(directory.resolve("main.cf"), "unix:mode", 0644);

    assertThat(Installation.said(new PasswordFilesCheck(subject)))
        .contains("error password-file-open: ", "main.cf, line 7")
        .doesNotContain("secret");
  }
}
