package dev.postrider.dns;

import java.util.List;

/** What the DNS says of one name and type. Only the first three are facts; the last defers mail. */
public sealed interface DnsAnswer<T> {
  /**
   * There are records.
   *
   * @param authentic whether a trusted resolver vouches for them, and for the aliases that led to
   *     them (the AD bit)
   * @param owner the name that has them, without the final dot, where aliases led to another than
   *     was asked for; else empty
   */
  record Found<T>(List<T> records, boolean authentic, String owner) implements DnsAnswer<T> {
    /** Of the name that was asked for. */
    public Found(List<T> records, boolean authentic) {
      this(records, authentic, "");
    }

    public Found {
      records = List.copyOf(records);
      if (records.isEmpty()) {
        throw new IllegalArgumentException("found nothing");
      }
    }
  }

  /** The name exists, but has no record of the type. */
  record NoData<T>() implements DnsAnswer<T> {}

  /** The name does not exist, or could not exist. */
  record NxDomain<T>() implements DnsAnswer<T> {}

  /**
   * Nobody knows at the moment.
   *
   * @param reason for the log
   * @param cause who is to blame
   */
  record TemporaryFailure<T>(String reason, Cause cause) implements DnsAnswer<T> {
    /** Of the DNS. */
    public TemporaryFailure(String reason) {
      this(reason, Cause.NO_ANSWER);
    }
  }

  /** Why nobody knows. */
  enum Cause {
    /** The DNS gives no answer that means something. */
    NO_ANSWER,
    /** A filter of the administrator's has left nothing of the answer: a decision, not a fault. */
    FILTERED,
    /** That filter cannot say. */
    FILTER_BROKEN;

    /** Whether a filter kept the answer from us, be it in error. */
    public boolean isOfFilter() {
      return this != NO_ANSWER;
    }
  }
}
