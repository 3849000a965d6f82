package dev.postrider.io;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/**
 * Signals to this process. The JDK has no supported way to handle one; its old one is reached by
 * reflection, and where it is missing signals do what they always did. Functions only.
 */
public final class Signals {
  private Signals() {}

  /**
   * Calls an action, on a thread of its own, whenever a signal comes. A program started meanwhile
   * does not inherit that.
   *
   * @param name without SIG: HUP, INT …
   * @return puts back what was there before
   */
  public static Runnable on(String name, Runnable action) {
    try {
      Class<?> handlers = Class.forName("sun.misc.SignalHandler");
      InvocationHandler call =
          (proxy, method, arguments) -> {
            if (method.getName().equals("handle")) {
              // The JDK makes a thread of the system's for each signal, which gets on even if all
              // carriers of virtual ones hang.
              action.run();
            }
            return null;
          };
      Object before =
          handle(
              name,
              Proxy.newProxyInstance(
                  Signals.class.getClassLoader(), new Class<?>[] {handlers}, call));
      return () -> {
        try {
          Object _ = handle(name, before);
        } catch (ReflectiveOperationException e) {
          throw new IllegalStateException("SIG" + name + " had a handler that it cannot have", e);
        }
      };
    } catch (ReflectiveOperationException e) {
      return () -> {};
    }
  }

  /**
   * Has a signal do from now on what the system does by itself.
   *
   * @param name without SIG: TERM, INT
   */
  public static void toDefault(String name) {
    try {
      Class<?> handlers = Class.forName("sun.misc.SignalHandler");
      Object _ = handle(name, handlers.getField("SIG_DFL").get(null));
    } catch (ReflectiveOperationException _) {
      // Then nobody handles it but the JDK.
      return;
    }
  }

  private static @Nullable Object handle(String name, @Nullable Object handler)
      throws ReflectiveOperationException {
    Class<?> signals = Class.forName("sun.misc.Signal");
    return signals
        .getMethod("handle", signals, Class.forName("sun.misc.SignalHandler"))
        .invoke(null, signals.getConstructor(String.class).newInstance(name), handler);
  }
}
