package dev.postrider.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.List;

/** The account the daemon runs under when root starts it (mail_owner). */
final class MailOwner {
  private MailOwner() {}

  static boolean exists(String name) throws IOException {
    try {
      FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(name);
      return true;
    } catch (UserPrincipalNotFoundException e) {
      return false;
    }
  }

  /** The name of its primary group. */
  static String group(String name) throws IOException {
    Process process = new ProcessBuilder("id", "-gn", name).start();
    try {
      String group =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (process.waitFor() == 0) {
        return group;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new IOException("mail_owner: the group of \"" + name + "\" is not known");
  }

  /**
   * Makes a system account that nobody can log in to.
   *
   * @return empty when it is made, else a sentence with the remedy
   */
  static String create(String name) throws IOException {
    List<String> command =
        List.of(
            "useradd",
            "--system",
            "--user-group",
            "--no-create-home",
            "--home-dir",
            "/nonexistent",
            "--shell",
            "/usr/sbin/nologin",
            name);
    String remedy =
        "mail_owner: there is no account \""
            + name
            + "\": make one ("
            + String.join(" ", command)
            + ") or set mail_owner to one that exists";
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return process.waitFor() == 0 ? "" : remedy + " (" + output + ")";
    } catch (IOException e) {
      return remedy;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return remedy;
    }
  }
}
