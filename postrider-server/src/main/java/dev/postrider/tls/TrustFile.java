package dev.postrider.tls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A file of trust anchors ({@code smtp_tls_trust_anchor_file}, {@code tafile=}): certificates and
 * public keys in PEM form, each an authority's or the server's own. Functions only.
 */
public final class TrustFile {
  private TrustFile() {}

  /**
   * Reads one.
   *
   * @return at least one pin
   * @throws IOException naming the file, and what is wrong with it
   */
  public static Pins read(Path file) throws IOException {
    List<Pin> pins = new ArrayList<>();
    for (Pem.Block block : Pem.read(Files.readString(file, StandardCharsets.ISO_8859_1))) {
      boolean certificate =
          block.label().equals("CERTIFICATE") || block.label().equals("X509 CERTIFICATE");
      if (certificate || block.label().equals("PUBLIC KEY")) {
        String data = Pin.HEX.formatHex(block.data());
        pins.add(new Pin(Pin.Holder.AUTHORITY, certificate, "", data));
        pins.add(new Pin(Pin.Holder.SERVER, certificate, "", data));
      }
    }
    if (pins.isEmpty()) {
      throw new IOException(file + ": no certificate and no public key in PEM form");
    }
    return new Pins(pins, /* serverNeedsName= */ true);
  }
}
