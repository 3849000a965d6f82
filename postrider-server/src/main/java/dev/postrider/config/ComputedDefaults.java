package dev.postrider.config;

import java.util.List;

/** The defaults that depend on this machine. */
public final class ComputedDefaults {
  private static final String NO_DOMAIN = "localdomain";

  private ComputedDefaults() {}

  /**
   * The default of myhostname.
   *
   * @param mydomain as set in main.cf, or empty
   */
  public static String hostName(String mydomain) {
    String name = Identity.hostName();
    if (name.indexOf('.') >= 0) {
      return name;
    }
    return name + "." + (mydomain.isEmpty() ? NO_DOMAIN : mydomain);
  }

  /** The default of mydomain: what follows the first label. */
  public static String domain(String myhostname) {
    int dot = myhostname.indexOf('.');
    return dot < 0 ? NO_DOMAIN : myhostname.substring(dot + 1);
  }

  public static String networks(String interfaces, String style, String protocols) {
    List<String> wanted = Values.list(protocols);
    return wanted.isEmpty()
        ? ""
        : Identity.networks(style, Identity.addresses(Values.list(interfaces), wanted));
  }
}
