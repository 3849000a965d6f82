package dev.postrider.doctor;

import dev.postrider.dns.DnsAnswer;
import dev.postrider.dns.MxHost;
import dev.postrider.dns.Resolver;
import dev.postrider.dns.SrvHost;
import dev.postrider.dns.TlsaRecord;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A resolver for somebody who waits in front of a terminal: a question that takes longer than its
 * time has no answer. The mail system itself is more patient. Safe on any thread.
 */
public final class HurriedResolver implements Resolver {
  private final Resolver patient;
  private final Duration limit;

  /**
   * @param limit for one question
   */
  public HurriedResolver(Resolver patient, Duration limit) {
    this.patient = patient;
    this.limit = limit;
  }

  @Override
  public DnsAnswer<MxHost> mx(String domain) {
    return ask(() -> patient.mx(domain));
  }

  @Override
  public DnsAnswer<InetAddress> addresses(String host, Family family) {
    return ask(() -> patient.addresses(host, family));
  }

  @Override
  public DnsAnswer<SrvHost> srv(String name) {
    return ask(() -> patient.srv(name));
  }

  @Override
  public DnsAnswer<TlsaRecord> tlsa(String name) {
    return ask(() -> patient.tlsa(name));
  }

  @Override
  public DnsAnswer<String> alias(String name) {
    return ask(() -> patient.alias(name));
  }

  @Override
  public DnsAnswer<String> texts(String name) {
    return ask(() -> patient.texts(name));
  }

  private <T> DnsAnswer<T> ask(Callable<DnsAnswer<T>> question) {
    FutureTask<DnsAnswer<T>> task = new FutureTask<>(question);
    Thread asking = Thread.ofVirtual().start(task);
    try {
      return task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException _) {
      asking.interrupt();
      return new DnsAnswer.TemporaryFailure<>("no answer within " + limit.toSeconds() + " seconds");
    } catch (ExecutionException e) {
      return new DnsAnswer.TemporaryFailure<>(String.valueOf(e.getCause()));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return new DnsAnswer.TemporaryFailure<>("interrupted");
    }
  }
}
