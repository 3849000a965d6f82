package dev.postrider.daemon;

import dev.postrider.cli.Command;
import dev.postrider.cli.Invocation;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * {@code postrider try}: the main job before one's eyes, on any machine and as any user. Starts an
 * instance and a pretend provider, hands over a message each way, shows what becomes of them, and
 * leaves nothing behind.
 */
final class Try implements Command {
  private static final String USER = "me@provider.test";
  private static final String PASSWORD = "app-password";
  private static final String FRIEND = "friend@example.org";

  /** What a shell says of a command that Ctrl-C ended. */
  private static final int EX_INTERRUPTED = 130;

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Override
  public int run(Invocation call) throws IOException, InterruptedException {
    if (!call.arguments().isEmpty()) {
      call.fatal("usage: postrider try");
      return 64;
    }
    Path bin =
        Path.of(call.environment().getOrDefault("POSTRIDER_HOME", "."), "bin")
            .toAbsolutePath()
            .normalize();
    try (PretendProvider provider = PretendProvider.start(USER, PASSWORD)) {
      TryInstance host = TryInstance.create(bin, provider.port(), USER, PASSWORD);
      Thread hook = new Thread(() -> interrupt(host));
      Runtime.getRuntime().addShutdownHook(hook);
      IOException failure = null;
      try {
        show(call, provider, host);
      } catch (IOException e) {
        failure = e;
      }
      // Only now: a signal that comes earlier has to wait until all is removed.
      if (isInterrupted(hook)) {
        return EX_INTERRUPTED;
      }
      if (failure != null) {
        throw failure;
      }
    } catch (IOException e) {
      call.fatal(String.valueOf(e.getMessage()));
      return 1;
    }
    call.out().println("Stopped and removed; nothing is left behind.");
    call.out().println();
    call.out().println("For your own machine: see \"Your machine's mail\" in README.md.");
    return 0;
  }

  private static void show(Invocation call, PretendProvider provider, TryInstance host)
      throws IOException, InterruptedException {
    try {
      new Show(call.out(), provider, host).run();
    } finally {
      host.close();
    }
  }

  /** Whether this process is being ended; if not, takes the hook away. */
  private static boolean isInterrupted(Thread hook) {
    try {
      return !Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      return true;
    }
  }

  private static void interrupt(TryInstance host) {
    try {
      host.close();
      System.err.println("Interrupted: stopped and removed; nothing is left behind.");
    } catch (IOException e) {
      System.err.println("postrider: could not remove " + host.directory + ": " + e.getMessage());
    }
  }

  /** The show itself. */
  private record Show(PrintStream out, PretendProvider provider, TryInstance host) {
    void run() throws IOException, InterruptedException {
      say(
          "Postrider in "
              + host.directory
              + ", removed at the end. All traffic stays on loopback.");
      say("");
      say(
          "A pretend provider listens on localhost:"
              + provider.port()
              + ": STARTTLS, then a login.");
      say("As a guide says, main.cf gets:");
      host.guideLines(provider.port()).lines().forEach(line -> say("    " + line));
      shown("", "postmap", "hash:" + host.etc.resolve("sasl_passwd"));
      shown("", "postmap", "hash:" + host.etc.resolve("generic"));
      long begun = System.nanoTime();
      shown("", "postfix", "start");
      say("  listening on 127.0.0.1:" + host.port + " after " + seconds(begun));
      say("");

      say("1. A message by mail");
      say("$ echo \"Hello from mail\" | mail -s \"By mail\" " + FRIEND);
      quiet("Hello from mail\n", "mail", "-s", "By mail", FRIEND);
      follow(1);

      say("2. A message by sendmail, as cron does it");
      say("$ printf 'To: " + FRIEND + "\\nSubject: By sendmail\\n\\nHello\\n' | sendmail -t -i");
      quiet("To: " + FRIEND + "\nSubject: By sendmail\n\nHello\n", "sendmail", "-t", "-i");
      follow(2);

      say("3. A message by SMTP to 127.0.0.1:" + host.port);
      smtp();
      follow(3);

      shown("", "mailq");
      shown("", "postfix", "stop");
    }

    private void say(String line) {
      out.println(line);
      out.flush();
    }

    private void shown(String input, String... command) throws IOException, InterruptedException {
      say("$ " + String.join(" ", command));
      host.run(input, command).lines().forEach(line -> say("  " + line));
    }

    private void quiet(String input, String... command) throws IOException, InterruptedException {
      host.run(input, command).lines().forEach(line -> say("  " + line));
    }

    /** Shows one message on its way: queued, relayed, received. */
    private void follow(int number) throws IOException, InterruptedException {
      List<PretendProvider.Received> received = provider.await(number, PATIENCE);
      if (received.size() < number) {
        throw new IOException("the message did not arrive in time:\n" + host.log());
      }
      String queued = host.awaitLine("(queue active)", number);
      String relayed = host.awaitLine("status=sent", number);
      say("  queued    " + field(queued, "from=") + ", " + field(queued, "size=") + " bytes");
      say(
          "  relayed   to "
              + field(relayed, "to=")
              + " by "
              + field(relayed, "relay=")
              + " after "
              + field(relayed, "delay=")
              + " s: "
              + relayed.substring(relayed.indexOf("status=")));
      PretendProvider.Received message = received.get(number - 1);
      say(
          "  received  "
              + header(message, "From")
              + ", "
              + header(message, "Subject")
              + (message.encrypted() ? ", over TLS" : ", NOT encrypted")
              + ", logged in as "
              + message.login());
      say("");
    }

    private static String header(PretendProvider.Received message, String name) {
      return message
          .content()
          .lines()
          .takeWhile(line -> !line.isEmpty())
          .filter(line -> line.startsWith(name + ":"))
          .findFirst()
          .orElse(name + ": (none)");
    }

    private static String field(String line, String name) {
      int at = line.indexOf(" " + name);
      if (at < 0) {
        return "?";
      }
      int from = at + 1 + name.length();
      int comma = line.indexOf(',', from);
      return line.substring(from, comma < 0 ? line.length() : comma);
    }

    private void smtp() throws IOException {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), host.port)) {
        socket.setSoTimeout((int) PATIENCE.toMillis());
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        OutputStream to = socket.getOutputStream();
        answer(in);
        for (String line :
            List.of(
                "HELO this-machine.test",
                "MAIL FROM:<app@this-machine.test>",
                "RCPT TO:<" + FRIEND + ">",
                "DATA",
                "From: app@this-machine.test\r\nTo: "
                    + FRIEND
                    + "\r\nSubject: By SMTP\r\n\r\nHello\r\n.",
                "QUIT")) {
          to.write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
          String answer = answer(in);
          if (answer.contains("queued as")) {
            say("  answer    " + answer);
          }
        }
      }
    }

    private static String answer(BufferedReader in) throws IOException {
      String line = in.readLine();
      while (line != null && line.length() > 3 && line.charAt(3) == '-') {
        line = in.readLine();
      }
      if (line == null || line.charAt(0) > '3') {
        throw new IOException("SMTP: " + line);
      }
      return line;
    }

    private static String seconds(long since) {
      return "%.2f s".formatted((System.nanoTime() - since) / 1e9);
    }
  }
}
