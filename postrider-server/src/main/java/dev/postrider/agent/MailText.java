package dev.postrider.agent;

import dev.postrider.delivery.MessageContent;
import dev.postrider.helper.Payload;
import dev.postrider.table.Octets;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;

/**
 * A message with lines on top and in the form that its taker wants. Immutable.
 *
 * @param top the lines that delivery adds, without line ends: From_, Return-Path and so on
 * @param content the message, of which each line is written as {@code form} says
 * @param form how
 */
public record MailText(List<String> top, MessageContent content, Form form) implements Payload {
  /**
   * How lines are written.
   *
   * @param lineEnd what ends each
   * @param quotesFrom whether {@code >} goes in front of lines that begin with {@code From }
   * @param stuffsDots whether a dot goes in front of lines that begin with one
   * @param emptyLineBehind whether an empty line follows the last one
   */
  public record Form(
      String lineEnd, boolean quotesFrom, boolean stuffsDots, boolean emptyLineBehind) {
    /** As an mbox has it (RFC 4155). */
    public static final Form MBOX = new Form("\n", true, false, true);

    /** As it is. */
    public static final Form PLAIN = new Form("\n", false, false, false);
  }

  public MailText {
    top = List.copyOf(top);
  }

  @Override
  public void writeTo(OutputStream out) throws IOException {
    byte[] lineEnd = Octets.encode(form.lineEnd);
    StringBuilder head = new StringBuilder();
    for (String line : top) {
      head.append(line).append(form.lineEnd);
    }
    out.write(Octets.encode(head.toString()));
    LineCopy lines = new LineCopy(out, lineEnd, form);
    try (InputStream in = content.open()) {
      long _ = in.transferTo(lines);
    }
    lines.endLine();
    if (form.emptyLineBehind) {
      out.write(lineEnd);
    }
  }
}
