package dev.postrider.daemon;

import dev.postrider.config.ServiceEntry;
import dev.postrider.intake.Intake;
import dev.postrider.log.MailLog;
import dev.postrider.smtpd.ClientDescriptors;
import dev.postrider.smtpd.ClientNames;
import dev.postrider.smtpd.Listener;
import dev.postrider.smtpd.ListeningSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The inet services of master.cf, and those that are no longer there while they have sessions. */
final class Listeners {
  /** A client whose name nobody tells by then is called unknown. */
  private static final Duration NAME_LIMIT = Duration.ofSeconds(10);

  private final Supplier<Assembly> assembly;
  private final Intake intake;
  private final MailLog log;
  private final @Nullable Privileges privileges;
  private final ClientDescriptors descriptors = ClientDescriptors.ofProcess();

  /** By the name of the service; guarded by this. */
  private final Map<String, Listener> inService = new HashMap<>();

  /** Those a reload took out of service; guarded by this. */
  private final List<Listener> retired = new ArrayList<>();

  /**
   * @param assembly the one in force
   * @param privileges bind a low port that a reload adds; null if this process has what it needs
   */
  Listeners(
      Supplier<Assembly> assembly, Intake intake, MailLog log, @Nullable Privileges privileges) {
    this.assembly = assembly;
    this.intake = intake;
    this.log = log;
    this.privileges = privileges;
  }

  void start(Entrances entrances) {
    for (ServiceEntry service : assembly.get().listeners().keySet()) {
      listen(service, entrances.of(service));
    }
  }

  private synchronized void listen(ServiceEntry service, List<ListeningSocket> sockets) {
    Listener listener =
        new Listener(
            sockets,
            () -> {
              var settings = assembly.get().sessions().get(service.name());
              if (settings == null) {
                throw new IllegalStateException("no service " + service.name());
              }
              return settings;
            },
            intake,
            ClientNames.ofSystem(NAME_LIMIT),
            log,
            processLimit(service),
            descriptors);
    inService.put(service.name(), listener);
    listener.start();
  }

  private int processLimit(ServiceEntry service) {
    String written = service.maxProcesses();
    int limit =
        written.equals("-")
            ? assembly.get().config().number("default_process_limit")
            : Integer.parseInt(written);
    return limit == 0 ? Integer.MAX_VALUE : limit;
  }

  /** Opens the sockets of the services that are new; nobody accepts on them yet. */
  synchronized Map<ServiceEntry, List<ListeningSocket>> bindAdded(Assembly fresh)
      throws IOException {
    Map<ServiceEntry, List<ListeningSocket>> added = new HashMap<>();
    for (Map.Entry<ServiceEntry, List<InetSocketAddress>> each : fresh.listeners().entrySet()) {
      if (!inService.containsKey(each.getKey().name())) {
        if (privileges == null) {
          added.put(each.getKey(), ListeningSocket.bind(each.getValue()));
        } else {
          privileges.run(() -> added.put(each.getKey(), ListeningSocket.bind(each.getValue())));
        }
      }
    }
    return added;
  }

  /** Closes sockets that are not needed after all. */
  static void close(Collection<List<ListeningSocket>> added) throws IOException {
    for (List<ListeningSocket> each : added) {
      for (ListeningSocket socket : each) {
        socket.channel().close();
      }
    }
  }

  /** Takes new services up, and those that are gone out of service. */
  synchronized void change(Assembly fresh, Map<ServiceEntry, List<ListeningSocket>> added) {
    added.forEach(this::listen);
    retired.removeIf(listener -> listener.sessionCount() == 0);
    Set<String> gone = new HashSet<>(inService.keySet());
    fresh.listeners().keySet().forEach(service -> gone.remove(service.name()));
    for (String name : gone) {
      Listener listener = inService.remove(name);
      if (listener != null) {
        listener.stopAccepting();
        retired.add(listener);
      }
    }
  }

  /** Those in service and those that still have sessions. */
  synchronized List<Listener> all() {
    List<Listener> all = new ArrayList<>(inService.values());
    all.addAll(retired);
    return all;
  }

  /** Whether no client is connected. */
  boolean areIdle() {
    return all().stream().allMatch(Listener::isIdle);
  }

  /** How many clients were taken on since the start; less after a reload that ended a service. */
  long accepted() {
    return all().stream().mapToLong(Listener::accepted).sum();
  }
}
