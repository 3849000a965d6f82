package dev.postrider.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reading of configuration files, with errors worded as the system's own. */
public final class ConfigFiles {
  /** A configuration is read whole; one beyond this is a mistake, such as a device. */
  private static final int LIMIT = 16 << 20;

  private ConfigFiles() {}

  /**
   * The text of a file: UTF-8, or Latin-1 where it is none, so that no byte is refused or lost.
   *
   * @throws ConfigException {@code open FILE: reason}
   */
  public static String read(Path file) throws ConfigException {
    try {
      byte[] bytes;
      try (InputStream in = Files.newInputStream(file)) {
        bytes = in.readNBytes(LIMIT + 1);
      }
      if (bytes.length > LIMIT) {
        throw new ConfigException(
            "open " + file + ": more than " + LIMIT + " bytes is no configuration file");
      }
      try {
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      } catch (CharacterCodingException e) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
      }
    } catch (IOException e) {
      throw new ConfigException("open " + file + ": " + reason(e), e);
    }
  }

  /** What errno says for the same failure. */
  public static String reason(IOException e) {
    String message = e.getMessage();
    return switch (e) {
      case NoSuchFileException _ -> "No such file or directory";
      case AccessDeniedException _ -> "Permission denied";
      case java.nio.file.FileSystemException f when f.getReason() != null -> f.getReason();
      default -> message == null ? e.toString() : message;
    };
  }
}
