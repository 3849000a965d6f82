package dev.postrider.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.delivery.MemoryContent;
import dev.postrider.mail.address.Mailbox;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class DeliveredToTest {
  private static boolean has(String content, String localPart) throws IOException {
    return DeliveredTo.of(MemoryContent.of(content)).has(new Mailbox(localPart, "example.com"));
  }

  @Test
  void everyPlaceOfTheHeaderCountsWhateverTheCase() throws Exception {
    String content =
        "Delivered-To: Ann@Example.com\nSubject: x\n\ty\ndelivered-to:bob@example.com \n"
            + "Delivered-To: \"a b\"@example.com\nDelivered-To: jürgen@example.com\n\n";

    assertThat(has(content, "ann")).isTrue();
    assertThat(has(content, "BOB")).isTrue();
    assertThat(has(content, "a b")).isTrue();
    assertThat(has(content, "Jürgen")).isTrue();
    assertThat(has(content, "cat")).isFalse();
  }

  @Test
  void theBodyDoesNotCount() throws Exception {
    assertThat(has("Subject: x\n\nDelivered-To: ann@example.com\n", "ann")).isFalse();
    assertThat(has("no header\nDelivered-To: ann@example.com\n", "ann")).isFalse();
    assertThat(has("", "ann")).isFalse();
  }

  @Test
  void aHeaderOfNothingElseEndsTheSearch() throws Exception {
    StringBuilder content = new StringBuilder();
    for (int i = 0; i < 1_000; i++) {
      content.append("Delivered-To: u").append(i).append("@example.com\n");
    }
    content.append("Delivered-To: late@example.com\n");

    assertThat(has(content.toString(), "u999")).isTrue();
    assertThat(has(content.toString(), "late")).isFalse();
  }
}
