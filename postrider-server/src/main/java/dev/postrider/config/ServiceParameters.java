package dev.postrider.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Parameters whose names are made from the name of a service in master.cf and a fixed ending, such
 * as {@code relay_destination_concurrency_limit}; each has a general parameter as its default.
 */
public final class ServiceParameters {
  private static final String[] ENDINGS = {
    "_recipient_limit", "default_recipient_limit",
    "_extra_recipient_limit", "default_extra_recipient_limit",
    "_recipient_refill_limit", "default_recipient_refill_limit",
    "_recipient_refill_delay", "default_recipient_refill_delay",
    "_delivery_slot_cost", "default_delivery_slot_cost",
    "_delivery_slot_loan", "default_delivery_slot_loan",
    "_delivery_slot_discount", "default_delivery_slot_discount",
    "_minimum_delivery_slots", "default_minimum_delivery_slots",
    "_initial_destination_concurrency", "initial_destination_concurrency",
    "_destination_concurrency_limit", "default_destination_concurrency_limit",
    "_destination_recipient_limit", "default_destination_recipient_limit",
    "_destination_concurrency_positive_feedback",
        "default_destination_concurrency_positive_feedback",
    "_destination_concurrency_negative_feedback",
        "default_destination_concurrency_negative_feedback",
    "_destination_concurrency_failed_cohort_limit",
        "default_destination_concurrency_failed_cohort_limit",
    "_destination_rate_delay", "default_destination_rate_delay",
    "_transport_rate_delay", "default_transport_rate_delay",
  };
  private static final String TIME_LIMIT = "_time_limit";

  private ServiceParameters() {}

  /** The parameter that such a name stands for, or null; the longest ending wins. */
  static @Nullable Parameter derive(String name, Registry registry) {
    String ending = "";
    String general = "";
    for (int i = 0; i < ENDINGS.length; i += 2) {
      if (name.endsWith(ENDINGS[i]) && ENDINGS[i].length() > ending.length()) {
        ending = ENDINGS[i];
        general = ENDINGS[i + 1];
      }
    }
    if (ending.isEmpty() && name.endsWith(TIME_LIMIT)) {
      ending = TIME_LIMIT;
      general = "command_time_limit";
    }
    if (ending.isEmpty() || ending.length() == name.length()) {
      return null;
    }
    return derived(name, general, registry);
  }

  /** The general parameter behind each name that a program's service has, in Postfix's order. */
  public static List<Parameter> of(ServiceEntry service, Registry registry) {
    boolean timeLimit = service.command().equals("pipe") || service.command().equals("spawn");
    boolean transport =
        switch (service.command()) {
          case "local", "error", "virtual", "smtp", "lmtp", "pipe" -> true;
          default -> false;
        };
    List<Parameter> all = new java.util.ArrayList<>();
    if (timeLimit) {
      all.add(named(service.name() + TIME_LIMIT, "command_time_limit", registry));
    }
    for (int i = 0; transport && i < ENDINGS.length; i += 2) {
      all.add(named(service.name() + ENDINGS[i], ENDINGS[i + 1], registry));
    }
    return all;
  }

  private static Parameter named(String name, String general, Registry registry) {
    Parameter builtIn = registry.builtIn(name);
    Parameter base = builtIn != null ? builtIn : derived(name, general, registry);
    return new Parameter(
        name,
        base.type(),
        base.defaultValue(),
        base.unit(),
        base.minimum(),
        base.maximum(),
        base.words(),
        base.support(),
        base.harmless(),
        true);
  }

  private static Parameter derived(String name, String general, Registry registry) {
    Parameter base = registry.builtIn(general);
    if (base == null) {
      throw new IllegalStateException("parameters.tsv lacks " + general);
    }
    return new Parameter(
        name,
        base.type(),
        "$" + general,
        base.unit(),
        base.minimum(),
        base.maximum(),
        base.words(),
        base.support(),
        base.harmless(),
        true);
  }
}
