package dev.postrider.bounce;

import dev.postrider.config.BounceTemplates;
import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.mail.dsn.DeliveryReport;
import dev.postrider.mail.dsn.Wording;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The words of bounce_template_file, with every name replaced. A kind without a template of its own
 * there keeps the words of {@link dev.postrider.mail.dsn.DsnComposer}, which fit the case.
 * Immutable.
 */
final class Wordings {
  private final Map<DeliveryReport.Kind, Wording> byKind = new EnumMap<>(DeliveryReport.Kind.class);

  /**
   * Reads the file, if one is set.
   *
   * @param warnings told what is wrong with it; the rest of it is used
   */
  Wordings(Config config, Consumer<String> warnings) {
    if (config.text("bounce_template_file").isEmpty()) {
      return;
    }
    List<String> found = new ArrayList<>();
    BounceTemplates standard = BounceTemplates.builtIn();
    BounceTemplates templates = BounceTemplates.configured(config, found);
    found.forEach(warnings);
    for (DeliveryReport.Kind kind : DeliveryReport.Kind.values()) {
      String name = name(kind);
      if (!templates.template(name).equals(standard.template(name))) {
        byKind.put(kind, wording(templates, kind, config));
      }
    }
  }

  /** Null for our own words. */
  @Nullable Wording of(DeliveryReport.Kind kind) {
    return byKind.get(kind);
  }

  private static Wording wording(
      BounceTemplates templates, DeliveryReport.Kind kind, Config config) {
    String name = name(kind);
    String from = header(templates, name, "From");
    if (kind.forPostmaster()) {
      String subject = header(templates, name, "Postmaster-Subject");
      return new Wording(from, subject, "utf-8", new byte[0]);
    }
    String charset = header(templates, name, "Charset");
    // The recipients and reasons below the text may be UTF-8, of which ASCII is a part.
    String label = charset.equalsIgnoreCase("us-ascii") ? "utf-8" : charset;
    try {
      byte[] text = encoded(templates.expandedText(name, config), label);
      return new Wording(from, header(templates, name, "Subject"), label, text);
    } catch (ConfigException e) {
      throw new IllegalStateException("a template that was found to be usable: " + name, e);
    }
  }

  private static String header(BounceTemplates templates, String name, String label) {
    String value = templates.header(name, label);
    return value == null ? "" : value;
  }

  /**
   * As it was in the file: what is not UTF-8 was read there byte by byte as ISO 8859-1, whatever
   * other charset the template says it has.
   */
  private static byte[] encoded(String text, String charset) {
    boolean bytes = text.chars().allMatch(c -> c < 0x100);
    Charset known = StandardCharsets.UTF_8;
    try {
      known = Charset.forName(charset);
    } catch (IllegalArgumentException e) {
      return text.getBytes(bytes ? StandardCharsets.ISO_8859_1 : known);
    }
    boolean raw = bytes && !known.equals(StandardCharsets.UTF_8);
    return text.getBytes(raw ? StandardCharsets.ISO_8859_1 : known);
  }

  private static String name(DeliveryReport.Kind kind) {
    return switch (kind) {
      case FAILURE, POSTMASTER_FAILURE -> "failure";
      case DELAY, POSTMASTER_DELAY -> "delay";
      case STATUS -> "verify";
      case SUCCESS -> "success";
    };
  }
}
