package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/** Faults of an installation, and what makes each. */
final class BrokenInstallations {
  /** What makes a fault. */
  @FunctionalInterface
  interface Injection {
    /** Breaks an installation; what is returned is asked in place of {@code postrider doctor}. */
    String into(Instance host) throws Exception;
  }

  private static final String DOCTOR = FortyFaultsTest.DOCTOR;

  static final Map<Fault, Injection> ALL = new LinkedHashMap<>();

  private static void installation(String name, String cause, String remedy, Injection injection) {
    ALL.put(new Fault(name, "doctor", cause, remedy), injection);
  }

  private static Injection main(String line) {
    return host -> {
      host.main(line);
      return DOCTOR;
    };
  }

  private static Injection shell(String script) {
    return host -> {
      Shell.Result result = host.shell.run(script);
      assertThat(result.code()).as(result.all()).isZero();
      return DOCTOR;
    };
  }

  static {
    installation(
        "the mail system does not run, and a stale pid file says that it does",
        "the mail system does not run",
        "do: postfix -c",
        shell("echo 4194300 >q/pid/master.pid"));
    installation(
        "a parameter that does not exist",
        "unused parameter: relayhosst",
        "-X relayhosst",
        main("relayhosst = x"));
    installation(
        "a value that cannot be",
        "bad time",
        "mend that, then: postrider doctor",
        main("maximal_queue_lifetime = 5q"));
    installation(
        "a table is missing",
        "No such file",
        "take hash:",
        host -> {
          host.main("canonical_maps = hash:" + host.etc + "/canonical");
          return DOCTOR;
        });
    installation(
        "a table cannot be understood",
        "Unclosed group",
        "do: mend",
        host -> {
          Files.writeString(host.etc.resolve("pat"), "/(unclosed/ x\n");
          host.main("canonical_maps = pcre:" + host.etc + "/pat");
          return DOCTOR;
        });
    installation(
        "the file of aliases is missing",
        "No such file",
        "echo 'root: you@example.com' >",
        shell("rm etc/aliases"));
    installation(
        "nobody reads root's mail",
        "goes to root's own mailbox, and root has no alias",
        "echo 'root: you@example.com' >>",
        shell("echo 'postmaster: root' >etc/aliases"));
    installation(
        "an alias leads to nobody",
        "goes to prtnobodyhere, and there is no such account",
        "echo 'root: you@example.com' >>",
        shell("echo 'root: prtnobodyhere' >etc/aliases"));
    installation(
        "aliases go round",
        "the aliases ann -> bob -> ann lead back to themselves",
        "change one of them in",
        shell("printf 'root: x@example.com\\nann: bob\\nbob: ann\\n' >etc/aliases"));
    installation(
        "a file with passwords is open to all",
        "holds a password or key and has the mode 0644",
        "do: chmod 600",
        shell("chmod 644 etc/sasl_passwd"));
    installation(
        "there is no password for the server",
        "has no entry for [127.0.0.1]",
        "USER:PASSWORD\" in it",
        shell(": >etc/sasl_passwd"));
    installation(
        "passwords are refused inside TLS too",
        "smtp_sasl_tls_security_options = noplaintext",
        "smtp_sasl_tls_security_options = noanonymous",
        main("smtp_sasl_tls_security_options = noplaintext"));
    installation(
        "the maildrop has the wrong mode",
        "instead of 3733",
        "set-permissions",
        shell("chmod 700 q/maildrop"));
    installation(
        "others may look into the spool",
        "it is open to others",
        "set-permissions",
        shell("chmod 755 q/spool"));
    installation(
        "the data directory is gone", "/data is not there", "set-permissions", shell("rm -r data"));
    installation(
        "part of the spool is damaged",
        "damaged part is set aside",
        "postrider spool salvage",
        shell("mkdir -p q/spool/quarantine && echo x >q/spool/quarantine/0-0"));
    installation(
        "nobody takes what was handed over",
        "message in",
        "start",
        shell(
            "echo x | sendmail a@b.test && find q/maildrop -type f -exec touch -d '1 hour ago' {} +"));
    installation(
        "the clock is behind",
        "was written at",
        "timedatectl set-ntp true",
        shell("touch -d '+2 days' mail.log"));
    installation(
        "this machine calls itself localhost",
        "is every machine's name",
        "myhostname = NAME.example.com",
        main("myhostname = localhost"));
    installation(
        "another program has the port",
        "is taken by",
        "give the service another port in master.cf",
        host -> DOCTOR);
    installation(
        "the provider's domain ends here",
        "gmail.com belongs to",
        "take gmail.com out of mydestination",
        main("mydestination = $myhostname, gmail.com"));
    installation(
        "the store of certificates is missing",
        "there is no such file",
        "smtp_tls_CAfile",
        main("smtp_tls_security_level = verify\nsmtp_tls_CAfile = /nonexistent/ca.pem"));
    installation(
        "port 465 without TLS from the start",
        "begins with TLS, and smtp_tls_wrappermode is no",
        "smtp_tls_wrappermode = yes",
        host -> {
          host.main("relayhost = [127.0.0.1]:465");
          return DOCTOR + " --offline";
        });
    installation(
        "senders that the provider does not take",
        "refuses senders that are none of the account's addresses",
        "postrider_relay_sender_maps = static:",
        host -> {
          host.main("relayhost = [smtp.mail.me.com]:587");
          return DOCTOR + " --offline";
        });
    installation(
        "the spool was written by a newer version",
        "was written by a newer version of Postrider",
        "install that version again",
        host -> {
          host.main("defer_transports = smtp, relay");
          host.start();
          assertThat(host.shell.run("echo x | sendmail a@b.test").code()).isZero();
          host.awaitLog("status=deferred");
          assertThat(host.shell.run("postfix stop").code()).isZero();
          ofFormat(host.directory.resolve("q/spool"), 999);
          return DOCTOR;
        });
  }

  /** Has every segment of a stopped spool say that it is of that format. */
  private static void ofFormat(Path spool, int version) throws IOException {
    try (DirectoryStream<Path> segments = Files.newDirectoryStream(spool, "*.segment")) {
      for (Path segment : segments) {
        byte[] bytes = Files.readAllBytes(segment);
        ByteBuffer header = ByteBuffer.wrap(bytes);
        header.putShort(8, (short) version);
        int end = header.getShort(10) - Integer.BYTES;
        CRC32C sum = new CRC32C();
        sum.update(bytes, 0, end);
        header.putInt(end, (int) sum.getValue());
        Files.write(segment, bytes);
      }
    }
  }

  private BrokenInstallations() {}
}
