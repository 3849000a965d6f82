package dev.postrider.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class RecentAnswersTest {
  private int asked;

  private Optional<String> next() {
    asked++;
    return Optional.of("answer " + asked);
  }

  @Test
  void theSameIsAskedOnceWhileTheAnswerIsFresh() throws Exception {
    RecentAnswers answers = new RecentAnswers(Duration.ofHours(1));

    assertThat(answers.get("ann", this::next)).contains("answer 1");
    assertThat(answers.get("bob", this::next)).contains("answer 2");
    assertThat(answers.get("ann", this::next)).contains("answer 1");
    assertThat(answers.get("none", Optional::empty)).isEmpty();
    assertThat(answers.get("none", this::next)).isEmpty();
  }

  @Test
  void anOldAnswerIsNone() throws Exception {
    RecentAnswers answers = new RecentAnswers(Duration.ZERO);

    assertThat(answers.get("ann", this::next)).contains("answer 1");
    assertThat(answers.get("ann", this::next)).contains("answer 2");
  }

  @Test
  void aFailureIsNoAnswer() throws Exception {
    RecentAnswers answers = new RecentAnswers(Duration.ofHours(1));

    assertThatThrownBy(() ->
            answers.get(
                "ann",
                () -> {
                  throw new IOException("the directory is away");
                }))
        .hasMessage("the directory is away");
    assertThat(answers.get("ann", this::next)).contains("answer 1");
  }

  @Test
  void ofVeryManyTheOldestAreForgotten() throws Exception {
    RecentAnswers answers = new RecentAnswers(Duration.ofHours(1));
    for (int i = 0; i < 1_001; i++) {
      assertThat(answers.get("user" + i, this::next)).isPresent();
    }

    assertThat(answers.get("user1000", this::next)).contains("answer 1001");
    assertThat(answers.get("user0", this::next)).contains("answer 1002");
  }
}
