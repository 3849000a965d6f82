package dev.postrider.helper;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Requests as frames. Functions only. */
final class Requests {
  /** Octets of a request: arguments and environment are what the kernel takes at most. */
  static final int LARGEST = 4 << 20;

  /** Octets that a file may have which is read whole. */
  static final int MOST_READ = 16 << 20;

  private static final int MOST_OUTPUT = 1 << 20;
  private static final int MOST_ARGUMENTS = 100_000;
  private static final int APPEND = 1;
  private static final int MAILDIR = 2;
  private static final int RUN = 3;
  private static final int READ = 4;

  private Requests() {}

  static byte[] encode(Request request) {
    return switch (request) {
      case Request.AppendTo(Identity as, Append to) -> encode(as, to);
      case Request.AddToMaildir(Identity as, Path maildir, long largest) ->
          new FieldWriter()
              .kind(MAILDIR)
              .identity(as)
              .text(maildir.toString())
              .number(largest)
              .bytes();
      case Request.Run(Identity as, CommandCall call) -> encode(as, call);
      case Request.Read(Identity as, Path file, int most) ->
          new FieldWriter().kind(READ).identity(as).text(file.toString()).number(most).bytes();
    };
  }

  private static byte[] encode(Identity as, Append to) {
    FieldWriter out =
        new FieldWriter()
            .kind(APPEND)
            .identity(as)
            .text(to.file().toString())
            .text(to.kind().name());
    Append.Terms terms = to.terms();
    if (terms == null) {
      return out.number(0).bytes();
    }
    return out.number(1)
        .number(terms.largest())
        .number(terms.dotlock() ? 1 : 0)
        .number(terms.kernel() ? 1 : 0)
        .number(terms.strictOwner() ? 1 : 0)
        .bytes();
  }

  private static byte[] encode(Identity as, CommandCall call) {
    FieldWriter out = new FieldWriter().kind(RUN).identity(as);
    out.number(call.arguments().size());
    for (String argument : call.arguments()) {
      out.text(argument);
    }
    out.number(call.environment().size());
    for (Map.Entry<String, String> variable : call.environment().entrySet()) {
      out.text(variable.getKey()).text(variable.getValue());
    }
    place(out, call.root());
    place(out, call.directory());
    return out.number(call.limit().toMillis())
        .number(call.mostOutput())
        .number(call.largestFile())
        .bytes();
  }

  private static void place(FieldWriter out, @Nullable Path place) {
    out.number(place == null ? 0 : 1);
    if (place != null) {
      out.text(place.toString());
    }
  }

  /**
   * Takes a frame apart.
   *
   * @throws IOException if it is no request
   */
  static Request decode(byte[] frame) throws IOException {
    FieldReader in = new FieldReader(frame);
    Request request =
        switch (in.kind()) {
          case APPEND -> {
            Identity as = in.identity();
            Path file = in.path();
            Append.Kind kind = kind(in.text());
            yield new Request.AppendTo(as, new Append(file, kind, terms(in)));
          }
          case MAILDIR -> {
            Identity as = in.identity();
            Path maildir = in.path();
            yield new Request.AddToMaildir(as, maildir, Math.max(0, in.number()));
          }
          case RUN -> new Request.Run(in.identity(), call(in));
          case READ -> {
            Identity as = in.identity();
            Path file = in.path();
            yield new Request.Read(as, file, in.number(0, MOST_READ));
          }
          default -> throw FieldReader.malformed("no request of this version");
        };
    in.end();
    return request;
  }

  private static Append.Kind kind(String name) throws IOException {
    for (Append.Kind each : Append.Kind.values()) {
      if (each.name().equals(name)) {
        return each;
      }
    }
    throw FieldReader.malformed("no kind of file: " + name);
  }

  private static Append.@Nullable Terms terms(FieldReader in) throws IOException {
    return in.number(0, 1) == 0
        ? null
        : new Append.Terms(
            Math.max(0, in.number()),
            in.number(0, 1) == 1,
            in.number(0, 1) == 1,
            in.number(0, 1) == 1);
  }

  private static CommandCall call(FieldReader in) throws IOException {
    List<String> arguments = new ArrayList<>();
    for (int left = in.number(1, MOST_ARGUMENTS); left > 0; left--) {
      arguments.add(in.text());
    }
    Map<String, String> environment = new LinkedHashMap<>();
    for (int left = in.number(0, MOST_ARGUMENTS); left > 0; left--) {
      environment.put(in.text(), in.text());
    }
    Path root = in.number(0, 1) == 1 ? in.path() : null;
    Path directory = in.number(0, 1) == 1 ? in.path() : null;
    if (root != null && directory != null) {
      throw FieldReader.malformed("two directories to run in");
    }
    Duration limit = Duration.ofMillis(Math.max(0, in.number()));
    int mostOutput = in.number(0, MOST_OUTPUT);
    long largestFile = Math.max(0, in.number());
    return new CommandCall(arguments, environment, root, directory, limit, mostOutput, largestFile);
  }
}
