package dev.postrider.system;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A message as smtp-sink wrote it, without what cannot be the same: ids, dates, product name. */
final class Normalised {
  private Normalised() {}

  static String of(String message) {
    return withSortedRecipients(message)
        .replaceAll("X-Client-Addr: .*\n", "")
        .replaceAll("X-Client-Proto: .*\n", "")
        .replace("(Postrider", "(Postfix")
        .replaceAll("\\bSIZE=\\d+", "SIZE=n")
        // Postfix leaves the quotes out for what sendmail handed over.
        .replaceAll("ORCPT=rfc822;\"([^\"\\s]*)\"@", "ORCPT=rfc822;$1@")
        .replaceAll("id [0-9A-F]{9,14}", "id QID")
        .replaceAll("ESMTP id [0-9a-f]{1,8};", "ESMTP id SINK;")
        .replaceAll("<\\d{14}\\.[0-9A-F]{9,14}@", "<TIME.QID@")
        .replaceAll(
            "(Mon|Tue|Wed|Thu|Fri|Sat|Sun), [ 0-3]?\\d [A-Z][a-z][a-z] 20\\d\\d \\d\\d:\\d\\d:\\d\\d"
                + " [+-]\\d{4}( \\([A-Z]+\\))?",
            "DATE");
  }

  /** Postfix's queue manager sorts recipients; the order of RCPT commands means nothing. */
  private static String withSortedRecipients(String message) {
    List<String> recipients = new ArrayList<>();
    StringBuilder rest = new StringBuilder();
    for (String line : message.split("(?<=\n)", -1)) {
      if (line.startsWith("X-Rcpt-Args: ")) {
        recipients.add(line);
      } else {
        rest.append(line);
      }
    }
    Collections.sort(recipients);
    return String.join("", recipients) + rest;
  }
}
