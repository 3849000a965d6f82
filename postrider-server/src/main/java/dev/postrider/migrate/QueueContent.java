package dev.postrider.migrate;

import dev.postrider.io.BlockInput;
import java.io.IOException;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/**
 * The message in a queue file, lines ended by LF, long lines put together again. Closing it closes
 * the file. For one thread.
 */
final class QueueContent extends BlockInput {
  private final FileChannel channel;
  private final RecordReader records;
  private byte[] current = new byte[0];
  private int at;
  private boolean lineOpen;
  private boolean ended;

  /**
   * The content of an open file.
   *
   * @param offset of its first record, behind the one that begins the content
   */
  QueueContent(FileChannel channel, long offset) {
    this.channel = channel;
    this.records = new RecordReader(channel);
    records.seek(offset);
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (at == current.length) {
      if (ended) {
        return -1;
      }
      advance();
    }
    int count = Math.min(length, current.length - at);
    System.arraycopy(current, at, bytes, offset, count);
    at += count;
    return count;
  }

  private void advance() throws IOException {
    at = 0;
    @Nullable QueueRecord record = records.next();
    if (record == null) {
      throw RecordReader.damaged(records.position(), "the message has no end");
    }
    switch (record.type()) {
      case QueueRecord.LINE -> {
        current = withLineFeed(record.data());
        lineOpen = false;
      }
      case QueueRecord.CONTINUED -> {
        current = record.data();
        lineOpen = true;
      }
      case QueueRecord.EXTRACTED -> {
        ended = true;
        // As Postfix sends it: a last line without an end gets one.
        current = lineOpen ? new byte[] {'\n'} : new byte[0];
      }
      default ->
          throw RecordReader.damaged(
              record.offset(), "a record '" + record.type() + "' stands in the message");
    }
  }

  private static byte[] withLineFeed(byte[] line) {
    byte[] whole = java.util.Arrays.copyOf(line, line.length + 1);
    whole[line.length] = '\n';
    return whole;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
