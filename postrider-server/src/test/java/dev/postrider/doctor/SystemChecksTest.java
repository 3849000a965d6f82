package dev.postrider.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checks of processes, ports and services. */
class SystemChecksTest {
  private static final DaemonState RUNNING =
      new DaemonState(
          Optional.of(42L), Optional.of(Installation.NOW), Optional.empty(), Optional.empty());

  @TempDir Path directory;

  private String daemon(DaemonState state, String option, String... lines) throws Exception {
    return Installation.said(
        new DaemonCheck(
            new Installation(directory).main(lines).subject(option),
            state,
            () -> Installation.NOW,
            directory));
  }

  @Test
  void aRunningDaemonIsWell() throws Exception {
    assertThat(daemon(RUNNING, "-c x"))
        .startsWith("ok daemon: ")
        .contains("process 42 since 2026-");
  }

  @Test
  void oneThatIsStartedWhenNeededIsWellToo() throws Exception {
    assertThat(daemon(DaemonState.stopped(), "-c x", "postrider_autostart = yes"))
        .startsWith("ok daemon");
  }

  @Test
  void aStoppedOneIsNotAndTheCommandFitsTheMachine() throws Exception {
    assertThat(daemon(DaemonState.stopped(), "-c x"))
        .startsWith("error not-running: ")
        .contains("| postfix -c x start");
    Files.createDirectories(directory.resolve("run/systemd/system"));
    Files.createDirectories(directory.resolve("lib/systemd/system"));
    Files.writeString(directory.resolve("lib/systemd/system/postrider.service"), "");
    assertThat(daemon(DaemonState.stopped(), ""))
        .contains("| systemctl start postrider\n")
        .contains("warning service-not-enabled: ", "| systemctl enable --now postrider");
  }

  @Test
  void mailThatWasDueAndNobodyCameIsTold() throws Exception {
    DaemonState late =
        new DaemonState(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(Installation.NOW.minusSeconds(3600)));

    assertThat(daemon(late, "-c x", "postrider_autostart = yes"))
        .contains("error wake-up-missed: ");
  }

  private String services(DaemonState state, InetSocketAddress address, PortOwners owners)
      throws Exception {
    return Installation.said(
        new ServicesCheck(
            new Installation(directory).subject(),
            state,
            Map.of("smtp", List.of(address)),
            new TcpConnector(),
            owners));
  }

  @Test
  void aPortThatAnotherProgramHasIsNamedWithThatProgram() throws Exception {
    Assumptions.assumeTrue(Files.exists(Path.of("/proc/net/tcp")), "only Linux tells");
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      InetSocketAddress address = (InetSocketAddress) taken.getLocalSocketAddress();
      String process = "process " + ProcessHandle.current().pid() + ")";

      assertThat(services(DaemonState.stopped(), address, new ProcPortOwners(Path.of("/proc"))))
          .startsWith("error port-taken: 127.0.0.1:" + address.getPort() + " (service smtp of ")
          .contains(" is taken by ", process);
      taken.close();
      assertThat(services(DaemonState.stopped(), address, new ProcPortOwners(Path.of("/proc"))))
          .startsWith("ok port");
    }
  }

  @Test
  void aServiceThatDoesNotAnswerWhileTheDaemonRunsIsAFault() throws Exception {
    InetSocketAddress closed;
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = (InetSocketAddress) server.getLocalSocketAddress();
    }

    assertThat(services(RUNNING, closed, _ -> Optional.empty()))
        .startsWith("error service-silent: ")
        .contains("postfix -c " + directory + " stop && postfix -c " + directory + " start");
  }

  private String others(String option, String... commandLines) throws Exception {
    return Installation.said(
        new OtherMailSystemCheck(
            new Installation(directory).subject(option),
            directory,
            directory.resolve("opt"),
            List.of(commandLines)));
  }

  @Test
  void anotherMailSystemThatRunsIsNamed() throws Exception {
    assertThat(others("-c x", "/bin/sh -c true")).startsWith("ok other-mail-system");
    assertThat(others("-c x", "/usr/lib/postfix/sbin/master -w "))
        .startsWith("note other-mail-system: Postfix is running too");
    assertThat(others("", "/usr/sbin/exim4 -bd -q30m "))
        .startsWith("warning other-mail-system: Exim is running too")
        .contains("| systemctl disable --now exim4");
  }

  @Test
  void aSendmailOfSomebodyElseTakesTheMailOfPrograms() throws Exception {
    Files.createDirectories(directory.resolve("usr/sbin"));
    Files.createDirectories(directory.resolve("opt/bin"));
    Files.writeString(directory.resolve("opt/bin/sendmail"), "");
    assertThat(others("")).startsWith("warning no-sendmail: ");
    Path sendmail = directory.resolve("usr/sbin/sendmail");
    Files.writeString(sendmail, "");
    assertThat(others("")).startsWith("warning other-sendmail: ");
    Files.delete(sendmail);
    Files.createSymbolicLink(sendmail, directory.resolve("opt/bin/sendmail"));
    assertThat(others("")).startsWith("ok sendmail");
  }
}
