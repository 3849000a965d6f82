package dev.postrider.system;

import java.util.List;
import java.util.Optional;

/**
 * How the large providers behave at their submission servers, as far as it is known from their help
 * pages and from reports: greeting, extensions, the words of refusal, and which senders they take.
 * A reply is a list of lines with their codes.
 */
enum Manners {
  /** Takes every sender, and puts the account's address into From. */
  GMAIL("smtp.gmail.com", "192.0.2.11", "you@gmail.com", "abcdefghijklmnop", true) {
    @Override
    List<String> greeting() {
      return List.of("220 smtp.gmail.com ESMTP 5b1f17b1804b1-477bf4 - gsmtp");
    }

    @Override
    List<String> hello(boolean encrypted) {
      return List.of(
          "smtp.gmail.com at your service, [192.0.2.1]",
          "SIZE 35882577",
          "8BITMIME",
          encrypted ? "AUTH LOGIN PLAIN XOAUTH2 PLAIN-CLIENTTOKEN OAUTHBEARER XOAUTH" : "STARTTLS",
          "ENHANCEDSTATUSCODES",
          "PIPELINING",
          "CHUNKING",
          "SMTPUTF8");
    }

    @Override
    List<String> refused(String secret) {
      return secret.equals(ACCOUNT_PASSWORD)
          ? List.of(
              "534-5.7.9 Application-specific password required. For more information, go to",
              "534 5.7.9  https://support.google.com/mail/?p=InvalidSecondFactor 5b1f17b1804b1-477bf4 - gsmtp")
          : List.of(
              "535-5.7.8 Username and Password not accepted. For more information, go to",
              "535 5.7.8  https://support.google.com/mail/?p=BadCredentials 5b1f17b1804b1-477bf4 - gsmtp");
    }

    @Override
    String taken() {
      return "250 2.0.0 OK  1795785600 5b1f17b1804b1-477bf4 - gsmtp";
    }

    @Override
    String rewritten(String content) {
      String from = fromLine(content);
      return from.contains("<" + account() + ">") || from.equals("From: " + account())
          ? content
          : content.replace(from, "From: " + account() + "\nX-Google-Original-" + from);
    }
  },

  /** Wants the envelope's sender to be the account's; has no port 465. */
  ICLOUD("smtp.mail.me.com", "192.0.2.12", "you@icloud.com", "abcd-efgh-ijkl-mnop", false) {
    @Override
    List<String> greeting() {
      return List.of("220 p00-icloudmta-asmtp-us-central-1k-0 ESMTP iCloud");
    }

    @Override
    List<String> hello(boolean encrypted) {
      return List.of(
          "p00-icloudmta-asmtp-us-central-1k-0",
          "PIPELINING",
          "SIZE 28319744",
          "ETRN",
          encrypted ? "AUTH PLAIN LOGIN ATOKEN ATOKEN2 WSTOKEN WETOKEN" : "STARTTLS",
          "ENHANCEDSTATUSCODES",
          "8BITMIME",
          "DSN",
          "SMTPUTF8");
    }

    @Override
    List<String> refused(String secret) {
      return List.of("535 5.7.8 Error: authentication failed: authentication failed");
    }

    @Override
    Optional<String> sender(String reversePath) {
      return reversePath.equals(account())
          ? Optional.empty()
          : Optional.of("550 5.7.0 From address is not one of your addresses.");
    }
  },

  /** Wants From to be a sending identity; app passwords always. */
  FASTMAIL("smtp.fastmail.com", "192.0.2.13", "you@fastmail.com", "7y3k9m2p4q6r8s1t", true) {
    @Override
    List<String> greeting() {
      return List.of("220 smtp.fastmail.com ESMTP . Fastmail");
    }

    @Override
    List<String> hello(boolean encrypted) {
      return List.of(
          "smtp.fastmail.com",
          "PIPELINING",
          "SIZE 71000000",
          encrypted ? "AUTH PLAIN LOGIN OAUTHBEARER XOAUTH2" : "STARTTLS",
          "ENHANCEDSTATUSCODES",
          "8BITMIME",
          "DSN",
          "CHUNKING",
          "SMTPUTF8");
    }

    @Override
    List<String> refused(String secret) {
      return List.of("535 5.7.0 Incorrect username or password. Use an app password.");
    }

    @Override
    Optional<String> content(String content) {
      return fromLine(content).contains(account())
          ? Optional.empty()
          : Optional.of("551 5.7.1 Not authorised to send from this header address");
    }
  },

  /** Consumers' accounts: tokens only. */
  OUTLOOK("smtp-mail.outlook.com", "192.0.2.14", "you@outlook.com", "", false) {
    @Override
    List<String> refused(String secret) {
      return List.of(
          "535 5.7.139 Authentication unsuccessful, basic authentication is disabled."
              + " [BN9PR03CA0001.namprd03.prod.outlook.com]");
    }
  },

  /** A tenant that has ended passwords. */
  MICROSOFT365("smtp.office365.com", "192.0.2.15", "you@company.example", "", false) {
    @Override
    List<String> refused(String secret) {
      return List.of(
          "550 5.7.30 Basic authentication is not supported for Client Submission."
              + " [BN9PR03CA0001.namprd03.prod.outlook.com]");
    }
  };

  /** What the account is opened with on the web, which is not for programs. */
  static final String ACCOUNT_PASSWORD = "real-password-1";

  private final String host;
  private final String address;
  private final String account;
  private final String appPassword;
  private final boolean implicitTls;

  Manners(String host, String address, String account, String appPassword, boolean implicitTls) {
    this.host = host;
    this.address = address;
    this.account = account;
    this.appPassword = appPassword;
    this.implicitTls = implicitTls;
  }

  String host() {
    return host;
  }

  String address() {
    return address;
  }

  String account() {
    return account;
  }

  /** Without the spaces that are shown; empty if there is none. */
  String appPassword() {
    return appPassword;
  }

  /** Whether it listens on port 465 beside 587. */
  boolean implicitTls() {
    return implicitTls;
  }

  /** Microsoft's two have one system. */
  private boolean isMicrosoft() {
    return host.endsWith(".office365.com") || host.endsWith(".outlook.com");
  }

  /** Its first lines; Microsoft's where nothing else is said, and so on. */
  List<String> greeting() {
    return microsoftGreeting();
  }

  /** The lines of the answer to EHLO, without codes. */
  List<String> hello(boolean encrypted) {
    return microsoftHello(encrypted);
  }

  /** The answer to a wrong login with a password. */
  abstract List<String> refused(String secret);

  /** The answer to a token that is none, after the JSON. */
  String badToken() {
    return hello(true).toString().contains("Hello")
        ? "535 5.7.3 Authentication unsuccessful [BN9PR03CA0001.namprd03.prod.outlook.com]"
        : refused("").getLast();
  }

  /** A refusal of a sender at MAIL. */
  Optional<String> sender(String reversePath) {
    return Optional.empty();
  }

  /** A refusal of a message. */
  Optional<String> content(String content) {
    return isMicrosoft() ? asMicrosoft(content) : Optional.empty();
  }

  String taken() {
    return "250 2.0.0 Ok: queued as 4WbXyz1";
  }

  /** What it makes of a message. */
  String rewritten(String content) {
    return content;
  }

  /** Octets, as it announces them. */
  long size() {
    return hello(true).stream()
        .filter(line -> line.startsWith("SIZE "))
        .mapToLong(line -> Long.parseLong(line.substring(5)))
        .findFirst()
        .orElseThrow();
  }

  Optional<String> asMicrosoft(String content) {
    return fromLine(content).contains(account)
        ? Optional.empty()
        : Optional.of(
            "550 5.7.60 SMTP; Client does not have permissions to send as this sender"
                + " [BN9PR03MB0001.namprd03.prod.outlook.com]");
  }

  private static List<String> microsoftGreeting() {
    return List.of(
        "220 BN9PR03CA0001.outlook.office365.com Microsoft ESMTP MAIL Service ready at Fri, 27"
            + " Nov 2026 12:00:00 +0000");
  }

  private static List<String> microsoftHello(boolean encrypted) {
    return List.of(
        "BN9PR03CA0001.outlook.office365.com Hello [192.0.2.1]",
        "SIZE 157286400",
        "PIPELINING",
        "DSN",
        "ENHANCEDSTATUSCODES",
        encrypted ? "AUTH LOGIN XOAUTH2" : "STARTTLS",
        "8BITMIME",
        "BINARYMIME",
        "CHUNKING",
        "SMTPUTF8");
  }

  static String fromLine(String content) {
    return content
        .lines()
        .takeWhile(line -> !line.isEmpty())
        .filter(line -> line.startsWith("From:"))
        .findFirst()
        .orElse("");
  }
}
