package dev.postrider.cli;

import java.io.IOException;
import java.util.List;

/** Letters written while others are read: answers, and new ones. For one thread. */
final class MailWriting {
  /** Sends what was written; says itself if that failed. */
  @FunctionalInterface
  interface Sender {
    void send(MailDraft draft) throws IOException, InterruptedException;
  }

  private final MailConsole console;
  private final MailSettings settings;
  private final MailReply replies;
  private final Sender sender;
  private final boolean escapes;

  /**
   * @param escapes tilde escapes though nobody types
   */
  MailWriting(
      MailConsole console,
      MailSettings settings,
      MailReply replies,
      Sender sender,
      boolean escapes) {
    this.console = console;
    this.settings = settings;
    this.replies = replies;
    this.sender = sender;
    this.escapes = escapes;
  }

  MailReply replies() {
    return replies;
  }

  /** Lets the letter be typed and sends it; a script's letter ends with a line of one dot too. */
  void write(MailDraft draft, TildeEscapes.Quotes quotes) throws IOException, InterruptedException {
    if (console.isInteractive()) {
      head(draft);
    }
    DeadLetter dead = DeadLetter.of(console.environment());
    Thread rescue = new Thread(() -> dead.save(draft.body()));
    Runtime.getRuntime().addShutdownHook(rescue);
    TildeEscapes.End end;
    try {
      end = console.isInteractive() || escapes ? typed(draft, quotes) : read(draft);
    } finally {
      Runtime.getRuntime().removeShutdownHook(rescue);
    }
    if (end == TildeEscapes.End.SEND && copies(draft)) {
      if (console.isInteractive()) {
        console.out().println("EOT");
      }
      sender.send(draft);
    } else if (end != TildeEscapes.End.DISCARD
        && draft.body().length > 0
        && settings.isSet("save")) {
      console.out().println(dead.save(draft.body()));
    }
  }

  /** Asks who else is to get it; false if the answer is an interrupt. */
  private boolean copies(MailDraft draft) throws IOException, InterruptedException {
    if (console.isInteractive()) {
      try {
        more("askcc", "Cc: ", draft.cc);
        more("askbcc", "Bcc: ", draft.bcc);
      } catch (MailInterruptException e) {
        console.out().println();
        return false;
      }
    }
    return true;
  }

  private void head(MailDraft draft) throws IOException, InterruptedException {
    if (!draft.fields.isEmpty() || !draft.subject.isEmpty()) {
      console.out().println("To: " + String.join(", ", draft.to));
      if (!draft.cc.isEmpty()) {
        console.out().println("Cc: " + String.join(", ", draft.cc));
      }
      console.out().println("Subject: " + draft.subject + "\n");
    } else if (settings.isSet("ask") || settings.isSet("asksub")) {
      String subject = console.line("Subject: ");
      draft.subject = subject == null ? "" : subject;
    }
  }

  private void more(String variable, String prompt, List<String> list)
      throws IOException, InterruptedException {
    if (settings.isSet(variable)) {
      String answer = console.line(prompt);
      if (answer != null && !answer.isBlank()) {
        list.add(answer.strip());
      }
    }
  }

  private TildeEscapes.End typed(MailDraft draft, TildeEscapes.Quotes quotes)
      throws IOException, InterruptedException {
    return new TildeEscapes(draft, () -> console.line(""), console.out(), console.environment())
        .withQuotes(quotes)
        .read(!console.isInteractive() || settings.isSet("dot") || settings.isSet("ignoreeof"));
  }

  private TildeEscapes.End read(MailDraft draft) throws IOException, InterruptedException {
    for (String line = console.line(""); line != null; line = console.line("")) {
      if (line.equals(".")) {
        break;
      }
      draft.line(line);
    }
    return TildeEscapes.End.SEND;
  }
}
