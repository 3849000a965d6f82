package dev.postrider;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Holds the code against the table of packages in docs/architecture.md, which is the one order. */
class LayeringTest {
  private static final String ROOT = "dev.postrider.";
  private static final Path PROJECT = Path.of(System.getProperty("postrider.root", ".."));

  @Test
  void aPackageUsesOnlyPackagesAboveItInTheTable() throws IOException {
    List<String> order = packagesInOrder();
    TreeSet<String> upward = new TreeSet<>();

    for (JavaClass type : classes()) {
      int own = order.indexOf(packageOf(type));
      for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
        JavaClass target = dependency.getTargetClass().getBaseComponentType();
        if (target.getPackageName().startsWith(ROOT) && order.indexOf(packageOf(target)) > own) {
          upward.add(packageOf(type) + " uses " + packageOf(target) + ": " + type.getName());
        }
      }
    }

    assertThat(upward).isEmpty();
  }

  @Test
  void everyPackageStandsInTheTable() throws IOException {
    TreeSet<String> unlisted = new TreeSet<>();
    for (JavaClass type : classes()) {
      unlisted.add(packageOf(type));
    }
    unlisted.removeAll(packagesInOrder());

    assertThat(unlisted).isEmpty();
  }

  private static List<String> packagesInOrder() throws IOException {
    Pattern row = Pattern.compile("^\\| ([a-z.]+) \\| .*");
    List<String> order = new ArrayList<>();
    for (String line : Files.readAllLines(PROJECT.resolve("docs/architecture.md"))) {
      Matcher matcher = row.matcher(line);
      if (matcher.matches() && !matcher.group(1).equals("package")) {
        order.add(matcher.group(1));
      }
    }
    assertThat(order).hasSizeGreaterThan(20);
    return order;
  }

  private static JavaClasses classes() {
    JavaClasses classes =
        new ClassFileImporter()
            .importPaths(
                PROJECT.resolve("postrider-mail/target/classes"),
                PROJECT.resolve("postrider-server/target/classes"));
    assertThat(classes).hasSizeGreaterThan(20);
    return classes;
  }

  private static String packageOf(JavaClass type) {
    String name = type.getPackageName();
    return name.startsWith(ROOT) ? name.substring(ROOT.length()) : name;
  }
}
