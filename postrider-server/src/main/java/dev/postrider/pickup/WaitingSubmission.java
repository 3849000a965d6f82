package dev.postrider.pickup;

import dev.postrider.config.Config;
import dev.postrider.intake.Submission;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A submission that lies in the maildrop and was not taken yet, as a queue listing shows it.
 *
 * @param name of its file
 * @param handedOver when
 * @param size of the file in bytes
 * @param submission as its caller asked; the recipients of sendmail -t are not among them
 */
public record WaitingSubmission(String name, Instant handedOver, long size, Submission submission) {
  /** All of them, oldest first; none for somebody who may not list the directory. */
  public static List<WaitingSubmission> list(Config config) throws IOException {
    List<WaitingSubmission> found = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(Maildrop.of(config).directory())) {
      for (Path path : files) {
        if (MaildropFile.find(path) instanceof MaildropFile.Found.Complete(MaildropFile file)) {
          try (file) {
            add(config, file, found);
          }
        }
      }
    } catch (AccessDeniedException | NoSuchFileException e) {
      // As with Postfix: the maildrop is the mail system's own.
      return List.of();
    }
    found.sort(Comparator.comparing(WaitingSubmission::handedOver));
    return found;
  }

  private static void add(Config config, MaildropFile file, List<WaitingSubmission> found)
      throws IOException {
    try (InputStream in = file.open()) {
      LocalSubmission local =
          LocalSubmission.of(MaildropHeader.read(in), Submitter.of(file.uid()), config);
      for (Submission submission : local.submissions()) {
        found.add(
            new WaitingSubmission(
                String.valueOf(file.path().getFileName()),
                file.modified(),
                Files.size(file.path()),
                submission));
      }
    } catch (MaildropFormatException e) {
      // The next start says what is wrong with it.
      return;
    }
  }
}
