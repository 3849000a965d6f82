package dev.postrider.agent;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Copies lines that end in LF, changing their ends and beginnings. For one thread. */
final class LineCopy extends OutputStream {
  private static final byte[] FROM = "From ".getBytes(StandardCharsets.ISO_8859_1);

  private final OutputStream out;
  private final byte[] lineEnd;
  private final MailText.Form form;
  private boolean atStart = true;

  /** How much of {@code From } has come at the start of a line, and is not written yet. */
  private int matched;

  LineCopy(OutputStream out, byte[] lineEnd, MailText.Form form) {
    this.out = out;
    this.lineEnd = lineEnd;
    this.form = form;
  }

  @Override
  public void write(int octet) throws IOException {
    write(new byte[] {(byte) octet}, 0, 1);
  }

  @Override
  public void write(byte[] octets, int from, int length) throws IOException {
    int end = from + length;
    int at = from;
    while (at < end) {
      if (atStart) {
        at = start(octets, at, end);
        if (atStart) {
          // All that came may be the beginning of "From ".
          return;
        }
      }
      int newline = at;
      while (newline < end && octets[newline] != '\n') {
        newline++;
      }
      out.write(octets, at, newline - at);
      at = newline;
      if (at < end) {
        out.write(lineEnd);
        atStart = true;
        at++;
      }
    }
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
