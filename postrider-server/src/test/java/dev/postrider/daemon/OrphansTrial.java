package dev.postrider.daemon;

import dev.postrider.io.Pause;
import dev.postrider.io.Programs;
import dev.postrider.log.MailLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/**
 * Run as the first process of a namespace by {@link OrphansTest}: programs end with many exit codes
 * and leave orphans behind, which end by and by. Its exit code is 0 if each code was right and no
 * orphan is left; it prints what was not.
 */
final class OrphansTrial {
  private static final int THREADS = 8;
  private static final int PROGRAMS = 100;
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);
  private static final long LONGEST_WAIT_NANOS = Duration.ofSeconds(30).toNanos();

  private OrphansTrial() {}

  public static void main(String[] arguments)
      throws IOException, InterruptedException, ExecutionException {
    List<String> wrong = new ArrayList<>();
    MailLog log = (severity, process, text) -> System.out.println(process + ": " + text);
    Orphans.watch(log);
    try (ExecutorService executor = Executors.newFixedThreadPool(THREADS)) {
      List<Future<String>> answers = new ArrayList<>();
      for (int i = 0; i < THREADS * PROGRAMS; i++) {
        answers.add(executor.submit(leaver(i)));
      }
      for (Future<String> answer : answers) {
        wrong.add(answer.get());
      }
    }
    wrong.removeIf(String::isEmpty);
    wrong.stream().limit(5).forEach(System.out::println);
    System.exit(wrong.isEmpty() && awaitNobody() ? 0 : 1);
  }

  /** One that ends at once, and leaves a process that ends a little later. */
  private static Callable<String> leaver(int number) {
    int code = number % 120 + 1;
    String script = "(sleep 0.0" + number % 7 + ") >/dev/null 2>&1 & exit " + code;
    return () -> {
      int answer = Programs.start(new ProcessBuilder("sh", "-c", script)).waitFor();
      return answer == code ? "" : "exit code " + answer + " instead of " + code;
    };
  }

  private static boolean awaitNobody() throws IOException {
    long begin = System.nanoTime();
    List<String> left;
    while (!(left = others()).isEmpty()) {
      if (System.nanoTime() - begin > LONGEST_WAIT_NANOS || !Pause.of(BETWEEN_LOOKS)) {
        System.out.println(left.size() + " are left: " + left);
        return false;
      }
    }
    return true;
  }

  private static List<String> others() throws IOException {
    try (Stream<Path> entries = Files.list(Path.of("/proc"))) {
      return entries
          .map(entry -> String.valueOf(entry.getFileName()))
          .filter(name -> name.matches("[0-9]+") && !name.equals("1"))
          .toList();
    }
  }
}
