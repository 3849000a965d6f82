package dev.postrider.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.TXTRecord;

class DnsJavaRecordsTest {
  private final NameServer server;

  DnsJavaRecordsTest() throws IOException {
    server = new NameServer();
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  private DnsJavaRecords records() {
    return new DnsJavaRecords(server.address(), Duration.ofSeconds(5));
  }

  @Test
  void thePartsOfATextAreJoined() throws Exception {
    Name name = Name.fromString("d.test.");
    server.has(name, new TXTRecord(name, DClass.IN, 60, List.of("v=spf1 ", "a -all")));

    assertThat(records().texts("d.test"))
        .isEqualTo(new DnsAnswer.Found<>(List.of("v=spf1 a -all"), false));
    assertThat(records().texts("none.test")).isInstanceOf(DnsAnswer.NxDomain.class);
  }

  @Test
  void anAddressHasItsName() throws Exception {
    Name name = Name.fromString("7.100.51.198.in-addr.arpa.");
    server.has(name, new PTRRecord(name, DClass.IN, 60, Name.fromString("host.d.test.")));

    assertThat(records().names(InetAddress.ofLiteral("198.51.100.7")))
        .isEqualTo(new DnsAnswer.Found<>(List.of("host.d.test"), false));
    assertThat(records().names(InetAddress.ofLiteral("198.51.100.8")))
        .isInstanceOf(DnsAnswer.NxDomain.class);
  }
}
