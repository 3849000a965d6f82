package dev.postrider.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PinnedFileTest {
  @TempDir Path home;

  @Test
  void aFifoIsNotWaitedFor() throws Exception {
    Path fifo = home.resolve("fifo");
    assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();

    assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () ->
            assertThatThrownBy(() -> PinnedFile.open(fifo))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining("no regular file"));
  }

  @Test
  void aSymbolicLinkIsNotFollowed() throws Exception {
    Path target = Files.writeString(home.resolve("target"), "x");
    Path link = Files.createSymbolicLink(home.resolve("link"), target);

    assertThatThrownBy(() -> PinnedFile.open(link)).isInstanceOf(FileSystemException.class);
  }

  @Test
  void theFactsAreOfTheOpenedFileThoughItsNameIsGivenAway() throws Exception {
    Path file = Files.writeString(home.resolve("name"), "content");
    FileFacts named = FileFacts.of(file);
    try (PinnedFile pinned = PinnedFile.open(file)) {
      Files.move(file, home.resolve("elsewhere"));
      Files.writeString(file, "another");

      assertThat(pinned.facts()).isEqualTo(named);
      ByteBuffer read = ByteBuffer.allocate(7);
      pinned.channel().read(read);
      assertThat(new String(read.array(), "US-ASCII")).isEqualTo("content");
    }
  }

  @Test
  void nothingIsToldFromWhatCannotBeRead() {
    assertThatThrownBy(() -> PinnedFile.open(home.resolve("none")))
        .isInstanceOf(NoSuchFileException.class);
  }
}
