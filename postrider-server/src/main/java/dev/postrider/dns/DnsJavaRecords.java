package dev.postrider.dns;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedResolver;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.ReverseMap;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/** The real DNS, by the name servers of {@code /etc/resolv.conf}. For a command: read once. */
public final class DnsJavaRecords implements DomainRecords {
  private static final Duration TIMEOUT = Duration.ofSeconds(3);

  private final org.xbill.DNS.Resolver resolver;

  /** With the name servers of this machine. */
  public DnsJavaRecords() {
    this.resolver = new ExtendedResolver();
    resolver.setTimeout(TIMEOUT);
  }

  /** With one server, whatever the machine's configuration. */
  DnsJavaRecords(InetSocketAddress server, Duration timeout) {
    this.resolver = new SimpleResolver(server);
    resolver.setTimeout(timeout);
  }

  @Override
  public DnsAnswer<String> texts(String name) {
    try {
      return ask(
          Name.fromString(name, Name.root),
          Type.TXT,
          record -> record instanceof TXTRecord txt ? String.join("", txt.getStrings()) : null);
    } catch (TextParseException _) {
      return new DnsAnswer.NxDomain<>();
    }
  }

  @Override
  public DnsAnswer<String> names(InetAddress address) {
    return ask(
        ReverseMap.fromAddress(address),
        Type.PTR,
        record ->
            record instanceof PTRRecord ptr
                ? ptr.getTarget().toString(/* omitFinalDot= */ true)
                : null);
  }

  /** An alias that the server followed stands before what is sought, which is all that counts. */
  private DnsAnswer<String> ask(Name name, int type, Function<Record, @Nullable String> reader) {
    try {
      Message response = resolver.send(Message.newQuery(Record.newRecord(name, type, DClass.IN)));
      return switch (response.getRcode()) {
        case Rcode.NOERROR -> {
          List<String> found = new ArrayList<>();
          for (Record record : response.getSection(Section.ANSWER)) {
            String value = reader.apply(record);
            if (value != null) {
              found.add(value);
            }
          }
          yield found.isEmpty()
              ? new DnsAnswer.NoData<>()
              : new DnsAnswer.Found<>(found, response.getHeader().getFlag(Flags.AD));
        }
        case Rcode.NXDOMAIN -> new DnsAnswer.NxDomain<>();
        default -> new DnsAnswer.TemporaryFailure<>(Rcode.string(response.getRcode()));
      };
    } catch (IOException e) {
      String message = e.getMessage();
      return new DnsAnswer.TemporaryFailure<>(
          message == null ? "no name server can be reached" : message);
    }
  }
}
