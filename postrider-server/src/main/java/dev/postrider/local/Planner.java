package dev.postrider.local;

import dev.postrider.agent.DeliveredTo;
import dev.postrider.config.ConfigException;
import dev.postrider.delivery.MessageContent;
import dev.postrider.io.Accounts;
import dev.postrider.mail.address.AddressList;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.route.Route;
import dev.postrider.table.AliasTarget;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what is to happen to one recipient's mail: follows aliases, {@code .forward} files and
 * lists to their ends, in the order of local(8): aliases, {@code .forward}, mailbox transports,
 * mailbox commands, mailboxes; for nobody's mail, fallback transports and luser_relay. Delivers
 * nothing. For one recipient and one thread.
 *
 * <p>Duplicates are left out as Postfix leaves them out: an address counts as met at the depth at
 * which it was met, because sendmail's users rely on lists that lead back to themselves; a file, a
 * command, a mailbox and an address to send on to count once.
 */
final class Planner {
  /**
   * What all recipients have in common.
   *
   * @param accounts the users of this machine
   * @param files reads their lists
   * @param destinations says which addresses are local
   */
  record Surroundings(
      LocalSettings settings,
      AliasTables aliases,
      MailboxMaps maps,
      Accounts accounts,
      UserFiles files,
      Destinations destinations) {}

  /** Alias leads to alias: deeper than any sane file, and still shallow for the stack. */
  private static final int LEVEL_LIMIT = 100;

  private static final String ALIASES_UNAVAILABLE = "alias database unavailable";

  final Surroundings around;
  final @Nullable MessageContent message;
  final LocalSettings settings;
  final DuplicateFilter duplicates;
  final People people;
  private final DeliveredTo loops;
  private final Consumer<String> warnings;
  private final AliasLists aliasLists;
  private final ForwardFiles forwardFiles;
  private final IncludeFiles includeFiles;
  private final UserMailboxes mailboxes;

  /**
   * @param message what is delivered; null if there is none, and somebody only asks
   * @param loops what it says of where it has been
   * @param warnings told of what an operator should put right
   */
  Planner(
      Surroundings around,
      @Nullable MessageContent message,
      DeliveredTo loops,
      Consumer<String> warnings) {
    this.around = around;
    this.message = message;
    this.settings = around.settings();
    this.duplicates = new DuplicateFilter(settings.duplicateLimit);
    this.people = new People(around.accounts());
    this.loops = loops;
    this.warnings = warnings;
    this.aliasLists = new AliasLists(this);
    this.forwardFiles = new ForwardFiles(this);
    this.includeFiles = new IncludeFiles(this);
    this.mailboxes = new UserMailboxes(this);
  }

  /** The plan for a recipient of the message. */
  Plan plan(Recipient recipient, ReversePath sender) throws IOException, InterruptedException {
    return address(Scope.of(recipient, sender));
  }

  void warn(String text) {
    warnings.accept(text);
  }

  static Plan fail(Scope scope, String code, String text) {
    return new Plan.Leaf(scope, new Act.Fail(code, text));
  }

  static Plan aliasesUnavailable(Scope scope) {
    return fail(scope, "4.3.0", ALIASES_UNAVAILABLE);
  }

  static Plan duplicate(Scope scope) {
    return new Plan.Leaf(scope, new Act.Duplicate());
  }

  /** What becomes of an address of this machine. */
  Plan address(Scope above) throws IOException, InterruptedException {
    Scope scope = above.deeper();
    String address = scope.address().internal();
    if (duplicates.wasHere("recipient " + scope.level() + " " + address)) {
      return duplicate(scope);
    }
    if (loops.has(scope.address())) {
      return aliasLists.reportedToOwner(
          scope, new Act.Fail("5.4.6", "mail forwarding loop for " + address));
    }
    if (scope.delivered() == null) {
      scope = scope.withDelivered(scope.address());
    }
    Name name = Name.of(scope.address(), settings.separator);
    if (name.user().isEmpty()) {
      return fail(scope, "5.1.3", "null username in \"" + address + "\"");
    }
    return name(scope.withName(name));
  }

  /** What becomes of a name that is not empty. */
  private Plan name(Scope above) throws IOException, InterruptedException {
    Scope scope = above.deeper();
    Name name = scope.name();
    if (name.local().startsWith("\\") && name.user().length() > 1) {
      Mailbox plain =
          new Mailbox(scope.address().localPart().substring(1), scope.address().domain());
      return mailboxOrUnknown(scope.withAddress(plain).withName(name.withoutBackslash()));
    }
    @Nullable Plan listed = aliasLists.find(scope.withUnmatched(null), name.local());
    if (listed == null && name.extension() != null) {
      boolean moves = settings.extensionsTo.contains(Source.ALIAS);
      listed = aliasLists.find(scope.withUnmatched(moves ? name.extension() : null), name.user());
    }
    if (listed != null) {
      return listed;
    }
    // Each gets a record of its own in the queue this way: what failed for one is not repeated for
    // all. Members of an alias without an owner are served here, so that first.last leads to last
    // and not to what canonical_maps make of it.
    boolean another = scope.through() != null && !scope.through().equalsIgnoreCase(name.user());
    if (another || scope.source() == Source.INCLUDE) {
      return sendOn(scope);
    }
    @Nullable Plan obstacle = mailboxes.obstacle(scope);
    if (obstacle != null) {
      return obstacle;
    }
    @Nullable Plan forwarded = forwardFiles.find(scope);
    return forwarded != null ? forwarded : mailboxOrUnknown(scope);
  }

  private Plan mailboxOrUnknown(Scope scope) throws IOException, InterruptedException {
    @Nullable Plan mailbox = mailboxes.find(scope);
    return mailbox != null ? mailbox : mailboxes.unknown(scope);
  }

  /** A new message; not twice to the same address. */
  Plan sendOn(Scope scope) {
    if (duplicates.wasHere("indirect " + scope.address().internal())) {
      return duplicate(scope);
    }
    return new Plan.Leaf(scope, new Act.SendOn());
  }

  /** What becomes of the items of one line. */
  List<Plan> targets(Scope scope, List<AliasTarget> targets)
      throws IOException, InterruptedException {
    List<Plan> plans = new ArrayList<>(targets.size());
    for (AliasTarget target : targets) {
      plans.add(target(scope, target));
    }
    return plans;
  }

  private Plan target(Scope scope, AliasTarget target) throws IOException, InterruptedException {
    return switch (target) {
      case AliasTarget.FileName(String path) -> file(scope, path);
      case AliasTarget.HomeFile(String path) -> homeFile(scope, path);
      case AliasTarget.Command(String line) -> listedCommand(scope, line);
      case AliasTarget.Include(String path) -> includeFiles.follow(scope, path);
      case AliasTarget.Address(Mailbox mailbox) when mailbox.localPart().startsWith("~") ->
          misconfigured(scope, "bad home directory syntax for: " + mailbox.internal());
      case AliasTarget.Address(Mailbox mailbox) -> resolved(scope, mailbox);
      case AliasTarget.Unusable(String text) ->
          fail(scope, "5.1.3", "bad recipient address syntax: " + text);
    };
  }

  /** Something that only whoever wrote the list can put right. */
  Plan misconfigured(Scope scope, String warning) {
    warn(warning);
    return fail(scope, "5.3.5", "mail system configuration error");
  }

  private Plan homeFile(Scope scope, String path) throws IOException, InterruptedException {
    @Nullable String home = scope.rights().home();
    if (home == null) {
      return misconfigured(scope, "unknown home directory for: ~" + path);
    }
    return file(scope, home.equals("/") ? path : home + path);
  }

  private Plan file(Scope above, String path) throws IOException, InterruptedException {
    Scope scope = above.deeper();
    if (duplicates.wasHere("file " + scope.rights().uid() + " " + path)) {
      return duplicate(scope);
    }
    if (!settings.filesFrom.contains(scope.source())) {
      return aliasLists.reportedToOwner(scope, new Act.Fail("5.7.1", "mail to file is restricted"));
    }
    Act act =
        path.endsWith("/")
            ? new Act.Maildir(java.nio.file.Path.of(path), false)
            : new Act.File(path);
    return aliasLists.reportedToOwner(scope, act);
  }

  private Plan listedCommand(Scope scope, String line) throws IOException, InterruptedException {
    return settings.commandsFrom.contains(scope.source())
        ? command(scope, line)
        : fail(scope, "5.7.1", "mail to command is restricted");
  }

  /** A command; not twice for the same user. */
  Plan command(Scope above, String line) throws IOException, InterruptedException {
    Scope scope = above.deeper();
    String key = "command " + scope.name().user() + ":" + scope.rights().uid() + " " + line;
    return duplicates.wasHere(key)
        ? duplicate(scope)
        : aliasLists.reportedToOwner(scope, new Act.Command(line));
  }

  /** What becomes of an address as a list or luser_relay spells it. */
  Plan resolved(Scope above, Mailbox written) throws IOException, InterruptedException {
    Scope scope = above.deeper();
    Mailbox whole = settings.rewriter.local(written);
    return switch (around.destinations().route(scope.sender(), whole)) {
      case Route.Unknown _ -> fail(scope, "4.3.0", "address resolver failure");
      case Route.Refused refused when refused.code().toString().equals("5.1.3") ->
          fail(scope, "5.1.3", "bad recipient address syntax: " + whole.internal());
      // The new message is what is refused, and its report goes to whoever it is from.
      case Route.Refused _ -> sendOn(scope.withAddress(extended(scope, whole)));
      case Route.To(var nextHop) -> {
        Scope next = scope.withAddress(extended(scope, whole));
        yield new Plan.Step(
            next, nextHop.transport().equals(settings.service) ? address(next) : sendOn(next));
      }
    };
  }

  private static Mailbox extended(Scope scope, Mailbox mailbox) {
    if (scope.unmatched() == null) {
      return mailbox;
    }
    char delimiter = scope.name().delimiter();
    return new Mailbox(mailbox.localPart() + delimiter + scope.unmatched(), mailbox.domain());
  }

  /** The user that luser_relay stands for, or nobody. */
  @Nullable Plan luserRelay(Scope above) throws IOException, InterruptedException {
    Scope scope = above.withUnmatched(null);
    String text;
    try {
      text = Patterns.expand(settings.luserRelay, scope, null, settings.delimiters).text();
    } catch (ConfigException e) {
      warn("luser_relay = " + settings.luserRelay + ": " + e.getMessage());
      return fail(scope, "4.3.5", "mail system configuration error");
    }
    List<AddressList.Address> addresses = AddressList.parse(text).addresses();
    @Nullable Mailbox relay = addresses.isEmpty() ? null : addresses.getFirst().mailbox();
    if (relay == null) {
      return fail(scope, "5.1.3", "bad recipient address syntax: " + text);
    }
    Mailbox whole = settings.rewriter.local(relay);
    if (whole.internal().equalsIgnoreCase(scope.address().internal())) {
      return null;
    }
    return new Plan.Branch(
        scope, new Plan.ListName.LuserRelay(), List.of(List.of(resolved(scope, relay))));
  }

  static boolean tooDeep(Scope scope) {
    return scope.level() > LEVEL_LIMIT;
  }
}
