package dev.postrider.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Works in a directory as its owner, where root asks: what root wrote there the owner could not
 * read later, and the owner could put a link in root's way. Functions only.
 */
public final class DirectoryOwner {
  private DirectoryOwner() {}

  /**
   * Runs it: on this thread, or for root on one that is the owner's.
   *
   * @param directory if it is not there, nobody else's rights are taken
   */
  public static <T> T run(Path directory, ActingAs.Work<T> work)
      throws IOException, InterruptedException {
    if (!OwnUser.isRoot() || !Files.isDirectory(directory) || !ActingAs.isSupported()) {
      return work.run();
    }
    FileFacts owner = FileFacts.of(directory);
    return owner.uid() == 0
        ? work.run()
        : ActingAs.ofCaller().run(owner.uid(), owner.gid(), List.of(owner.gid()), work);
  }
}
