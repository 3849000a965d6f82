package dev.postrider.io;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/**
 * A disk in memory that loses power, fails and fills up on command. What was not forced survives a
 * power cut by chance: a write wholly, in part, torn at any byte or not at all, and not in order.
 * After a failed force, of a file or a directory, the kernel forgets what was to be written, as
 * Linux does, so that the next force succeeds without it.
 */
public final class CrashDisk implements Disk {
  /** How an operation goes wrong. */
  public enum Fault {
    POWER,
    EIO,
    SHORT_WRITE
  }

  private final Random random;
  private final TreeMap<Path, Node> names = new TreeMap<>();
  private final TreeMap<Path, Node> durableNames = new TreeMap<>();
  private final List<NameChange> unforcedNames = new ArrayList<>();
  private final Set<Path> directories = new HashSet<>();
  private final Set<Path> locked = new HashSet<>();
  private long operations;
  private long faultAt = Long.MAX_VALUE;
  private long faultUntil = Long.MAX_VALUE;
  private Fault fault = Fault.POWER;
  private boolean off;
  private int directoryFaults;
  private int failedDirectories;
  private long capacity = Long.MAX_VALUE;

  private static final class Node {
    byte[] now = new byte[0];
    byte[] durable = new byte[0];
    final List<Write> unforced = new ArrayList<>();
  }

  /** A write, or if {@code bytes} is null a truncation to {@code position}. */
  private record Write(long position, byte[] bytes) {}

  /** A name given to a node, or if that is null taken away. */
  private record NameChange(Path name, Node node) {}

  public CrashDisk(long seed) {
    random = new Random(seed);
  }

  /** Operations so far. */
  public synchronized long operations() {
    return operations;
  }

  /** Makes operation number {@code operation} fail, counted from 1 since the disk was made. */
  public synchronized void failAt(long operation, Fault how) {
    failBetween(operation, operation, how);
  }

  /** Makes all operations from one to another fail. */
  public synchronized void failBetween(long first, long last, Fault how) {
    faultAt = first;
    faultUntil = last;
    fault = how;
  }

  /** Makes the next forces of directories fail in which a name was taken away. */
  public synchronized void failDirectories(int times) {
    directoryFaults = times;
  }

  /** How many forces {@link #failDirectories} made fail. */
  public synchronized int failedDirectories() {
    return failedDirectories;
  }

  private boolean failsToForget(Path directory) {
    boolean forgets =
        unforcedNames.stream()
            .anyMatch(change -> change.node == null && directory.equals(change.name.getParent()));
    if (directoryFaults == 0 || !forgets) {
      return false;
    }
    directoryFaults--;
    failedDirectories++;
    return true;
  }

  /** Lets the files hold this many bytes together. */
  public synchronized void capacity(long bytes) {
    capacity = bytes;
  }

  public synchronized boolean isOff() {
    return off;
  }

  /** Cuts the power now, if it is still on, and switches on again. */
  public synchronized void restart() {
    for (NameChange change : unforcedNames) {
      if (random.nextBoolean()) {
        apply(durableNames, change);
      }
    }
    unforcedNames.clear();
    names.clear();
    names.putAll(durableNames);
    for (Node node : names.values()) {
      settle(node);
      node.now = node.durable;
    }
    locked.clear();
    off = false;
    faultAt = Long.MAX_VALUE;
    faultUntil = Long.MAX_VALUE;
  }

  /** Forgets who holds locks: the process ended, the machine did not. */
  public synchronized void killProcess() {
    locked.clear();
    off = false;
    faultAt = Long.MAX_VALUE;
    faultUntil = Long.MAX_VALUE;
  }

  /** The bytes as a reader sees them, to damage them. */
  public synchronized byte[] bytes(Path file) {
    return names.get(file).now.clone();
  }

  public synchronized void replace(Path file, byte[] bytes) {
    Node node = names.get(file);
    node.now = bytes.clone();
    node.durable = bytes.clone();
    node.unforced.clear();
  }

  private void settle(Node node) {
    for (Write write : node.unforced) {
      int luck = random.nextInt(4);
      if (luck == 0) {
        continue;
      }
      node.durable =
          write.bytes == null ? cut(node.durable, write) : part(node.durable, write, luck);
    }
    node.unforced.clear();
  }

  /** Applies a write wholly, up to any byte, or in sectors by chance. */
  private byte[] part(byte[] old, Write write, int luck) {
    int length = write.bytes.length;
    if (luck == 1 || length == 0) {
      return written(old, write.position, write.bytes, 0, length);
    }
    if (luck == 2) {
      return written(old, write.position, write.bytes, 0, random.nextInt(length));
    }
    byte[] result = old;
    for (int from = 0; from < length; from += 512) {
      if (random.nextBoolean()) {
        result = written(result, write.position, write.bytes, from, Math.min(from + 512, length));
      }
    }
    return result;
  }

  private static byte[] cut(byte[] old, Write truncation) {
    return truncation.position < old.length ? Arrays.copyOf(old, (int) truncation.position) : old;
  }

  private static byte[] written(byte[] old, long position, byte[] bytes, int from, int to) {
    if (to <= from) {
      return old;
    }
    byte[] result = Arrays.copyOf(old, (int) Math.max(old.length, position + to));
    System.arraycopy(bytes, from, result, (int) position + from, to - from);
    return result;
  }

  private static void apply(TreeMap<Path, Node> to, NameChange change) {
    if (change.node == null) {
      to.remove(change.name);
    } else {
      to.put(change.name, change.node);
    }
  }

  private void name(Path name, Node node) {
    NameChange change = new NameChange(name, node);
    apply(names, change);
    unforcedNames.add(change);
  }

  /** Counts an operation; returns whether it has to fail without cutting the power. */
  private boolean fails() throws IOException {
    if (off) {
      throw new IOException("no power");
    }
    operations++;
    if (operations < faultAt || operations > faultUntil) {
      return false;
    }
    if (fault == Fault.POWER) {
      off = true;
      throw new IOException("power lost at operation " + operations);
    }
    return true;
  }

  private void step() throws IOException {
    if (fails()) {
      throw new IOException("Input/output error at operation " + operations);
    }
  }

  @Override
  public synchronized DiskFile create(Path file) throws IOException {
    step();
    if (names.containsKey(file)) {
      throw new FileAlreadyExistsException(file.toString());
    }
    Node node = new Node();
    name(file, node);
    return new OpenFile(node);
  }

  @Override
  public synchronized DiskFile open(Path file) throws IOException {
    step();
    return openToRead(file);
  }

  @Override
  public synchronized DiskFile openToRead(Path file) throws IOException {
    Node node = names.get(file);
    if (node == null) {
      throw new NoSuchFileException(file.toString());
    }
    return new OpenFile(node);
  }

  @Override
  public synchronized void createDirectories(Path directory) {
    directories.add(directory);
  }

  @Override
  public synchronized List<String> list(Path directory) {
    return names.keySet().stream()
        .filter(name -> directory.equals(name.getParent()))
        .map(name -> name.getFileName().toString())
        .toList();
  }

  @Override
  public synchronized void rename(Path from, Path to) throws IOException {
    step();
    Node node = names.get(from);
    name(to, node);
    name(from, null);
  }

  @Override
  public synchronized void delete(Path file) throws IOException {
    step();
    if (names.containsKey(file)) {
      name(file, null);
    }
  }

  @Override
  public synchronized void forceDirectory(Path directory) throws IOException {
    boolean failed = fails() | failsToForget(directory);
    for (NameChange change : List.copyOf(unforcedNames)) {
      if (directory.equals(change.name.getParent())) {
        if (!failed || random.nextBoolean()) {
          apply(durableNames, change);
        }
        unforcedNames.remove(change);
      }
    }
    if (failed) {
      throw new IOException("Input/output error at operation " + operations);
    }
  }

  @Override
  public synchronized long usableBytes(Path directory) {
    return capacity - used();
  }

  private long used() {
    return names.values().stream().mapToLong(node -> node.now.length).sum();
  }

  @Override
  public synchronized Closeable lock(Path directory) throws IOException {
    if (!locked.add(directory)) {
      throw new DirectoryLock.HeldException(directory, "1");
    }
    return () -> unlock(directory);
  }

  private synchronized void unlock(Path directory) {
    locked.remove(directory);
  }

  private final class OpenFile implements DiskFile {
    private final Node node;

    OpenFile(Node node) {
      this.node = node;
    }

    @Override
    public int read(ByteBuffer into, long position) throws IOException {
      synchronized (CrashDisk.this) {
        if (off) {
          throw new IOException("no power");
        }
        int count = Math.clamp(node.now.length - position, 0, into.remaining());
        if (count > 0) {
          into.put(node.now, (int) position, count);
        }
        return count;
      }
    }

    @Override
    public void write(ByteBuffer from, long position) throws IOException {
      synchronized (CrashDisk.this) {
        byte[] bytes = new byte[from.remaining()];
        from.get(bytes);
        IOException failure = failure(bytes.length, position);
        if (failure != null) {
          bytes = Arrays.copyOf(bytes, bytes.length == 0 ? 0 : random.nextInt(bytes.length));
        }
        if (bytes.length > 0) {
          node.now = written(node.now, position, bytes, 0, bytes.length);
          node.unforced.add(new Write(position, bytes));
        }
        if (failure != null) {
          throw failure;
        }
      }
    }

    /** Why a write fails, having written a part; null if it does not. */
    private IOException failure(int length, long position) {
      try {
        if (fails()) {
          return new IOException("Input/output error at operation " + operations);
        }
      } catch (IOException e) {
        return e;
      }
      long growth = Math.max(0, position + length - node.now.length);
      return growth > 0 && used() + growth > capacity
          ? new IOException("No space left on device")
          : null;
    }

    @Override
    public void force() throws IOException {
      synchronized (CrashDisk.this) {
        if (fails()) {
          settle(node);
          throw new IOException("Input/output error at operation " + operations);
        }
        for (Write write : node.unforced) {
          node.durable =
              write.bytes == null
                  ? cut(node.durable, write)
                  : written(node.durable, write.position, write.bytes, 0, write.bytes.length);
        }
        node.unforced.clear();
      }
    }

    @Override
    public void truncate(long size) throws IOException {
      synchronized (CrashDisk.this) {
        step();
        if (size < node.now.length) {
          node.now = Arrays.copyOf(node.now, (int) size);
          node.unforced.add(new Write(size, null));
        }
      }
    }

    @Override
    public long size() {
      synchronized (CrashDisk.this) {
        return node.now.length;
      }
    }

    @Override
    public void close() {}
  }
}
