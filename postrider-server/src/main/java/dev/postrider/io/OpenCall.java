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
import java.nio.charset.Charset;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * open(2) with the flags that Java does not have, and pipe(2), looked up when first needed: opening
 * never waits for the other end of a FIFO. Linux only. Functions only; safe on any thread.
 */
@SuppressWarnings("restricted")
final class OpenCall {
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
  private static final int ENOENT = 2;
  private static final int EACCES = 13;
  private static final int EEXIST = 17;

  private static final int O_WRONLY = 1;
  private static final int O_CREAT = 0x40;
  private static final int O_EXCL = 0x80;
  private static final int O_APPEND = 0x400;
  private static final int O_NONBLOCK = 0x800;
  private static final int O_CLOEXEC = 0x80000;
  private static final int OWNER_ONLY = 0600;

  private OpenCall() {}

  /** What is looked up in the C library. */
  private static final class Native {
    private static final StructLayout CAPTURED = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
        CAPTURED.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final MethodHandle OPEN =
        Linker.nativeLinker()
            .downcallHandle(
                Linker.nativeLinker().defaultLookup().findOrThrow("open"),
                FunctionDescriptor.of(
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT),
                Linker.Option.firstVariadicArg(2),
                Linker.Option.captureCallState("errno"));
    private static final MethodHandle CLOSE =
        Linker.nativeLinker()
            .downcallHandle(
                Linker.nativeLinker().defaultLookup().findOrThrow("close"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    private static final MethodHandle PIPE =
        Linker.nativeLinker()
            .downcallHandle(
                Linker.nativeLinker().defaultLookup().findOrThrow("pipe2"),
                FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));

    private Native() {}
  }

  /** Whether this system is one that the numbers here are of, and names descriptors. */
  static boolean isSupported() {
    return System.getProperty("os.name", "").equals("Linux") && Files.isDirectory(DESCRIPTORS);
  }

  /** The name under which an open descriptor can be looked at and opened once more. */
  static Path name(int descriptor) {
    return DESCRIPTORS.resolve(Integer.toString(descriptor));
  }

  /** Opens for reading what is there, through no symbolic link as last part. */
  static int toRead(Path path) throws IOException {
    return open(path, O_NONBLOCK | O_CLOEXEC | noFollow());
  }

  /** Opens for appending what is there, through symbolic links. */
  static int toAppend(Path path) throws IOException {
    return open(path, O_WRONLY | O_APPEND | O_NONBLOCK | O_CLOEXEC);
  }

  /** Makes a file that is not there, through no symbolic link as last part. */
  static int toCreate(Path path) throws IOException {
    return open(path, O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_NONBLOCK | O_CLOEXEC);
  }

  private static int open(Path path, int flags) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      Charset charset = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
      MemorySegment name =
          arena.allocateFrom(ValueLayout.JAVA_BYTE, (path + "\0").getBytes(charset));
      MemorySegment state = arena.allocate(Native.CAPTURED);
      int descriptor = (int) Native.OPEN.invokeExact(state, name, flags, OWNER_ONLY);
      if (descriptor < 0) {
        throw failure(path, (int) Native.ERRNO.get(state, 0L));
      }
      return descriptor;
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("open", e);
    }
  }

  /** Makes a pipe: the descriptor to read from, and the one to write to. */
  static int[] pipe() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment both = arena.allocate(ValueLayout.JAVA_INT, 2);
      if ((int) Native.PIPE.invokeExact(both, O_CLOEXEC) != 0) {
        throw new IOException("cannot make a pipe: too many open files");
      }
      return both.toArray(ValueLayout.JAVA_INT);
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("pipe2", e);
    }
  }

  static void close(int descriptor) {
    try {
      int ignored = (int) Native.CLOSE.invokeExact(descriptor);
      assert ignored == 0;
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("close", e);
    }
  }

  /** O_NOFOLLOW is the one flag of these that differs between processors. */
  private static int noFollow() {
    return switch (System.getProperty("os.arch", "")) {
      case "aarch64", "arm", "ppc64le" -> 0x8000;
      default -> 0x20000;
    };
  }

  private static IOException failure(Path path, int errno) {
    String name = path.toString();
    return switch (errno) {
      case ENOENT -> new NoSuchFileException(name);
      case EACCES -> new AccessDeniedException(name);
      case EEXIST -> new FileAlreadyExistsException(name);
      default -> new FileSystemException(name, null, words(errno));
    };
  }

  /** As strerror(3) has them without a locale. */
  private static String words(int errno) {
    return switch (errno) {
      case 1 -> "Operation not permitted";
      case 5 -> "Input/output error";
      case 6 -> "No such device or address";
      case 20 -> "Not a directory";
      case 21 -> "Is a directory";
      case 23 -> "Too many open files in system";
      case 24 -> "Too many open files";
      case 26 -> "Text file busy";
      case 28 -> "No space left on device";
      case 30 -> "Read-only file system";
      case 36 -> "File name too long";
      case 40 -> "Too many levels of symbolic links";
      case 116 -> "Stale file handle";
      case 122 -> "Disk quota exceeded";
      default -> "errno " + errno;
    };
  }
}
