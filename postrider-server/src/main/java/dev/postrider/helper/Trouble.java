package dev.postrider.helper;

import dev.postrider.delivery.DeliveryFailure;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/**
 * The system's reasons for a failure in the words and with the codes of Postfix: a full disk waits,
 * a full mailbox goes back, and what nobody knows waits. Functions only.
 */
final class Trouble {
  private Trouble() {}

  /** A file that could not be opened or made. */
  static DeliveryFailure opening(String before, IOException e) {
    return new DeliveryFailure(code(e, isPermanent(e) ? "5.2.0" : "4.2.0"), before + reason(e));
  }

  /** A file that was open, and could not be written. */
  static DeliveryFailure writing(String before, IOException e) {
    return new DeliveryFailure(code(e, "4.3.0"), before + "error writing message: " + reason(e));
  }

  /** The message itself could not be had, which is nothing that the file is to blame for. */
  static DeliveryFailure reading(String before, IOException e) {
    return new DeliveryFailure("4.3.0", before + "error reading message: " + reason(e));
  }

  /** The system's words. */
  static String reason(IOException e) {
    if (e instanceof FileSystemException file && file.getReason() != null) {
      return file.getReason();
    }
    return switch (e) {
      case AccessDeniedException _ -> "Permission denied";
      case NoSuchFileException _ -> "No such file or directory";
      case FileAlreadyExistsException _ -> "File exists";
      case ClosedByInterruptException _ -> "the mail system is stopping";
      default -> String.valueOf(e.getMessage());
    };
  }

  private static String code(IOException e, String other) {
    String reason = reason(e);
    if (reason.contains("Disk quota exceeded") || reason.contains("File too large")) {
      return "5.2.2";
    }
    if (reason.contains("No space left on device")) {
      return "4.3.0";
    }
    if (reason.contains("temporarily unavailable") || reason.contains("Stale file handle")) {
      return "4.2.0";
    }
    return other;
  }

  /** Whether it will be so again: somebody has to change the file, its directory or the name. */
  private static boolean isPermanent(IOException e) {
    String reason = reason(e);
    return !(e instanceof ClosedByInterruptException)
        && !reason.contains("Input/output error")
        && !reason.contains("Too many open files")
        && !reason.contains("Cannot allocate memory")
        && !reason.contains("errno ")
        && !reason.contains("changed unexpectedly");
  }
}
