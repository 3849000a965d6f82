package dev.postrider.smtp;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.postrider.bounce.SessionRecord;
import dev.postrider.io.WaitLimit;
import dev.postrider.mail.reply.Reply;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lines to and replies from one server. Commands gather in a buffer and leave in one write; replies
 * are read within bounds, whatever the server sends. For one thread at a time.
 */
final class Wire implements Closeable {
  /** RFC 5321 §4.5.3.1.5 allows 512; servers send more, and none needs this much. */
  private static final int MAX_LINE = 4096;

  private static final int MAX_LINES = 1000;

  /**
   * Characters of a reply after which further lines are read and forgotten: enough for any EHLO,
   * little enough to keep one for each recipient.
   */
  private static final int MAX_KEPT = 16 * 1024;

  /** Ends the connection itself; {@link #socket} is the TLS layer on it, where there is one. */
  private final WaitLimit limit;

  private Socket socket;
  private InputStream in;
  private OutputStream out;
  private final byte[] input = new byte[4096];
  private int position;
  private int end;
  private byte[] pending = new byte[1024];
  private int pendingLength;
  private byte[] line = new byte[256];

  /** How long content may take, or null for as long as it wants. */
  private @Nullable ContentTime contentLimit;

  private final SessionRecord record;
  private LineFilter filter = _ -> null;
  private boolean filters;

  /** What stands in the place of lines of replies. */
  @FunctionalInterface
  interface LineFilter {
    /** Null if the line stays as it is. */
    @Nullable String replacement(String line) throws IOException;
  }

  /** Where in what is to be sent the current command begins. */
  private int commandStart;

  /**
   * @param record told of each command and each line of a reply
   */
  Wire(Socket socket, SessionRecord record) throws IOException {
    this.record = record;
    this.socket = socket;
    this.in = socket.getInputStream();
    this.out = socket.getOutputStream();
    this.limit = new WaitLimit(socket);
  }

  /** Goes on over TLS. The caller has made sure that nothing was read ahead. */
  void upgrade(Socket tls) throws IOException {
    socket = tls;
    in = tls.getInputStream();
    out = tls.getOutputStream();
  }

  /** Has every line of a reply looked at before it is understood. */
  void filterReplies(LineFilter lines) {
    filter = lines;
    filters = true;
  }

  Socket socket() {
    return socket;
  }

  /**
   * Limits each write of content, for messages that do not fit the system's own buffers; null ends
   * that.
   */
  void limitContent(@Nullable ContentTime limit) {
    contentLimit = limit;
  }

  /** The way for message content, which has a buffer of its own. */
  OutputStream content() {
    return new OutputStream() {
      @Override
      public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int count) throws IOException {
        ContentTime time = contentLimit;
        try {
          if (time == null) {
            out.write(bytes, offset, count);
          } else {
            writeWithin(time, bytes, offset, count);
          }
        } catch (IOException e) {
          throw new SendException(e);
        }
      }
    };
  }

  private void writeWithin(ContentTime time, byte[] bytes, int offset, int count)
      throws IOException {
    if (in.available() > 0) {
      throw new IOException("the server answered before the end of the message");
    }
    long begun = System.nanoTime();
    int _ =
        limit.within(
            begun + time.nanos(),
            () -> {
              out.write(bytes, offset, count);
              return count;
            });
    time.took(System.nanoTime() - begun, count);
  }

  /** The network failed while content was sent, as opposed to reading it from the spool. */
  static final class SendException extends IOException {
    private static final long serialVersionUID = 1;

    private final IOException problem;

    SendException(IOException problem) {
      super(problem.getMessage(), problem);
      this.problem = problem;
    }

    IOException problem() {
      return problem;
    }
  }

  /** The server sent something that is no reply. */
  static final class BadReplyException extends IOException {
    private static final long serialVersionUID = 1;

    BadReplyException(String message) {
      super(message);
    }
  }

  /** Adds text to what is to be sent. */
  Wire put(String text) {
    int length = text.length();
    boolean ascii = true;
    ensure(length + 2);
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c == '\r' || c == '\n') {
        // A line break here would be a command of its own: somebody's injection, or our bug.
        throw new IllegalArgumentException("line break in a command");
      }
      ascii &= c < 0x80;
      pending[pendingLength + i] = (byte) c;
    }
    if (ascii) {
      pendingLength += length;
      return this;
    }
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    ensure(utf8.length + 2);
    System.arraycopy(utf8, 0, pending, pendingLength, utf8.length);
    pendingLength += utf8.length;
    return this;
  }

  /** Ends the command. */
  void endLine() {
    if (record.isOn()) {
      record.said(
          new String(
              pending, commandStart, pendingLength - commandStart, StandardCharsets.ISO_8859_1));
    }
    endUntold();
  }

  /**
   * Ends a command that holds a password.
   *
   * @param shown what is told of it
   */
  void endSecret(String shown) {
    record.said(shown);
    endUntold();
  }

  private void endUntold() {
    ensure(2);
    pending[pendingLength++] = '\r';
    pending[pendingLength++] = '\n';
    commandStart = pendingLength;
  }

  private void ensure(int more) {
    if (pendingLength + more > pending.length) {
      pending = Arrays.copyOf(pending, Math.max(pending.length * 2, pendingLength + more));
    }
  }

  void flush() throws IOException {
    int length = pendingLength;
    pendingLength = 0;
    commandStart = 0;
    if (length > 0) {
      out.write(pending, 0, length);
    }
  }

  /** What {@link #flush} would send; the caller does. */
  byte[] takeCommands() {
    byte[] commands = Arrays.copyOf(pending, pendingLength);
    pendingLength = 0;
    commandStart = 0;
    return commands;
  }

  /**
   * Makes sure that no reply is here that nobody asked for: each one behind it would be taken for
   * the answer to another command. A farewell (421) may come at any time, and counts as the answer
   * to what comes next.
   *
   * @throws BadReplyException if there is one
   */
  void requireStep() throws BadReplyException {
    if (position < end
        && !new String(input, position, end - position, US_ASCII).startsWith("421")) {
      throw new BadReplyException("a reply that nobody asked for");
    }
  }

  /** Whether bytes are here that nobody asked for. */
  boolean hasUnreadInput() {
    return position < end;
  }

  /** Whether the server has sent something or closed, which an idle connection must not see. */
  boolean hasSpoken() throws IOException {
    return position < end || in.available() > 0;
  }

  /**
   * Reads one reply.
   *
   * @param timeoutMillis for the whole reply; 0 for none
   * @throws EOFException if the server closed the connection
   * @throws SocketTimeoutException if the reply is not complete in time
   * @throws BadReplyException if it is no reply
   */
  Reply reply(int timeoutMillis) throws IOException {
    long deadline = timeoutMillis == 0 ? 0 : System.nanoTime() + timeoutMillis * 1_000_000L;
    int length = readLine(deadline);
    tell(length);
    length = filtered(length);
    int code = code(length);
    if (length <= 3 || line[3] != '-') {
      return Reply.of(code, text(length));
    }
    List<String> lines = new ArrayList<>();
    lines.add(text(length));
    int kept = length;
    for (int read = 1; length > 3 && line[3] == '-'; read++) {
      if (read == MAX_LINES) {
        throw new BadReplyException("reply of more than " + MAX_LINES + " lines");
      }
      length = readLine(deadline);
      if (kept < MAX_KEPT) {
        tell(length);
      }
      length = filtered(length);
      if (code(length) != code) {
        throw new BadReplyException("reply with different codes: " + printable(length));
      }
      if (kept < MAX_KEPT) {
        lines.add(text(length));
        kept += length;
      }
    }
    return new Reply(code, lines);
  }

  private void tell(int length) {
    if (record.isOn()) {
      record.heard(new String(line, 0, length, StandardCharsets.ISO_8859_1));
    }
  }

  /** Puts what the filter wants in the place of {@link #line}; returns the new length. */
  private int filtered(int length) throws IOException {
    if (!filters) {
      return length;
    }
    String replacement = filter.replacement(printable(length));
    if (replacement == null) {
      return length;
    }
    line = replacement.getBytes(StandardCharsets.UTF_8);
    if (record.isOn()) {
      record.replaced(new String(line, StandardCharsets.ISO_8859_1));
    }
    int replaced = line.length;
    if (replaced == 0) {
      line = new byte[1];
    }
    return replaced;
  }

  private int code(int length) throws BadReplyException {
    if (length >= 3
        && line[0] >= '2'
        && line[0] <= '5'
        && isDigit(line[1])
        && isDigit(line[2])
        && (length == 3 || line[3] == ' ' || line[3] == '-')) {
      return (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
    }
    throw new BadReplyException("non-SMTP reply: " + printable(Math.min(length, 100)));
  }

  private static boolean isDigit(byte octet) {
    return octet >= '0' && octet <= '9';
  }

  private String text(int length) {
    return length <= 4 ? "" : decoded(4, length);
  }

  private String printable(int length) {
    return decoded(0, length);
  }

  private String decoded(int from, int to) {
    for (int i = from; i < to; i++) {
      if ((line[i] >= 0 && line[i] < ' ' && line[i] != '\t') || line[i] == 0x7f) {
        line[i] = '?';
      }
    }
    // What is no UTF-8 is shown as control characters are: log readers need not cope with it.
    return new String(line, from, to - from, StandardCharsets.UTF_8).replace('\uFFFD', '?');
  }

  /** Reads a line into {@link #line}; its end is LF, a CR before it is dropped. */
  private int readLine(long deadline) throws IOException {
    int length = 0;
    while (true) {
      if (position == end) {
        fill(deadline);
      }
      byte octet = input[position++];
      if (octet == '\n') {
        return length > 0 && line[length - 1] == '\r' ? length - 1 : length;
      }
      if (length == MAX_LINE) {
        throw new BadReplyException("reply line longer than " + MAX_LINE + " octets");
      }
      if (length == line.length) {
        line = Arrays.copyOf(line, length * 2);
      }
      line[length++] = octet;
    }
  }

  /**
   * @param deadline by {@link System#nanoTime}, or 0 for none
   */
  private void fill(long deadline) throws IOException {
    int count =
        deadline == 0
            ? in.read(input, 0, input.length)
            : limit.within(deadline, () -> in.read(input, 0, input.length));
    if (count <= 0) {
      throw new EOFException("connection closed");
    }
    position = 0;
    end = count;
  }

  /**
   * A reply that is already on its way after sending failed: the server's reason, which is worth
   * more than "broken pipe".
   */
  @Nullable Reply lastWords() {
    try {
      return reply(1000);
    } catch (IOException _) {
      return null;
    }
  }

  @Override
  public void close() {
    limit.close();
    try {
      socket.close();
    } catch (IOException _) {
      // Nothing is lost: whatever mattered was answered before.
    }
  }
}
