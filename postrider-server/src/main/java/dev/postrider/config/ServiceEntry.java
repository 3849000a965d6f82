package dev.postrider.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One service line of master.cf (master(5)). Immutable.
 *
 * @param name for {@code inet} the listening {@code host:port}, else the service's name
 * @param type inet, unix, fifo, pass or unix-dgram
 * @param privateField as written, {@code -} for the default
 * @param unpriv as written
 * @param chroot as written
 * @param wakeup as written
 * @param maxProcesses as written
 * @param command the program, such as smtpd or smtp
 * @param arguments all arguments of the program, {@code -o} pairs included, as written
 * @param overrides the {@code -o name=value} settings, in order, the last of two winning
 * @param line where the entry begins in master.cf, from 1
 */
public record ServiceEntry(
    String name,
    String type,
    String privateField,
    String unpriv,
    String chroot,
    String wakeup,
    String maxProcesses,
    String command,
    List<String> arguments,
    Map<String, String> overrides,
    int line) {
  public ServiceEntry {
    arguments = List.copyOf(arguments);
    overrides = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(overrides));
  }

  /** The same service with these settings over its own. */
  public ServiceEntry with(Map<String, String> settings) {
    Map<String, String> merged = new LinkedHashMap<>(overrides);
    merged.putAll(settings);
    return new ServiceEntry(
        name,
        type,
        privateField,
        unpriv,
        chroot,
        wakeup,
        maxProcesses,
        command,
        arguments,
        merged,
        line);
  }
}
