package dev.postrider.pickup;

import dev.postrider.io.BlockInput;
import java.io.IOException;
import java.io.InputStream;

/**
 * A message as sendmail takes it: mbox separators ({@code From }, {@code >From }) at its beginning
 * dropped, CR before LF dropped, ended by a line of one dot if that was not switched off, its last
 * line completed. Holds a few bytes, whatever the line length. For one thread.
 */
public final class CleanedContent extends BlockInput {
  private static final byte[] FROM = {'F', 'r', 'o', 'm', ' '};

  private final InputStream in;
  private final boolean dotEnds;
  private final byte[] input = new byte[16 * 1024];
  private int inputStart;
  private int inputEnd;

  /** Cleaned and not yet read; always large enough for what one input buffer can add. */
  private byte[] output = new byte[2 * input.length];

  private int outputStart;
  private int outputEnd;

  /** The beginning of a line as long as it may still be a separator or the last dot. */
  private final byte[] held = new byte[8];

  private int heldCount;
  private boolean undecided = true;
  private boolean skipSeparators = true;
  private boolean inSeparator;

  /** Carriage returns seen since the last other byte: dropped if a line feed follows. */
  private long returns;

  private boolean lineOpen;
  private boolean ended;

  /**
   * @param in as it came from the caller
   * @param dotEnds whether a line of one dot ends the message
   */
  public CleanedContent(InputStream in, boolean dotEnds) {
    this.in = in;
    this.dotEnds = dotEnds;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (outputStart == outputEnd) {
      if (ended) {
        return -1;
      }
      outputStart = 0;
      outputEnd = 0;
      fill();
    }
    int count = Math.min(length, outputEnd - outputStart);
    System.arraycopy(output, outputStart, bytes, offset, count);
    outputStart += count;
    return count;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  private void fill() throws IOException {
    inputStart = 0;
    inputEnd = in.read(input);
    if (inputEnd < 0) {
      finish();
      return;
    }
    while (inputStart < inputEnd && !ended) {
      take(input[inputStart++]);
    }
  }

  private void take(byte b) {
    if (inSeparator) {
      inSeparator = b != '\n';
      return;
    }
    if (b == '\n') {
      endLine();
    } else if (b == '\r') {
      returns++;
      lineOpen = true;
    } else {
      if (returns > 0) {
        decide();
        putReturns();
      }
      lineOpen = true;
      if (undecided) {
        held[heldCount++] = b;
        weigh();
      } else {
        put(b);
      }
    }
  }

  private void endLine() {
    returns = 0;
    if (isDot()) {
      ended = true;
      return;
    }
    decide();
    put((byte) '\n');
    undecided = true;
    skipSeparators = false;
    lineOpen = false;
  }

  private boolean isDot() {
    return dotEnds && undecided && heldCount == 1 && held[0] == '.';
  }

  /** Goes on holding while the line may become something special; else lets it through. */
  private void weigh() {
    if (heldCount == 1 && held[0] == '.' && dotEnds) {
      return;
    }
    if (skipSeparators) {
      int start = held[0] == '>' ? 1 : 0;
      int matched = 0;
      while (start + matched < heldCount
          && matched < FROM.length
          && held[start + matched] == FROM[matched]) {
        matched++;
      }
      if (matched == FROM.length) {
        heldCount = 0;
        lineOpen = false;
        inSeparator = true;
        return;
      }
      if (start + matched == heldCount) {
        return;
      }
    }
    decide();
  }

  private void decide() {
    for (int i = 0; i < heldCount; i++) {
      put(held[i]);
    }
    heldCount = 0;
    undecided = false;
  }

  private void putReturns() {
    for (; returns > 0; returns--) {
      put((byte) '\r');
    }
  }

  private void finish() {
    ended = true;
    if (lineOpen && !isDot()) {
      decide();
      put((byte) '\n');
    }
  }

  private void put(byte b) {
    if (outputEnd == output.length) {
      // Only a run of carriage returns longer than a buffer gets here.
      output = java.util.Arrays.copyOf(output, 2 * output.length);
    }
    output[outputEnd++] = b;
  }
}
