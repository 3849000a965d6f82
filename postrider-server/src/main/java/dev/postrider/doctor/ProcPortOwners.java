package dev.postrider.doctor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** As Linux tells in /proc: {@code net/tcp}, and the open sockets of processes we may look into. */
public final class ProcPortOwners implements PortOwners {
  private static final String LISTENING = "0A";

  private final Path proc;

  /**
   * @param proc where it is mounted
   */
  public ProcPortOwners(Path proc) {
    this.proc = proc;
  }

  @Override
  public Optional<String> of(InetSocketAddress address) throws IOException {
    for (String table : List.of("tcp", "tcp6")) {
      Path file = proc.resolve("net").resolve(table);
      if (!Files.isReadable(file)) {
        continue;
      }
      for (String line : Files.readAllLines(file)) {
        String[] columns = line.strip().split("\\s+", -1);
        if (columns.length > 9 && columns[3].equals(LISTENING) && isAt(columns[1], address)) {
          return Optional.of(program(columns[9]));
        }
      }
    }
    return Optional.empty();
  }

  private static boolean isAt(String place, InetSocketAddress address) {
    int colon = place.indexOf(':');
    if (colon < 0 || Integer.parseInt(place.substring(colon + 1), 16) != address.getPort()) {
      return false;
    }
    String host = place.substring(0, colon);
    return host.chars().allMatch(octet -> octet == '0')
        || address.getAddress().isAnyLocalAddress()
        || host.endsWith(words(address.getAddress()));
  }

  /** Words of four octets, each in the order of the processor, which is the little-endian one. */
  private static String words(InetAddress address) {
    byte[] octets = address.getAddress();
    StringBuilder text = new StringBuilder();
    for (int word = 0; word < octets.length; word += 4) {
      for (int at = 3; at >= 0; at--) {
        text.append(HexFormat.of().toHexDigits(octets[word + at]));
      }
    }
    return text.toString().toUpperCase(Locale.ROOT);
  }

  private String program(String inode) throws IOException {
    String link = "socket:[" + inode + "]";
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
      for (Path process : processes) {
        if (holds(process, link)) {
          return Files.readString(process.resolve("comm")).strip()
              + " (process "
              + process.getFileName()
              + ")";
        }
      }
    }
    return "another program";
  }

  private static boolean holds(Path process, String link) {
    try (DirectoryStream<Path> open = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path each : open) {
        if (Files.readSymbolicLink(each).toString().equals(link)) {
          return true;
        }
      }
    } catch (IOException _) {
      // Somebody else's process, or one that has just ended.
      return false;
    }
    return false;
  }
}
