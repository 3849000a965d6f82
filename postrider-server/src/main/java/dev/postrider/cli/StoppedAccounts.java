package dev.postrider.cli;

import dev.postrider.account.AccountState;
import dev.postrider.account.AccountStates;
import dev.postrider.config.Config;
import dev.postrider.control.ControlAnswer;
import dev.postrider.control.ControlClient;
import dev.postrider.control.ControlOutput;
import dev.postrider.control.ControlRequest;
import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The accounts that are not used at present: from the daemon, or where none runs from its file.
 *
 * @param warnings hears of what is wrong with the file
 */
record StoppedAccounts(Config config, InstantSource clock, Consumer<String> warnings) {
  /**
   * Asks.
   *
   * @param request for accounts
   * @throws IOException that says to people why there is no answer
   */
  List<AccountState> ask(ControlRequest request) throws IOException {
    List<AccountState> found = new ArrayList<>();
    Path socket = ControlClient.socket(Path.of(config.text("queue_directory")));
    try {
      ControlOutput output =
          new ControlOutput() {
            @Override
            public void entry(dev.postrider.control.QueueEntry entry) {
              // Nobody asked for messages.
            }

            @Override
            public void account(AccountState state) {
              found.add(state);
            }
          };
      if (ControlClient.ask(socket, request, output) instanceof ControlAnswer.Failed(String text)) {
        throw new IOException(text);
      }
      return found;
    } catch (SocketException | NoSuchFileException _) {
      return askFile(request);
    }
  }

  /** What the next start of the mail system will find. */
  private List<AccountState> askFile(ControlRequest request) throws IOException {
    Path directory = Path.of(config.text("data_directory"));
    Path file = directory.resolve("accounts");
    if (Files.exists(file) && !Files.isReadable(file)) {
      throw new IOException(file + ": permission denied: be root or " + config.text("mail_owner"));
    }
    AccountStates states = AccountStates.open(directory, clock, warnings);
    return request instanceof ControlRequest.ResumeAccount(String login)
        ? states.resume(login, "")
        : states.stopped();
  }
}
