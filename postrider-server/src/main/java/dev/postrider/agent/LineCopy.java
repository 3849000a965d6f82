package dev.postrider.agent;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Copies lines that end in LF, changing their ends and beginnings, and passes on what stays as it
 * is in pieces as large as it comes. For one thread.
 */
final class LineCopy extends OutputStream {
  private static final byte[] FROM = "From ".getBytes(StandardCharsets.ISO_8859_1);

  private final OutputStream out;
  private final byte[] lineEnd;
  private final MailText.Form form;
  private final boolean keepsLineEnds;
  private boolean atStart = true;

  /** How much of {@code From } has come at the start of a line, and is not written yet. */
  private int matched;

  LineCopy(OutputStream out, byte[] lineEnd, MailText.Form form) {
    this.out = out;
    this.lineEnd = lineEnd;
    this.form = form;
    this.keepsLineEnds = lineEnd.length == 1 && lineEnd[0] == '\n';
  }

  @Override
  public void write(int octet) throws IOException {
    write(new byte[] {(byte) octet}, 0, 1);
  }

  @Override
  public void write(byte[] octets, int from, int length) throws IOException {
    if (length > 0 && keepsLineEnds && !form.quotesFrom() && !form.stuffsDots()) {
      out.write(octets, from, length);
      atStart = octets[from + length - 1] == '\n';
      return;
    }
    int end = from + length;
    int at = from;
    int unwritten = from;
    while (at < end) {
      if (atStart && mayChange(octets[at])) {
        out.write(octets, unwritten, at - unwritten);
        at = start(octets, at, end);
        unwritten = at;
        if (atStart) {
          // All that came may be the beginning of "From ".
          return;
        }
      }
      atStart = false;
      while (at < end && octets[at] != '\n') {
        at++;
      }
      if (at < end) {
        atStart = true;
        if (!keepsLineEnds) {
          out.write(octets, unwritten, at - unwritten);
          out.write(lineEnd);
          unwritten = at + 1;
        }
        at++;
      }
    }
    out.write(octets, unwritten, end - unwritten);
  }

  /** Whether a line is to be looked at more closely that begins so, or may have begun before. */
  private boolean mayChange(byte first) {
    return matched > 0
        || (form.quotesFrom() && first == FROM[0])
        || (form.stuffsDots() && first == '.');
  }

  /** Looks at the start of a line; returns where to go on. */
  private int start(byte[] octets, int from, int end) throws IOException {
    int at = from;
    if (form.quotesFrom()) {
      while (at < end && matched < FROM.length && octets[at] == FROM[matched]) {
        matched++;
        at++;
      }
      if (matched == FROM.length) {
        out.write('>');
      } else if (at == end) {
        return at;
      }
    }
    if (matched == 0 && form.stuffsDots() && octets[at] == '.') {
      out.write('.');
    }
    writeMatched();
    return at;
  }

  private void writeMatched() throws IOException {
    out.write(FROM, 0, matched);
    matched = 0;
    atStart = false;
  }

  /** Ends the last line, if the message does not. */
  void endLine() throws IOException {
    if (matched > 0) {
      writeMatched();
    }
    if (!atStart) {
      out.write(lineEnd);
      atStart = true;
    }
  }
}
