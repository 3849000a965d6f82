package dev.postrider.smtpd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.mail.reply.Reply;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CommandParserTest {
  private CommandParser parser;

  @BeforeEach
  void aParserWithDefaultSettings() throws Exception {
    parser = new CommandParser(SmtpService.settingsOf(SmtpService.configuration(Map.of())));
  }

  @Test
  void verbsAndKeywordsHaveNoCase() {
    assertThat(parser.parse("mail from:<A@b> size=5 body=8BitMime smtputf8"))
        .isInstanceOfSatisfying(
            Command.Mail.class,
            mail -> {
              assertThat(mail.sender().external()).isEqualTo("A@b");
              assertThat(mail.declaredSize()).isEqualTo(5);
              assertThat(mail.smtpUtf8()).isTrue();
            });
  }

  @Test
  void aSourceRouteIsDroppedAndASpaceForgiven() {
    assertThat(parser.parse("MAIL FROM: <@x,@y:a@b>"))
        .isInstanceOfSatisfying(
            Command.Mail.class, mail -> assertThat(mail.sender().external()).isEqualTo("a@b"));
  }

  @Test
  void controlCharactersOfAGreetingAreNotPassedOn() {
    assertThat(parser.parse("EHLO a\u0001b\u007f")).isEqualTo(new Command.Ehlo("a?b?"));
  }

  @Test
  void whateverAClientSaysIsOneCommandWithOneShortPrintableReply() {
    Random random = new Random(20261120);
    String[] parts = {
      "MAIL",
      "FROM:",
      "RCPT",
      "TO:",
      "<",
      ">",
      "@",
      "\"",
      "\\",
      " ",
      "a",
      "b.example",
      ":",
      ",",
      "SIZE=",
      "99999999999999999999",
      "BODY=",
      "8BITMIME",
      "ENVID=",
      "+G1",
      "NOTIFY=",
      "NEVER",
      "ORCPT=rfc822;",
      "EHLO",
      "VRFY",
      "ETRN",
      "DATA",
      "=",
      "\t",
      "\0",
      "\r",
      "\u00e9",
      "[1.2.3.4]",
      "(",
      ")",
      "\uffff",
      "RSET",
      "QUIT",
      "x".repeat(600),
      "GET",
      "-"
    };
    for (int round = 0; round < 50_000; round++) {
      StringBuilder line = new StringBuilder();
      for (int i = random.nextInt(10); i >= 0; i--) {
        line.append(parts[random.nextInt(parts.length)]);
      }

      Command command = parser.parse(line.toString());

      Reply reply =
          switch (command) {
            case Command.Refused(_, var refusal) -> refusal;
            case Command.BadAddress(_, _, var refusal) -> refusal;
            case Command.Vrfy(_, var given) -> Reply.of(252, given);
            default -> Reply.of(250, "Ok");
          };
      assertThat(reply.lines()).as(line.toString()).hasSize(1);
      assertThat(reply.lines().getFirst().length()).isLessThan(500);
      assertThat(reply.lines().getFirst().chars()).noneMatch(c -> c < ' ' || c == 0x7f);
    }
  }
}
