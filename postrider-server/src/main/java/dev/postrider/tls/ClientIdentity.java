package dev.postrider.tls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The certificates that this client shows to servers that ask for one: {@code
 * smtp_tls_chain_files}, else the pairs {@code smtp_tls_cert_file} with {@code smtp_tls_key_file},
 * {@code smtp_tls_eccert_file} with {@code smtp_tls_eckey_file}. Files are read when first needed
 * and again when they change. Safe on any thread.
 */
public final class ClientIdentity {
  private static final ClientIdentity NONE = new ClientIdentity(List.of(), List.of());

  private final List<Path> chains;
  private final List<Pair> pairs;
  private final Object lock = new Object();
  private @Nullable Loaded loaded;

  /** A certificate and its key, each in a file; both may be in one. */
  public record Pair(Path certificates, Path key) {}

  private record Loaded(List<FileTime> times, Credentials credentials) {}

  /**
   * @param chains files with a key, its certificate and those above it, any number of times
   * @param pairs counts only where there are no {@code chains}
   */
  public ClientIdentity(List<Path> chains, List<Pair> pairs) {
    this.chains = List.copyOf(chains);
    this.pairs = List.copyOf(pairs);
  }

  /** Of a client that shows none. */
  public static ClientIdentity none() {
    return NONE;
  }

  boolean isEmpty() {
    return chains.isEmpty() && pairs.isEmpty();
  }

  /**
   * What is shown.
   *
   * @throws IOException naming the file that cannot be used
   */
  Credentials credentials() throws IOException {
    List<FileTime> times = new ArrayList<>();
    for (Path file : files()) {
      try {
        times.add(Files.getLastModifiedTime(file));
      } catch (NoSuchFileException e) {
        throw new IOException(file + ": No such file or directory", e);
      }
    }
    synchronized (lock) {
      Loaded current = loaded;
      if (current == null || !current.times.equals(times)) {
        current = new Loaded(times, load());
        loaded = current;
      }
      return current.credentials;
    }
  }

  private List<Path> files() {
    List<Path> files = new ArrayList<>(chains);
    if (chains.isEmpty()) {
      for (Pair pair : pairs) {
        files.add(pair.certificates);
        files.add(pair.key);
      }
    }
    return files;
  }

  private Credentials load() throws IOException {
    List<Credentials.Entry> entries = new ArrayList<>();
    for (Path file : chains) {
      Credentials.addAll(file, read(file), entries);
    }
    if (chains.isEmpty()) {
      for (Pair pair : pairs) {
        List<Pem.Block> blocks = new ArrayList<>();
        read(pair.key).stream().filter(b -> PrivateKeys.isKey(b.label())).forEach(blocks::add);
        if (blocks.isEmpty()) {
          throw new IOException(pair.key + ": no private key in PEM form");
        }
        read(pair.certificates).stream()
            .filter(b -> !PrivateKeys.isKey(b.label()))
            .forEach(blocks::add);
        Credentials.addAll(pair.certificates, blocks, entries);
      }
    }
    return new Credentials(entries);
  }

  private static List<Pem.Block> read(Path file) throws IOException {
    try {
      return Pem.read(Files.readString(file, StandardCharsets.ISO_8859_1));
    } catch (java.nio.file.FileSystemException e) {
      throw new IOException(
          e instanceof java.nio.file.AccessDeniedException
              ? file + ": Permission denied"
              : String.valueOf(e.getMessage()),
          e);
    } catch (IOException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }
}
