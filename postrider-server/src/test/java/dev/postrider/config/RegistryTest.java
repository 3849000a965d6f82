package dev.postrider.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RegistryTest {
  private static final Path PROJECT = Path.of(System.getProperty("postrider.root", ".."));

  /** Supported because the configuration itself, or postconf, works with them. */
  private static final Set<String> READ_BY_THE_CONFIGURATION =
      Set.of(
          "compatibility_level",
          "config_directory",
          "default_delivery_status_filter",
          "default_destination_concurrency_limit",
          "default_destination_recipient_limit",
          "lmtp_per_record_deadline",
          "master_service_disable",
          "mynetworks_style",
          "process_id",
          "process_name",
          "service_name",
          "smtp_per_record_deadline");

  /** Named in a comment or only looked at, to judge other settings. */
  private static final Set<String> NOT_READ = Set.of("canonical_maps", "smtpd_restriction_classes");

  @Test
  void everyParameterThatTheCodeReadsIsMarkedSupported() throws Exception {
    Set<String> unmarked = readByTheCode();
    unmarked.removeAll(supported());
    unmarked.removeAll(NOT_READ);

    assertThat(unmarked).as("put a + behind these in parameters.tsv").isEmpty();
  }

  @Test
  void everyDefaultFitsItsType() throws Exception {
    Config config = Config.of(Path.of("/etc/postfix"), java.util.Map.of());
    List<String> faults = new ArrayList<>();
    for (Parameter parameter : Registry.get().all()) {
      String fault = Values.fault(parameter, config.text(parameter.name()));
      if (!fault.isEmpty()) {
        faults.add(parameter.name() + ": " + fault);
      }
    }

    assertThat(faults).isEmpty();
  }

  @Test
  void everyNameIsFoundByBisection() {
    List<Parameter> all = Registry.get().all();

    assertThat(all).hasSizeGreaterThan(850);
    assertThat(all).allMatch(parameter -> Registry.get().find(parameter.name()) != null);
    assertThat(Registry.get().find("zzz")).isNull();
    assertThat(Registry.get().find("relayhos")).isNull();
    assertThat(Registry.get().find("relayhost_")).isNull();
    assertThat(Registry.get().find("")).isNull();
  }

  @Test
  void everySupportedParameterIsDocumented() {
    TreeSet<String> silent = new TreeSet<>();
    for (Parameter parameter : Registry.get().all()) {
      if ((parameter.support() == Parameter.Support.SUPPORTED
              || parameter.support() == Parameter.Support.MEANINGLESS)
          && parameter.documentation().isEmpty()) {
        silent.add(parameter.name());
      }
    }

    assertThat(silent).as("write a sentence in parameter-words.tsv").isEmpty();
  }

  @Test
  void everyParameterOfLmtpHasTheSupportOfItsMirror() {
    TreeSet<String> different = new TreeSet<>();
    for (Parameter smtp : Registry.get().all()) {
      Parameter lmtp =
          smtp.name().startsWith("smtp_")
              ? Registry.get().find(LmtpParameters.mirrorOf(smtp.name()))
              : null;
      if (lmtp != null
          && (lmtp.support() != smtp.support() || !lmtp.harmless().equals(smtp.harmless()))) {
        different.add(lmtp.name());
      }
    }

    assertThat(different).isEmpty();
    assertThat(Registry.get().find("lmtp_lhlo_name")).isNotNull();
    assertThat(LmtpParameters.mirrorOf("smtp_helo_name")).isEqualTo("lmtp_lhlo_name");
  }

  private static Set<String> supported() {
    Set<String> names = new TreeSet<>();
    for (Parameter parameter : Registry.get().all()) {
      if (parameter.support() == Parameter.Support.SUPPORTED) {
        names.add(parameter.name());
      }
    }
    return names;
  }

  @Test
  void everySupportedParameterIsReadByTheCode() throws Exception {
    Set<String> unread = supported();
    Set<String> named = namedByTheServices();
    unread.removeAll(named);
    // The LMTP client asks for its parameters by the names of SMTP.
    named.forEach(name -> unread.remove(LmtpParameters.mirrorOf(name)));
    unread.removeAll(READ_BY_THE_CONFIGURATION);

    assertThat(unread).as("put a - behind these in parameters.tsv").isEmpty();
  }

  /**
   * Also through a variable or a list of names: any literal outside of what only shows settings.
   */
  private static Set<String> namedByTheServices() throws Exception {
    return matches(
        Pattern.compile("\"(\\w+)\""),
        path ->
            !path.toString().contains("/dev/postrider/config/")
                && !path.toString().contains("/cli/Postconf"));
  }

  private static Set<String> readByTheCode() throws Exception {
    return matches(
        Pattern.compile("\\.\\s*(?:text|flag|number|size|time|list)\\(\\s*\"(\\w+)\"\\s*\\)"),
        path -> !path.toString().contains("/cli/Postconf"));
  }

  private static Set<String> matches(Pattern pattern, Predicate<Path> wanted) throws Exception {
    Set<String> names = new TreeSet<>();
    try (Stream<Path> files = Files.walk(PROJECT.resolve("postrider-server/src/main/java"))) {
      List<Path> sources =
          files.filter(path -> path.toString().endsWith(".java")).filter(wanted).toList();
      for (Path file : sources) {
        Matcher matcher = pattern.matcher(Files.readString(file));
        while (matcher.find()) {
          names.add(matcher.group(1));
        }
      }
    }
    return names;
  }
}
