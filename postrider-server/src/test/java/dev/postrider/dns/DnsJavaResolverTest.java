package dev.postrider.dns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.table.Lookup;
import dev.postrider.table.LookupTable;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.TLSARecord;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.TextParseException;

class DnsJavaResolverTest {
  private static final Resolver.Family IPV4 = Resolver.Family.IPV4;
  private static final Resolver.Family IPV6 = Resolver.Family.IPV6;

  @TempDir Path home;
  private final NameServer server;

  DnsJavaResolverTest() throws IOException {
    server = new NameServer();
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  @Test
  void mailExchangersComeWithTheirPreference() throws Exception {
    server.has(name("d.test"), mx("d.test", 20, "two.test"), mx("d.test", 10, "one.test"));

    assertThat(resolver().mx("d.test"))
        .isEqualTo(
            new DnsAnswer.Found<>(
                List.of(new MxHost(20, "two.test"), new MxHost(10, "one.test")), false));
    assertThat(resolver().mx("D.Test.")).isInstanceOf(DnsAnswer.Found.class);
  }

  @Test
  void aNullMxHasAnEmptyName() throws Exception { // RFC 7505 §3
    server.has(name("d.test"), new MXRecord(name("d.test"), DClass.IN, 60, 0, Name.root));

    assertThat(resolver().mx("d.test")).isEqualTo(found(new MxHost(0, "")));
  }

  @Test
  void addressesComeByFamily() throws Exception {
    InetAddress four = InetAddress.getByName("192.0.2.1");
    InetAddress six = InetAddress.getByName("2001:db8::1");
    server.has(
        name("h.test"),
        new ARecord(name("h.test"), DClass.IN, 60, four),
        new AAAARecord(name("h.test"), DClass.IN, 60, six));

    assertThat(resolver().addresses("h.test", IPV4)).isEqualTo(found(four));
    assertThat(resolver().addresses("h.test", IPV6)).isEqualTo(found(six));
  }

  @Test
  void aliasesAreFollowed() throws Exception {
    server.has(name("a.test"), alias("a.test", "b.test"));
    server.has(name("b.test"), alias("b.test", "c.test"));
    server.has(name("c.test"), mx("c.test", 5, "mail.test"));

    assertThat(resolver().mx("a.test"))
        .isEqualTo(new DnsAnswer.Found<>(List.of(new MxHost(5, "mail.test")), false, "c.test"));
    assertThat(resolver().alias("a.test")).isEqualTo(found("b.test"));
    assertThat(resolver().addresses("a.test", IPV4)).isEqualTo(new DnsAnswer.NoData<>());
  }

  @Test
  void aLoopOfAliasesIsATemporaryFailure() throws Exception {
    server.has(name("a.test"), alias("a.test", "b.test"));
    server.has(name("b.test"), alias("b.test", "a.test"));

    assertThat(resolver().mx("a.test")).isEqualTo(new DnsAnswer.TemporaryFailure<>("CNAME loop"));
  }

  @Test
  void n104ANameThatPointsAtItselfEndsTheAnswer() throws Exception {
    server.has(name("loop.test"), NameServer.Trouble.COMPRESSION_LOOP);

    assertThat(resolver().mx("loop.test")).isInstanceOf(DnsAnswer.TemporaryFailure.class);
  }

  @Test
  void noSuchNameIsToldFromNoSuchRecord() throws Exception {
    server.has(name("d.test"), new TXTRecord(name("d.test"), DClass.IN, 60, "x"));

    assertThat(resolver().mx("d.test")).isEqualTo(new DnsAnswer.NoData<>());
    assertThat(resolver().mx("none.test")).isEqualTo(new DnsAnswer.NxDomain<>());
  }

  @Test
  void whatCannotBeANameDoesNotExist() {
    for (String text : List.of("a..test", "x".repeat(64) + ".test", "x.".repeat(130))) {
      assertThat(resolver().mx(text)).as(text).isEqualTo(new DnsAnswer.NxDomain<>());
    }
    assertThat(server.asked).isEmpty();
  }

  @Test
  void troubleOfTheServerIsTemporary() throws Exception {
    server.has(name("f.test"), NameServer.Trouble.SERVER_FAILURE);
    server.has(name("s.test"), NameServer.Trouble.SILENCE);
    server.has(name("w.test"), NameServer.Trouble.WRONG_ID);
    server.has(name("w.test"), mx("w.test", 10, "forged.test"));

    assertThat(resolver().mx("f.test")).isEqualTo(new DnsAnswer.TemporaryFailure<>("SERVFAIL"));
    assertThat(resolver().mx("s.test")).isInstanceOf(DnsAnswer.TemporaryFailure.class);
    assertThat(resolver().mx("w.test")).isInstanceOf(DnsAnswer.TemporaryFailure.class);
  }

  @Test
  void aTruncatedAnswerIsAskedForByTcp() throws Exception {
    server.has(name("t.test"), NameServer.Trouble.TRUNCATED_BY_UDP);
    server.has(name("t.test"), mx("t.test", 10, "one.test"));

    assertThat(resolver().mx("t.test")).isEqualTo(found(new MxHost(10, "one.test")));
    assertThat(server.asked).containsExactly("udp t.test.", "tcp t.test.");
  }

  @Test
  void noSearchListCompletesAName() throws Exception {
    assertThat(resolver().mx("short")).isEqualTo(new DnsAnswer.NxDomain<>());

    assertThat(server.asked).containsExactly("udp short.");
  }

  @Test
  void aHostThatTheDnsLacksIsTakenFromTheHostsFile() throws Exception {
    server.has(name("both.test"), NameServer.Trouble.SERVER_FAILURE);
    InetAddress inDns = InetAddress.getByName("192.0.2.1");
    server.has(name("dns.test"), new ARecord(name("dns.test"), DClass.IN, 60, inDns));
    Files.writeString(
        home.resolve("hosts"), "192.0.2.7 nas.test nas\n192.0.2.8 both.test\n192.0.2.9 dns.test\n");

    assertThat(resolver().addresses("NAS.test", IPV4))
        .isEqualTo(found(InetAddress.getByName("192.0.2.7")));
    assertThat(resolver().addresses("both.test", IPV4))
        .isEqualTo(found(InetAddress.getByName("192.0.2.8")));
    assertThat(resolver().addresses("dns.test", IPV4)).isEqualTo(found(inDns));
    assertThat(resolver().addresses("nas.test", IPV6)).isEqualTo(new DnsAnswer.NxDomain<>());
    assertThat(resolver().mx("nas.test")).isEqualTo(new DnsAnswer.NxDomain<>());
  }

  @Test
  void localhostIsNeverAskedFor() throws Exception { // RFC 6761 §6.3
    assertThat(resolver().addresses("localhost", IPV4))
        .isEqualTo(found(InetAddress.getByName("127.0.0.1")));
    assertThat(resolver().addresses("a.LOCALHOST", IPV6))
        .isEqualTo(found(InetAddress.getByName("::1")));
    assertThat(server.asked).isEmpty();
  }

  @Test
  void whatTheServerVouchesForIsAuthenticIfThatWasAskedFor() throws Exception { // RFC 6840 §5.7
    server.vouches = true;
    server.has(name("d.test"), mx("d.test", 5, "mail.test"));
    server.has(
        name("_25._tcp.d.test"),
        new TLSARecord(name("_25._tcp.d.test"), DClass.IN, 60, 3, 1, 1, new byte[] {1, -1}));
    List<String> warnings = new ArrayList<>();
    DnsJavaResolver asking =
        new DnsJavaResolver(server.address(), Duration.ofMillis(500), "mx:d.test", warnings::add);

    assertThat(asking.tlsa("_25._tcp.d.test"))
        .isEqualTo(new DnsAnswer.Found<>(List.of(new TlsaRecord(3, 1, 1, "01FF")), true));
    assertThat(asking.mx("d.test"))
        .isEqualTo(new DnsAnswer.Found<>(List.of(new MxHost(5, "mail.test")), true));
    assertThat(resolver().mx("d.test")).isEqualTo(found(new MxHost(5, "mail.test")));
    assertThat(warnings).isEmpty();
  }

  @Test
  void aServerThatVouchesForNothingIsToldOfOnce() throws Exception {
    server.has(name("d.test"), mx("d.test", 5, "mail.test"));
    List<String> warnings = new ArrayList<>();
    DnsJavaResolver asking =
        new DnsJavaResolver(server.address(), Duration.ofMillis(500), "mx:d.test", warnings::add);
    DnsAnswer<MxHost> _ = asking.mx("d.test");
    DnsAnswer<MxHost> _ = asking.mx("d.test");

    assertThat(warnings)
        .containsExactly(
            "DNSSEC validation may be unavailable",
            "reason: dnssec_probe 'mx:d.test' received a response that is not DNSSEC validated");
    assertThat(server.asked).hasSize(3);
  }

  @Test
  void theStringsOfATextRecordAreOneText() throws Exception {
    server.has(
        name("d.test"), new TXTRecord(name("d.test"), DClass.IN, 60, List.of("v=STSv1; ", "id=1")));
    assertThat(resolver().texts("d.test")).isEqualTo(found("v=STSv1; id=1"));
  }

  @Test
  void recordsThatAFilterNamesAreNotSeen() throws Exception {
    server.has(name("d.test"), mx("d.test", 20, "two.test"), mx("d.test", 10, "bad.test"));
    server.has(name("b.test"), mx("b.test", 10, "bad.test"));
    server.has(name("n.test"), new MXRecord(name("n.test"), DClass.IN, 60, 0, Name.root));
    List<String> said = new ArrayList<>();
    DnsJavaResolver filtered =
        filtered(
            key -> key.contains("MX") && !key.contains("two.") ? "ignore it" : null, said::add);

    assertThat(filtered.mx("d.test")).isEqualTo(found(new MxHost(20, "two.test")));
    assertThat(filtered.mx("b.test"))
        .isEqualTo(
            new DnsAnswer.TemporaryFailure<>(
                "DNS reply filter drops all results", DnsAnswer.Cause.FILTERED));
    assertThat(filtered.mx("n.test")).isEqualTo(found(new MxHost(0, "")));
    assertThat(said)
        .containsExactly(
            "ignoring DNS RR: d.test. 60 IN MX 10 bad.test.",
            "ignoring DNS RR: b.test. 60 IN MX 10 bad.test.");
  }

  @Test
  void aFilteredAddressIsNotFoundInTheHostsFileEither() throws Exception {
    server.has(
        name("h.test"),
        new ARecord(name("h.test"), DClass.IN, 60, InetAddress.getByName("192.0.2.1")),
        new AAAARecord(name("h.test"), DClass.IN, 60, InetAddress.getByName("2001:db8::1")));
    Files.writeString(home.resolve("hosts"), "192.0.2.7 h.test\n");
    List<String> said = new ArrayList<>();
    DnsJavaResolver filtered = filtered(_ -> "IGNORE", said::add);

    assertThat(filtered.addresses("h.test", IPV4)).isInstanceOf(DnsAnswer.TemporaryFailure.class);
    assertThat(filtered.addresses("h.test", IPV6)).isInstanceOf(DnsAnswer.TemporaryFailure.class);
    assertThat(said)
        .containsExactly(
            "ignoring DNS RR: h.test. 60 IN A 192.0.2.1",
            "ignoring DNS RR: h.test. 60 IN AAAA 2001:db8::1");
  }

  @Test
  void aFilterThatCannotBeAskedMakesMailWait() throws Exception {
    server.has(name("d.test"), mx("d.test", 20, "two.test"));
    List<String> said = new ArrayList<>();

    assertThat(filtered(_ -> "DROP", said::add).mx("d.test"))
        .isEqualTo(
            new DnsAnswer.TemporaryFailure<>(
                "Invalid DNS reply filter syntax", DnsAnswer.Cause.FILTER_BROKEN));
    assertThat(said)
        .containsExactly(
            "smtp_dns_reply_filter: unknown DNS filter action: \"DROP\" (the only one is IGNORE)");
  }

  private DnsJavaResolver filtered(
      java.util.function.Function<String, @Nullable String> table,
      java.util.function.Consumer<String> said) {
    LookupTable lookup =
        new LookupTable() {
          @Override
          public String name() {
            return "test:filter";
          }

          @Override
          public Lookup lookup(String key) {
            String value = table.apply(key);
            return value == null ? new Lookup.NotFound() : new Lookup.Found(value);
          }
        };
    return resolver()
        .with(
            new RecordFilter("smtp_dns_reply_filter", List.of(lookup), said, said),
            NameCompletion.NONE);
  }

  @Test
  void aNameIsCompletedAsResolverOptionsSay() throws Exception {
    List<Name> search = List.of(name("one.test"), name("two.test"));

    assertThat(NameCompletion.NONE.candidates("mx", search, 1)).containsExactly(name("mx"));
    assertThat(new NameCompletion(true, false).candidates("mx", search, 1))
        .containsExactly(name("mx.one.test"), name("mx"));
    assertThat(new NameCompletion(true, false).candidates("mx.sub", search, 1))
        .containsExactly(name("mx.sub"));
    assertThat(new NameCompletion(true, true).candidates("mx", search, 1))
        .containsExactly(name("mx.one.test"), name("mx.two.test"), name("mx"));
    assertThat(new NameCompletion(false, true).candidates("mx.sub", search, 1))
        .containsExactly(name("mx.sub"), name("mx.sub.one.test"), name("mx.sub.two.test"));
    assertThat(new NameCompletion(true, true).candidates("mx.", search, 1))
        .containsExactly(name("mx."));
  }

  private DnsJavaResolver resolver() {
    return new DnsJavaResolver(
        List.of(HostLookup.DNS), server.address(), Duration.ofMillis(500), home.resolve("hosts"));
  }

  private static <T> DnsAnswer<T> found(T record) {
    return new DnsAnswer.Found<>(List.of(record), false);
  }

  private static Name name(String text) throws TextParseException {
    return Name.fromString(text, Name.root);
  }

  private static Record mx(String domain, int preference, String host) throws TextParseException {
    return new MXRecord(name(domain), DClass.IN, 60, preference, name(host));
  }

  private static Record alias(String from, String to) throws TextParseException {
    return new CNAMERecord(name(from), DClass.IN, 60, name(to));
  }
}
