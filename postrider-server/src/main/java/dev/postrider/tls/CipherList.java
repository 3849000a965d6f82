package dev.postrider.tls;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Works out a list of ciphers in OpenSSL's language over the suites of this Java: {@code HIGH},
 * {@code kEECDH+AESGCM}, {@code !aNULL}, {@code -SHA1}, names of suites. The order of a list means
 * nothing here. For one thread.
 */
final class CipherList {
  private final List<Suite> suites = new ArrayList<>();
  private final Set<String> chosen = new HashSet<>();
  private final Set<String> banned = new HashSet<>();

  private record Suite(String name, String openSslName, Set<String> kinds) {}

  CipherList(List<String> offered) {
    for (String name : offered) {
      if (name.contains("_WITH_")) {
        suites.add(new Suite(name, CipherName.openSsl(name), kinds(name)));
      } else {
        // TLS 1.3, whose suites these lists do not speak of.
        chosen.add(name);
      }
    }
  }

  boolean contains(String suite) {
    return chosen.contains(suite);
  }

  /** Applies words, separated by colons, commas, semicolons or spaces. */
  void apply(String list) {
    for (String word : list.split("[:,;\\s]+")) {
      if (word.isEmpty() || word.startsWith("@")) {
        continue;
      }
      char operator = word.charAt(0);
      switch (operator) {
        case '!' -> ban(word.substring(1));
        case '-' -> chosen.removeAll(meant(word.substring(1)));
        // Moves suites to the end, and the order means nothing here.
        case '+' -> {}
        default -> {
          chosen.addAll(meant(word));
          chosen.removeAll(banned);
        }
      }
    }
  }

  private void ban(String word) {
    Set<String> meant = meant(word);
    banned.addAll(meant);
    chosen.removeAll(meant);
  }

  private Set<String> meant(String word) {
    Set<String> found = new HashSet<>();
    List<String> parts = List.of(word.toUpperCase(Locale.ROOT).split("\\+"));
    for (Suite suite : suites) {
      if (suite.openSslName.equalsIgnoreCase(word)
          || suite.name.equalsIgnoreCase(word)
          || suite.kinds.containsAll(parts)) {
        found.add(suite.name);
      }
    }
    return found;
  }

  /** OpenSSL's words for a suite, in capitals. */
  private static Set<String> kinds(String suite) {
    Set<String> kinds = new HashSet<>();
    int with = suite.indexOf("_WITH_");
    addExchange(suite.substring(4, with), kinds);
    addCipher(suite.substring(with + 6), kinds);
    if (!kinds.contains("ENULL")) {
      kinds.add("ALL");
      kinds.add("DEFAULT");
    }
    return kinds;
  }

  private static void addExchange(String exchange, Set<String> kinds) {
    if (exchange.startsWith("ECDHE_")) {
      kinds.addAll(Set.of("KEECDH", "KECDHE", "EECDH", "ECDHE"));
    } else if (exchange.startsWith("DHE_")) {
      kinds.addAll(Set.of("KEDH", "KDHE", "EDH", "DHE"));
    } else if (exchange.startsWith("ECDH_") && !exchange.endsWith("_anon")) {
      kinds.addAll(Set.of("KECDH", "ECDH"));
    } else if (exchange.equals("RSA")) {
      kinds.addAll(Set.of("KRSA", "RSA"));
    }
    if (exchange.endsWith("RSA")) {
      kinds.add("ARSA");
    } else if (exchange.endsWith("ECDSA")) {
      kinds.addAll(Set.of("AECDSA", "ECDSA"));
    } else if (exchange.endsWith("DSS")) {
      kinds.addAll(Set.of("ADSS", "DSS"));
    } else if (exchange.endsWith("anon")) {
      kinds.add("ANULL");
      kinds.add(exchange.startsWith("ECDH") ? "AECDH" : "ADH");
    }
  }

  private static void addCipher(String cipher, Set<String> kinds) {
    boolean aead = cipher.contains("GCM") || cipher.contains("CCM") || cipher.contains("POLY1305");
    if (cipher.startsWith("AES_")) {
      kinds.add("AES");
      kinds.add(cipher.startsWith("AES_128") ? "AES128" : "AES256");
      if (cipher.contains("GCM")) {
        kinds.add("AESGCM");
      } else if (cipher.contains("CCM")) {
        kinds.add("AESCCM");
      }
    } else if (cipher.startsWith("CHACHA20")) {
      kinds.add("CHACHA20");
    } else if (cipher.startsWith("3DES")) {
      kinds.add("3DES");
    } else if (cipher.startsWith("RC4")) {
      kinds.add("RC4");
    } else if (cipher.startsWith("NULL")) {
      kinds.add("ENULL");
      kinds.add("NULL");
    }
    kinds.add(strength(cipher));
    if (aead) {
      kinds.add("AEAD");
    } else if (cipher.endsWith("_SHA")) {
      kinds.addAll(Set.of("SHA", "SHA1"));
    } else {
      kinds.add(cipher.substring(cipher.lastIndexOf('_') + 1));
    }
    kinds.add(aead || cipher.endsWith("SHA256") || cipher.endsWith("SHA384") ? "TLSV1.2" : "SSLV3");
  }

  private static String strength(String cipher) {
    if (cipher.startsWith("AES_") || cipher.startsWith("CHACHA20") || cipher.contains("ARIA")) {
      return "HIGH";
    }
    return cipher.startsWith("3DES") || cipher.startsWith("RC4_128") ? "MEDIUM" : "LOW";
  }
}
