package dev.postrider.config;

import java.net.IDN;

/** The two spellings of an internationalized domain name, for the functions of main.cf. */
final class DomainForm {
  private DomainForm() {}

  static String ascii(String domain) throws ConfigException {
    if (isAscii(domain)) {
      return domain;
    }
    try {
      return IDN.toASCII(domain);
    } catch (IllegalArgumentException e) {
      throw new ConfigException("domain_to_ascii: bad domain name: \"" + domain + "\"", e);
    }
  }

  static String unicode(String domain) {
    return IDN.toUnicode(domain);
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > '~') {
        return false;
      }
    }
    return true;
  }
}
