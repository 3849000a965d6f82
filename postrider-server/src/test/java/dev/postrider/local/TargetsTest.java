package dev.postrider.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.mail.address.Mailbox;
import dev.postrider.table.AliasTarget;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class TargetsTest {
  private static AliasTarget address(String localPart, String domain) {
    return new AliasTarget.Address(new Mailbox(localPart, domain));
  }

  @Test
  void everyKindIsTold() {
    assertThat(
            Targets.parse(
                "ann, \"a b\"@x.test, |/bin/true, \"|cat > /x y\", /var/spool/f, ~/box/,"
                    + " :INCLUDE:/etc/list, Full Name <n@x.test>, @a,@b:c@d, (nothing), <>"))
        .containsExactly(
            address("ann", ""),
            address("a b", "x.test"),
            new AliasTarget.Command("/bin/true"),
            new AliasTarget.Command("cat > /x y"),
            new AliasTarget.FileName("/var/spool/f"),
            new AliasTarget.HomeFile("/box/"),
            new AliasTarget.Include("/etc/list"),
            address("n", "x.test"),
            new AliasTarget.Unusable("@a"),
            address("c", "d"));
  }

  @Test
  void aForgottenCommaIsAdded() {
    assertThat(Targets.parse("a b@x.test c"))
        .containsExactly(address("a", ""), address("b", "x.test"), address("c", ""));
  }

  @Test
  void linesAreApartAndCommentsLeftOut() {
    assertThat(Targets.lines("# x\na, b\n\n  # c@d\ne", 2048))
        .containsExactly(
            List.of(address("a", ""), address("b", "")),
            List.of(address("#", ""), address("c", "d")),
            List.of(address("e", "")));
  }

  @Test
  void aLongLineIsCut() {
    assertThat(Targets.lines("aaaa bb\n", 4))
        .containsExactly(List.of(address("aaaa", "")), List.of(address("bb", "")));
  }

  @Test
  void anythingIsReadInSomeWay() {
    Random random = new Random(7);
    String signs = "a@.,:;<>()[]\"\\|/~ \n\t#\u00fc\udc80";
    for (int i = 0; i < 5_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int j = random.nextInt(40); j > 0; j--) {
        text.append(signs.charAt(random.nextInt(signs.length())));
      }
      assertThat(Targets.lines(text.toString(), 16)).isNotNull();
    }
  }
}
