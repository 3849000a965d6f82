package dev.postrider.spool;

import dev.postrider.io.Disk;
import dev.postrider.io.DiskFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One file of records. Reading is safe on any thread; the counts belong to the writer's thread (and
 * to recovery before it).
 */
final class Segment {
  final SegmentHeader header;
  final Path path;
  private final Disk disk;
  private @Nullable DiskFile reader;
  private boolean deleted;

  /** Messages that live here, and living messages whose latest STATE is here. */
  int live;

  /** About how many bytes they take. */
  long liveBytes;

  /** How many older segments have messages that would come back without what is said here. */
  int pins;

  /** The later segments where the REMOVE records of this one's messages are, or where it ends. */
  final Set<Segment> pinned = new HashSet<>(2);

  Segment(SegmentHeader header, Path directory, Disk disk) {
    this.header = header;
    this.path = directory.resolve(header.fileName());
    this.disk = disk;
  }

  /** One reason more to keep it. */
  void keep(long bytes) {
    live++;
    liveBytes += bytes;
  }

  int number() {
    return header.number();
  }

  /** Reads and checks the record of {@code id} that begins at {@code offset}. */
  Stored read(long id, int offset, int metaLength, int contentLength) throws IOException {
    int length = RecordHeader.BYTES + metaLength + contentLength;
    ByteBuffer bytes = ByteBuffer.allocate(length);
    int count = reader().read(bytes, offset);
    RecordHeader found =
        count < RecordHeader.BYTES ? null : RecordHeader.parse(bytes, 0, header.stamp());
    if (found == null || found.id() != id || count < length || found.metaLength() != metaLength) {
      throw damaged(id, offset);
    }
    Stored stored = new Stored(bytes.array(), found);
    if (stored.metaCrc() != found.metaCrc()
        || (contentLength > 0 && stored.contentCrc() != found.contentCrc())) {
      throw damaged(id, offset);
    }
    return stored;
  }

  /** Whether nobody needs it any more. Any thread. */
  synchronized boolean isDeleted() {
    return deleted;
  }

  /** Its length on disk. */
  long bytes() throws IOException {
    return reader().size();
  }

  private IOException damaged(long id, int offset) {
    return new IOException(
        "%s: the record of %s at byte %d is damaged"
            .formatted(path, new QueueId(id).shortForm(), offset));
  }

  /** One record in memory. */
  static final class Stored {
    private final byte[] bytes;
    private final RecordHeader header;

    Stored(byte[] bytes, RecordHeader header) {
      this.bytes = bytes;
      this.header = header;
    }

    RecordHeader header() {
      return header;
    }

    byte[] contentBytes() {
      return Arrays.copyOfRange(bytes, contentStart(), contentStart() + header.contentLength());
    }

    InputStream content() {
      return new ByteArrayInputStream(bytes, contentStart(), header.contentLength());
    }

    byte[] meta() {
      return Arrays.copyOfRange(
          bytes, RecordHeader.BYTES, RecordHeader.BYTES + header.metaLength());
    }

    private int contentStart() {
      return RecordHeader.BYTES + header.metaLength();
    }

    private int metaCrc() {
      return RecordHeader.crc(ByteBuffer.wrap(bytes), RecordHeader.BYTES, header.metaLength());
    }

    private int contentCrc() {
      return RecordHeader.crc(ByteBuffer.wrap(bytes), contentStart(), header.contentLength());
    }
  }

  private synchronized DiskFile reader() throws IOException {
    if (deleted) {
      throw new IOException(path + " is gone: its messages were removed");
    }
    if (reader == null) {
      reader = disk.openToRead(path);
    }
    return reader;
  }

  /** Ends reading; the next reader gets an error or opens the file again. */
  synchronized void close(boolean forGood) throws IOException {
    deleted = forGood;
    if (reader != null) {
      reader.close();
      reader = null;
    }
  }
}
