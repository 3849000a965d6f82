package dev.postrider.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NameServersCheckTest {
  @TempDir Path root;

  private String said(KnownNames dns) throws Exception {
    Files.createDirectories(root.resolve("etc"));
    Files.writeString(root.resolve("etc/resolv.conf"), "# none\nnameserver 192.0.2.53\n");
    return Installation.said(new NameServersCheck(root, dns, "smtp.example.com"));
  }

  @Test
  void anAnswerIsWellEvenIfItIsNo() throws Exception {
    assertThat(said(new KnownNames())).startsWith("ok dns: ").contains("192.0.2.53");
  }

  @Test
  void noAnswerIsAFaultThatNamesTheServer() throws Exception {
    assertThat(said(new KnownNames().down()))
        .startsWith("error dns-down: ")
        .contains("smtp.example.com: timed out", "/etc/resolv.conf names 192.0.2.53");
  }
}
