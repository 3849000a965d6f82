package dev.postrider.mail.message;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Copies a message (lines ended by LF) past an editor, who sees each header field and each line of
 * the body, by its place in the structure of MIME, and says what goes on in its stead. Holds one
 * field or one line at a time. Functions only.
 */
public final class ContentEdit {
  /** Where a piece of text stands. */
  public enum Place {
    /** A field of the message's own header. */
    HEADER,
    /** A field of a part's header, or one that speaks of MIME in the message's own. */
    MIME_HEADER,
    /** A field of the header of a message inside the message. */
    NESTED_HEADER,
    /** A line of any body; boundaries and the empty line behind a header too. */
    BODY
  }

  /** Decides what is written. */
  @FunctionalInterface
  public interface Editor {
    /**
     * Looks at one piece.
     *
     * @param text one char a byte, without its line end; a field that is folded has LF inside, a
     *     line that is longer than the limit comes in pieces
     * @return what goes on in its place, a line each; nothing if it is left out. The very same text
     *     alone means that it stays as it is.
     */
    List<String> edit(Place place, String text) throws IOException;
  }

  /** Fields of a message's own header that tables for MIME are asked about. */
  private static final Set<String> MIME_FIELDS =
      Set.of(
          "content-description",
          "content-disposition",
          "content-id",
          "content-transfer-encoding",
          "content-type",
          "mime-version");

  private ContentEdit() {}

  /** Whether a field of a message's own header is of {@link Place#MIME_HEADER}. */
  public static boolean isMimeField(String name) {
    return MIME_FIELDS.contains(name.toLowerCase(Locale.ROOT));
  }

  /**
   * Copies all but the message's own header past the editor; that header goes on as it is.
   *
   * @param lineLimit bytes of a body line that the editor gets at once
   */
  public static void copyBody(InputStream in, int lineLimit, Editor editor, OutputStream out)
      throws IOException {
    new MimeWalk(in, new Copy(lineLimit, editor, out)).run();
  }

  private static final class Copy implements MimeWalk.Visitor {
    private final int lineLimit;
    private final Editor editor;
    private final OutputStream out;
    private final ByteArrayOutputStream field = new ByteArrayOutputStream(256);
    private boolean fieldLineOpen;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream(256);

    Copy(int lineLimit, Editor editor, OutputStream out) {
      this.lineLimit = lineLimit;
      this.editor = editor;
      this.out = out;
    }

    @Override
    public void entityBegins(MimeWalk.Entity entity) throws IOException {
      endLine();
    }

    @Override
    public void header(MimeWalk.Entity entity, MimeWalk.Field kind, byte[] bytes, int length)
        throws IOException {
      if (entity.index == 0) {
        out.write(bytes, 0, length);
        return;
      }
      boolean begins = !fieldLineOpen && bytes[0] != ' ' && bytes[0] != '\t';
      if (begins) {
        endField(entity);
      }
      field.write(bytes, 0, length);
      fieldLineOpen = bytes[length - 1] != '\n';
    }

    private void endField(MimeWalk.Entity entity) throws IOException {
      if (field.size() == 0) {
        return;
      }
      String text = field.toString(StandardCharsets.ISO_8859_1);
      field.reset();
      fieldLineOpen = false;
      boolean ended = text.endsWith("\n");
      put(
          entity.message ? Place.NESTED_HEADER : Place.MIME_HEADER,
          ended ? text.substring(0, text.length() - 1) : text,
          ended);
    }

    @Override
    public void headerEnds(MimeWalk.Entity entity, boolean separated) throws IOException {
      endField(entity);
      if (separated) {
        put(Place.BODY, "", true);
      }
    }

    @Override
    public void leaf(MimeWalk.Entity entity, byte[] bytes, int length) throws IOException {
      body(bytes, length);
    }

    @Override
    public void leafEnds(MimeWalk.Entity entity) throws IOException {
      endLine();
    }

    @Override
    public void padding(boolean opaque, byte[] bytes, int length) throws IOException {
      body(bytes, length);
    }

    @Override
    public void boundary(byte[] bytes, int length) throws IOException {
      endLine();
      body(bytes, length);
    }

    @Override
    public void tooDeep(MimeWalk.Entity entity) {
      // What is left is lines.
    }

    private void body(byte[] bytes, int length) throws IOException {
      for (int i = 0; i < length; i++) {
        if (bytes[i] == '\n') {
          String text = line.toString(StandardCharsets.ISO_8859_1);
          line.reset();
          put(Place.BODY, text, true);
        } else {
          if (line.size() == lineLimit) {
            endLine();
          }
          line.write(bytes[i]);
        }
      }
    }

    /** What there is of a line whose end has not come. */
    private void endLine() throws IOException {
      if (line.size() > 0) {
        String text = line.toString(StandardCharsets.ISO_8859_1);
        line.reset();
        put(Place.BODY, text, false);
      }
    }

    private void put(Place place, String text, boolean ended) throws IOException {
      List<String> lines = editor.edit(place, text);
      for (int i = 0; i < lines.size(); i++) {
        out.write(lines.get(i).getBytes(StandardCharsets.ISO_8859_1));
        if (ended || i < lines.size() - 1) {
          out.write('\n');
        }
      }
    }
  }
}
