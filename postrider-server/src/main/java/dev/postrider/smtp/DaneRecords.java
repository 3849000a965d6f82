package dev.postrider.smtp;

import dev.postrider.dns.TlsaRecord;
import dev.postrider.tls.Pin;
import dev.postrider.tls.Pins;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Makes pins of TLSA records. Where a server has records with several digests of the same thing,
 * only the best counts (RFC 7671 §9), and {@code tls_dane_digests} says which that is. Safe on any
 * thread.
 */
final class DaneRecords {
  private static final int WHOLE = 0;

  /** By matching type; of two, the one with the greater rank is better. */
  private final Map<Integer, Digest> digests = new HashMap<>();

  private final Consumer<String> warn;

  private record Digest(String javaName, int rank) {}

  /**
   * @param names of {@code tls_dane_digests}, best first: {@code sha512}, {@code sha256}, or {@code
   *     name=matching type}
   */
  DaneRecords(List<String> names, Consumer<String> warn) {
    this.warn = warn;
    for (int i = 0; i < names.size(); i++) {
      String word = names.get(i);
      int equals = word.indexOf('=');
      String name = (equals < 0 ? word : word.substring(0, equals)).toLowerCase(Locale.ROOT);
      int type =
          switch (equals < 0 ? name : word.substring(equals + 1)) {
            case "sha256", "1" -> 1;
            case "sha512", "2" -> 2;
            case String digits when digits.matches("[0-9]{1,3}") -> Integer.parseInt(digits);
            default -> 0;
          };
      Optional<String> javaName = Pin.digestNamed(name);
      boolean fits = (type != 1 || name.equals("sha256")) && (type != 2 || name.equals("sha512"));
      if (name.isEmpty()) {
        digests.remove(type);
      } else if (javaName.isEmpty() || type < 1 || type > 254 || !fits) {
        warn.accept(
            "tls_dane_digests: \"" + word + "\" is not used (use sha512, sha256 or digest=number)");
      } else {
        digests.putIfAbsent(type, new Digest(javaName.get(), names.size() - i));
      }
    }
  }

  /** The pins of a server's records; those that mean nothing for mail are left out. */
  Pins pins(String owner, List<TlsaRecord> records) {
    List<TlsaRecord> usable = new ArrayList<>();
    for (TlsaRecord record : records) {
      boolean digested = digests.containsKey(record.matchingType());
      if ((record.usage() == 2 || record.usage() == 3)
          && (record.selector() == 0 || record.selector() == 1)
          && (record.matchingType() == WHOLE || digested)
          && pin(record).isUsable()) {
        usable.add(record);
      } else {
        warn.accept(owner + ": unusable TLSA RR: " + words(record));
      }
    }
    List<Pin> pins = new ArrayList<>();
    for (TlsaRecord record : usable) {
      if (record.matchingType() == WHOLE || rank(record) == best(record, usable)) {
        pins.add(pin(record));
      }
    }
    return new Pins(pins, /* serverNeedsName= */ false);
  }

  private int best(TlsaRecord like, List<TlsaRecord> all) {
    int best = 0;
    for (TlsaRecord record : all) {
      if (record.usage() == like.usage() && record.selector() == like.selector()) {
        best = Math.max(best, rank(record));
      }
    }
    return best;
  }

  private int rank(TlsaRecord record) {
    Digest digest = digests.get(record.matchingType());
    return digest == null ? 0 : digest.rank;
  }

  private Pin pin(TlsaRecord record) {
    Digest digest = digests.get(record.matchingType());
    return new Pin(
        record.usage() == 3 ? Pin.Holder.SERVER : Pin.Holder.AUTHORITY,
        record.selector() == 0,
        digest == null ? "" : digest.javaName,
        record.data());
  }

  private static String words(TlsaRecord record) {
    String data = record.data();
    return record.usage()
        + " "
        + record.selector()
        + " "
        + record.matchingType()
        + " "
        + (data.length() > 128
            ? data.substring(0, 64) + "..." + data.substring(data.length() - 64)
            : data);
  }
}
