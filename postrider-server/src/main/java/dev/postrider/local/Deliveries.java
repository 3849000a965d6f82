package dev.postrider.local;

import dev.postrider.agent.CommandFate;
import dev.postrider.agent.MailText;
import dev.postrider.agent.TopLines;
import dev.postrider.config.ConfigException;
import dev.postrider.delivery.DeliveryFailure;
import dev.postrider.delivery.DeliveryRequest;
import dev.postrider.delivery.DeliveryStatus;
import dev.postrider.delivery.NextHop;
import dev.postrider.delivery.Transport;
import dev.postrider.helper.Append;
import dev.postrider.helper.CommandCall;
import dev.postrider.helper.Helper;
import dev.postrider.helper.Identity;
import dev.postrider.io.Account;
import dev.postrider.io.Accounts;
import dev.postrider.local.LocalSettings.Placement;
import dev.postrider.mail.envelope.Client;
import dev.postrider.sieve.VacationReply;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Does what stands at the ends of plans. Safe on any thread. */
final class Deliveries {
  /** As much as Postfix keeps. */
  private static final int MOST_OUTPUT = 4_096;

  private final LocalSettings settings;
  private final Accounts accounts;
  private final LocalTransport.Surroundings around;
  private final Helper helper;
  private final Forwarder forwarder;
  private final Answers answers;

  Deliveries(LocalSettings settings, Accounts accounts, LocalTransport.Surroundings around) {
    this.settings = settings;
    this.accounts = accounts;
    this.around = around;
    this.helper = around.helper();
    this.forwarder =
        new Forwarder(around.intake(), settings.deliveredHeader.contains(Placement.FORWARD));
    this.answers =
        new Answers(
            around.intake(),
            around.log(),
            new AnswerMemory(settings.answerDirectory, around.clock(), around.log()));
  }

  /** Does one thing. */
  DeliveryStatus deliver(DeliveryRequest request, Scope scope, Act act)
      throws InterruptedException {
    DeliveryStatus.Attempt attempt = DeliveryStatus.Attempt.here(LocalTransport.PROCESS, "local");
    try {
      if (act instanceof Act.Pass(NextHop nextHop)) {
        return pass(request, scope, nextHop, false);
      }
      if (act instanceof Act.Reply(VacationReply reply)) {
        return Outcome.sent(answers.answer(request.queueId(), scope, reply), attempt);
      }
      return Outcome.sent(done(request, scope, act), attempt);
    } catch (DeliveryFailure e) {
      return e.status(attempt);
    } catch (IOException e) {
      return Outcome.deferred("local delivery: " + e.getMessage(), attempt);
    } catch (RuntimeException e) {
      around
          .log()
          .bug(LocalTransport.PROCESS, request.queueId() + ": to=<" + scope.address() + ">", e);
      return Outcome.deferred("internal error; see the log", attempt);
    }
  }

  /** Sends on; answers the queue id of the new message. */
  String forward(DeliveryRequest request, List<Scope> scopes) throws IOException {
    return forwarder.forward(request, scopes);
  }

  /** Does it and answers the text of the log. */
  private String done(DeliveryRequest request, Scope scope, Act act)
      throws IOException, InterruptedException {
    return switch (act) {
      case Act.Mailbox(Path file, boolean inSpool) -> {
        Append.Kind kind = inSpool ? Append.Kind.SPOOL_MAILBOX : Append.Kind.MAILBOX;
        helper.append(owner(scope, inSpool), new Append(file, kind), mboxText(request, scope));
        yield "delivered to mailbox";
      }
      case Act.Maildir(Path directory, boolean own) -> {
        helper.addToMaildir(
            own ? owner(scope, false) : writer(scope),
            directory,
            settings.mailboxLimit,
            maildirText(request, scope));
        yield "delivered to maildir";
      }
      case Act.Folder folder -> filed(request, scope, folder);
      case Act.File(String path) -> {
        helper.append(
            writer(scope), new Append(Path.of(path), Append.Kind.FILE), mboxText(request, scope));
        yield "delivered to file: " + path;
      }
      case Act.Command(String line) -> {
        String _ =
            CommandFate.check(
                helper.run(
                    writer(scope),
                    call(scope, request.envelope().client(), line),
                    commandText(request, scope)),
                line,
                LocalTransport.PROCESS);
        yield "delivered to command: " + line;
      }
      case Act.Discard() -> "discarded";
      case Act.Fail(String code, String why) -> throw new DeliveryFailure(code, why);
      case Act.Pass _, Act.SendOn _, Act.Duplicate _, Act.Reply _ ->
          throw new IllegalStateException("not done here: " + act);
    };
  }

  /** Puts it into a folder, or where it goes if the folder cannot be. */
  private String filed(DeliveryRequest request, Scope scope, Act.Folder folder)
      throws IOException, InterruptedException {
    Path place = folder.place();
    try {
      if (folder.maildir()) {
        helper.addToMaildir(
            owner(scope, false), place, settings.mailboxLimit, maildirText(request, scope));
      } else {
        helper.append(
            owner(scope, false), new Append(place, Append.Kind.FOLDER), mboxText(request, scope));
      }
    } catch (DeliveryFailure e) {
      if (!e.code().startsWith("5")) {
        throw e;
      }
      around
          .log()
          .warning(
              LocalTransport.PROCESS,
              request.queueId()
                  + ": folder "
                  + place
                  + " of a sieve script: "
                  + e.getMessage()
                  + ". The mail is kept in the mailbox");
      return done(request, scope, folder.otherwise());
    }
    return "delivered to folder: " + place;
  }

  private MailText mboxText(DeliveryRequest request, Scope scope) {
    return new MailText(top(scope, Placement.FILE, true), request.content(), MailText.Form.MBOX);
  }

  private MailText maildirText(DeliveryRequest request, Scope scope) {
    return new MailText(top(scope, Placement.FILE, false), request.content(), MailText.Form.PLAIN);
  }

  private MailText commandText(DeliveryRequest request, Scope scope) {
    return new MailText(
        top(scope, Placement.COMMAND, true), request.content(), MailText.Form.PLAIN);
  }

  private List<String> top(Scope scope, Placement placement, boolean fromLine) {
    String sender = scope.sender().external();
    List<String> top = new ArrayList<>();
    if (fromLine) {
      top.add(TopLines.from(sender, around.clock().instant()));
    }
    top.add(TopLines.returnPath(sender));
    if (scope.known() && settings.tellsOriginal) {
      top.add(TopLines.originalTo(scope.recipient().original()));
    }
    if (settings.deliveredHeader.contains(placement)) {
      top.add(TopLines.deliveredTo(scope.deliveredTo()));
    }
    return top;
  }

  private CommandCall call(Scope scope, Client client, String line) throws DeliveryFailure {
    String directory;
    try {
      directory =
          Patterns.expand(
                  settings.commandDirectory, scope, settings.directoryFilter, settings.delimiters)
              .text();
    } catch (ConfigException e) {
      throw new DeliveryFailure(
          "4.3.5",
          "mail system configuration error: command_execution_directory = "
              + settings.commandDirectory
              + ": "
              + e.getMessage());
    }
    return new CommandCall(
        CommandLine.arguments(line, settings.commandShell),
        CommandEnvironment.of(scope, client, settings),
        null,
        directory.isEmpty() ? null : Path.of(directory),
        settings.commandLimit,
        MOST_OUTPUT,
        settings.mailboxLimit);
  }

  /** The user whose mailbox it is. */
  private static Identity owner(Scope scope, boolean inSpool) throws DeliveryFailure {
    @Nullable Account account = scope.rights().account();
    if (account == null) {
      throw new IllegalStateException("a mailbox of nobody");
    }
    if (account.uid() == 0 && !inSpool) {
      throw new DeliveryFailure(
          "4.3.0",
          "a mailbox of "
              + account.name()
              + " outside of mail_spool_directory would have to be written with root's rights; add"
              + " an alias \""
              + account.name()
              + ": you\" for the person who reads it");
    }
    return UserFiles.identity(account);
  }

  /** In whose name files are written and commands run: never root's. */
  private Identity writer(Scope scope) throws IOException, InterruptedException {
    @Nullable Account account = scope.rights().account();
    if (account != null && account.uid() != 0 && account.gid() != 0) {
      return UserFiles.identity(account);
    }
    Optional<Account> standard = accounts.find(settings.defaultPrivileges);
    if (standard.isEmpty() || standard.get().uid() == 0 || standard.get().gid() == 0) {
      throw new DeliveryFailure(
          "4.3.5",
          "default_privs = "
              + settings.defaultPrivileges
              + (standard.isEmpty() ? " names no user" : " is a privileged user or group")
              + "; name an unprivileged user such as nobody");
    }
    return account == null || account.uid() == 0
        ? UserFiles.identity(standard.get())
        : new Identity(account.name(), account.uid(), standard.get().gid());
  }

  /** Hands the recipient to another transport. */
  DeliveryStatus pass(DeliveryRequest request, Scope scope, NextHop to, boolean probe)
      throws InterruptedException {
    NextHop nextHop =
        to.destination().isEmpty()
            ? new NextHop(to.transport(), request.nextHop().destination())
            : to;
    @Nullable Transport transport = around.transports().apply(nextHop.transport());
    DeliveryStatus.Attempt attempt = DeliveryStatus.Attempt.here(LocalTransport.PROCESS, "none");
    if (transport == null) {
      return Outcome.deferred(
          "mail transport unavailable: master.cf has no service named \""
              + nextHop.transport()
              + "\" that delivers",
          attempt);
    }
    around
        .log()
        .info(
            LocalTransport.PROCESS,
            request.queueId()
                + ": passing <"
                + scope.address().external()
                + "> to transport="
                + nextHop.transport());
    DeliveryRequest passed =
        new DeliveryRequest(
            request.queueId(),
            request.arrival(),
            request.envelope(),
            List.of(scope.shown()),
            nextHop,
            request.content());
    List<DeliveryStatus> heard = new ArrayList<>(1);
    if (probe) {
      transport.probe(passed, (_, status) -> heard.add(status));
    } else {
      transport.deliver(passed, (_, status) -> heard.add(status));
    }
    return heard.isEmpty()
        ? Outcome.deferred("unknown mail transport error", attempt)
        : heard.getFirst();
  }
}
