package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * What a machine's own programs send to root arrives, at the provider or in root's mailbox, as it
 * does with Debian's Postfix, from an address that can be answered. Needs root.
 */
class ProgramsDifferenceTest {
  @TestFactory
  List<DynamicTest> rootsMailArrivesAtTheProvider() throws Exception {
    return comparison(MachineMail.Place.PROVIDER);
  }

  @TestFactory
  List<DynamicTest> rootsMailArrivesInTheMailbox() throws Exception {
    return comparison(MachineMail.Place.MAILBOX);
  }

  private static List<DynamicTest> comparison(MachineMail.Place place)
      throws IOException, InterruptedException {
    assumeTrue(Instance.isRoot(), "only root can lay our sendmail over the machine's");
    assumeTrue(
        new ProcessBuilder("unshare", "-mupf", "--kill-child", "--mount-proc", "true")
                .start()
                .waitFor()
            == 0,
        "namespaces of its own (unshare -mup) are not allowed here");
    List<ProgramsFile.Program> programs =
        ProgramsFile.read().stream().filter(program -> program.missing().isEmpty()).toList();
    Map<String, String> theirs = MachineMail.of(Contenders.postfix(), place, programs);
    Map<String, String> ours = MachineMail.of(Contenders.postrider(), place, programs);
    List<DynamicTest> tests = new ArrayList<>();
    for (ProgramsFile.Program program : ProgramsFile.read()) {
      tests.add(
          DynamicTest.dynamicTest(
              program.name(),
              () -> {
                assumeTrue(program.missing().isEmpty(), program.missing() + " is not installed");
                check(
                    program,
                    theirs.getOrDefault(program.name(), ""),
                    ours.getOrDefault(program.name(), ""));
              }));
    }
    return tests;
  }

  private static void check(ProgramsFile.Program program, String theirs, String ours) {
    assertThat(ours.lines()).as(ours).containsAll(program.says());
    assertThat(ours.lines().takeWhile(line -> !line.isEmpty()))
        .as(ours)
        .anyMatch(line ->
            line.matches(
                "From: .*\\b(root@host\\.local|nobody@host\\.local|me@provider)\\.test\\b.*"))
        .anyMatch(line -> line.matches("To: (.*<)?(root@host\\.local|me@provider)\\.test>?"));
    String difference =
        program.words() == null
            ? LineDifference.of(theirs, ours)
            : LineDifference.of(addresses(theirs), addresses(ours));
    assertThat(difference).as(program.name()).isEmpty();
  }

  /** The lines that a mail command does not choose the form of. */
  private static String addresses(String message) {
    return message
        .lines()
        .takeWhile(line -> !line.isEmpty())
        .filter(line -> line.matches("(From .*|Return-Path|From|To|Subject): .*"))
        .sorted()
        .reduce("", (all, line) -> all + line + "\n");
  }
}
