package dev.postrider.system;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs programs as a person at a shell would, with a private PATH and environment. */
final class Shell {
  /**
   * What a program said and how it ended.
   *
   * @param code its exit code
   * @param out standard output
   * @param err standard error
   */
  record Result(int code, String out, String err) {
    String all() {
      return out + err;
    }
  }

  private static final long TIME_LIMIT_SECONDS = 120;

  private final Map<String, String> environment;
  private final Path directory;

  Shell(Path directory, Map<String, String> environment) {
    this.directory = directory;
    this.environment = new HashMap<>(environment);
  }

  /** Gives the programs that are run from now on a variable of their environment. */
  void set(String name, String value) {
    environment.put(name, value);
  }

  /** Runs a script with {@code sh -c}. */
  Result run(String script) throws IOException, InterruptedException {
    return run("", List.of("sh", "-c", script));
  }

  /** Starts a script and does not wait for it; what it prints is dropped. */
  Process begin(String script) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(onPath(List.of("sh", "-c", script)))
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    prepare(builder);
    return builder.start();
  }

  private void prepare(ProcessBuilder builder) {
    builder.environment().keySet().removeIf(name -> name.startsWith("POSTRIDER"));
    builder.environment().putAll(environment);
  }

  Result run(String input, List<String> command) throws IOException, InterruptedException {
    Path out = Files.createTempFile("postrider", ".out");
    Path err = Files.createTempFile("postrider", ".err");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(onPath(command))
              .directory(directory.toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile());
      prepare(builder);
      Process process = builder.start();
      try (OutputStream stdin = process.getOutputStream()) {
        stdin.write(input.getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        // It did not want its input; what it says tells why.
        if (process.isAlive() && !String.valueOf(e.getMessage()).contains("Broken pipe")) {
          throw e;
        }
      }
      if (!process.waitFor(TIME_LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException(command + " did not end in " + TIME_LIMIT_SECONDS + " s");
      }
      return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }

  /** By env, because Java itself would look for the program on its own PATH. */
  private static List<String> onPath(List<String> command) {
    List<String> all = new ArrayList<>(command);
    all.addFirst("/usr/bin/env");
    return all;
  }

  /** Whether a program is on this shell's PATH. */
  boolean has(String program) throws IOException, InterruptedException {
    return run("command -v " + program).code() == 0;
  }
}
