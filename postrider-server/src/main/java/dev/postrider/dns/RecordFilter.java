package dev.postrider.dns;

import dev.postrider.mail.address.AddressLiteral;
import dev.postrider.table.Lookup;
import dev.postrider.table.LookupTable;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.TLSARecord;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;

/**
 * Leaves records out of answers as tables say ({@code smtp_dns_reply_filter}): each record is
 * looked up as {@code name. ttl IN type value}, and one that a table answers IGNORE for counts as
 * if it were not there. Immutable and safe on any thread.
 */
public final class RecordFilter {
  /** The reason of an answer of which the filter left nothing: a decision, not a fault. */
  static final String NOTHING_LEFT = "DNS reply filter drops all results";

  /** The reason of an answer that the filter could not judge. */
  static final String BROKEN = "Invalid DNS reply filter syntax";

  private final String parameter;
  private final List<LookupTable> tables;
  private final Consumer<String> info;
  private final Consumer<String> warnings;

  /**
   * @param parameter the name of the parameter, for the log
   * @param tables what it names, asked in order
   * @param info hears of each record that is left out
   * @param warnings hears of a table that does not answer, or answers nonsense
   */
  public RecordFilter(
      String parameter,
      List<LookupTable> tables,
      Consumer<String> info,
      Consumer<String> warnings) {
    this.parameter = parameter;
    this.tables = List.copyOf(tables);
    this.info = info;
    this.warnings = warnings;
  }

  /** One that leaves everything as it is. */
  public static RecordFilter none() {
    return new RecordFilter("", List.of(), _ -> {}, _ -> {});
  }

  /** What the tables leave of records. */
  sealed interface Outcome {
    /** Some, or none. */
    record Left(List<Record> records) implements Outcome {}

    /** Nobody can say. */
    record Unknown() implements Outcome {}
  }

  boolean isEmpty() {
    return tables.isEmpty();
  }

  Outcome filtered(List<Record> records) {
    List<Record> left = new ArrayList<>(records.size());
    for (Record record : records) {
      String text = text(record);
      switch (answer(text)) {
        case Lookup.NotFound _ -> left.add(record);
        case Lookup.Unavailable(var reason) -> {
          warnings.accept(parameter + ": " + reason + "; names cannot be looked up");
          return new Outcome.Unknown();
        }
        case Lookup.Found(var action) -> {
          String word = action.strip().split("\\s", 2)[0];
          if (!word.equalsIgnoreCase("IGNORE")) {
            warnings.accept(
                parameter
                    + ": unknown DNS filter action: \""
                    + action
                    + "\" (the only one is IGNORE)");
            return new Outcome.Unknown();
          }
          info.accept("ignoring DNS RR: " + text);
        }
      }
    }
    return new Outcome.Left(left);
  }

  private Lookup answer(String text) {
    for (LookupTable table : tables) {
      Lookup answer = table.lookup(text);
      if (!(answer instanceof Lookup.NotFound)) {
        return answer;
      }
    }
    return new Lookup.NotFound();
  }

  /** A record as the patterns of such tables are written for. */
  static String text(Record record) {
    return record.getName().toString(/* omitFinalDot= */ true)
        + ". "
        + record.getTTL()
        + " IN "
        + Type.string(record.getType())
        + " "
        + switch (record) {
          case ARecord a -> a.getAddress().getHostAddress();
          case AAAARecord aaaa -> AddressLiteral.print(aaaa.getAddress());
          case MXRecord mx -> mx.getPriority() + " " + mx.getTarget();
          case SRVRecord srv ->
              srv.getPriority()
                  + " "
                  + srv.getWeight()
                  + " "
                  + srv.getPort()
                  + " "
                  + srv.getTarget();
          case TXTRecord texts -> String.join("", texts.getStrings());
          case TLSARecord tlsa ->
              tlsa.getCertificateUsage()
                  + " "
                  + tlsa.getSelector()
                  + " "
                  + tlsa.getMatchingType()
                  + " "
                  + HexFormat.of().formatHex(tlsa.getCertificateAssociationData());

          default -> record.rdataToString();
        };
  }
}
