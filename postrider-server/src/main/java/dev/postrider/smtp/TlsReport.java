package dev.postrider.smtp;

import dev.postrider.mail.reply.Reply;
import dev.postrider.tls.CertificateVerdict;
import dev.postrider.tls.Pin;
import dev.postrider.tls.Pins;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What is reported of one connection: the first thing that went wrong with TLS, or that all was
 * well. For one thread.
 */
final class TlsReport {
  /** How something went wrong, by the number of libtlsrpt and the word of RFC 8460 §4.3. */
  enum Trouble {
    STARTTLS_NOT_SUPPORTED(201),
    CERTIFICATE_HOST_MISMATCH(202),
    CERTIFICATE_NOT_TRUSTED(203),
    CERTIFICATE_EXPIRED(204),
    VALIDATION_FAILURE(205);

    private final int number;

    Trouble(int number) {
      this.number = number;
    }

    String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What a certificate that will not do is called. */
    static Trouble of(CertificateVerdict verdict) {
      String why = verdict.why();
      if (why.contains("hostname mismatch")) {
        return CERTIFICATE_HOST_MISMATCH;
      }
      return why.contains("has expired") ? CERTIFICATE_EXPIRED : CERTIFICATE_NOT_TRUSTED;
    }
  }

  /**
   * The policy of the domain that counted.
   *
   * @param type 1 for DANE, 2 for MTA-STS, 9 for none
   * @param domain whose it is, or null
   */
  record Policy(int type, @Nullable String domain, List<String> strings, List<String> patterns) {
    static final Policy NONE = new Policy(9, null, List.of(), List.of());

    Policy {
      strings = List.copyOf(strings);
      patterns = List.copyOf(patterns);
    }

    static Policy sts(List<String> strings, @Nullable String domain, List<String> patterns) {
      return new Policy(2, domain, strings, patterns);
    }

    static Policy dane(Pins pins, String base) {
      List<String> records = new ArrayList<>();
      for (Pin pin : pins.pins()) {
        records.add(
            (pin.holder() == Pin.Holder.SERVER ? "3 " : "2 ")
                + (pin.wholeCertificate() ? "0 " : "1 ")
                + switch (pin.digest()) {
                  case "SHA-256" -> "1 ";
                  case "SHA-512" -> "2 ";
                  default -> "0 ";
                }
                + pin.data());
      }
      return new Policy(1, base, records, List.of());
    }
  }

  private final TlsReports reports;
  private final String domain;
  private final String record;
  private final Policy policy;
  private final Target.Host target;
  private String ownAddress = "";
  private String announcement = "";
  private boolean done;

  TlsReport(TlsReports reports, String domain, String record, Policy policy, Target.Host target) {
    this.reports = reports;
    this.domain = domain;
    this.record = record;
    this.policy = policy;
    this.target = target;
  }

  /** The address that the connection leaves from. */
  void from(String address) {
    ownAddress = address;
  }

  /** What the server said of itself. */
  void announced(Reply ehlo) {
    StringBuilder text = new StringBuilder();
    List<String> lines = ehlo.lines();
    for (int i = 0; i < lines.size(); i++) {
      boolean last = i == lines.size() - 1;
      text.append(ehlo.code()).append(last ? ' ' : '-').append(lines.get(i));
      text.append(last ? "" : "\r\n");
    }
    announcement = text.toString();
  }

  /**
   * TLS failed.
   *
   * @param reason a word for those who read the report, or null
   */
  void failed(Trouble trouble, @Nullable String reason) {
    if (done) {
      return;
    }
    done = true;
    StringBuilder details = new StringBuilder("{\"c\":").append(trouble.number);
    attribute(details, "s", ownAddress);
    attribute(details, "n", target.host());
    attribute(details, "h", announcement);
    attribute(details, "r", target.numeric());
    attribute(details, "f", reason);
    details.append('}');
    reports.send(
        whole(",\"failure-details\":[" + details + "],\"t\":1,\"f\":1}"),
        told("failure")
            + ", failure_type="
            + trouble.word()
            + (reason == null ? "" : ", failure_reason=" + reason));
  }

  /**
   * TLS is as it should be.
   *
   * @param resumed whether an earlier handshake goes on
   */
  void succeeded(boolean resumed) {
    if (done || (resumed && reports.skipsResumed())) {
      return;
    }
    done = true;
    reports.send(whole(",\"t\":0,\"f\":0}"), told("success"));
  }

  private String told(String status) {
    return "TLSRPT: status="
        + status
        + ", domain="
        + domain
        + ", receiving_mx="
        + target.host()
        + "["
        + target.numeric()
        + "]";
  }

  private String whole(String end) {
    StringBuilder json = new StringBuilder("{\"dpv\":\"1\"");
    attribute(json, "d", domain);
    attribute(json, "pr", record);
    json.append(",\"policies\":[{\"policy-type\":").append(policy.type);
    attribute(json, "policy-domain", policy.domain);
    list(json, "policy-string", policy.strings);
    list(json, "mx-host", policy.patterns);
    return json.append(end).append("]}").toString();
  }

  private static void attribute(StringBuilder json, String name, @Nullable String value) {
    if (value != null && !value.isEmpty()) {
      json.append(",\"").append(name).append("\":");
      string(json, value);
    }
  }

  private static void list(StringBuilder json, String name, List<String> values) {
    if (values.isEmpty()) {
      return;
    }
    json.append(",\"").append(name).append("\":[");
    for (int i = 0; i < values.size(); i++) {
      json.append(i == 0 ? "" : ",");
      string(json, values.get(i));
    }
    json.append(']');
  }

  private static void string(StringBuilder json, String value) {
    json.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < ' ' || c == 0x7f) {
        json.append("\\u%04x".formatted((int) c));
      } else {
        json.append(c);
      }
    }
    json.append('"');
  }
}
