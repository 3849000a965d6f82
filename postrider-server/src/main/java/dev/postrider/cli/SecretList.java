package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.io.Printable;
import dev.postrider.oauth.AccountState;
import dev.postrider.oauth.TokenStore;
import dev.postrider.secret.SecretFiles;
import dev.postrider.secret.SecretIndex;
import dev.postrider.secret.SecretSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code postrider secret list}: who logs in where, by which secret, and how that one is. */
final class SecretList {
  private static final String[] HEAD = {"NAME", "USER", "SOURCE", "AGE", "STATE"};
  private static final int STATE = 4;

  private final Config config;
  private final InstantSource clock;

  SecretList(Config config, InstantSource clock) {
    this.config = config;
    this.clock = clock;
  }

  int run(Invocation call, Path file) throws IOException, InterruptedException {
    if (!Files.exists(file)) {
      call.out().println(file + ": there is none yet (postrider secret set makes it)");
      return 0;
    }
    SecretIndex index = SecretIndex.read(file);
    List<String[]> rows = new ArrayList<>();
    rows.add(HEAD);
    for (SecretIndex.Entry entry : index.entries()) {
      SecretSource source = entry.login().source();
      rows.add(
          new String[] {
            entry.key(), entry.login().user(), source.text(), age(source), state(source)
          });
    }
    if (rows.size() > 1) {
      print(call, rows);
    }
    index.faults().forEach(fault -> call.warning(file + ", " + fault));
    return index.faults().isEmpty() ? 0 : 1;
  }

  private static void print(Invocation call, List<String[]> rows) {
    int[] width = new int[STATE];
    for (String[] row : rows) {
      for (int i = 0; i < STATE; i++) {
        width[i] = Math.max(width[i], row[i].length());
      }
    }
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < STATE; i++) {
        line.append(row[i]).repeat(' ', width[i] - row[i].length() + 2);
      }
      call.out().println(Printable.of(line.append(row[STATE]).toString()));
    }
  }

  private String age(SecretSource source) {
    if (!(source instanceof SecretSource.File(var path))) {
      return "-";
    }
    try {
      Duration age = Duration.between(Files.getLastModifiedTime(path).toInstant(), clock.instant());
      return age.toDays() > 0
          ? age.toDays() + "d"
          : age.toHours() > 0 ? age.toHours() + "h" : Math.max(0, age.toMinutes()) + "m";
    } catch (IOException _) {
      return "-";
    }
  }

  private String state(SecretSource source) throws InterruptedException {
    return switch (source) {
      case SecretSource.File(var path) -> SecretFiles.fault(path).orElse("ok");
      case SecretSource.OAuth(var account) -> login(account);
      case SecretSource.Stored _ -> "not tried (postrider secret test)";
    };
  }

  private String login(String account) throws InterruptedException {
    try {
      TokenStore store = new TokenStore(Path.of(config.text("data_directory")));
      Optional<AccountState> found =
          AccountState.all(store).stream()
              .filter(each -> each.account().equals(account))
              .findFirst();
      return found.isEmpty()
          ? "nobody has logged in yet: postrider login " + account
          : found.get().word() + found.get().problem().map(problem -> ": " + problem).orElse("");
    } catch (IOException e) {
      return "unknown: " + e.getMessage();
    }
  }
}
