package dev.postrider.migrate;

import java.nio.file.Files;
import java.util.List;

/** The certificate authorities of the system. Functions only. */
final class Authorities {
  private static final List<String> BUNDLES =
      List.of(
          "/etc/ssl/certs/ca-certificates.crt",
          "/etc/pki/tls/certs/ca-bundle.crt",
          "/etc/ssl/ca-bundle.pem",
          "/etc/ssl/cert.pem");

  private Authorities() {}

  /** Trusts them, where the foreign program does so without saying it. */
  static void ofSystem(Sources sources, Migration migration, Place place, String said) {
    for (String bundle : BUNDLES) {
      if (Files.exists(sources.at(bundle))) {
        migration.understood(place, said, "smtp_tls_CAfile", bundle);
        return;
      }
    }
    migration.differs(
        place,
        said,
        "no list of certificate authorities was found: install ca-certificates, or set"
            + " smtp_tls_CAfile");
  }
}
