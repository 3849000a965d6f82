package dev.postrider.sts;

import java.util.List;
import java.util.Optional;

/** Reads the TXT records of {@code _mta-sts.domain} (RFC 8461 §3.1). Functions only. */
final class StsRecord {
  private StsRecord() {}

  /** The id of the one record there must be; empty if there is none or there are several. */
  static Optional<String> id(List<String> texts) {
    String found = null;
    for (String text : texts) {
      String[] fields = text.split(";");
      if (!fields[0].strip().equals("v=STSv1")) {
        continue;
      }
      if (found != null) {
        return Optional.empty();
      }
      found = "";
      for (String field : fields) {
        String word = field.strip();
        if (word.startsWith("id=") && found.isEmpty()) {
          found = word.substring(3).strip();
        }
      }
    }
    return found != null && found.matches("[A-Za-z0-9]{1,32}")
        ? Optional.of(found)
        : Optional.empty();
  }
}
