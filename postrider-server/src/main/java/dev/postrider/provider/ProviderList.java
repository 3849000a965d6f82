package dev.postrider.provider;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The providers that come with the program, from {@code providers.txt}. Immutable. */
public final class ProviderList {
  private final String version;
  private final Map<String, Provider> providers;

  private ProviderList(String version, Map<String, Provider> providers) {
    this.version = version;
    this.providers = providers;
  }

  /** Reads the list that comes with the program. */
  public static ProviderList shipped() {
    try (InputStream in = ProviderList.class.getResourceAsStream("providers.txt")) {
      if (in == null) {
        throw new IllegalStateException("providers.txt is missing from the program");
      }
      return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("providers.txt cannot be read from the program", e);
    }
  }

  /**
   * Reads a list.
   *
   * @throws IllegalArgumentException which names line and fault
   */
  static ProviderList parse(String text) {
    String version = "";
    Map<String, ProviderEntry> entries = new LinkedHashMap<>();
    ProviderEntry current = null;
    int number = 0;
    for (String line : text.split("\n", -1)) {
      number++;
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      String[] words = line.strip().split("\\s+", 2);
      String value = words.length > 1 ? words[1] : "";
      try {
        if (words[0].equals("version")) {
          version = value;
        } else if (words[0].equals("provider")) {
          current = new ProviderEntry(value);
          if (entries.put(value, current) != null) {
            throw new IllegalArgumentException("there is a provider of that name already");
          }
        } else if (current == null) {
          throw new IllegalArgumentException("a line \"provider NAME\" must come first");
        } else if (words[0].equals("also")) {
          ProviderEntry other = entries.get(value);
          if (other == null) {
            throw new IllegalArgumentException("no such provider above: " + value);
          }
          current.begin(other);
        } else {
          current.set(words[0], value);
        }
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "line " + number + ": " + line + ": " + e.getMessage(), e);
      }
    }
    Map<String, Provider> providers = new LinkedHashMap<>();
    entries.forEach((id, entry) -> providers.put(id, entry.provider()));
    return new ProviderList(version, providers);
  }

  /** Its date. */
  public String version() {
    return version;
  }

  /** In the order of the list. */
  public List<Provider> all() {
    return new ArrayList<>(providers.values());
  }

  /** The one of that name. */
  public Optional<Provider> named(String id) {
    return Optional.ofNullable(providers.get(id.toLowerCase(Locale.ROOT)));
  }

  /** The one whose addresses end in a domain. */
  public Optional<Provider> ofDomain(String domain) {
    String lower = domain.toLowerCase(Locale.ROOT);
    return providers.values().stream().filter(each -> each.domains().contains(lower)).findFirst();
  }

  /** The one that has the mail of a domain, by the name of its MX host; the longest end counts. */
  public Optional<Provider> ofMx(String host) {
    String lower = host.toLowerCase(Locale.ROOT);
    Provider best = null;
    int length = 0;
    for (Provider each : providers.values()) {
      for (String suffix : each.mxSuffixes()) {
        if ((lower.equals(suffix) || lower.endsWith("." + suffix)) && suffix.length() > length) {
          best = each;
          length = suffix.length();
        }
      }
    }
    return Optional.ofNullable(best);
  }

  /** The one that a host of main.cf belongs to. */
  public Optional<Provider> ofServer(String host) {
    String lower = host.toLowerCase(Locale.ROOT);
    return providers.values().stream()
        .filter(
            each -> each.servers().stream().anyMatch(server -> isThatServer(server.host(), lower)))
        .findFirst();
  }

  private static boolean isThatServer(String pattern, String host) {
    int region = pattern.indexOf(SubmissionServer.REGION);
    return region < 0
        ? host.equals(pattern)
        : host.startsWith(pattern.substring(0, region))
            && host.endsWith(pattern.substring(region + SubmissionServer.REGION.length()));
  }
}
