package dev.postrider.daemon;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Sockets on which macOS's launchd listens for the job that this process is
 * (launch_activate_socket(3)). Loaded where launchd may have started us only: the C library costs a
 * tenth of a second. For the thread that starts the daemon.
 */
@SuppressWarnings("restricted")
final class LaunchdSockets {
  /** In the file of the job, below "Sockets": SMTP's, any number of them, and the submissions'. */
  static final List<String> NAMES = List.of("smtp", "pickup");

  private static final String FUNCTION = "launch_activate_socket";
  private static final String LIBRARY = "/usr/lib/libSystem.B.dylib";

  /** The job has no socket of that name (ENOENT). */
  private static final int NO_SUCH_NAME = 2;

  /** This process is nobody's job (ESRCH). */
  private static final int NO_JOB = 3;

  /** More would be no answer but a mistake. */
  private static final long MOST = 1000;

  private static final FunctionDescriptor ACTIVATE =
      FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS);

  private final SymbolLookup library;

  /**
   * @param library has the function
   */
  LaunchdSockets(SymbolLookup library) {
    this.library = library;
  }

  /** Whether this is a process of launchd's: it tells each the name of its job, and a shell "0". */
  static boolean mayStartUs(String system, Map<String, String> environment) {
    return system.startsWith("Mac")
        && !environment.getOrDefault("XPC_SERVICE_NAME", "0").equals("0");
  }

  /** macOS's own. */
  static LaunchdSockets ofSystem() {
    return new LaunchdSockets(name ->
        Linker.nativeLinker()
            .defaultLookup()
            .find(name)
            .or(() -> SymbolLookup.libraryLookup(LIBRARY, Arena.global()).find(name)));
  }

  /**
   * Takes the sockets of one name; to be called once for each.
   *
   * @return none if the job has none of that name, or this process is no job
   * @throws IOException if launchd does not give them
   */
  List<Descriptor> take(String name) throws IOException {
    Optional<MemorySegment> function = library.find(FUNCTION);
    if (function.isEmpty()) {
      throw new IOException(FUNCTION + ": this system's library has no such function");
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment array = arena.allocate(ADDRESS);
      MemorySegment count = arena.allocate(JAVA_LONG);
      int error =
          (int)
              Linker.nativeLinker()
                  .downcallHandle(function.get(), ACTIVATE)
                  .invokeExact(arena.allocateFrom(name), array, count);
      return switch (error) {
        case 0 -> numbers(array.get(ADDRESS, 0), count.get(JAVA_LONG, 0));
        case NO_SUCH_NAME, NO_JOB -> List.of();
        default ->
            throw new IOException(
                FUNCTION + " " + name + ": error " + error + " (launchctl print tells of the job)");
      };
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new LinkageError(FUNCTION, e);
    }
  }

  /** Reads the array and gives it back. */
  private static List<Descriptor> numbers(MemorySegment array, long count) throws Throwable {
    List<Descriptor> found = new ArrayList<>();
    if (count < 0 || count > MOST) {
      throw new IOException(FUNCTION + ": " + count + " sockets");
    }
    MemorySegment sized = array.reinterpret(count * JAVA_INT.byteSize());
    for (long i = 0; i < count; i++) {
      found.add(new Descriptor(sized.getAtIndex(JAVA_INT, i)));
    }
    Linker linker = Linker.nativeLinker();
    linker
        .downcallHandle(
            linker.defaultLookup().findOrThrow("free"), FunctionDescriptor.ofVoid(ADDRESS))
        .invokeExact(array);
    return found;
  }
}
