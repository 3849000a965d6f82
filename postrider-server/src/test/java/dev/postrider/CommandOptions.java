package dev.postrider;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Which options the commands take, read from their sources: a new command or option cannot be
 * forgotten by a test that asks here.
 */
public final class CommandOptions {
  public static final Path ROOT =
      Path.of(System.getProperty("postrider.root", "..")).toAbsolutePath().normalize();

  private static final Path SOURCES = ROOT.resolve("postrider-server/src/main/java/dev/postrider");

  /** Where a parser is made stand its letters, as getopt(3) has them. */
  private static final Pattern LETTERS =
      Pattern.compile("(?:new Getopt\\([^\",]*,\\s*|LETTERS =\\s*|Kind\\.\\w+,\\s*)\"([^\"]+)\"");

  private CommandOptions() {}

  /** The letters of each command, a colon behind those with a value, by the command's name. */
  public static Map<String, String> letters() throws IOException {
    Map<String, String> all = new TreeMap<>();
    for (Path source : sources("cli", "pickup")) {
      if (source.endsWith("DaemonOptions.java")) {
        // Of "postrider master", which is in postrider(1) with the other commands of our own.
        continue;
      }
      Matcher letters = LETTERS.matcher(Files.readString(source));
      if (letters.find()) {
        String name = source.getFileName().toString().replaceAll("(Arguments|Request)?\\.java", "");
        all.put(name.toLowerCase(Locale.ROOT), letters.group(1));
      }
    }
    return all;
  }

  /** The source files of some packages. */
  static List<Path> sources(String... packages) throws IOException {
    List<Path> all = new ArrayList<>();
    for (String each : packages) {
      try (Stream<Path> files = Files.list(SOURCES.resolve(each))) {
        all.addAll(files.filter(file -> file.toString().endsWith(".java")).sorted().toList());
      }
    }
    return all;
  }

  static String source(String name) throws IOException {
    return Files.readString(SOURCES.resolve(name));
  }
}
