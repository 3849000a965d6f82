package dev.postrider.helper;

import dev.postrider.config.Config;
import dev.postrider.delivery.DeliveryFailure;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Has a process of root's do it, which is started when there is something to do first. Safe on any
 * thread.
 */
public final class RemoteHelper implements Helper {
  private final Way way;

  /** To the helper. */
  interface Way {
    /** A connection for one piece of work, which the helper has greeted. */
    HelperConnection connect() throws IOException, InterruptedException;

    /** Has the helper read its settings again. */
    void reload() throws IOException;
  }

  /** Asks whom that process starts. */
  public RemoteHelper(HelperProcess process) {
    this((Way) process);
  }

  RemoteHelper(Way way) {
    this.way = way;
  }

  @Override
  public void append(Identity as, Append to, Payload payload)
      throws IOException, InterruptedException {
    done(exchange(new Request.AppendTo(as, to), payload));
  }

  @Override
  public void addToMaildir(Identity as, Path maildir, long largest, Payload payload)
      throws IOException, InterruptedException {
    done(exchange(new Request.AddToMaildir(as, maildir, largest), payload));
  }

  @Override
  public CommandEnd run(Identity as, CommandCall call, Payload payload)
      throws IOException, InterruptedException {
    if (exchange(new Request.Run(as, call), payload) instanceof Answer.Ended(CommandEnd end)) {
      return end;
    }
    throw oddAnswer();
  }

  @Override
  public UserFile read(Identity as, Path file, int most) throws IOException, InterruptedException {
    Request request = new Request.Read(as, file, Math.min(most, Requests.MOST_READ));
    if (exchange(request, null) instanceof Answer.Found(UserFile found)) {
      return found;
    }
    throw oddAnswer();
  }

  @Override
  public void reload(Config config) throws IOException {
    way.reload();
  }

  private static void done(Answer answer) throws IOException {
    if (!(answer instanceof Answer.Done)) {
      throw oddAnswer();
    }
  }

  private static IOException oddAnswer() {
    return FieldReader.malformed("an answer to another question");
  }

  private Answer exchange(Request request, @Nullable Payload payload)
      throws IOException, InterruptedException {
    return failures(answer(request, payload));
  }

  private Answer answer(Request request, @Nullable Payload payload)
      throws IOException, InterruptedException {
    try {
      return exchange(way.connect(), request, payload);
    } catch (ClosedByInterruptException e) {
      boolean _ = Thread.interrupted();
      throw new InterruptedException("the mail system is stopping");
    } catch (DeliveryFailure e) {
      throw e;
    } catch (IOException e) {
      throw new DeliveryFailure(
          "4.3.0", "the helper ended before it was done with " + what(request));
    }
  }

  private static Answer exchange(
      HelperConnection connection, Request request, @Nullable Payload payload) throws IOException {
    boolean good = false;
    try {
      Answer answer = connection.exchange(request, payload);
      // Behind an error that nobody knows, the helper ends the connection.
      good = !(answer instanceof Answer.Unknown);
      return answer;
    } finally {
      if (good) {
        connection.release();
      } else {
        connection.close();
      }
    }
  }

  private static String what(Request request) {
    return switch (request) {
      case Request.AppendTo(_, Append to) -> to.file().toString();
      case Request.AddToMaildir(_, Path maildir, _) -> maildir.toString();
      case Request.Run(_, CommandCall call) -> "command " + call.arguments().getFirst();
      case Request.Read(_, Path file, _) -> file.toString();
    };
  }

  private static Answer failures(Answer answer) throws IOException {
    return switch (answer) {
      case Answer.Failed(String code, String text) -> throw new DeliveryFailure(code, text);
      case Answer.Unknown(String text) -> throw new IOException(text);
      case Answer.Denied(String file) -> throw new AccessDeniedException(file);
      case Answer.Done _, Answer.Ended _, Answer.Found _ -> answer;
    };
  }
}
