package dev.postrider.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postrider.config.ConfigException;
import dev.postrider.io.Account;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.table.RecipientDelimiter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class PatternsTest {
  private static Scope scope(String localPart) {
    Mailbox mailbox = new Mailbox(localPart, "Host.Example");
    Account account =
        new Account("ann", 1000, 1000, Path.of("/home/ann"), "ann:x:1000:1000::/home/ann:/bin/zsh");
    return Scope.of(Recipient.of(mailbox), new ReversePath.Null())
        .withName(Name.of(mailbox, new RecipientDelimiter("+-", true)))
        .withRights(Rights.of(account));
  }

  private static Patterns.Result expand(String pattern, String localPart) throws ConfigException {
    return Patterns.expand(pattern, scope(localPart), null, "+-");
  }

  @Test
  void theNamesThatAreListedHaveValues() throws ConfigException {
    assertThat(
            expand(
                    "$user $home $shell $domain $local $mailbox $recipient $extension"
                        + " $recipient_delimiter",
                    "Ann-Box")
                .text())
        .isEqualTo(
            "ann /home/ann /bin/zsh host.example ann-box ann-box Ann-Box@Host.Example box -");
  }

  @Test
  void aNameWithoutAValueMakesThePatternIncomplete() throws ConfigException {
    assertThat(expand("$home/.forward${recipient_delimiter}${extension}", "ann").complete())
        .isFalse();
    assertThat(expand("$home/.forward${extension?+$extension}", "ann"))
        .isEqualTo(new Patterns.Result("/home/ann/.forward", true, false));
    assertThat(expand("$home/.forward+$extension", "ann+x"))
        .isEqualTo(new Patterns.Result("/home/ann/.forward+x", true, true));
    assertThat(expand("$mydomain", "ann").complete()).isFalse();
  }

  @Test
  void conditionsChoose() throws ConfigException {
    assertThat(expand("${extension?{a}:{b}}", "ann").text()).isEqualTo("b");
    assertThat(expand("${extension?{a}:{b}}", "ann+x").text()).isEqualTo("a");
    assertThat(expand("${extension:none}", "ann").text()).isEqualTo("none");
  }

  @Test
  void valuesAreTakenAsTheyStandAndFiltered() throws ConfigException {
    assertThat(expand("$extension", "ann+$home").text()).isEqualTo("$home");
    assertThat(Patterns.expand("/x/$extension", scope("ann+a;b\u00fc"), "abx/", "+").text())
        .isEqualTo("/x/a_b__");
  }

  @Test
  void aFaultIsSaid() {
    assertThatThrownBy(() -> expand("${user", "ann")).isInstanceOf(ConfigException.class);
  }

  @Test
  void anExtensionWithASlashIsDropped() {
    assertThat(Name.of(new Mailbox("ann+../x", "h"), new RecipientDelimiter("+", true)))
        .isEqualTo(new Name("ann", "ann", null, '\0', "h"));
  }
}
