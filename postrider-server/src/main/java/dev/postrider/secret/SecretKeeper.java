package dev.postrider.secret;

import dev.postrider.secret.SecretSource.Stored;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Puts secrets where their sources have them. The programs that keep them get them on standard
 * input, never as an argument. Safe on any thread.
 */
public final class SecretKeeper {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final SecretPrograms programs;

  public SecretKeeper(Map<String, String> environment) {
    this.programs = new SecretPrograms(environment, List.of(), PATIENCE);
  }

  /**
   * Keeps a secret, in place of what was there.
   *
   * @param label what a keychain shows to people
   * @throws IOException if it could not be kept; names the source and the remedy
   */
  public void keep(Stored source, Secret secret, String label)
      throws IOException, InterruptedException {
    switch (source) {
      case SecretSource.File(var path) -> SecretFiles.write(path, secret);
      case SecretSource.Systemd(var name) -> credential(source, name, secret);
      case SecretSource.Keychain(var service, var account) ->
          run(source, List.of("security", "-i"), keychainLine(service, account, secret));
      case SecretSource.Service(var attributes) -> {
        List<String> line = new ArrayList<>(List.of("secret-tool", "store", "--label=" + label));
        line.addAll(attributes);
        run(source, line, secret.octets());
      }
      case SecretSource.Environment _, SecretSource.Command _ ->
          throw new IOException(
              source.label()
                  + ": nothing can be kept there; change it where the secret comes from");
    }
  }

  /**
   * Takes a secret away; what a program of somebody's own keeps stays.
   *
   * @return whether there was one that could be taken away
   */
  public boolean remove(Stored source) throws IOException, InterruptedException {
    return switch (source) {
      case SecretSource.File(var path) -> Files.deleteIfExists(path);
      case SecretSource.Systemd(var name) ->
          name.startsWith("/") && Files.deleteIfExists(Path.of(name));
      case SecretSource.Keychain(var service, var account) -> {
        List<String> line =
            new ArrayList<>(List.of("security", "delete-generic-password", "-s", service));
        if (!account.isEmpty()) {
          line.addAll(List.of("-a", account));
        }
        run(source, line, new byte[0]);
        yield true;
      }
      case SecretSource.Service(var attributes) -> {
        List<String> line = new ArrayList<>(List.of("secret-tool", "clear"));
        line.addAll(attributes);
        run(source, line, new byte[0]);
        yield true;
      }
      case SecretSource.Environment _, SecretSource.Command _ -> false;
    };
  }

  private void credential(Stored source, String name, Secret secret)
      throws IOException, InterruptedException {
    if (!name.startsWith("/")) {
      throw new IOException(
          source.text()
              + ": write the path of the encrypted file, for instance systemd:/etc/credstore.encrypted/"
              + name);
    }
    Path file = Path.of(name);
    run(
        source,
        List.of("systemd-creds", "encrypt", "--name=" + file.getFileName(), "-", name),
        secret.octets());
  }

  /**
   * A command for the interactive mode of security(1), which reads it from standard input: its
   * option -w takes the password as an argument or asks at the terminal. In hexadecimal there is
   * nothing to quote.
   */
  private static byte[] keychainLine(String service, String account, Secret secret)
      throws IOException {
    for (String each : List.of(service, account)) {
      if (each.chars().anyMatch(c -> c < ' ' || c == '"' || c == '\\')) {
        throw new IOException("keychain:" + service + ": quotes and backslashes cannot be in it");
      }
    }
    String line =
        "add-generic-password -U -s \""
            + service
            + "\" -a \""
            + account
            + "\" -X "
            + HexFormat.of().formatHex(secret.octets())
            + "\n";
    return line.getBytes(StandardCharsets.UTF_8);
  }

  private void run(Stored source, List<String> command, byte[] input)
      throws IOException, InterruptedException {
    if (programs.run(command, input) instanceof SecretPrograms.End.Failed(var why)) {
      throw new IOException(source.label() + ": " + why);
    }
  }
}
