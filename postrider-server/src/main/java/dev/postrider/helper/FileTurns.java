package dev.postrider.helper;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One thread a file: a lock of fcntl(2) belongs to the process, and is lost when the process closes
 * any descriptor of the file, so it cannot keep the threads of one process apart. Safe on any
 * thread.
 */
final class FileTurns {
  private final Map<Path, Turn> turns = new HashMap<>();

  /** The right to open a file; given back by closing it. For one thread. */
  final class Turn implements AutoCloseable {
    private final Path key;
    private final ReentrantLock lock = new ReentrantLock(true);
    private int interested;

    private Turn(Path key) {
      this.key = key;
    }

    @Override
    public void close() {
      lock.unlock();
      leave(this);
    }
  }

  /** Waits until no other thread has the file, under whichever name. */
  Turn take(Path file) throws InterruptedException {
    Path key = realName(file);
    Turn turn;
    synchronized (turns) {
      turn = turns.computeIfAbsent(key, Turn::new);
      turn.interested++;
    }
    try {
      turn.lock.lockInterruptibly();
    } catch (InterruptedException e) {
      leave(turn);
      throw e;
    }
    return turn;
  }

  private void leave(Turn turn) {
    synchronized (turns) {
      turn.interested--;
      if (turn.interested == 0) {
        turns.remove(turn.key);
      }
    }
  }

  private static Path realName(Path file) {
    try {
      return file.toRealPath();
    } catch (IOException _) {
      Path directory = file.getParent();
      Path name = file.getFileName();
      try {
        return directory == null || name == null ? file : directory.toRealPath().resolve(name);
      } catch (IOException _) {
        return file;
      }
    }
  }
}
