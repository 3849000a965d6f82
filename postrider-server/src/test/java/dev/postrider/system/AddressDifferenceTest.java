package dev.postrider.system;

import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Completion, mapping and routing of addresses, as {@code address-cases.txt} has it. */
class AddressDifferenceTest {
  @TestFactory
  List<DynamicTest> bothDoTheSame() throws Exception {
    return CaseComparison.of("address-cases.txt");
  }
}
