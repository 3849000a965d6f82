package dev.postrider.archive;

import dev.postrider.mail.envelope.BodyType;
import dev.postrider.mail.envelope.DsnRequest;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.spool.Mark;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The words of the JSON file for values of ours, which are format and never change. */
final class Words {
  private Words() {}

  static String of(BodyType type) {
    return switch (type) {
      case UNDECLARED -> "undeclared";
      case SEVEN_BIT -> "7bit";
      case EIGHT_BIT_MIME -> "8bitmime";
    };
  }

  static String of(Envelope.ReturnContent wish) {
    return switch (wish) {
      case UNSPECIFIED -> "unspecified";
      case FULL -> "full";
      case HEADERS -> "hdrs";
    };
  }

  static String of(Envelope.Purpose purpose) {
    return switch (purpose) {
      case DELIVERY -> "delivery";
      case TRACED_DELIVERY -> "traced-delivery";
      case PROBE -> "probe";
    };
  }

  static String of(DsnRequest.Event event) {
    return switch (event) {
      case NEVER -> "never";
      case SUCCESS -> "success";
      case FAILURE -> "failure";
      case DELAY -> "delay";
    };
  }

  static String of(Mark mark) {
    return switch (mark) {
      case WARNED -> "sender-warned";
      case KEPT_NOTICE -> "kept-notice";
      case AWAITS_REMEDY -> "awaits-remedy";
    };
  }

  /** Which of these a word means. */
  static <T> Optional<T> find(T[] all, Function<T, String> word, String text) {
    return Arrays.stream(all).filter(each -> word.apply(each).equals(text)).findFirst();
  }

  /** All of them, for a message to a person. */
  static <T> String list(T[] all, Function<T, String> word) {
    return Arrays.stream(all).map(word).collect(Collectors.joining(", "));
  }
}
