package dev.postrider.system;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Debian's Postfix as a private instance, to be compared with. */
final class RealPostfix implements AutoCloseable {
  private static final Pattern SETTING = Pattern.compile("(?m)^([A-Za-z0-9_]+)\\s*=");

  final Path directory;
  final Path etc;
  final Path log;
  final int port;
  final Shell shell;

  private RealPostfix(Path directory, int port) {
    this.directory = directory;
    this.etc = directory.resolve("etc");
    this.log = directory.resolve("mail.log");
    this.port = port;
    this.shell =
        new Shell(
            directory,
            Map.of(
                "MAIL_CONFIG",
                etc.toString(),
                "PATH",
                "/usr/sbin:/usr/bin:/bin:/sbin",
                "LC_ALL",
                "C.UTF-8"));
  }

  /**
   * Starts it.
   *
   * @param settings lines of main.cf
   */
  static RealPostfix start(String settings) throws IOException, InterruptedException {
    RealPostfix postfix = create();
    postfix.main(settings);
    postfix.start();
    return postfix;
  }

  /** Makes the directory and a configuration that a test may append to; starts nothing. */
  static RealPostfix create() throws IOException {
    assumeTrue(Instance.isRoot(), "only root can start a Debian Postfix to compare with");
    assumeTrue(
        Files.isExecutable(Path.of("/usr/sbin/postfix"))
            && Files.isDirectory(Path.of("/usr/lib/postfix/sbin")),
        "Debian's package postfix is not installed: nothing to compare with");
    Path directory = Files.createTempDirectory("prpeer");
    Files.setAttribute(directory, "unix:mode", 0755);
    RealPostfix postfix = new RealPostfix(directory, Instance.freePort());
    Files.createDirectories(postfix.etc);
    Files.createDirectories(directory.resolve("q"));
    Files.createDirectories(directory.resolve("mailboxes"));
    Files.setAttribute(directory.resolve("mailboxes"), "unix:mode", 01777);
    Files.writeString(
        postfix.etc.resolve("main.cf"),
        """
        compatibility_level = 3.6
        myhostname = host.local.test
        mydestination = $myhostname, localhost
        queue_directory = %1$s/q
        data_directory = %1$s/data
        command_directory = /usr/sbin
        daemon_directory = /usr/lib/postfix/sbin
        inet_interfaces = 127.0.0.1
        inet_protocols = ipv4
        maillog_file = %1$s/mail.log
        maillog_file_prefixes = /var, %1$s
        mail_spool_directory = %1$s/mailboxes
        multi_instance_name = postfix-peer
        multi_instance_enable = yes
        alias_maps =
        biff = no
        """
            .formatted(directory));
    Files.writeString(
        postfix.etc.resolve("master.cf"),
        """
        127.0.0.1:%d inet n - n - - smtpd
        pickup unix n - n 60 1 pickup
        cleanup unix n - n - 0 cleanup
        qmgr unix n - n 300 1 qmgr
        tlsmgr unix - - n 1000? 1 tlsmgr
        rewrite unix - - n - - trivial-rewrite
        bounce unix - - n - 0 bounce
        defer unix - - n - 0 bounce
        trace unix - - n - 0 bounce
        verify unix - - n - 1 verify
        flush unix n - n 1000? 0 flush
        proxymap unix - - n - - proxymap
        smtp unix - - n - - smtp
        relay unix - - n - - smtp
        showq unix n - n - - showq
        error unix - - n - - error
        retry unix - - n - - error
        discard unix - - n - - discard
        local unix - n n - - local
        anvil unix - - n - 1 anvil
        scache unix - - n - 1 scache
        postlog unix-dgram n - n - 1 postlogd
        """
            .formatted(postfix.port));
    return postfix;
  }

  /**
   * Adds lines to main.cf, in place of those that set the same. A setting that stands there twice
   * is a warning of each daemon, also of postlogd, which waits for itself for ever when it has that
   * to say while its socket is full.
   */
  void main(String lines) throws IOException {
    Set<String> names =
        SETTING.matcher(lines).results().map(found -> found.group(1)).collect(Collectors.toSet());
    Path file = etc.resolve("main.cf");
    List<String> kept = new ArrayList<>();
    boolean drop = false;
    for (String line : Files.readAllLines(file)) {
      Matcher setting = SETTING.matcher(line);
      if (setting.lookingAt()) {
        drop = names.contains(setting.group(1));
      } else if (!line.startsWith(" ") && !line.startsWith("\t")) {
        drop = false;
      }
      if (!drop) {
        kept.add(line);
      }
    }
    kept.add(lines);
    Files.write(file, kept);
  }

  void start() throws IOException, InterruptedException {
    Shell.Result result =
        shell.run("install -d -o postfix " + directory + "/data && /usr/sbin/postfix start");
    if (result.code() != 0) {
      throw new IOException("Debian's Postfix did not start: " + result.all());
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    // Not stop, which sleeps: nothing of it is needed any more.
    shell.run("/usr/sbin/postfix abort");
    Instance.delete(directory);
  }
}
