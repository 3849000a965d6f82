package dev.postrider.helper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.postrider.config.Config;
import dev.postrider.delivery.DeliveryFailure;
import dev.postrider.io.Account;
import dev.postrider.io.Accounts;
import dev.postrider.io.ActingAs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What users of one machine may try on each other by way of their mail. Needs root. */
final class RootRightsTest {
  private static final Map<String, String> PATH = Map.of("PATH", "/usr/bin:/bin");

  @TempDir Path directory;
  private Path spool = Path.of("");
  private Path own = Path.of("");
  private final Map<String, String> settings = new HashMap<>();
  private RealUser ann = new RealUser(new Account("", 0, 0, Path.of("/"), ""));
  private RealUser bob = ann;

  @BeforeEach
  void makeUsers() throws Exception {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    ann = RealUser.in(directory, "-G", "mail");
    bob = RealUser.in(directory);
    spool = Files.createDirectory(directory.resolve("mail"));
    Files.setPosixFilePermissions(spool, PosixFilePermissions.fromString("rwxrwxrwx"));
    own = Files.createDirectory(directory.resolve("own"));
    Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rwx--x--x"));
    settings.put("mail_owner", "daemon");
    settings.put("mail_spool_directory", spool.toString());
    settings.put("myhostname", "host.example");
    settings.put("deliver_lock_attempts", "1");
  }

  @AfterEach
  void removeUsers() throws Exception {
    if (!ann.name().isEmpty()) {
      ann.close();
    }
    if (!bob.name().isEmpty()) {
      bob.close();
    }
  }

  private RootRights rights() throws Exception {
    return new RootRights(
        Config.of(directory, settings), InstantSource.system(), ActingAs.ofCaller(), own);
  }

  private static Payload text(String text) {
    return out -> out.write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private String output(String script) throws Exception {
    CommandEnd end = run(ann.identity(), PATH, "sh", "-c", script);
    assertThat(end).isInstanceOf(CommandEnd.Exited.class);
    return end.output();
  }

  private CommandEnd run(Identity as, Map<String, String> environment, String... arguments)
      throws Exception {
    return rights()
        .run(
            as,
            new CommandCall(
                List.of(arguments), environment, null, null, Duration.ofMinutes(1), 10_000, 0),
            text("the payload\n"));
  }

  private void append(Identity as, Path file, Append.Kind kind) throws Exception {
    rights().append(as, new Append(file, kind), text("From a  Thu\n\nx\n\n"));
  }

  private static void assertRefused(ThrowingCallable call, String text) {
    assertThatThrownBy(call).isInstanceOf(DeliveryFailure.class).hasMessageContaining(text);
  }

  private Path secret(RealUser owner) throws Exception {
    Path file = Files.writeString(owner.home().resolve("secret"), "secret\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    owner.own(file);
    return file;
  }

  @Test
  void threadsThatTakeOneIdentityAfterAnotherNeverMixThem() throws Exception {
    RootRights inPlace =
        new RootRights(
            Config.of(directory, settings), InstantSource.system(), ActingAs.inPlace(), own);
    List<RealUser> both = List.of(ann, bob);
    List<FutureTask<Boolean>> threads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      int first = i;
      FutureTask<Boolean> thread =
          new FutureTask<>(() -> {
            for (int j = 0; j < 100; j++) {
              RealUser user = both.get((first + j) % 2);
              inPlace.addToMaildir(user.identity(), user.home().resolve("Maildir"), 0, text("x"));
              inPlace.append(
                  user.identity(),
                  new Append(spool.resolve(user.name()), Append.Kind.SPOOL_MAILBOX),
                  text("x"));
            }
            return true;
          });
      threads.add(thread);
      Thread.ofPlatform().start(thread);
    }
    for (FutureTask<Boolean> thread : threads) {
      assertThat(thread.get()).isTrue();
    }

    for (RealUser user : both) {
      try (Stream<Path> made = Files.walk(user.home().resolve("Maildir"))) {
        List<Path> all = made.toList();
        assertThat(all).hasSizeGreaterThan(400);
        for (Path each : all) {
          assertThat(Files.getAttribute(each, "unix:uid")).isEqualTo((int) user.account().uid());
        }
      }
      assertThat(spool.resolve(user.name())).hasSize(400);
    }
    assertThat(Files.getAttribute(Files.createFile(directory.resolve("mine")), "unix:uid"))
        .isEqualTo(0);
  }

  @Test
  void whereOnlyRootMakesFilesAMailboxIsMadeForItsUser() throws Exception {
    Files.setPosixFilePermissions(spool, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path mailbox = spool.resolve(ann.name());

    append(ann.identity(), mailbox, Append.Kind.SPOOL_MAILBOX);
    append(ann.identity(), mailbox, Append.Kind.SPOOL_MAILBOX);

    assertThat(mailbox).hasContent("From a  Thu\n\nx\n\nFrom a  Thu\n\nx\n\n");
    assertThat(Files.getAttribute(mailbox, "unix:uid")).isEqualTo((int) ann.account().uid());
    assertThat(Files.getAttribute(mailbox, "unix:gid")).isEqualTo((int) ann.account().gid());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(mailbox)))
        .isEqualTo("rw-------");
    assertThat(spool.toFile().list()).containsExactly(ann.name());
  }

  @Test
  void whereOnlyRootMakesFilesAMailboxLeftHalfMadeIsGivenToItsUser() throws Exception {
    Files.setPosixFilePermissions(spool, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path mailbox = Files.createFile(spool.resolve(ann.name()));
    Files.setPosixFilePermissions(mailbox, PosixFilePermissions.fromString("rw-------"));

    append(ann.identity(), mailbox, Append.Kind.SPOOL_MAILBOX);

    assertThat(Files.getAttribute(mailbox, "unix:uid")).isEqualTo((int) ann.account().uid());
  }

  @Test
  void whereOnlyRootMakesFilesNothingElseIsWrittenWithRootsRights() throws Exception {
    settings.put("strict_mailbox_ownership", "no");
    Files.setPosixFilePermissions(spool, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path others = Files.writeString(spool.resolve(bob.name()), "of bob\n");
    bob.own(others);
    Path roots = Files.writeString(directory.resolve("roots"), "of root\n");
    Path link = Files.createSymbolicLink(spool.resolve(ann.name()), roots);

    assertRefused(
        () -> append(ann.identity(), others, Append.Kind.SPOOL_MAILBOX), "Permission denied");
    assertRefused(
        () -> append(ann.identity(), link, Append.Kind.SPOOL_MAILBOX), "not a regular file");
    Files.delete(link);
    Files.writeString(link, "of root\n");
    assertRefused(
        () -> append(ann.identity(), link, Append.Kind.SPOOL_MAILBOX), "not owned by recipient");

    assertThat(others).hasContent("of bob\n");
    assertThat(roots).hasContent("of root\n");
    assertThat(link).hasContent("of root\n");
  }

  @Test
  void aCommandHasItsUsersNumbersGroupsAndNothingMore() throws Exception {
    String mail = output("getent group mail | cut -d: -f3").strip();

    assertThat(output("id -u; id -g; id -G"))
        .isEqualTo(
            "%1$d\n%2$d\n%2$d %3$s\n".formatted(ann.account().uid(), ann.account().gid(), mail));
    assertThat(output("grep -E '^(Uid|CapInh|CapPrm|CapEff|CapAmb)' /proc/self/status"))
        .isEqualTo(
            "Uid:\t%1$d\t%1$d\t%1$d\t%1$d\n".formatted(ann.account().uid())
                + "CapInh:\t0000000000000000\nCapPrm:\t0000000000000000\n"
                + "CapEff:\t0000000000000000\nCapAmb:\t0000000000000000\n");
    assertThat(output("cut -d' ' -f5,6 /proc/$$/stat; echo $$ $$").lines().distinct()).hasSize(1);
  }

  @Test
  void aCommandReadsNeitherAnothersMailNorTheHelpersFiles() throws Exception {
    Path secret = secret(bob);
    append(bob.identity(), spool.resolve(bob.name()), Append.Kind.SPOOL_MAILBOX);

    assertThat(output("cat " + secret + " 2>&1; cat " + spool.resolve(bob.name()) + " 2>&1"))
        .doesNotContain("secret\n")
        .doesNotContain("From a")
        .contains("Permission denied");
    assertThat(output("ls " + own + " 2>&1; cat " + own + "/append-1 2>&1; echo x > " + own + "/y"))
        .contains("Permission denied");
    assertThat(own.resolve("y")).doesNotExist();
  }

  @Test
  void aCommandInheritsThreeDescriptorsAndCannotWriteItsInput() throws Exception {
    assertThat(output("echo /proc/self/fd/*"))
        .isEqualTo("/proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2 /proc/self/fd/3\n");
    assertThat(output("cat; (echo x > /proc/self/fd/0) 2>&1")).startsWith("the payload\n");
    assertThat(output("echo x 2>&1 >&0 || echo refused")).contains("refused");
  }

  @Test
  void theEnvironmentIsTheUsersOnlyWhenTheRightsAre() throws Exception {
    Path traces = Files.createDirectory(directory.resolve("traces"));
    Files.setPosixFilePermissions(traces, PosixFilePermissions.fromString("rwxrwxrwx"));

    CommandEnd end =
        run(
            ann.identity(),
            Map.of("LD_DEBUG", "libs", "LD_DEBUG_OUTPUT", traces + "/trace", "A", "b\nc"),
            "/usr/bin/printenv",
            "A");

    assertThat(end).isEqualTo(new CommandEnd.Exited(0, "b\nc\n"));
    try (var files = Files.list(traces)) {
      assertThat(files)
          .isNotEmpty()
          .allSatisfy(file ->
              assertThat(Files.getAttribute(file, "unix:uid"))
                  .isEqualTo((int) ann.account().uid()));
    }
  }

  @Test
  void argumentsStayArguments() throws Exception {
    CommandEnd end =
        run(
            ann.identity(),
            PATH,
            "/usr/bin/printf",
            "%s|",
            "--reuid=0",
            "-c",
            "a\nb",
            "`id`",
            "$(id)",
            "a;b",
            "X=Y");

    assertThat(end.output()).isEqualTo("--reuid=0|-c|a\nb|`id`|$(id)|a;b|X=Y|");
    assertThat(run(ann.identity(), PATH, "--reuid=0")).isInstanceOf(CommandEnd.NotStarted.class);
    assertThat(run(ann.identity(), PATH, "A=b")).isInstanceOf(CommandEnd.NotStarted.class);
    assertRefusedVariable("--reuid");
    assertRefusedVariable("a b");
    assertRefusedVariable("");
  }

  private void assertRefusedVariable(String name) throws Exception {
    assertThat(run(ann.identity(), Map.of(name, "x"), "/bin/true"))
        .isInstanceOfSatisfying(
            CommandEnd.NotStarted.class,
            end -> assertThat(end.output()).contains("not a name for the environment"));
  }

  @Test
  void aCommandsDirectoryIsEnteredWithItsUsersRights() throws Exception {
    Files.setPosixFilePermissions(bob.home(), PosixFilePermissions.fromString("rwx------"));
    CommandCall call =
        new CommandCall(List.of("pwd"), PATH, null, bob.home(), Duration.ofMinutes(1), 1_000, 0);

    assertThat(rights().run(bob.identity(), call, text("")))
        .isEqualTo(new CommandEnd.Exited(0, bob.home() + "\n"));
    assertThat(rights().run(ann.identity(), call, text("")))
        .isInstanceOfSatisfying(
            CommandEnd.NotStarted.class,
            end -> assertThat(end.output()).contains("Permission denied"));
  }

  private CommandEnd inJail(Path root, Map<String, String> environment, String script)
      throws Exception {
    CommandCall call =
        new CommandCall(
            List.of("/bin/busybox", "sh", "-c", script),
            environment,
            root,
            null,
            Duration.ofMinutes(1),
            1_000,
            0);
    return rights().run(ann.identity(), call, text("the payload\n"));
  }

  private Path jail() throws Exception {
    Path busybox = Path.of("/bin/busybox");
    assumeTrue(Files.isExecutable(busybox), "busybox is not installed");
    Path jail = Files.createDirectory(directory.resolve("jail"));
    String copy =
        "cd \"$0\" && umask 022 && for f in $1 $(ldd $1 | grep -o '/[^ ]*'); do"
            + " mkdir -p .${f%/*} && cp -L $f .$f || exit 1; done; chmod 755 .";
    Process process =
        new ProcessBuilder("sh", "-c", copy, jail.toString(), busybox.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return jail;
  }

  @Test
  void aCommandInAJailSeesNothingElseAndHasItsUsersRights() throws Exception {
    Path jail = jail();
    String show =
        "b=/bin/busybox; $b pwd; $b test -e /etc || echo nothing else; $b id -u; $b id -g; $b id -G; $b env | $b grep -v PWD= |"
            + " $b grep -v SHLVL= | $b sort; $b cat";

    CommandEnd end = inJail(jail, Map.of("PATH", "/bin", "TZ", "A b"), show);

    assertThat(end)
        .isEqualTo(
            new CommandEnd.Exited(
                0,
                "/\nnothing else\n%1$d\n%2$d\n%2$d\nPATH=/bin\nTZ=A b\nthe payload\n"
                    .formatted(ann.identity().uid(), ann.identity().gid())));
  }

  @Test
  void aJailThatIsNotRootsAloneIsRefused() throws Exception {
    Path jail = jail();
    Files.setPosixFilePermissions(jail, PosixFilePermissions.fromString("rwxrwxr-x"));
    assertRefused(() -> inJail(jail, PATH, "exit 0"), "can be written by others than root");
    Files.setPosixFilePermissions(jail, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path link = Files.createSymbolicLink(directory.resolve("link"), jail);
    assertRefused(() -> inJail(link, PATH, "exit 0"), "is no directory");
    assertRefused(() -> inJail(ann.home(), PATH, "exit 0"), "does not belong to root");
    assertRefused(() -> inJail(jail.resolve("none"), PATH, "exit 0"), "cannot be looked at");
    assertRefused(() -> inJail(jail.resolve("../jail"), PATH, "exit 0"), "without . and ..");
    assertThat(inJail(jail, PATH, "exit 0")).isEqualTo(new CommandEnd.Exited(0, ""));
  }

  /** chroot(8) runs as root with that environment. */
  @Test
  void whatTheLoaderObeysDoesNotReachChroot() throws Exception {
    Path jail = jail();
    for (String name : List.of("LD_PRELOAD", "GCONV_PATH", "LANGUAGE", "GLIBC_TUNABLES")) {
      assertThat(inJail(jail, Map.of("PATH", "/bin", name, "x"), "exit 0"))
          .isInstanceOfSatisfying(
              CommandEnd.NotStarted.class, end -> assertThat(end.output()).contains(name));
    }
  }

  @Test
  void aCommandThatIsNotInTheJailHasNotStarted() throws Exception {
    Path jail = jail();
    Files.delete(jail.resolve("bin/busybox"));

    assertThat(inJail(jail, PATH, "exit 0"))
        .isInstanceOfSatisfying(
            CommandEnd.NotStarted.class,
            end -> assertThat(end.output()).startsWith("chroot: ").contains("/bin/busybox"));
  }

  @Test
  void aLinkInPlaceOfAMailboxLeadsNowhere() throws Exception {
    Path secret = secret(bob);
    Path mailbox = spool.resolve(ann.name());

    Files.createSymbolicLink(mailbox, secret);
    assertRefused(
        () -> append(ann.identity(), mailbox, Append.Kind.SPOOL_MAILBOX), "not a regular file");
    assertRefused(
        () -> append(ann.identity(), mailbox, Append.Kind.FILE), "cannot append message to file");
    Files.delete(mailbox);
    Path _ = Files.createLink(mailbox, secret);
    assertRefused(
        () -> append(ann.identity(), mailbox, Append.Kind.SPOOL_MAILBOX), "is not owned by");
    assertRefused(() -> append(bob.identity(), mailbox, Append.Kind.SPOOL_MAILBOX), "hard link");
    assertThat(Files.readString(secret)).isEqualTo("secret\n");

    Path link = Files.createSymbolicLink(ann.home().resolve("link"), secret);
    ann.own(link);
    assertRefused(() -> append(ann.identity(), link, Append.Kind.FILE), "Permission denied");
    Path mine = secret(ann);
    Files.delete(link);
    ann.own(Files.createSymbolicLink(link, mine));
    assertRefused(() -> append(ann.identity(), link, Append.Kind.FILE), "is a symbolic link");
    assertRefused(
        () -> append(ann.identity(), Path.of("/etc/passwd"), Append.Kind.FILE),
        "Permission denied");
  }

  @Test
  void aRaceOfLinksReachesNoOtherUsersFile() throws Exception {
    Path victim = Files.writeString(directory.resolve("victim"), "");
    Files.setPosixFilePermissions(victim, PosixFilePermissions.fromString("rw-rw-rw-"));
    bob.own(victim);
    Path mailbox = spool.resolve(ann.name());
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger links = new AtomicInteger();
    Thread attacker =
        Thread.ofPlatform()
            .start(() -> {
              while (!over.get()) {
                try {
                  Files.deleteIfExists(mailbox);
                  Files.createSymbolicLink(mailbox, victim);
                  links.incrementAndGet();
                  Files.deleteIfExists(mailbox);
                  Files.createFile(mailbox);
                  ann.own(mailbox);
                } catch (Exception _) {
                  // The other side was quicker.
                }
              }
            });
    RootRights rights = rights();
    try {
      for (int i = 0; i < 300; i++) {
        try {
          rights.append(
              ann.identity(), new Append(mailbox, Append.Kind.SPOOL_MAILBOX), text("From a\n"));
        } catch (IOException _) {
          // Refused: as good.
        }
      }
    } finally {
      over.set(true);
      attacker.join();
    }
    assertThat(links.get()).as("the attacker put its link there").isPositive();
    assertThat(Files.size(victim)).isZero();
  }

  @Test
  void anotherUsersFilesAreNotReadForSomebody() throws Exception {
    Path secret = secret(bob);

    assertThat(rights().read(bob.identity(), secret, 100)).isInstanceOf(UserFile.Read.class);
    assertThatThrownBy(() -> rights().read(ann.identity(), secret, 100))
        .isInstanceOf(java.nio.file.AccessDeniedException.class);
  }

  @Test
  void identitiesThatNobodyMayHaveAreRefused() throws Exception {
    Account owner = new Accounts().find("daemon").orElseThrow();
    Path file = ann.home().resolve("f");
    long uid = ann.account().uid();
    long gid = ann.account().gid();

    for (Identity as :
        List.of(
            new Identity("root", 0, 0),
            new Identity("", 0, gid),
            new Identity("", uid, 0),
            new Identity("", -1, gid),
            new Identity("", 1L << 32, gid),
            new Identity("daemon", owner.uid(), owner.gid()),
            new Identity("", owner.uid(), gid),
            new Identity("", uid, owner.gid()),
            new Identity(bob.name(), uid, gid),
            new Identity(ann.name(), uid, bob.account().gid()),
            new Identity("prt-no-such-user", uid, gid))) {
      assertRefused(() -> append(as, file, Append.Kind.FILE), "the helper does nothing with");
      assertRefused(() -> run(as, PATH, "id"), "the helper does nothing with");
      assertRefused(() -> rights().read(as, file, 10), "the helper does nothing with");
    }
    assertThat(file).doesNotExist();
  }

  @Test
  void rootsOwnMailboxIsWrittenAndNothingElseAsRoot() throws Exception {
    Identity root = new Identity("root", 0, 0);
    Path mailbox = spool.resolve("root");

    append(root, mailbox, Append.Kind.SPOOL_MAILBOX);

    assertThat(Files.getAttribute(mailbox, "unix:uid")).isEqualTo(0);
    assertRefused(
        () -> append(root, directory.resolve("other"), Append.Kind.SPOOL_MAILBOX), "is root");
    Files.delete(mailbox);
    ann.own(Files.createFile(mailbox));
    settings.put("strict_mailbox_ownership", "no");
    assertRefused(() -> append(root, mailbox, Append.Kind.SPOOL_MAILBOX), "not owned by");
    assertThat(Files.size(mailbox)).isZero();
  }

  @Test
  void aMailboxDirectoryOfAGroupIsWrittenWithThatGroup() throws Exception {
    Files.setAttribute(spool, "unix:mode", 02775);
    Files.setAttribute(spool, "unix:gid", 8);

    append(bob.identity(), spool.resolve(bob.name()), Append.Kind.SPOOL_MAILBOX);

    assertThat(Files.getAttribute(spool.resolve(bob.name()), "unix:uid"))
        .isEqualTo((int) bob.account().uid());
    assertThat(Files.getAttribute(spool.resolve(bob.name()), "unix:gid")).isEqualTo(8);
    assertThat(Files.exists(spool.resolve(bob.name() + ".lock"), LinkOption.NOFOLLOW_LINKS))
        .isFalse();
  }
}
