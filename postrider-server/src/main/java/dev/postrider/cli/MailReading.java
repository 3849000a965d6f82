package dev.postrider.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** Begins to read a mailbox: which one, with what settings, or only whether mail is there. */
final class MailReading {
  private static final int EX_NONE = 1;

  /** What the command line says. */
  record Wish(
      boolean headersOnly,
      boolean testOnly,
      boolean noHeaders,
      boolean noSystemFile,
      boolean escapes,
      boolean file,
      String fileName,
      String user) {}

  private final Invocation call;
  private final Wish wish;
  private final MailSettings settings;

  MailReading(Invocation call, Wish wish) {
    this.call = call;
    this.wish = wish;
    this.settings = new MailSettings(call.environment());
  }

  int run(MailWriting.Sender sender) throws IOException, InterruptedException {
    try (MailConsole console = new MailConsole(call)) {
      MailPlaces places = MailPlaces.of(call, settings);
      MailStartup startup =
          new MailStartup(new MailSetting(settings, console), call, places.home());
      startup.read(!wish.noSystemFile());
      if (wish.noHeaders()) {
        settings.set("noheader");
      }
      return read(console, places, startup, sender);
    } catch (MailRefusal e) {
      if (!wish.testOnly()) {
        call.err().println(call.name() + ": " + e.getMessage());
      }
      return EX_NONE;
    }
  }

  private int read(
      MailConsole console, MailPlaces places, MailStartup startup, MailWriting.Sender sender)
      throws MailRefusal, IOException, InterruptedException {
    boolean system = !wish.file() || wish.fileName().startsWith("%");
    String user = wish.user().isEmpty() ? places.account().name() : wish.user();
    Path path;
    if (!wish.user().isEmpty()) {
      path = places.system(wish.user());
    } else if (wish.file()) {
      String name = wish.fileName().isEmpty() ? "&" : wish.fileName();
      path = places.file(name, places.system());
    } else {
      path = places.system();
    }
    boolean empty = system && (!Files.exists(path) || isEmptyFile(path));
    if (empty && !wish.testOnly() && !isHidden(path)) {
      console.out().println("No mail for " + user);
      return EX_NONE;
    }
    try (MailFolder folder = MailReader.open(path, places.home(), system)) {
      if (wish.testOnly()) {
        return folder.entries.isEmpty() ? EX_NONE : 0;
      }
      if (system && folder.entries.isEmpty()) {
        console.out().println("No mail for " + user);
        return EX_NONE;
      }
      MailReply replies = new MailReply(own(places));
      MailWriting writing = new MailWriting(console, settings, replies, sender, wish.escapes());
      MailReader reader = new MailReader(console, settings, places, startup, writing, folder);
      if (wish.headersOnly()) {
        reader.list();
        return folder.entries.isEmpty() ? EX_NONE : 0;
      }
      return reader.run();
    }
  }

  private static boolean isEmptyFile(Path path) throws IOException {
    return Files.isRegularFile(path) && Files.size(path) == 0;
  }

  /** A mailbox in a directory that this user may not look into is not known to be missing. */
  private static boolean isHidden(Path path) {
    Path directory = path.toAbsolutePath().getParent();
    return directory != null && Files.exists(directory) && !Files.isExecutable(directory);
  }

  /** The addresses that are the reader's own. */
  private Set<String> own(MailPlaces places) {
    Set<String> own = new HashSet<>();
    String name = places.account().name().toLowerCase(Locale.ROOT);
    own.add(name);
    own.add(name + "@localhost");
    places.hosts().forEach(host -> own.add(name + "@" + host.toLowerCase(Locale.ROOT)));
    settings.alternates().forEach(address -> own.add(address.toLowerCase(Locale.ROOT)));
    return own;
  }
}
