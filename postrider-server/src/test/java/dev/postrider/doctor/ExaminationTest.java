package dev.postrider.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ExaminationTest {
  private record Trial(String subject, Callable<List<Finding>> looking) implements Check {
    @Override
    public Area area() {
      return Area.NETWORK;
    }

    @Override
    public List<Finding> look() throws IOException, InterruptedException {
      try {
        return looking.call();
      } catch (IOException | InterruptedException | RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static List<Examination.Located> run(Check... checks) throws InterruptedException {
    return new Examination(Duration.ofMillis(500)).run(List.of(checks), "sudo it");
  }

  private static String text(List<Examination.Located> found, boolean all) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8)) {
      ReportText.print(found, all, print);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void checksRunSideBySide() throws InterruptedException {
    CountDownLatch both = new CountDownLatch(2);
    Callable<List<Finding>> waits =
        () -> {
          both.countDown();
          both.await();
          return List.of(Finding.ok("x", "well"));
        };

    assertThat(run(new Trial("one", waits), new Trial("two", waits)))
        .extracting(each -> each.finding().severity())
        .containsExactly(Severity.OK, Severity.OK);
  }

  @Test
  void oneThatThrowsOrNeverEndsIsAFinding() throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);

    String text =
        text(
            run(
                new Trial(
                    "the disk",
                    () -> {
                      throw new IOException("Input/output error");
                    }),
                new Trial(
                    "the program",
                    () -> {
                      throw new IllegalStateException("a bug");
                    }),
                new Trial(
                    "the network",
                    () -> {
                      never.await();
                      return List.of();
                    })),
            false);

    assertThat(text)
        .contains("could not look at the disk: Input/output error")
        .contains("could not look at the program: IllegalStateException: a bug")
        .contains("could not look at the network: no answer within 0 seconds")
        .endsWith("Nearly well: 0 errors, 3 warnings, 0 notes; 0 looked at and well\n");
  }

  @Test
  void whatOneMayNotSeeIsSaidOnce() throws InterruptedException {
    Callable<List<Finding>> hidden =
        () -> {
          throw new AccessDeniedException("/var/spool");
        };

    assertThat(text(run(new Trial("the spool", hidden), new Trial("the maildrop", hidden)), false))
        .contains("you may not look at: the maildrop; the spool")
        .contains("do: sudo it")
        .containsOnlyOnce("may not");
  }

  @Test
  void theWorstComesFirstAndWhatIsWellOnlyIfAsked() {
    List<Examination.Located> found =
        List.of(
            new Examination.Located(Area.NETWORK, Finding.ok("a", "this is well")),
            new Examination.Located(Area.FILES, Finding.warning("b", "odd", "perhaps", "look")),
            new Examination.Located(
                Area.QUEUE, Finding.error("c", "bad\u001b[2J", "no mail", "mend it")));

    String text = text(found, false);

    assertThat(text)
        .isEqualTo(
            """
            Queue
              error    bad?[2J
                       so: no mail
                       do: mend it
            Files
              warning  odd
                       so: perhaps
                       do: look
            Not well: 1 error, 1 warning, 0 notes; 1 looked at and well
            """);
    assertThat(text(found, true)).contains("this is well");
    assertThat(ReportText.worst(found).exitCode()).isEqualTo(2);
    assertThat(ReportJson.line(found.subList(1, 2), List.of("chmod 600 x")))
        .isEqualTo(
            "{\"verdict\":\"warning\",\"findings\":[{\"id\":\"b\",\"severity\":\"warning\",\"area\":\"files\","
                + "\"what\":\"odd\",\"follows\":\"perhaps\",\"mend\":\"look\"}],\"fixed\":[\"chmod 600 x\"]}");
  }
}
