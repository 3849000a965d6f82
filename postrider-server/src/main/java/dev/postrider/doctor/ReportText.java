package dev.postrider.doctor;

import dev.postrider.io.Printable;
import java.io.PrintStream;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Findings for people: the worst first, by area, and one line at the end. */
public final class ReportText {
  private static final int WIDTH = 7;

  private ReportText() {}

  /**
   * Prints.
   *
   * @param all whether what is well is told too
   */
  public static void print(List<Examination.Located> found, boolean all, PrintStream out) {
    for (Severity severity :
        List.of(Severity.ERROR, Severity.WARNING, Severity.NOTE, Severity.OK)) {
      if (severity == Severity.OK && !all) {
        continue;
      }
      Stream<Examination.Located> sorted =
          found.stream()
              .filter(each -> each.finding().severity() == severity)
              .sorted(Comparator.comparing(Examination.Located::area));
      Area[] last = {null};
      sorted.forEach(each -> {
        if (each.area() != last[0]) {
          out.println(each.area().title());
          last[0] = each.area();
        }
        finding(each.finding(), out);
      });
    }
    out.println(summary(found));
  }

  private static void finding(Finding finding, PrintStream out) {
    String word = finding.severity().word();
    out.println(
        "  " + word + " ".repeat(WIDTH - word.length()) + "  " + Printable.of(finding.what()));
    String margin = " ".repeat(WIDTH + 4);
    if (!finding.follows().isEmpty()) {
      out.println(margin + "so: " + Printable.of(finding.follows()));
    }
    if (!finding.mend().isEmpty()) {
      out.println(margin + "do: " + Printable.of(finding.mend()));
    }
  }

  private static String summary(List<Examination.Located> found) {
    long errors = count(found, Severity.ERROR);
    long warnings = count(found, Severity.WARNING);
    long notes = count(found, Severity.NOTE);
    String rest =
        "%s, %s, %s; %d looked at and well"
            .formatted(
                number(errors, "error"),
                number(warnings, "warning"),
                number(notes, "note"),
                count(found, Severity.OK));
    return (errors > 0 ? "Not well: " : warnings > 0 ? "Nearly well: " : "All well: ") + rest;
  }

  private static String number(long count, String word) {
    return count + " " + word + (count == 1 ? "" : "s");
  }

  private static long count(List<Examination.Located> found, Severity severity) {
    return found.stream().filter(each -> each.finding().severity() == severity).count();
  }

  /** The worst of all. */
  public static Severity worst(List<Examination.Located> found) {
    return found.stream()
        .map(each -> each.finding().severity())
        .max(Comparator.naturalOrder())
        .orElse(Severity.OK);
  }
}
