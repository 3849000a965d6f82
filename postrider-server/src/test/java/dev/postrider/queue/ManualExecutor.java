package dev.postrider.queue;

import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** Runs tasks one after the other when the test says so, in its thread. For one thread. */
final class ManualExecutor extends AbstractExecutorService {
  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  private boolean ended;

  /** Runs until nothing is left. */
  void runAll() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  @Override
  public void execute(Runnable task) {
    if (ended) {
      throw new RejectedExecutionException();
    }
    tasks.add(task);
  }

  @Override
  public void shutdown() {
    ended = true;
  }

  @Override
  public List<Runnable> shutdownNow() {
    ended = true;
    return List.copyOf(tasks);
  }

  @Override
  public boolean isShutdown() {
    return ended;
  }

  @Override
  public boolean isTerminated() {
    return ended;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return true;
  }
}
