package dev.postrider.mail.message;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Walks through the parts of a message from top to bottom, without holding any. Lines of any length
 * pass in pieces. For one thread.
 */
final class MimeWalk {
  /** As mime_nesting_limit of Postfix. */
  static final int MOST_NESTED = 100;

  private static final int MOST_FIELD = 64 * 1024;

  /** Gets every byte of the message once, in order, by its role. */
  interface Visitor {
    void entityBegins(Entity entity) throws IOException;

    /** A piece of a header line; {@code mimeField} tells which field it belongs to. */
    void header(Entity entity, Field field, byte[] bytes, int length) throws IOException;

    /** The header has been read; the empty line is next, if {@code separated}. */
    void headerEnds(Entity entity, boolean separated) throws IOException;

    void leaf(Entity entity, byte[] bytes, int length) throws IOException;

    void leafEnds(Entity entity) throws IOException;

    /** Before the first and behind the last part of a multipart: what nobody shows. */
    void padding(boolean opaque, byte[] bytes, int length) throws IOException;

    void boundary(byte[] bytes, int length) throws IOException;

    /** Too deep to follow: all the rest comes as the leaf of the entity that was reached. */
    void tooDeep(Entity entity);
  }

  enum Field {
    ENCODING,
    TYPE,
    VERSION,
    OTHER
  }

  /** A message or a part; its header is complete once {@code headerEnds} was called. */
  static final class Entity {
    final int index;

    /** Inside a signed or encrypted multipart. */
    final boolean opaque;

    /** A whole message, not just a part of one. */
    final boolean message;

    ContentType type;
    String encoding = "";
    boolean hasType;
    boolean hasVersion;

    Entity(int index, boolean opaque, boolean message, ContentType type) {
      this.index = index;
      this.opaque = opaque;
      this.message = message;
      this.type = type;
    }

    boolean isIdentity() {
      return switch (encoding) {
        case "", "7bit", "8bit", "binary" -> true;
        default -> false;
      };
    }

    boolean isComposite() {
      return isIdentity() && (type.isMultipart() || type.isMessage());
    }
  }

  private record Frame(String boundary, boolean opaque, boolean digest) {}

  private enum State {
    HEADER,
    LEAF,
    PADDING
  }

  private final LinePieces lines;
  private final Visitor visitor;
  private final List<Frame> frames = new ArrayList<>();
  private Entity entity = new Entity(0, false, true, ContentType.TEXT);
  private State state = State.HEADER;
  private int nextIndex = 1;
  private int nested;
  private Field field = Field.OTHER;
  private boolean fieldOpen;
  private final StringBuilder fieldText = new StringBuilder();

  MimeWalk(InputStream in, Visitor visitor) {
    this.lines = new LinePieces(in);
    this.visitor = visitor;
  }

  void run() throws IOException {
    visitor.entityBegins(entity);
    while (lines.next()) {
      if (lines.beginsLine && isBoundary()) {
        continue;
      }
      switch (state) {
        case HEADER -> header();
        case LEAF -> visitor.leaf(entity, lines.bytes, lines.length);
        case PADDING -> visitor.padding(opaque(), lines.bytes, lines.length);
      }
    }
    finishEntity();
  }

  private void finishEntity() throws IOException {
    if (state == State.HEADER) {
      endHeader(false);
    }
    if (state == State.LEAF) {
      visitor.leafEnds(entity);
    }
  }

  private boolean opaque() {
    return !frames.isEmpty() && frames.getLast().opaque();
  }

  private boolean isBoundary() throws IOException {
    if (frames.isEmpty() || lines.length < 3 || lines.bytes[0] != '-' || lines.bytes[1] != '-') {
      return false;
    }
    String line =
        new String(lines.bytes, 2, lines.length - 2, StandardCharsets.ISO_8859_1).stripTrailing();
    for (int i = frames.size() - 1; i >= 0; i--) {
      String boundary = frames.get(i).boundary();
      boolean closes = line.length() == boundary.length() + 2 && line.endsWith("--");
      if (!line.startsWith(boundary) || (line.length() != boundary.length() && !closes)) {
        continue;
      }
      finishEntity();
      frames.subList(i + (closes ? 0 : 1), frames.size()).clear();
      visitor.boundary(lines.bytes, lines.length);
      if (closes) {
        state = State.PADDING;
      } else {
        ContentType usual = frames.getLast().digest() ? ContentType.MESSAGE : ContentType.TEXT;
        begin(new Entity(nextIndex++, opaque(), false, usual));
      }
      return true;
    }
    return false;
  }

  private void begin(Entity next) throws IOException {
    entity = next;
    state = State.HEADER;
    fieldOpen = false;
    visitor.entityBegins(next);
  }

  private void header() throws IOException {
    if (lines.beginsLine) {
      byte first = lines.bytes[0];
      if (first == '\n') {
        endHeader(true);
        return;
      }
      boolean continues = (first == ' ' || first == '\t') && fieldOpen;
      if (!continues) {
        closeField();
        String name = fieldName();
        if (name.isEmpty()) {
          endHeader(false);
          inBody();
          return;
        }
        fieldOpen = true;
        field =
            switch (name) {
              case "content-transfer-encoding" -> Field.ENCODING;
              case "content-type" -> Field.TYPE;
              case "mime-version" -> Field.VERSION;
              default -> Field.OTHER;
            };
      }
    }
    if (field != Field.OTHER && fieldText.length() < MOST_FIELD) {
      fieldText.append(new String(lines.bytes, 0, lines.length, StandardCharsets.ISO_8859_1));
    }
    visitor.header(entity, field, lines.bytes, lines.length);
  }

  /** The line that ended a header is the first of what follows. */
  private void inBody() throws IOException {
    switch (state) {
      case HEADER -> header();
      case LEAF -> visitor.leaf(entity, lines.bytes, lines.length);
      case PADDING -> visitor.padding(opaque(), lines.bytes, lines.length);
    }
  }

  private String fieldName() {
    int end = 0;
    while (end < lines.length && lines.bytes[end] > ' ' && lines.bytes[end] != ':') {
      end++;
    }
    int colon = end;
    while (colon < lines.length && (lines.bytes[colon] == ' ' || lines.bytes[colon] == '\t')) {
      colon++;
    }
    boolean found = end > 0 && colon < lines.length && lines.bytes[colon] == ':';
    return found
        ? new String(lines.bytes, 0, end, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT)
        : "";
  }

  private void closeField() {
    if (!fieldOpen) {
      return;
    }
    int colon = fieldText.indexOf(":");
    String value = colon < 0 ? "" : fieldText.substring(colon + 1);
    switch (field) {
      case ENCODING -> {
        if (entity.encoding.isEmpty()) {
          entity.encoding = ContentType.parse(value).type();
        }
      }
      case TYPE -> {
        if (!entity.hasType) {
          entity.hasType = true;
          entity.type = ContentType.parse(value);
        }
      }
      case VERSION -> entity.hasVersion = true;
      case OTHER -> {}
    }
    fieldText.setLength(0);
    fieldOpen = false;
    field = Field.OTHER;
  }

  private void endHeader(boolean separated) throws IOException {
    closeField();
    Entity ended = entity;
    visitor.headerEnds(ended, separated);
    state = State.LEAF;
    if (!ended.isComposite()) {
      return;
    }
    if (nested >= MOST_NESTED) {
      visitor.tooDeep(ended);
      return;
    }
    String boundary = boundaryOf(ended);
    nested++;
    if (boundary != null) {
      boolean digest = ended.type.type().equals("multipart/digest");
      frames.add(new Frame(boundary, ended.opaque || ended.type.isOpaque(), digest));
      state = State.PADDING;
    } else {
      begin(new Entity(nextIndex++, ended.opaque, true, ContentType.TEXT));
    }
  }

  private static @Nullable String boundaryOf(Entity entity) {
    return entity.type.isMultipart() ? entity.type.boundary() : null;
  }
}
