package dev.postrider.mailbox;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/** A part of the new content of an mbox: what was there, or something new. Immutable. */
sealed interface Piece {
  long length();

  void writeTo(Storage old, OutputStream out) throws IOException;

  /** Octets of the old content. */
  record Copy(long offset, long length) implements Piece {
    private static final int CHUNK = 1 << 16;

    @Override
    public void writeTo(Storage old, OutputStream out) throws IOException {
      long at = offset;
      long end = offset + length;
      while (at < end) {
        byte[] bytes = old.read(at, (int) Math.min(CHUNK, end - at));
        if (bytes.length == 0) {
          throw new MailboxException("the mailbox became shorter while it was locked");
        }
        out.write(bytes);
        at += bytes.length;
      }
    }
  }

  /** New octets. */
  @SuppressWarnings("ArrayRecordComponent") // Made once and written once.
  record Fresh(byte[] bytes) implements Piece {
    @Override
    public long length() {
      return bytes.length;
    }

    @Override
    public void writeTo(Storage old, OutputStream out) throws IOException {
      out.write(bytes);
    }
  }

  /** The pieces with neighbours joined and without empty ones. */
  static List<Piece> joined(List<Piece> pieces) {
    List<Piece> out = new ArrayList<>();
    for (Piece piece : pieces) {
      if (piece.length() == 0) {
        continue;
      }
      if (piece instanceof Copy(long offset, long length)
          && !out.isEmpty()
          && out.getLast() instanceof Copy(long before, long beforeLength)
          && before + beforeLength == offset) {
        out.set(out.size() - 1, new Copy(before, beforeLength + length));
      } else {
        out.add(piece);
      }
    }
    return out;
  }
}
