package dev.postrider.control;

import dev.postrider.account.AccountName;
import dev.postrider.account.AccountState;
import java.time.Instant;
import java.util.List;

/** An account's state as one line of the control protocol: fields separated by tabs. */
final class AccountLine {
  private static final int FIELDS = 8;

  private AccountLine() {}

  static String format(AccountState state) {
    return String.join(
        "\t",
        List.of(
            WireText.escape(state.name().login()),
            WireText.escape(state.name().server()),
            state.kind().name(),
            String.valueOf(state.refusals()),
            WireText.escape(state.rule()),
            WireText.escape(state.reason()),
            String.valueOf(state.since().toEpochMilli()),
            String.valueOf(state.until().toEpochMilli())));
  }

  /**
   * @throws IllegalArgumentException if the other side speaks another version of the protocol
   */
  static AccountState parse(String line) {
    String[] fields = line.split("\t", -1);
    if (fields.length != FIELDS) {
      throw new IllegalArgumentException("not an account: " + line);
    }
    return new AccountState(
        new AccountName(WireText.unescape(fields[0]), WireText.unescape(fields[1])),
        AccountState.Kind.valueOf(fields[2]),
        Integer.parseInt(fields[3]),
        WireText.unescape(fields[4]),
        WireText.unescape(fields[5]),
        Instant.ofEpochMilli(Long.parseLong(fields[6])),
        Instant.ofEpochMilli(Long.parseLong(fields[7])));
  }
}
