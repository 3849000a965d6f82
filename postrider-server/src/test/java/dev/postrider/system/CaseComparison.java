package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;

/** Puts the cases of a file through Debian's Postfix and through Postrider, with real users. */
final class CaseComparison {
  private CaseComparison() {}

  /** A test for each case: the same replies, log lines, files on disk and messages sent on. */
  static List<DynamicTest> of(String resource) throws IOException, InterruptedException {
    List<DynamicTest> tests = new ArrayList<>();
    String wanted = System.getProperty("postrider.case", "");
    try (TestUsers users = TestUsers.make("ann", "bob");
        SmtpSink sink = SmtpSink.start()) {
      for (CaseFile.Group group : CaseFile.read(resource).groups()) {
        if (!wanted.isEmpty() && !group.name().contains(wanted)) {
          continue;
        }
        String missing = missing(group);
        if (!missing.isEmpty()) {
          tests.add(
              DynamicTest.dynamicTest(
                  group.name(), () -> assumeTrue(false, missing + " is not installed")));
          continue;
        }
        List<String> theirs = outcomes(Contenders.postfix(), group, users, sink);
        List<String> ours = outcomes(Contenders.postrider(), group, users, sink);
        for (int i = 0; i < group.cases().size(); i++) {
          tests.add(test(group, group.cases().get(i), ours.get(i), theirs.get(i)));
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

  private static List<String> outcomes(
      Contender.Engine engine, CaseFile.Group group, TestUsers users, SmtpSink sink)
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
