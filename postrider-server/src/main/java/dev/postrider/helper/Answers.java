package dev.postrider.helper;

import java.io.IOException;

/** Answers as frames. Functions only. */
final class Answers {
  /** Octets of an answer: a whole file, and what belongs to it. */
  static final int LARGEST = Requests.MOST_READ + 65_536;

  private static final int DONE = 1;
  private static final int FAILED = 2;
  private static final int UNKNOWN = 3;
  private static final int DENIED = 4;
  private static final int EXITED = 5;
  private static final int KILLED = 6;
  private static final int TIMED_OUT = 7;
  private static final int NOT_STARTED = 8;
  private static final int READ = 9;
  private static final int MISSING = 10;
  private static final int UNSUITABLE = 11;

  private Answers() {}

  static byte[] encode(Answer answer) {
    FieldWriter out = new FieldWriter();
    return switch (answer) {
      case Answer.Done _ -> out.kind(DONE).bytes();
      case Answer.Failed(String code, String text) ->
          out.kind(FAILED).text(code).text(text).bytes();
      case Answer.Unknown(String text) -> out.kind(UNKNOWN).text(text).bytes();
      case Answer.Denied(String file) -> out.kind(DENIED).text(file).bytes();
      case Answer.Ended(CommandEnd end) ->
          switch (end) {
            case CommandEnd.Exited(int code, String output) ->
                out.kind(EXITED).number(code).octets(output).bytes();
            case CommandEnd.Killed(int signal, String output) ->
                out.kind(KILLED).number(signal).octets(output).bytes();
            case CommandEnd.TimedOut(String output) -> out.kind(TIMED_OUT).octets(output).bytes();
            case CommandEnd.NotStarted(String reason) -> out.kind(NOT_STARTED).text(reason).bytes();
          };
      case Answer.Found(UserFile file) ->
          switch (file) {
            case UserFile.Read(String content, long owner, int mode) ->
                out.kind(READ).octets(content).number(owner).number(mode).bytes();
            case UserFile.Missing _ -> out.kind(MISSING).bytes();
            case UserFile.Unsuitable(String reason) -> out.kind(UNSUITABLE).text(reason).bytes();
          };
    };
  }

  /**
   * Takes a frame apart.
   *
   * @throws IOException if it is no answer
   */
  static Answer decode(byte[] frame) throws IOException {
    FieldReader in = new FieldReader(frame);
    Answer answer =
        switch (in.kind()) {
          case DONE -> new Answer.Done();
          case FAILED -> new Answer.Failed(in.text(), in.text());
          case UNKNOWN -> new Answer.Unknown(in.text());
          case DENIED -> new Answer.Denied(in.text());
          case EXITED -> new Answer.Ended(new CommandEnd.Exited(in.number(0, 255), in.octets()));
          case KILLED -> new Answer.Ended(new CommandEnd.Killed(in.number(1, 127), in.octets()));
          case TIMED_OUT -> new Answer.Ended(new CommandEnd.TimedOut(in.octets()));
          case NOT_STARTED -> new Answer.Ended(new CommandEnd.NotStarted(in.text()));
          case READ ->
              new Answer.Found(
                  new UserFile.Read(in.octets(), in.number(), in.number(0, Integer.MAX_VALUE)));
          case MISSING -> new Answer.Found(new UserFile.Missing());
          case UNSUITABLE -> new Answer.Found(new UserFile.Unsuitable(in.text()));
          default -> throw FieldReader.malformed("no answer of this version");
        };
    in.end();
    return answer;
  }
}
