package dev.postrider.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccountsTest {
  private final Accounts accounts = new Accounts();

  @Test
  void nameAndNumberFindTheSameUser() throws Exception {
    Account root = accounts.find(0).orElseThrow();

    assertThat(accounts.find(root.name())).contains(root);
    assertThat(root.uid()).isZero();
  }

  @Test
  void aNumberIsNoName() throws Exception {
    assertThat(accounts.find("0")).isEmpty();
  }

  @Test
  void whoIsNotThereIsNotFound() throws Exception {
    assertThat(accounts.find("no-such-user-here")).isEmpty();
    assertThat(accounts.find(3_999_999_999L)).isEmpty();
    assertThat(accounts.find("")).isEmpty();
    assertThat(accounts.find("root:x:0")).isEmpty();
    assertThat(accounts.find("-s")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "jo:x:7:7:Jo Doe,Room 1,555:/home/jo:/bin/sh | Jo Doe",
        "jo:x:7:7:& Doe:/home/jo:/bin/sh             | Jo Doe",
        "jo:x:7:7::/home/jo:/bin/sh                  | ``",
        "jo:*:7:7:staff:0:0:Jo Doe:/Users/jo:/bin/sh | Jo Doe",
        "jo:x:7:7:JÃ¶:/home/jo:/bin/sh               | Jö"
      })
  void theFullNameIsThatOfTheEntry(String line, String fullName) {
    assertThat(new Account("jo", 7, 7, Path.of("/"), line).fullName()).isEqualTo(fullName);
  }

  @Test
  void theOwnUserIsTheKernels() throws Exception {
    Process id = new ProcessBuilder("id", "-u").start();
    String uid = new String(id.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();

    assertThat(OwnUser.uid()).isEqualTo(Long.parseLong(uid));
    assertThat(OwnUser.isRoot()).isEqualTo(uid.equals("0"));
  }
}
