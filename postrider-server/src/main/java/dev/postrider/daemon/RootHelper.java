package dev.postrider.daemon;

import dev.postrider.config.Config;
import dev.postrider.helper.HelperProcess;
import dev.postrider.log.MailLog;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Starts the process that keeps root's rights, while the daemon has them still. Functions only. */
final class RootHelper {
  private RootHelper() {}

  static HelperProcess start(Config config, MailLog log) throws IOException {
    Path directory = Path.of(config.text("data_directory"), "helper");
    try {
      Files.createDirectory(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (FileAlreadyExistsException _) {
      // Of an earlier start. Whether it is root's is seen when it is entered.
    } catch (IOException e) {
      throw new IOException("cannot make " + directory + ": " + e.getMessage(), e);
    }
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("PATH", "/usr/bin:/bin:/usr/sbin:/sbin");
    // File names are octets here, and reasons of failures English.
    environment.put("LC_ALL", "C.UTF-8");
    String home = System.getenv().getOrDefault("POSTRIDER_HOME", ".");
    Path program = Path.of(home, "bin/postrider").toAbsolutePath().normalize();
    List<String> command = new ArrayList<>();
    Path setpriv = Path.of("/usr/bin/setpriv");
    if (Files.isExecutable(setpriv)) {
      // Whoever has that capability is above disk quotas and takes root's reserve of a full disk.
      command.addAll(List.of(setpriv.toString(), "--bounding-set=-sys_resource"));
    }
    command.addAll(List.of(program.toString(), "helper", "-c", config.directory().toString()));
    return HelperProcess.start(
        directory, command, environment, text -> log.warning("helper", text));
  }
}
