package dev.postrider.mail.message;

import dev.postrider.mail.message.MimeDowngrade.Action;
import dev.postrider.mail.message.MimeDowngrade.Plan;
import dev.postrider.mail.message.MimeWalk.Entity;
import dev.postrider.mail.message.MimeWalk.Field;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** The second look at a message: writes each entity as the plan says. For one thread. */
final class MimeConverter implements MimeWalk.Visitor {
  private final Plan.Convertible plan;
  private final OutputStream out;
  private QuotedPrintable encoder;
  private boolean lineOpen;

  MimeConverter(Plan.Convertible plan, OutputStream out) {
    this.plan = plan;
    this.out = out;
    this.encoder = new QuotedPrintable(out);
  }

  @Override
  public void entityBegins(Entity entity) {
    encoder = new QuotedPrintable(out);
  }

  @Override
  public void header(Entity entity, Field field, byte[] bytes, int length) throws IOException {
    if (field == Field.ENCODING && replacesEncoding(entity)) {
      return;
    }
    out.write(bytes, 0, length);
    lineOpen = bytes[length - 1] != '\n';
  }

  @Override
  public void headerEnds(Entity entity, boolean separated) throws IOException {
    Action action = plan.action(entity.index);
    boolean changed = replacesEncoding(entity);
    if (changed) {
      if (lineOpen) {
        line("");
      }
      if (entity.message && !entity.hasVersion) {
        line("MIME-Version: 1.0");
      }
      if (action == Action.QUOTE && !entity.hasType) {
        // RFC 1428: somebody's 8-bit text, and nobody said which.
        line("Content-Type: text/plain; charset=unknown-8bit");
      }
      line("Content-Transfer-Encoding: " + (action == Action.QUOTE ? "quoted-printable" : "7bit"));
    }
    if (separated || changed) {
      line("");
    }
    lineOpen = false;
  }

  @Override
  public void leaf(Entity entity, byte[] bytes, int length) throws IOException {
    switch (plan.action(entity.index)) {
      case KEEP, RELABEL -> out.write(bytes, 0, length);
      case QUOTE -> encoder.write(bytes, 0, length);
      case ESCAPE -> escape(bytes, length);
      case CLEAN -> clean(bytes, length);
    }
  }

  @Override
  public void leafEnds(Entity entity) throws IOException {
    if (plan.action(entity.index) == Action.QUOTE) {
      encoder.finish();
    }
  }

  @Override
  public void padding(boolean opaque, byte[] bytes, int length) throws IOException {
    for (int i = 0; i < length; i++) {
      out.write(bytes[i] < 0 ? '?' : bytes[i]);
    }
  }

  @Override
  public void boundary(byte[] bytes, int length) throws IOException {
    out.write(bytes, 0, length);
  }

  @Override
  public void tooDeep(Entity entity) {
    throw new IllegalStateException("the survey refuses such messages");
  }

  private boolean replacesEncoding(Entity entity) {
    return switch (plan.action(entity.index)) {
      case QUOTE, RELABEL -> true;
      case KEEP, ESCAPE, CLEAN -> false;
    };
  }

  /** A long run of escapes is broken softly, so that lines stay within the limit. */
  private void escape(byte[] bytes, int length) throws IOException {
    int run = 0;
    for (int i = 0; i < length; i++) {
      if (bytes[i] >= 0) {
        out.write(bytes[i]);
        run = 0;
        continue;
      }
      if (run++ % 20 == 19) {
        line("=");
      }
      out.write('=');
      out.write(Character.toUpperCase(Character.forDigit((bytes[i] >> 4) & 15, 16)));
      out.write(Character.toUpperCase(Character.forDigit(bytes[i] & 15, 16)));
    }
  }

  private void clean(byte[] bytes, int length) throws IOException {
    for (int i = 0; i < length; i++) {
      if (bytes[i] >= 0) {
        out.write(bytes[i]);
      }
    }
  }

  private void line(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.US_ASCII));
    out.write('\n');
  }
}
