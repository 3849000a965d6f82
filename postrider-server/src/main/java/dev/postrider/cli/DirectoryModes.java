package dev.postrider.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Modes and owners of the queue's directories and of the data directory, to tell what was changed.
 * Immutable.
 */
record DirectoryModes(Map<Path, String> modes) {
  DirectoryModes {
    modes = Map.copyOf(modes);
  }

  static DirectoryModes of(Path queue, Path data) throws IOException {
    Map<Path, String> modes = new TreeMap<>();
    if (Files.isDirectory(data)) {
      modes.put(data, text(data));
    }
    if (Files.isDirectory(queue)) {
      modes.put(queue, text(queue));
      try (DirectoryStream<Path> below = Files.newDirectoryStream(queue, Files::isDirectory)) {
        for (Path each : below) {
          modes.put(each, text(each));
        }
      }
    }
    return new DirectoryModes(modes);
  }

  private static String text(Path directory) throws IOException {
    int mode = (Integer) Files.getAttribute(directory, "unix:mode") & 07777;
    return "%s %04o".formatted(Files.getOwner(directory).getName(), mode);
  }

  /** A sentence for each directory that is new or has changed. */
  List<String> changedTo(DirectoryModes later) {
    List<String> texts = new ArrayList<>();
    new TreeMap<>(later.modes)
        .forEach((directory, now) -> {
          String was = modes.get(directory);
          if (was == null) {
            texts.add("made " + directory + " (" + now + ")");
          } else if (!was.equals(now)) {
            texts.add(directory + " was " + was + ", is " + now);
          }
        });
    return texts;
  }
}
