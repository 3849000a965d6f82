package dev.postrider.dns;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Type;

/**
 * Finds out, once, whether the resolver validates at all, when signed answers are wanted and one is
 * not (dnssec_probe): without that, DANE silently protects nobody. Safe on any thread.
 */
final class DnssecProbe {
  private final String type;
  private final String name;
  private final String setting;
  private final Consumer<String> warn;
  private final AtomicBoolean settled = new AtomicBoolean();

  /** Asks a question, whatever is cached of this. */
  interface Asking {
    Message ask(String name, int type) throws java.io.IOException;
  }

  /**
   * @param setting {@code type:name}, or empty to find nothing out
   */
  DnssecProbe(String setting, Consumer<String> warn) {
    int colon = setting.indexOf(':');
    this.setting = setting;
    this.type = colon < 0 ? "" : setting.substring(0, colon);
    this.name = colon < 0 ? "" : setting.substring(colon + 1);
    this.warn = warn;
    if (name.isEmpty() || Type.value(type) < 0) {
      settled.set(true);
      if (!setting.isEmpty()) {
        warn.accept("malformed dnssec_probe = " + setting + " (use type:name, such as ns:.)");
      }
    }
  }

  /** Takes note of an answer; asks the one question if it is not signed and none was before. */
  void saw(boolean signed, Asking asking) {
    if (signed) {
      settled.set(true);
    } else if (settled.compareAndSet(false, true)) {
      probe(asking);
    }
  }

  private void probe(Asking asking) {
    String problem;
    try {
      problem =
          asking.ask(name, Type.value(type)).getHeader().getFlag(Flags.AD)
              ? ""
              : "received a response that is not DNSSEC validated";
    } catch (java.io.IOException e) {
      problem = "received no response: " + e.getMessage();
    }
    if (!problem.isEmpty()) {
      warn.accept("DNSSEC validation may be unavailable");
      warn.accept("reason: dnssec_probe '" + setting + "' " + problem);
    }
  }
}
