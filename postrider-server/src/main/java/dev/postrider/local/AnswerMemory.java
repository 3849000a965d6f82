package dev.postrider.local;

import dev.postrider.log.MailLog;
import dev.postrider.sieve.VacationReply;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;

/**
 * Whom users' scripts have answered, and when: a file for each user, named by uid, with a line for
 * each answer, the oldest first: seconds since 1970 and a hash of handle and address, so that the
 * file tells nobody who writes to whom. Safe on any thread; for a moment after a reload two may
 * work on the same files, which at worst forget an answer.
 */
final class AnswerMemory {
  /** Answers of one user; the oldest is forgotten for another. */
  static final int MOST = 1_000;

  /** No script asks for longer. */
  private static final Duration LONGEST = Duration.ofDays(30);

  private static final Pattern LINE = Pattern.compile("([0-9]{1,12}) ([0-9a-f]{64})");
  private static final long LARGEST_FILE = 100L * MOST;
  private static final int LOCKS = 64;

  private final Path directory;
  private final InstantSource clock;
  private final MailLog log;
  private final ReentrantLock[] locks = new ReentrantLock[LOCKS];

  /** What is done once. */
  @FunctionalInterface
  interface Deed {
    void act() throws IOException;
  }

  AnswerMemory(Path directory, InstantSource clock, MailLog log) {
    this.directory = directory;
    this.clock = clock;
    this.log = log;
    for (int i = 0; i < LOCKS; i++) {
      locks[i] = new ReentrantLock();
    }
  }

  /**
   * Does something about an answer, unless the same was done within its interval. It is written
   * down first: where that cannot be, nobody is answered, rather than somebody at every mail.
   *
   * @param uid of the user whose answer it is
   * @return whether it was done now
   * @throws IOException if it was not done, because of the memory or itself; then it is forgotten
   */
  boolean once(long uid, VacationReply reply, Deed deed) throws IOException {
    ReentrantLock lock = locks[Math.floorMod(uid, LOCKS)];
    lock.lock();
    try {
      Path file = directory.resolve(Long.toString(uid));
      Instant now = clock.instant();
      Map<String, Instant> answers = read(file);
      String key = key(reply);
      Instant last = answers.get(key);
      // What is to come was written by a clock that was wrong.
      if (last != null && Duration.between(last, now).abs().compareTo(reply.interval()) < 0) {
        return false;
      }
      Map<String, Instant> after = new LinkedHashMap<>(answers);
      after.remove(key);
      after.put(key, now);
      write(file, bounded(after, now));
      boolean done = false;
      try {
        deed.act();
        done = true;
      } finally {
        if (!done) {
          write(file, answers);
        }
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  private static Map<String, Instant> bounded(Map<String, Instant> answers, Instant now) {
    Map<String, Instant> kept = new LinkedHashMap<>();
    int surplus = answers.size() - MOST;
    for (Map.Entry<String, Instant> each : answers.entrySet()) {
      surplus--;
      boolean old = Duration.between(each.getValue(), now).abs().compareTo(LONGEST) > 0;
      if (surplus < 0 && !old) {
        kept.put(each.getKey(), each.getValue());
      }
    }
    return kept;
  }

  private Map<String, Instant> read(Path file) throws IOException {
    Map<String, Instant> answers = new LinkedHashMap<>();
    String text;
    try {
      if (Files.size(file) > LARGEST_FILE) {
        return broken(file);
      }
      text = Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException _) {
      return answers;
    }
    for (String line : text.lines().toList()) {
      var parts = LINE.matcher(line);
      if (!parts.matches()) {
        return broken(file);
      }
      answers.put(parts.group(2), Instant.ofEpochSecond(Long.parseLong(parts.group(1))));
    }
    return answers;
  }

  /** The next answer writes it anew, so that this is said once. */
  private Map<String, Instant> broken(Path file) {
    log.warning(
        LocalTransport.PROCESS,
        file
            + " is damaged: whom this user's sieve script has answered is forgotten, and senders"
            + " may be answered once more; nothing need be done");
    return new LinkedHashMap<>();
  }

  private void write(Path file, Map<String, Instant> answers) throws IOException {
    StringBuilder text = new StringBuilder(80 * answers.size());
    answers.forEach(
        (key, time) -> text.append(time.getEpochSecond()).append(' ').append(key).append('\n'));
    Files.createDirectories(
        directory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Path temporary = Files.createTempFile(directory, file.getFileName() + ".", ".tmp");
    try {
      try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        ByteBuffer octets = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.ISO_8859_1));
        while (octets.hasRemaining()) {
          int _ = channel.write(octets);
        }
        channel.force(false);
      }
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static String key(VacationReply reply) {
    String text = reply.handle() + " " + reply.to().internal().toLowerCase(Locale.ROOT);
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
