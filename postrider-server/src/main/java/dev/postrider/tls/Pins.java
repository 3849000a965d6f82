package dev.postrider.tls;

import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Certificates and keys that decide instead of the usual authorities. Immutable.
 *
 * @param pins may be empty: then the authorities decide
 * @param serverNeedsName whether the server's own certificate must also have a wanted name when it
 *     is one of these; with TLSA records it need not (RFC 7672 §3.1.1)
 */
public record Pins(List<Pin> pins, boolean serverNeedsName) {
  /** None: authorities decide. */
  public static final Pins NONE = new Pins(List.of(), false);

  public Pins {
    pins = List.copyOf(pins);
  }

  public boolean isEmpty() {
    return pins.isEmpty();
  }

  /** Whether one of them could match anything at all. */
  public boolean isUsable() {
    return pins.stream().anyMatch(Pin::isUsable);
  }

  /** With more of them. */
  public Pins and(Pins more) {
    List<Pin> all = new ArrayList<>(pins);
    all.addAll(more.pins);
    return new Pins(all, serverNeedsName || more.serverNeedsName);
  }

  /** Judges a chain that begins with the server's certificate. */
  CertificateVerdict judge(X509Certificate[] chain, List<String> names) {
    for (Pin pin : pins) {
      if (pin.holder() == Pin.Holder.SERVER && pin.matches(chain[0])) {
        return serverNeedsName
            ? CertificateVerdict.named(chain[0], names, "")
            // Neither name nor expiry count: the key is known (RFC 7672 §3.1.1).
            : new CertificateVerdict.Verified(words(pin, 0));
      }
    }
    List<Pin> authorities = new ArrayList<>();
    for (Pin pin : pins) {
      if (pin.holder() == Pin.Holder.AUTHORITY) {
        authorities.add(pin);
      }
    }
    if (authorities.isEmpty()) {
      return new CertificateVerdict.Untrusted("num=65:no matching DANE TLSA records");
    }
    AtomicReference<String> why = new AtomicReference<>("");
    try {
      Optional<AnchoredChain.Found> found = new AnchoredChain(chain, authorities).find(why);
      if (found.isPresent()) {
        return CertificateVerdict.named(
            chain[0], names, words(found.get().pin(), found.get().depth()));
      }
    } catch (GeneralSecurityException e) {
      return new CertificateVerdict.Untrusted("num=0:" + e.getMessage());
    }
    return new CertificateVerdict.Untrusted(
        why.get().isEmpty() ? "not trusted by local or TLSA policy" : why.get());
  }

  /** What matched, as the log has it. */
  private static String words(Pin pin, int depth) {
    String data = pin.data();
    String shown =
        data.length() > 128
            ? data.substring(0, 64) + "..." + data.substring(data.length() - 64)
            : data;
    return (pin.holder() == Pin.Holder.SERVER ? "EE" : "TA")
        + " certificate at depth "
        + depth
        + ": "
        + (pin.holder() == Pin.Holder.SERVER ? "3 " : "2 ")
        + (pin.wholeCertificate() ? "0 " : "1 ")
        + (switch (pin.digest()) {
          case "" -> "0";
          case "SHA-256" -> "1";
          case "SHA-512" -> "2";
          default -> "255";
        })
        + " "
        + shown;
  }
}
