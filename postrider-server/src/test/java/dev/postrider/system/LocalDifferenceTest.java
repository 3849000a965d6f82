package dev.postrider.system;

import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Local delivery, as {@code local-cases.txt} has it. */
class LocalDifferenceTest {
  @TestFactory
  List<DynamicTest> bothDoTheSame() throws Exception {
    return CaseComparison.of("local-cases.txt");
  }
}
