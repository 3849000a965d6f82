package dev.postrider.doctor;

import dev.postrider.tls.TlsLevel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Whether there are authorities to verify certificates by, where they are to be verified. */
final class TrustCheck implements Check {
  private static final List<String> BUNDLES =
      List.of(
          "etc/ssl/certs/ca-certificates.crt",
          "etc/pki/tls/certs/ca-bundle.crt",
          "etc/ssl/ca-bundle.pem",
          "etc/ssl/cert.pem");

  private final Subject subject;
  private final Path root;

  TrustCheck(Subject subject, Path root) {
    this.subject = subject;
    this.root = root;
  }

  @Override
  public Area area() {
    return Area.PROVIDER;
  }

  @Override
  public String subject() {
    return "the certificate authorities";
  }

  @Override
  public List<Finding> look() throws IOException {
    Optional<TlsLevel> level = TlsLevel.parse(subject.config().text("smtp_tls_security_level"));
    if (level.isEmpty() || !level.get().verifiesCertificate()) {
      return List.of();
    }
    String file = subject.config().text("smtp_tls_CAfile");
    String directory = subject.config().text("smtp_tls_CApath");
    boolean system = subject.config().flag("tls_append_default_CA");
    if (file.isEmpty() && directory.isEmpty() && !system) {
      return List.of(
          missing(
              "smtp_tls_security_level = "
                  + level.get().word()
                  + ", and smtp_tls_CAfile is empty"));
    }
    if (!file.isEmpty()) {
      Path path = Path.of(file);
      if (!Files.exists(path)) {
        return List.of(missing(subject.setting("smtp_tls_CAfile") + ": there is no such file"));
      }
      if (certificates(path) == 0) {
        return List.of(missing(subject.setting("smtp_tls_CAfile") + ": no certificate is in it"));
      }
    }
    if (!directory.isEmpty() && !Files.isDirectory(Path.of(directory))) {
      return List.of(missing(subject.setting("smtp_tls_CApath") + ": there is no such directory"));
    }
    return List.of(
        Finding.ok(
            "trust",
            "certificates are verified by "
                + (file.isEmpty()
                    ? directory.isEmpty() ? "the system's authorities" : directory
                    : file)));
  }

  private static long certificates(Path file) throws IOException {
    try (Stream<String> lines = Files.lines(file, java.nio.charset.StandardCharsets.ISO_8859_1)) {
      return lines.filter(line -> line.startsWith("-----BEGIN")).limit(1).count();
    }
  }

  private Finding missing(String what) {
    String mend = "apt install ca-certificates";
    for (String bundle : BUNDLES) {
      if (Files.exists(root.resolve(bundle))) {
        mend = subject.set("smtp_tls_CAfile", "/" + bundle);
        break;
      }
    }
    return Finding.error(
        "no-authorities",
        what,
        "no certificate can be verified, and all mail for others waits",
        mend);
  }
}
