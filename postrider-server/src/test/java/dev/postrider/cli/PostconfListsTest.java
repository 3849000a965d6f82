package dev.postrider.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.table.Tables;
import org.junit.jupiter.api.Test;

class PostconfListsTest {
  @Test
  void everyTableTypeThatIsListedCanBeOpened() {
    assertThat(PostconfLists.MAPS).isNotEmpty().allMatch(Tables::isKnown).isSorted();
  }
}
