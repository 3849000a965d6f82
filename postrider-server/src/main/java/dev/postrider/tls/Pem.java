package dev.postrider.tls;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Reads text in PEM form (RFC 7468). Functions only. */
final class Pem {
  private static final String BEGIN = "-----BEGIN ";
  private static final String END = "-----END ";
  private static final String DASHES = "-----";

  private Pem() {}

  /**
   * One thing of a file.
   *
   * @param label such as {@code CERTIFICATE}
   * @param base64 what stands between its lines; letters that are none of base64 mean nothing
   */
  record Block(String label, String base64) {
    byte[] data() throws IOException {
      try {
        return Base64.getMimeDecoder().decode(base64);
      } catch (IllegalArgumentException e) {
        throw new IOException("a block \"" + label + "\" is not in base64", e);
      }
    }
  }

  /**
   * All blocks, in order; text between them means nothing.
   *
   * @throws IOException for a block that has no end or is encrypted
   */
  static List<Block> read(String text) throws IOException {
    List<Block> found = new ArrayList<>();
    int from = text.indexOf(BEGIN);
    while (from >= 0) {
      int labelEnd = text.indexOf(DASHES, from + BEGIN.length());
      String label = labelEnd < 0 ? "" : text.substring(from + BEGIN.length(), labelEnd);
      String last = END + label + DASHES;
      int end = text.indexOf(last, from);
      if (label.isEmpty() || end < 0) {
        throw new IOException("a block \"" + label + "\" has no end line");
      }
      String body = text.substring(labelEnd + DASHES.length(), end);
      if (body.contains("ENCRYPTED") || label.startsWith("ENCRYPTED")) {
        throw new IOException("the key has a passphrase: write it without one, mode 0600");
      }
      found.add(new Block(label, body));
      from = text.indexOf(BEGIN, end);
    }
    return found;
  }
}
