package dev.postrider.sieve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where folders are on the disk. */
class FolderNameTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Lists | .Lists | mail/Lists",
        "a/b | .a.b | mail/a/b",
        "a.b | .a.b | mail/a.b",
        "Entw\u00fcrfe | .Entw&APw-rfe | mail/Entw&APw-rfe",
        "R&D | .R&-D | mail/R&-D",
        "\u53f0\u5317 x | .&U,BTFw- x | mail/&U,BTFw- x",
        "\ud83d\ude00 | .&2D3eAA- | mail/&2D3eAA-",
      })
  void aFolderHasTheNameThatImapServersGiveIt(String name, String maildir, String mbox) {
    FolderName folder = new FolderName(name);

    assertThat(folder.maildir(Path.of("/h/Maildir"))).isEqualTo(Path.of("/h/Maildir/" + maildir));
    assertThat(folder.mbox(Path.of("/h"))).isEqualTo(Path.of("/h/" + mbox));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", ".", "..", "../x", "a/../b", "a//b", "a..b", ".a", "a.", "/a", "~", "~a/b", "a\nb",
        "a\0", " a", "a /b", "a/ /b"
      })
  void noNameLeadsOutOfTheMailbox(String name) {
    assertThatThrownBy(() -> new FolderName(name)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aNameThatNoFileSystemTakesIsRefused() {
    assertThatThrownBy(() -> new FolderName("\u00fc".repeat(100)))
        .hasMessageContaining("more than 200 octets");
    assertThat(new FolderName("u".repeat(200)).isInbox()).isFalse();
  }

  @Test
  void theInboxIsTheMailboxItself() {
    assertThat(new FolderName("inbox").isInbox()).isTrue();
  }
}
