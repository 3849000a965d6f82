package dev.postrider.local;

import dev.postrider.delivery.Outlook;
import dev.postrider.delivery.Trace;
import java.util.ArrayList;
import java.util.List;

/** Tells a plan to somebody who asks, and does nothing. For one recipient. */
record Explaining(Trace trace) {
  /** Returns the worst that happens to it. */
  Outlook tell(Plan plan) {
    return switch (plan) {
      case Plan.Branch branch -> tell(branch);
      case Plan.Step(_, Plan next) -> tell(next);
      case Plan.Leaf(Scope scope, Act act) -> {
        trace.step(new Trace.Step(setting(act), scope.address().external(), words(act)));
        yield act instanceof Act.Fail(String code, _)
            ? Outlook.ofClass(code.charAt(0) - '0')
            : Outlook.DELIVERS;
      }
    };
  }

  private Outlook tell(Plan.Branch branch) {
    String subject = branch.scope().address().external();
    List<String> targets = new ArrayList<>();
    branch.steps().forEach(step -> step.forEach(plan -> targets.add(target(plan))));
    String result = String.join(", ", targets);
    trace.step(
        switch (branch.list()) {
          case Plan.ListName.Alias(var table, var key, var owner) ->
              new Trace.Step(
                  "alias_maps",
                  subject,
                  owner == null ? result : result + " (failures are told to " + owner + ")",
                  table,
                  key);
          case Plan.ListName.Forward(var file) ->
              new Trace.Step("forward_path", subject, file + ": " + result);
          case Plan.ListName.Include(var file) ->
              new Trace.Step(":include:", subject, file + ": " + result);
          case Plan.ListName.Sieve(var file, var actions) ->
              new Trace.Step(
                  "postrider_sieve", subject, file + ": " + (actions.isEmpty() ? result : actions));
          case Plan.ListName.LuserRelay() -> new Trace.Step("luser_relay", subject, result);
        });
    Outlook worst = Outlook.DELIVERS;
    for (List<Plan> step : branch.steps()) {
      for (Plan plan : step) {
        worst = worst.and(tell(plan));
      }
    }
    return worst;
  }

  private static String target(Plan plan) {
    return switch (plan) {
      case Plan.Branch(_, Plan.ListName.Include(var file), _) -> ":include:" + file;
      case Plan.Branch branch -> branch.scope().address().external();
      case Plan.Step step -> step.scope().address().external();
      case Plan.Leaf(Scope scope, Act act) ->
          switch (act) {
            case Act.File _, Act.Folder _, Act.Command _, Act.Maildir _ -> words(act);
            default -> scope.address().external();
          };
    };
  }

  private static String setting(Act act) {
    return switch (act) {
      case Act.Mailbox(_, boolean inSpool) -> inSpool ? "mail_spool_directory" : "home_mailbox";
      case Act.Maildir _ -> "maildir";
      case Act.Folder _ -> "folder";
      case Act.File _ -> "file";
      case Act.Command _ -> "command";
      case Act.Pass _ -> "transport";
      case Act.SendOn _ -> "sent on";
      case Act.Reply _ -> "answered";
      case Act.Discard _, Act.Duplicate _ -> "nothing";
      case Act.Fail _ -> "fails";
    };
  }

  private static String words(Act act) {
    return switch (act) {
      case Act.Mailbox(var file, _) -> "mailbox " + file;
      case Act.Maildir(var directory, _) -> "maildir " + directory;
      case Act.Folder(var place, _, _) -> "folder " + place;
      case Act.File(var path) -> "file " + path;
      case Act.Command(var line) -> "|" + line;
      case Act.Pass(var nextHop) -> nextHop.toString();
      case Act.SendOn() -> "as a new message, which is routed by itself";
      case Act.Reply(var reply) -> "vacation: reply to " + reply;
      case Act.Discard() -> "thrown away";
      case Act.Duplicate() -> "has it already";
      case Act.Fail(var code, var text) ->
          (code.startsWith("5") ? "goes back: " : "waits: ") + code + " " + text;
    };
  }
}
