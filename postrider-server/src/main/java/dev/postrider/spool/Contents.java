package dev.postrider.spool;

import dev.postrider.delivery.MessageContent;
import dev.postrider.io.BlockInput;
import dev.postrider.io.DiskFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.SoftReference;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** The places a message's content can be. */
sealed interface Contents extends MessageContent {
  /**
   * Still in memory: for the first attempt after it was stored. Softly: thousands of messages may
   * wait for that attempt behind a host that hangs, and together they are more than the heap.
   */
  final class Recent implements Contents {
    private final SoftReference<byte[]> bytes;
    private final InSegment stored;

    /** Takes bytes that nobody changes any more, and where they are when memory is wanted back. */
    Recent(byte[] bytes, InSegment stored) {
      this.bytes = new SoftReference<>(bytes);
      this.stored = stored;
    }

    @Override
    public long size() {
      return stored.size();
    }

    @Override
    public InputStream open() throws IOException {
      byte[] kept = bytes.get();
      return kept == null ? stored.open() : new ByteArrayInputStream(kept, 0, (int) size());
    }

    /** What the collector does when memory runs short; for tests. */
    void forget() {
      bytes.clear();
    }
  }

  /** In a segment; checked as a whole before the first byte is given out. */
  record InSegment(Entry entry) implements Contents {
    @Override
    public long size() {
      return entry.size;
    }

    @Override
    public InputStream open() throws IOException {
      return entry.read(entry.inlineLength()).content();
    }
  }

  /**
   * In a file of its own; checked as it is read, so damage shows at the latest instead of the end.
   */
  record InFile(Bodies bodies, long id, MessageFields.ExternalBody body) implements Contents {
    @Override
    public long size() {
      return body.size();
    }

    @Override
    public InputStream open() throws IOException {
      return new BodyStream(bodies.open(id), body);
    }
  }

  /** Reads a body file and refuses to end if it is not what was stored. */
  final class BodyStream extends BlockInput {
    private final DiskFile file;
    private final MessageFields.ExternalBody body;
    private final CRC32C crc = new CRC32C();
    private long position;

    BodyStream(DiskFile file, MessageFields.ExternalBody body) {
      this.file = file;
      this.body = body;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (position == body.size()) {
        if ((int) crc.getValue() != body.crc()) {
          throw new IOException("the body file is damaged");
        }
        return -1;
      }
      int wanted = (int) Math.min(length, body.size() - position);
      int count = file.read(ByteBuffer.wrap(into, from, wanted), position);
      if (count < wanted) {
        throw new IOException("the body file is too short");
      }
      crc.update(into, from, count);
      position += count;
      return count;
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
