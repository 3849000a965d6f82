package dev.postrider.daemon;

import dev.postrider.account.AccountStates;
import dev.postrider.cli.Explain;
import dev.postrider.config.ConfigException;
import dev.postrider.config.MasterConfig;
import dev.postrider.doctor.ProviderCheck;
import dev.postrider.doctor.Subject;
import dev.postrider.log.MailLog;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.smtp.LoginOutcome;
import dev.postrider.smtp.SmtpTransport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Tries a provider by the parts that deliver, within seconds. Logins that it had refused are kept
 * in {@code data_directory/trials}, and are tried again as the mail system does it: after a minute,
 * after five, and then once in many hours. For one thread.
 */
record ProviderTrial(Subject subject) implements ProviderCheck.Trial {
  private static final String FILE = "trials";
  private static final MailLog NOWHERE = (severity, process, text) -> {};

  /** What the client waits for; a person waits for all of it. */
  private static final List<String> WAITS =
      List.of(
          "smtp_connect_timeout",
          "smtp_helo_timeout",
          "smtp_starttls_timeout",
          "smtp_mail_timeout",
          "smtp_quit_timeout",
          "smtp_rset_timeout");

  @Override
  public LoginOutcome run(String service, String destination, Consumer<String> say)
      throws IOException, InterruptedException {
    Map<String, String> settings = new HashMap<>();
    WAITS.forEach(name -> settings.put(name, "5s"));
    Path data = Path.of(subject.config().text("data_directory"));
    if (!Files.isWritable(data)) {
      // A refusal could not be remembered: then TLS is all that is tried.
      settings.put("smtp_sasl_auth_enable", "no");
    }
    try {
      Explain.Parts parts =
          ExplainParts.of(
              subject.config().with(settings),
              limited(settings),
              NOWHERE,
              AccountStates.open(data, FILE, InstantSource.system(), _ -> {}));
      if (parts.transports().get(service) instanceof SmtpTransport client) {
        try (client) {
          return client.tryServer(destination, new ReversePath.Null(), say);
        }
      }
      say.accept("failed: master.cf has no service " + service);
      return LoginOutcome.UNUSABLE;
    } catch (ConfigException e) {
      // The checks of the configuration and of the tables say more of it.
      say.accept("failed: " + e.getMessage());
      return LoginOutcome.UNREACHABLE;
    }
  }

  /** The -o settings of a service win over main.cf, and must not undo what protects here. */
  private MasterConfig limited(Map<String, String> settings) {
    return new MasterConfig(
        subject.master().services().stream()
            .map(each -> each.command().equals("smtp") ? each.with(settings) : each)
            .toList(),
        subject.master().warnings());
  }
}
