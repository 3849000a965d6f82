package dev.postrider.cli;

import dev.postrider.archive.BadExportException;
import dev.postrider.archive.Importer;
import dev.postrider.config.Config;
import dev.postrider.io.Printable;
import dev.postrider.migrate.QueueDirectory;
import dev.postrider.migrate.QueueFile;
import dev.postrider.migrate.QueueMail;
import dev.postrider.migrate.QueuedMessage;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Shows the mail that waits in a Postfix queue, and changes nothing. For one call. */
final class QueuePreview {
  private static final int MOST_SHOWN = 5;

  private final Invocation call;
  private final QueueDirectory directory;
  private final QueueMail mail;

  QueuePreview(Invocation call, QueueDirectory directory, Config config) {
    this.call = call;
    this.directory = directory;
    this.mail = new QueueMail(directory, Importer.Caller.same(), config);
  }

  /**
   * Says what would be imported.
   *
   * @param user the Postfix that uses the queue, if there is one
   * @return the exit code
   */
  int show(Optional<String> user) throws IOException {
    int messages = 0;
    int left = 0;
    for (QueueFile file : directory.files()) {
      try {
        QueuedMessage message = mail.read(file);
        String why = QueueImport.notTaken(file, message);
        if (!why.isEmpty()) {
          call.out().println(QueueImport.line(file) + why);
          continue;
        }
        messages++;
        call.out()
            .println(
                QueueImport.line(file)
                    + Printable.of(
                        "from <%s> to %s%s"
                            .formatted(message.sender(), to(message), remark(message))));
      } catch (NoSuchFileException _) {
        // Postfix took it meanwhile.
      } catch (BadExportException e) {
        left++;
        call.warning(file.path() + ": cannot be imported: " + e.getMessage());
      } catch (AccessDeniedException _) {
        left++;
        call.warning(file.path() + ": cannot be read: permission denied (ask as root)");
      }
    }
    call.out()
        .println(
            "%s: %s to import%s"
                .formatted(
                    directory.path(),
                    QueueImport.count(messages),
                    left == 0 ? "" : "; not to be imported: " + left + ", see above"));
    user.ifPresent(who ->
        call.out().println("Postfix uses the queue (" + who + "): stop it before the import"));
    call.out().println("Nothing was changed. To import them: postrider import queue --write");
    return left == 0 ? 0 : SpoolVerb.NOT_ALL;
  }

  private static String to(QueuedMessage message) {
    List<String> all = message.waitingAddresses();
    List<String> shown = all.subList(0, Math.min(MOST_SHOWN, all.size()));
    String more = all.size() > shown.size() ? " and " + (all.size() - shown.size()) + " more" : "";
    return "<" + String.join(">, <", shown) + ">" + more;
  }

  private String remark(QueuedMessage message) throws IOException {
    List<String> remarks = new ArrayList<>();
    int served = message.recipients().size() - message.waiting();
    if (served > 0) {
      remarks.add(served + " served already");
    }
    if (message.file().queue() == QueueFile.Queue.HOLD) {
      remarks.add("stays on hold");
    }
    if (!message.filter().isEmpty()) {
      remarks.add("is to pass the content filter " + message.filter());
    }
    if (mail.owesReport(message.file())) {
      remarks.add("a report about those served is owed, and will not be made");
    }
    return remarks.isEmpty() ? "" : " (" + String.join("; ", remarks) + ")";
  }
}
