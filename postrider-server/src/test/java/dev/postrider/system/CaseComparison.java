package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DynamicTest;

/** Puts the cases of a file through Debian's Postfix and through Postrider, with real users. */
final class CaseComparison {
  private CaseComparison() {}

  /** A test for each case: the same replies, log lines, files on disk and messages sent on. */
  static List<DynamicTest> of(String resource)
      throws IOException, InterruptedException, ExecutionException {
    List<DynamicTest> tests = new ArrayList<>();
    String only = System.getProperty("postrider.case", "");
    try (Lane theirs = Lane.open();
        Lane ours = Lane.open();
        ExecutorService both = Executors.newFixedThreadPool(2)) {
      for (CaseFile.Group group : CaseFile.read(resource).groups()) {
        if (!only.isEmpty() && !group.name().contains(only)) {
          continue;
        }
        String missing = missing(group);
        if (!missing.isEmpty()) {
          tests.add(
              DynamicTest.dynamicTest(
                  group.name(), () -> assumeTrue(false, missing + " is not installed")));
          continue;
        }
        // Side by side: most of the time both wait, for programs or for silence in a log.
        Future<List<String>> wanted =
            both.submit(() -> theirs.outcomes(Contenders.postfix(), group));
        Future<List<String>> found =
            both.submit(() -> ours.outcomes(Contenders.postrider(), group));
        for (int i = 0; i < group.cases().size(); i++) {
          tests.add(test(group, group.cases().get(i), found.get().get(i), wanted.get().get(i)));
        }
      }
    }
    return tests;
  }

  private static String missing(CaseFile.Group group) {
    return group.needs().stream()
        .filter(program -> !Files.isExecutable(Path.of(program)))
        .findFirst()
        .orElse("");
  }

  /** What one of the two has to itself. */
  private record Lane(TestUsers users, SmtpSink sink) implements AutoCloseable {
    static Lane open() throws IOException, InterruptedException {
      return new Lane(TestUsers.make("ann", "bob"), SmtpSink.start());
    }

    List<String> outcomes(Contender.Engine engine, CaseFile.Group group)
        throws IOException, InterruptedException {
      List<String> outcomes = new ArrayList<>();
      try (Contender contender = new Contender(engine, users, sink)) {
        contender.start(group);
        for (CaseFile.Case each : group.cases()) {
          outcomes.add(contender.run(group, each));
        }
      }
      return outcomes;
    }

    @Override
    public void close() throws IOException, InterruptedException {
      sink.close();
      users.close();
    }
  }

  private static DynamicTest test(
      CaseFile.Group group, CaseFile.Case each, String ours, String theirs) {
    return DynamicTest.dynamicTest(
        group.name() + ": " + each.name(),
        () -> {
          String difference = LineDifference.of(theirs, ours);
          if (each.differs() == null) {
            assertThat(difference).as(group.name() + ": " + each.name()).isEmpty();
          } else {
            assertThat(difference).as("no longer true: differs " + each.differs()).isNotEmpty();
          }
        });
  }
}
