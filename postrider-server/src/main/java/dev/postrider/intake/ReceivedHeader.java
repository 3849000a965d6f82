package dev.postrider.intake;

import dev.postrider.mail.address.AddressLiteral;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.mail.message.RfcDate;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;

/** Writes the trace header (RFC 5321 §4.4) as Postfix does, and the dates it shares with Date. */
final class ReceivedHeader {
  private final String hostName;
  private final String mailName;
  private final boolean showsLogin;
  private final boolean showsTls;

  ReceivedHeader(String hostName, String mailName, boolean showsLogin, boolean showsTls) {
    this.hostName = hostName;
    this.mailName = mailName;
    this.showsLogin = showsLogin;
    this.showsTls = showsTls;
  }

  /** The whole field without its last line end. */
  String print(Origin origin, String queueId, List<Recipient> recipients, Instant arrival) {
    StringBuilder out = new StringBuilder(256).append("Received: ");
    switch (origin) {
      case Origin.Local local -> byUser(local.uid(), queueId, out);
      case Origin.Requeued requeued -> byUser(requeued.uid(), queueId, out);
      case Origin.Internal _ ->
          out.append("by ")
              .append(hostName)
              .append(" (")
              .append(mailName)
              .append(")\n\tid ")
              .append(queueId)
              .append("; ");
      case Origin.Remote remote -> {
        from(remote, out);
        out.append("\n\tby ")
            .append(remote.service().hostName())
            .append(" (")
            .append(mailName)
            .append(") with ")
            .append(remote.protocol())
            .append(" id ")
            .append(queueId);
        // One recipient may know who it is; several must not learn of each other (RFC 5321 §7.2).
        if (recipients.size() == 1) {
          out.append("\n\tfor <").append(recipients.getFirst().mailbox().external()).append(">; ");
        } else {
          out.append(";\n\t");
        }
      }
    }
    return out.append(date(arrival)).toString();
  }

  private void byUser(long uid, String queueId, StringBuilder out) {
    out.append("by ")
        .append(hostName)
        .append(" (")
        .append(mailName)
        .append(", from userid ")
        .append(uid)
        .append(")\n\tid ")
        .append(queueId)
        .append("; ");
  }

  private void from(Origin.Remote remote, StringBuilder out) {
    out.append("from ")
        .append(oneLine(remote.helo()))
        .append(" (")
        .append(oneLine(remote.name()))
        .append(' ')
        .append(new AddressLiteral(remote.address()))
        .append(')');
    if (showsTls && remote.tls() != null) {
      out.append("\n\t(").append(oneLine(remote.tls())).append(')');
    }
    if (showsLogin && remote.login() != null) {
      out.append("\n\t(Authenticated sender: ").append(oneLine(remote.login())).append(')');
    }
  }

  /** RFC 5322 §3.3, with the zone's name as a comment. */
  static String date(Instant time) {
    return RfcDate.format(time, ZoneId.systemDefault());
  }

  /** What a client said cannot begin a new header line. */
  private static String oneLine(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      out.append(c < ' ' || c == 0x7f ? '?' : c);
    }
    return out.toString();
  }
}
