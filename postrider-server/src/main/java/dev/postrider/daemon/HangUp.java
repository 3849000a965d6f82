package dev.postrider.daemon;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

/**
 * The hang-up signal, which asks a daemon to read its configuration again. The JDK has no supported
 * way to handle a signal; its old one is reached by reflection, and where it is missing the control
 * socket still reloads.
 */
final class HangUp {
  private HangUp() {}

  static void onSignal(Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      InvocationHandler call =
          (proxy, method, arguments) -> {
            if (method.getName().equals("handle")) {
              Thread.ofVirtual().name("reload").start(action);
            }
            return null;
          };
      Object proxy =
          Proxy.newProxyInstance(HangUp.class.getClassLoader(), new Class<?>[] {handler}, call);
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), proxy);
    } catch (ReflectiveOperationException e) {
      // "postfix reload" does not need it.
      return;
    }
  }
}
