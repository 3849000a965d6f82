package dev.postrider.failure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Replies of real providers, each with the rule that must explain it and what the queue does. */
class ReplyCorpusTest {
  private final FailureRules rules = FailureRules.shipped();

  @ParameterizedTest
  @CsvSource(
      delimiter = '\t',
      quoteCharacter = '`',
      textBlock =
          """
          login	smtp.gmail.com	535 5.7.8 Username and Password not accepted. For more information, go to 5.7.8 https://support.google.com/mail/?p=BadCredentials x - gsmtp	gmail-app-password	HoldAccount
          login	smtp.gmail.com	535 5.7.80 Username and Password not accepted.	gmail-app-password	HoldAccount
          login	smtp.gmail.com	534 5.7.9 Application-specific password required. For more information, go to	gmail-app-password-required	HoldAccount
          login	smtp.gmail.com	534 5.7.14 Please log in via your web browser and then try again.	gmail-web-login	HoldAccount
          login	smtp.gmail.com	454 4.7.0 Too many login attempts, please try again later. x - gsmtp	login-temporary	AsReplied
          login	smtp.gmail.com	421 4.7.0 Try again later, closing connection.	login-temporary	AsReplied
          login	smtp.office365.com	535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled	microsoft-smtp-auth-off	HoldAccount
          login	smtp.office365.com	535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox.	microsoft-smtp-auth-off	HoldAccount
          login	smtp-mail.outlook.com	535 5.7.139 Authentication unsuccessful, basic authentication is disabled. [X]	microsoft-basic-auth-off	HoldAccount
          login	smtp.office365.com	535 5.7.139 Authentication unsuccessful, the user credentials were incorrect.	microsoft-password	HoldAccount
          login	smtp.office365.com	535 5.7.3 Authentication unsuccessful [AM0PR01CA0099.eurprd01.prod.exchangelabs.com]	microsoft-password	HoldAccount
          login	smtp.office365.com	550 5.7.30 Basic authentication is not supported for Client Submission.	microsoft-basic-auth-off	HoldAccount
          mail	smtp.office365.com	550 5.7.30 Basic authentication is not supported for Client Submission.	microsoft-basic-auth-off	HoldAccount
          login	smtp.mail.yahoo.com	535 5.7.0 (#AUTH005) Too many bad auth attempts.	yahoo-too-many-logins	HoldAccount
          login	smtp-relay.brevo.com	525 5.7.1 Unauthorized IP address	brevo-ip	HoldAccount
          login	smtp-relay.brevo.com	535 5.7.8 Authentication failed	login-refused	HoldAccount
          login	smtp.sendgrid.net	451 Authentication failed: Maximum credits exceeded	sendgrid-credits	RestAccount
          login	mail.gmx.net	535 Authentication credentials invalid	login-refused	HoldAccount
          login	mx.example.net	504 5.7.4 Unrecognized authentication type	login-mechanism	Defer
          login	mx.example.net	538 5.7.11 Encryption required for requested authentication mechanism	login-needs-tls	Defer
          mail	smtp.gmail.com	530 5.7.0 Must issue a STARTTLS command first. x - gsmtp	needs-tls	HoldMessage
          mail	smtp.gmail.com	530-5.7.0 Authentication Required. For more information, go to	needs-login	HoldMessage
          mail	smtp.office365.com	530 5.7.57 Client not authenticated to send mail.	needs-login	HoldMessage
          end-of-data	smtp.office365.com	550 5.7.60 SMTP; Client does not have permissions to send as this sender	microsoft-send-as	HoldMessage
          end-of-data	smtp.office365.com	554 5.2.252 SendAsDenied; root@host.example not allowed to send as me@example.com	microsoft-send-as	HoldMessage
          mail	smtp.mail.me.com	550 5.7.0 From address is not one of your addresses	icloud-from	HoldMessage
          end-of-data	smtp.fastmail.com	551 5.7.1 Not authorised to send from this header address	fastmail-from	HoldMessage
          end-of-data	smtp.zoho.com	553 Sender is not allowed to relay emails	zoho-from	HoldMessage
          mail	smtp.ionos.de	550 Sender address is not allowed.	sender-not-allowed	HoldMessage
          rcpt	mail.provider.example	553 5.7.1 <root@host>: Sender address rejected: not owned by user me	sender-not-allowed	HoldMessage
          end-of-data	email-smtp.eu-west-1.amazonaws.com	554 Message rejected: Email address is not verified. The following identities failed the check in region EU-WEST-1: root@host	ses-not-verified	HoldMessage
          mail	smtp.sendgrid.net	403 The from address does not match a verified Sender Identity. Mail cannot be sent until this error is resolved.	sendgrid-identity	HoldMessage
          end-of-data	smtp.sendgrid.net	550 The from address does not match a verified Sender Identity.	sendgrid-identity	HoldMessage
          mail	mx.example.net	550 5.1.8 <root@host.local>: Sender address rejected: Domain not found	relay-sender-rejected	HoldMessage
          rcpt	smtp.gmail.com	550 5.4.5 Daily user sending limit exceeded. For more information on Gmail sending limits go to https://support.google.com/a/answer/166852	gmail-daily-limit	RestAccount
          end-of-data	smtp.gmail.com	550-5.4.5 Daily SMTP relay sending limit exceeded for customer.	gmail-daily-limit	RestAccount
          end-of-data	smtp.office365.com	554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException; recipient limit exceeded	microsoft-recipient-limit	RestAccount
          end-of-data	smtp.office365.com	554 5.2.2 mailbox full; STOREDRV.Submission; MapiExceptionQuotaExceeded	microsoft-mailbox-full	RestAccount
          end-of-data	email-smtp.us-east-1.amazonaws.com	454 Throttling failure: Daily message quota exceeded.	ses-daily-quota	RestAccount
          end-of-data	email-smtp.us-east-1.amazonaws.com	454 Throttling failure: Maximum sending rate exceeded.	ses-throttling	SlowDown
          rcpt	smtp.ionos.de	450 Requested mail action not taken: mailbox unavailable Mail send limit exceeded.	ionos-limit	RestAccount
          mail	smtp.office365.com	432 4.3.2 Concurrent connections limit exceeded. Visit https://aka.ms/concurrent_sending	microsoft-connections	SlowDown
          rcpt	mx.example.net	452 4.5.3 Too many recipients	too-many-recipients	AsReplied
          end-of-data	gmail-smtp-in.l.google.com	421 4.7.0 Our system has detected an unusual rate of unsolicited mail originating from your IP address.	gmail-rate	SlowDown
          end-of-data	gmail-smtp-in.l.google.com	421 4.7.28 Gmail has detected an unusual rate of mail.	gmail-rate	SlowDown
          mail	mta7.am0.yahoodns.net	421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume or user complaints	yahoo-tss	SlowDown
          end-of-data	gmail-smtp-in.l.google.com	550 5.7.1 The IP you're using to send mail is not authorized to send email directly to our servers.	no-direct-mail	AsReplied
          end-of-data	gmail-smtp-in.l.google.com	550 5.7.25 The IP address sending this message does not have a PTR record setup.	no-ptr	AsReplied
          end-of-data	gmail-smtp-in.l.google.com	550 5.7.26 Your email has been blocked because the sender is unauthenticated.	dmarc-rejected	AsReplied
          end-of-data	gmail-smtp-in.l.google.com	550 5.7.30 Your email has been blocked: DKIM did not pass.	dmarc-rejected	AsReplied
          end-of-data	mx.outlook.com	550 5.7.515 Access denied, sending domain example.com does not meet the required authentication level.	dmarc-rejected	AsReplied
          mail	mx.example.net	552 5.3.4 Message size exceeds fixed limit	too-big	AsReplied
          rcpt	gmail-smtp-in.l.google.com	550 5.1.1 The email account that you tried to reach does not exist.	no-such-user	AsReplied
          rcpt	gmail-smtp-in.l.google.com	452 4.2.2 The email account that you tried to reach is over quota.	mailbox-full	AsReplied
          rcpt	gmail-smtp-in.l.google.com	550 5.2.1 The email account that you tried to reach is disabled.	mailbox-disabled	AsReplied
          rcpt	mx.example.net	450 4.2.0 <a@b>: Recipient address rejected: Greylisted	greylisted	AsReplied
          rcpt	mx.example.net	554 5.7.1 <a@b>: Relay access denied	relay-denied	AsReplied
          greeting	mx.example.net	554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org	blocklisted	AsReplied
          greeting	mx.example.net	554 No SMTP service here	greeting-refused	AsReplied
          """)
  void eachReplyHasItsRule(String stage, String host, String reply, String rule, String treatment) {
    Incident.Way way =
        host.startsWith("gmail-smtp-in") || host.contains("yahoodns")
            ? Incident.Way.DIRECT
            : Incident.Way.RELAY;
    Incident incident =
        new Incident(
            Stage.of(stage).orElseThrow(),
            Integer.parseInt(reply.substring(0, 3)),
            reply.substring(4),
            host,
            587,
            way);

    Optional<Advice> found = rules.find(incident, new Facts("root@host", "a@b", "me", 10));

    assertThat(found).isPresent();
    assertThat(found.get().rule()).isEqualTo(rule);
    assertThat(found.get().treatment().getClass().getSimpleName()).isEqualTo(treatment);
    assertThat(found.get().sentence()).doesNotContain("{").doesNotContain("}");
  }

  /** What the queue listing has after a restart: the reason alone. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '\t',
      quoteCharacter = '`',
      textBlock =
          """
          SASL authentication failed; server smtp.gmail.com[192.0.2.1] said: 535-5.7.8 Username and Password not accepted. For more	gmail-app-password
          account me at smtp.gmail.com is held, 3 refusals: SASL authentication failed; server smtp.gmail.com[192.0.2.1] said: 535-5.7.8 Username and Password not accepted.	gmail-app-password
          delivery temporarily suspended: connect to mx.example[2001:db8::1]:25: Connection timed out	port-25-closed
          connect to smtp.example[192.0.2.1]:465: Connection timed out	port-465-closed
          connect to smtp.example[192.0.2.1]:587: Connection timed out	port-587-closed
          connect to smtp.example[192.0.2.1]:2525: Connection timed out	connect-timeout
          connect to smtp.example[192.0.2.1]:587: Connection refused	connect-refused
          connect to smtp.example[2001:db8::1]:587: Network is unreachable	no-route
          connect to smtp.example[192.0.2.1]:25: No route to host	no-route
          Host or domain name not found. Name service error for name=smtp.exampel type=A: Host not found	dns-no-such-name
          Host or domain name not found. Name service error for name=smtp.example type=MX: Host not found, try again	dns-down
          Domain example.com does not accept mail (nullMX)	null-mx
          mail for example.com loops back to myself	loops-to-myself
          TLS is required, but was not offered by host smtp.example[192.0.2.1]	tls-not-offered
          Server certificate not verified: num=62:hostname mismatch	tls-wrong-name
          Server certificate not verified: certificate has expired	tls-expired
          Server certificate not verified: self-signed certificate	tls-untrusted
          Server certificate not verified: untrusted issuer /CN=Test CA	tls-untrusted
          Cannot start TLS: handshake failure	tls-failed
          SASL authentication failed; cannot authenticate to server smtp.example[192.0.2.1]: no mechanism available	login-no-mechanism
          local data error while talking to smtp.example[192.0.2.1]	password-unreadable
          host smtp.example[192.0.2.1] said: 550 5.4.5 Daily user sending limit exceeded (in reply to RCPT TO command)	gmail-daily-limit
          host mx.example[192.0.2.1] said: 550 5.1.1 <x@example>: Recipient address rejected: User unknown (in reply to RCPT TO command)	no-such-user
          host mx.example[192.0.2.1] refused to talk to me: 554 go away	greeting-refused
          message size 20 exceeds size limit 10 of server mx.example[192.0.2.1]	too-big-here
          conversation with smtp.example[192.0.2.1] timed out while receiving the initial server greeting	no-greeting
          lost connection with smtp.example[192.0.2.1] while sending end of data	closed-without-answer
          lost connection with smtp.example[192.0.2.1] while sending RCPT TO	conversation-broken
          """)
  void eachReasonOfTheQueueHasItsRule(String reason, String rule) {
    assertThat(rules.explain(reason, Facts.none()).map(Advice::rule)).contains(rule);
  }
}
