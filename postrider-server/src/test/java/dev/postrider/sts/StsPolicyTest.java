package dev.postrider.sts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class StsPolicyTest {
  private static StsPolicy parse(String text) throws Exception {
    return StsPolicy.parse(text.replace('|', '\n'));
  }

  @Test
  void thePolicyOfTheRfcIsRead() throws Exception { // RFC 8461 §3.2
    StsPolicy policy =
        parse(
            "version: STSv1\r|mode: enforce\r|mx: mail.example.com\r|mx: *.example.net\r|"
                + "mx: backupmx.example.com\r|max_age: 604800\r|");

    assertThat(policy.mode()).isEqualTo(StsPolicy.Mode.ENFORCE);
    assertThat(policy.maxAge()).isEqualTo(Duration.ofDays(7));
    assertThat(policy.mx())
        .containsExactly("mail.example.com", "*.example.net", "backupmx.example.com");
    assertThat(policy.fits("MAIL.example.com.")).isTrue();
    assertThat(policy.fits("a.example.net")).isTrue();
    assertThat(policy.fits("a.b.example.net")).isFalse();
    assertThat(policy.fits("example.net")).isFalse();
    assertThat(policy.fits("mail.example.org")).isFalse();
  }

  @Test
  void theFirstOfTwoFieldsCountsAndWhatIsUnknownMeansNothing() throws Exception {
    StsPolicy policy =
        parse(
            "version:STSv1|mode:testing|mode:enforce|max_age:1|max_age:2|mx:a.test|later:x|noise");

    assertThat(policy.mode()).isEqualTo(StsPolicy.Mode.TESTING);
    assertThat(policy.maxAge()).isEqualTo(Duration.ofSeconds(1));
    assertThat(parse("version:STSv1|mode:none|max_age:99999999").maxAge())
        .isEqualTo(Duration.ofSeconds(31_557_600));
  }

  @Test
  void whatIsNoPolicyIsRefused() {
    for (String text :
        List.of(
            "",
            "<html>",
            "version: STSv2|mode: none|max_age: 1",
            "version: STSv1|mode: none",
            "version: STSv1|mode: none|max_age: -1",
            "version: STSv1|mode: none|max_age: 99999999999",
            "version: STSv1|max_age: 1|mx: a.test",
            "version: STSv1|mode: strict|max_age: 1|mx: a.test",
            "version: STSv1|mode: enforce|max_age: 1")) {
      assertThatThrownBy(() -> parse(text))
          .as(text)
          .isInstanceOf(StsPolicy.BadPolicyException.class);
    }
  }

  @Test
  void theRecordIsReadAndThereMustBeOne() { // RFC 8461 §3.1
    assertThat(StsRecord.id(List.of("v=STSv1; id=20160831085700Z;"))).contains("20160831085700Z");
    assertThat(StsRecord.id(List.of("other", "v=STSv1;id=1"))).contains("1");
    assertThat(StsRecord.id(List.of("v=STSv1; id=1", "v=STSv1; id=2"))).isEmpty();
    assertThat(StsRecord.id(List.of("v=STSv1"))).isEmpty();
    assertThat(StsRecord.id(List.of("id=1; v=STSv1"))).isEmpty();
    assertThat(StsRecord.id(List.of("v=STSv1; id=a-b"))).isEmpty();
    assertThat(StsRecord.id(List.of("v=STSv10; id=1"))).isEmpty();
    assertThat(StsRecord.id(List.of())).isEmpty();
  }
}
