package dev.postrider.mailbox;

import dev.postrider.mail.message.HeaderField;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A mailbox of one file a message. Needs no locks: a message is known by its name without flags,
 * and looked for again when another program has given it others. For one thread.
 */
final class MaildirBox implements Mailbox {
  private static final DateTimeFormatter ASCTIME =
      DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.US);
  private static final String INFO = ":2,";

  private final Path path;
  private final List<Letter> letters = new ArrayList<>();
  private final Map<String, Path> files = new HashMap<>();

  private MaildirBox(Path path) {
    this.path = path;
  }

  static MaildirBox open(Path path) throws IOException {
    if (!Files.isDirectory(path.resolve("cur")) || !Files.isDirectory(path.resolve("new"))) {
      throw new MailboxException(path + ": a directory, but no maildir (cur and new are missing)");
    }
    MaildirBox box = new MaildirBox(path);
    List<Letter> _ = box.readArrivals();
    return box;
  }

  @Override
  public Path path() {
    return path;
  }

  @Override
  public List<Letter> letters() {
    return Collections.unmodifiableList(letters);
  }

  @Override
  public boolean isWritable() {
    return Files.isWritable(path.resolve("cur")) && Files.isWritable(path.resolve("new"));
  }

  @Override
  public Separator separator(Letter letter) throws IOException {
    String sender = "";
    for (HeaderField field : LetterHeader.of(this, letter)) {
      if (field.is("Return-Path") && sender.isEmpty()) {
        sender = field.unfolded().replace("<", "").replace(">", "").strip();
      }
    }
    if (sender.isEmpty()) {
      sender = LetterHeader.sender(LetterHeader.of(this, letter));
    }
    return new Separator(
        sender.replace(' ', '-'), ASCTIME.format(delivered(letter).atZone(ZoneId.systemDefault())));
  }

  @Override
  public InputStream open(Letter letter) throws IOException {
    try {
      return Files.newInputStream(file(letter));
    } catch (NoSuchFileException e) {
      list();
      return Files.newInputStream(file(letter));
    }
  }

  @Override
  public List<Letter> readArrivals() throws IOException {
    Set<String> known = new HashSet<>();
    letters.forEach(letter -> known.add(letter.name()));
    list();
    List<Letter> arrived = new ArrayList<>();
    for (Map.Entry<String, Path> entry : files.entrySet()) {
      if (!known.contains(entry.getKey())) {
        try {
          long size = Files.size(entry.getValue());
          arrived.add(new Letter(entry.getKey(), 0, size, -1, 0, 0, status(entry.getValue())));
        } catch (NoSuchFileException e) {
          // Somebody has just deleted it or given it another flag: then the next look finds it.
        }
      }
    }
    arrived.sort(Comparator.comparingLong(MaildirBox::seconds).thenComparing(Letter::name));
    letters.addAll(arrived);
    return arrived;
  }

  @Override
  public boolean write(List<Change> changes) throws IOException {
    list();
    for (Change change : changes) {
      @Nullable Path file = files.get(change.letter().name());
      if (change.changesAnything() && file != null) {
        try {
          change(change, file);
        } catch (NoSuchFileException e) {
          // Deleted or renamed by another program since a moment ago: that one has decided.
        }
      }
    }
    for (String part : new String[] {"cur", "new"}) {
      try (FileChannel directory = FileChannel.open(path.resolve(part))) {
        directory.force(true);
      }
    }
    list();
    return files.size() > letters.size();
  }

  @Override
  public void close() {}

  private void change(Change change, Path file) throws IOException {
    if (change.remove()) {
      Files.delete(file);
      return;
    }
    byte @Nullable [] content = change.content();
    if (content != null) {
      Path fresh = path.resolve("tmp").resolve(change.letter().name());
      try (FileChannel channel = RewriteJournals.create(fresh)) {
        new Storage.Channel(channel).write(0, content, content.length);
        channel.force(true);
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
    ReadStatus status = change.status();
    if (status.old() || status.read()) {
      Path target = path.resolve("cur").resolve(change.letter().name() + flags(file, status));
      if (!target.equals(file)) {
        Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
      }
    }
  }

  /** The flags it has, with or without S; in ASCII order, as the format asks. */
  private static String flags(Path file, ReadStatus status) {
    String name = String.valueOf(file.getFileName());
    int info = name.indexOf(INFO);
    Set<Character> flags = new java.util.TreeSet<>();
    if (info >= 0) {
      name.substring(info + INFO.length()).chars().forEach(c -> flags.add((char) c));
    }
    flags.remove('S');
    if (status.read()) {
      flags.add('S');
    }
    StringBuilder out = new StringBuilder(INFO);
    flags.forEach(out::append);
    return out.toString();
  }

  private void list() throws IOException {
    files.clear();
    for (String part : new String[] {"new", "cur"}) {
      try (Stream<Path> entries = Files.list(path.resolve(part))) {
        entries.forEach(file -> {
          String name = String.valueOf(file.getFileName());
          if (!name.startsWith(".")) {
            int info = name.indexOf(INFO);
            files.put(info < 0 ? name : name.substring(0, info), file);
          }
        });
      } catch (java.io.UncheckedIOException e) {
        throw new IOException(path + ": " + e.getMessage(), e);
      }
    }
  }

  private Path file(Letter letter) throws NoSuchFileException {
    @Nullable Path file = files.get(letter.name());
    if (file == null) {
      throw new NoSuchFileException(path.resolve("cur").resolve(letter.name()).toString());
    }
    return file;
  }

  private static ReadStatus status(Path file) {
    String name = String.valueOf(file.getFileName());
    int info = name.indexOf(INFO);
    boolean read = info >= 0 && name.indexOf('S', info) >= 0;
    return new ReadStatus(read, file.getParent() != null && file.getParent().endsWith("cur"));
  }

  /** The number that names of messages begin with; 0 for other names. */
  private static long seconds(Letter letter) {
    String name = letter.name();
    int end = 0;
    while (end < name.length() && end < 12 && Character.isDigit(name.charAt(end))) {
      end++;
    }
    return end == 0 ? 0 : Long.parseLong(name.substring(0, end));
  }

  private Instant delivered(Letter letter) throws IOException {
    long seconds = seconds(letter);
    return seconds > 0
        ? Instant.ofEpochSecond(seconds)
        : Files.getLastModifiedTime(file(letter)).toInstant();
  }
}
