package dev.postrider.io;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel;
import java.nio.charset.Charset;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A regular file opened by a name that another user may give to something else at any moment. The
 * facts are those of the opened file, and opening it never waits: Java's own way to open a FIFO
 * waits for its writer, which blocks a carrier of the virtual threads, and with it the daemon. For
 * one thread.
 *
 * @param facts what the kernel said when it was opened
 * @param channel open for reading
 */
public record PinnedFile(FileFacts facts, FileChannel channel) implements AutoCloseable {
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
  private static final int ENOENT = 2;
  private static final int EACCES = 13;

  /**
   * Opens it for reading, through no symbolic link.
   *
   * @throws NoSuchFileException if nothing has that name, or no longer the same
   * @throws FileSystemException if it is no regular file, or cannot be read
   */
  public static PinnedFile open(Path path) throws IOException {
    boolean linux = System.getProperty("os.name", "").equals("Linux");
    return linux && Files.isDirectory(DESCRIPTORS) ? byDescriptor(path) : byName(path);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /** By a descriptor of our own, which cannot be exchanged under our hands. */
  private static PinnedFile byDescriptor(Path path) throws IOException {
    int descriptor = Native.openWithoutWaiting(path);
    try {
      Path opened = DESCRIPTORS.resolve(Integer.toString(descriptor));
      FileFacts facts = FileFacts.of(opened);
      requireRegular(path, facts);
      return new PinnedFile(facts, FileChannel.open(opened, StandardOpenOption.READ));
    } finally {
      Native.close(descriptor);
    }
  }

  /**
   * Where descriptors have no names. In a sticky directory only its owner can replace a file, so if
   * the same file of the same owner lay there before and after, what was opened is that owner's.
   */
  private static PinnedFile byName(Path path) throws IOException {
    FileFacts before = FileFacts.of(path, LinkOption.NOFOLLOW_LINKS);
    requireRegular(path, before);
    FileChannel channel =
        FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    boolean handedOn = false;
    try {
      FileFacts after = FileFacts.of(path, LinkOption.NOFOLLOW_LINKS);
      if (after.inode() != before.inode() || after.uid() != before.uid() || !after.regular()) {
        throw new NoSuchFileException(path.toString(), null, "replaced meanwhile");
      }
      handedOn = true;
      return new PinnedFile(after, channel);
    } finally {
      if (!handedOn) {
        channel.close();
      }
    }
  }

  private static void requireRegular(Path path, FileFacts facts) throws FileSystemException {
    if (!facts.regular()) {
      throw new FileSystemException(path.toString(), null, "it is no regular file");
    }
  }

  /** open(2) with the flag that Java does not have; looked up when first needed. */
  @SuppressWarnings("restricted")
  private static final class Native {
    private static final StructLayout CAPTURED = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
        CAPTURED.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final MethodHandle OPEN =
        Linker.nativeLinker()
            .downcallHandle(
                Linker.nativeLinker().defaultLookup().findOrThrow("open"),
                FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
                Linker.Option.firstVariadicArg(2),
                Linker.Option.captureCallState("errno"));
    private static final MethodHandle CLOSE =
        Linker.nativeLinker()
            .downcallHandle(
                Linker.nativeLinker().defaultLookup().findOrThrow("close"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    private static final int O_NONBLOCK = 0x800;
    private static final int O_CLOEXEC = 0x80000;

    private Native() {}

    /** O_NOFOLLOW is the one flag of these that differs between processors. */
    private static int noFollow() {
      return switch (System.getProperty("os.arch", "")) {
        case "aarch64", "arm", "ppc64le" -> 0x8000;
        default -> 0x20000;
      };
    }

    static int openWithoutWaiting(Path path) throws IOException {
      try (Arena arena = Arena.ofConfined()) {
        Charset charset = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
        MemorySegment name =
            arena.allocateFrom(ValueLayout.JAVA_BYTE, (path + "\0").getBytes(charset));
        MemorySegment state = arena.allocate(CAPTURED);
        int descriptor = (int) OPEN.invokeExact(state, name, O_NONBLOCK | O_CLOEXEC | noFollow());
        if (descriptor < 0) {
          throw failure(path, (int) ERRNO.get(state, 0L));
        }
        return descriptor;
      } catch (IOException | RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new IllegalStateException("open", e);
      }
    }

    private static IOException failure(Path path, int errno) {
      return switch (errno) {
        case ENOENT -> new NoSuchFileException(path.toString());
        case EACCES -> new AccessDeniedException(path.toString());
        default -> new FileSystemException(path.toString(), null, "open: errno " + errno);
      };
    }

    static void close(int descriptor) {
      try {
        int ignored = (int) CLOSE.invokeExact(descriptor);
        assert ignored == 0;
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new IllegalStateException("close", e);
      }
    }
  }
}
