package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.dns.NameServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Name;

/** A name server that goes away while mail is to be delivered by MX, and comes back. */
@Timeout(180)
class ResolverFaultTest {
  private static NameServer serve(int port) throws IOException {
    NameServer server = new NameServer(port);
    Name domain = Name.fromConstantString("dest.test.");
    Name host = Name.fromConstantString("mx.dest.test.");
    server.has(domain, new MXRecord(domain, DClass.IN, 60, 10, host));
    server.has(host, new ARecord(host, DClass.IN, 60, InetAddress.ofLiteral("127.0.0.1")));
    return server;
  }

  /** Asks that name server alone, whatever this machine has in resolv.conf. */
  private static Process daemon(Instance host, int nameServer)
      throws IOException, InterruptedException {
    assertThat(host.shell.run("postfix check").code()).isZero();
    ProcessBuilder builder =
        new ProcessBuilder(
                Instance.program("postrider").toString(), "daemon", "-c", host.etc.toString())
            .redirectErrorStream(true);
    builder.environment().put("JAVA_TOOL_OPTIONS", "-Ddns.server=127.0.0.1:" + nameServer);
    Process daemon = builder.start();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(daemon.getInputStream(), StandardCharsets.UTF_8));
    String line = out.readLine();
    while (line != null && !line.equals("postrider: ready")) {
      line = out.readLine();
    }
    assertThat(line).as(host.logText()).isNotNull();
    return daemon;
  }

  private static void send(Instance host, String name) throws IOException, InterruptedException {
    Shell.Result sent = host.shell.run("echo body | sendmail " + name + "@dest.test");
    assertThat(sent.code()).as(sent.all()).isZero();
  }

  private static void awaitArrival(Instance host, KillTest.Receiver receiver, String name)
      throws IOException {
    host.await(name + " to arrive", () -> receiver.received.contains(name));
  }

  @Test
  void mailIsDeferredWhileItIsAwayAndGoesOutWhenItIsBack()
      throws IOException, InterruptedException {
    try (Instance host = Instance.create();
        KillTest.Receiver receiver = new KillTest.Receiver()) {
      host.main(
          """
          smtp_tcp_port = %d
          smtp_host_lookup = dns
          smtp_connection_cache_on_demand = no
          minimal_backoff_time = 1s
          maximal_backoff_time = 2s
          queue_run_delay = 1s
          """
              .formatted(receiver.port()));
      NameServer server = serve(0);
      int port = server.address().getPort();
      Process daemon = daemon(host, port);
      send(host, "m1");
      awaitArrival(host, receiver, "m1");

      server.close();
      send(host, "m2");
      host.await(
          "m2 to be deferred for the resolver",
          () ->
              host.logText()
                  .lines()
                  .filter(line -> line.contains("to=<m2@dest.test>"))
                  .anyMatch(line -> line.contains("dsn=4.4.3, status=deferred")));
      assertThat(host.shell.run("mailq").out()).contains("m2@dest.test");

      try (NameServer _ = serve(port)) {
        awaitArrival(host, receiver, "m2");
        send(host, "m3");
        awaitArrival(host, receiver, "m3");
      }
      host.await("the queue to be empty", () -> host.logText().split(": removed").length == 4);
      assertThat(host.logText()).doesNotContain("status=bounced").doesNotContain("status=expired");
      daemon.destroyForcibly().onExit().join();
    }
  }
}
