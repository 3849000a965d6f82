package dev.postrider.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.config.Config;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.table.AddressLookup.Answer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class AddressLookupTest {
  private static final AddressLookup.Found.Entry ENTRY =
      new AddressLookup.Found.Entry("", "", "", "");

  private static Answer map(String spec, String local, String domain) throws Exception {
    Tables tables = new Tables(Config.of(Path.of("/"), Map.of()), (severity, process, text) -> {});
    DomainList locals =
        DomainList.of(
            "mydestination", List.of("host.example"), DomainList.Style.EXACT, tables::open);
    Answer answer =
        AddressLookup.of(
                "canonical_maps",
                List.of(spec),
                tables::open,
                new AddressLookup.Rules(
                    new RecipientDelimiter("+", true),
                    locals::match,
                    mailbox -> mailbox.qualified("host.example")))
            .map(new Mailbox(local, domain), true);
    return answer instanceof Answer.Mapped(var mailboxes, _)
        ? new Answer.Mapped(mailboxes, ENTRY)
        : answer;
  }

  private static Answer mapped(String... addresses) {
    return new Answer.Mapped(
        List.of(addresses).stream()
            .map(text ->
                new Mailbox(
                    text.substring(0, text.lastIndexOf('@')),
                    text.substring(text.lastIndexOf('@') + 1)))
            .toList(),
        ENTRY);
  }

  @Test
  void theMostSpecificEntryWins() throws Exception {
    String all =
        "inline:{u+x@d.example=1@y, u@d.example=2@y, @d.example=5@y, v=4@y, @host.example=6@y}";

    assertThat(map(all, "u+x", "d.example")).isEqualTo(mapped("1@y"));
    assertThat(map(all, "U", "D.example")).isEqualTo(mapped("2@y"));
    assertThat(map(all, "w", "d.example")).isEqualTo(mapped("5@y"));
    assertThat(map(all, "v", "host.example")).isEqualTo(mapped("4@y"));
    assertThat(map(all, "v", "d.example")).isEqualTo(mapped("5@y"));
    assertThat(map(all, "v", "other.example")).isEqualTo(new Answer.Unchanged());
  }

  @Test
  void anExtensionWithoutAnEntryMovesToTheResult() throws Exception {
    assertThat(map("inline:{u@d.example=a@y}", "u+ext", "d.example")).isEqualTo(mapped("a+ext@y"));
    assertThat(map("inline:{u+ext@d.example=a@y}", "u+ext", "d.example")).isEqualTo(mapped("a@y"));
  }

  @Test
  void aDomainKeepsTheLocalPartAndABareNameGetsTheOrigin() throws Exception {
    assertThat(map("inline:{@d.example=@y.example}", "u+e", "d.example"))
        .isEqualTo(mapped("u+e@y.example"));
    assertThat(map("inline:{{u@d.example = joe, ann@y.example}}", "u", "d.example"))
        .isEqualTo(mapped("joe@host.example", "ann@y.example"));
  }

  @Test
  void aFailureOrACommandNeverChangesAnAddress() throws Exception {
    assertThat(map("fail:x", "u", "d.example")).isInstanceOf(Answer.Unavailable.class);
    assertThat(map("inline:{{u@d.example = |cmd}}", "u", "d.example"))
        .isInstanceOf(Answer.Unavailable.class);
  }
}
