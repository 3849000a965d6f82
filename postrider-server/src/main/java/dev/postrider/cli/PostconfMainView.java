package dev.postrider.cli;

import dev.postrider.config.ConfigException;
import java.util.List;
import java.util.TreeSet;

/** Shows parameters of main.cf. For one use. */
final class PostconfMainView {
  private final Invocation call;
  private final PostconfRequest request;
  private final PostconfNames names;
  private final PostconfPrinter printer;

  PostconfMainView(Invocation call, PostconfRequest request, PostconfNames names) {
    this.call = call;
    this.request = request;
    this.names = names;
    this.printer = new PostconfPrinter(call.out(), request.has(PostconfMode.FOLD));
  }

  void show() throws ConfigException {
    if (request.operands().isEmpty()) {
      for (String name : selected()) {
        if (request.classes().contains(names.classOf(name))) {
          print(name);
        }
      }
      return;
    }
    for (String name : request.operands()) {
      if (names.known(name)) {
        print(name);
      } else {
        call.warning(name + ": unknown parameter");
      }
    }
  }

  /** Most calls ask for the few that are set: the others need not be looked at. */
  private List<String> selected() {
    if (!request.has(PostconfMode.NON_DEFAULTS)) {
      return names.all();
    }
    TreeSet<String> set = new TreeSet<>(names.main.keySet());
    set.removeIf(name -> !names.known(name));
    return List.copyOf(set);
  }

  private void print(String name) throws ConfigException {
    if (request.has(PostconfMode.NON_DEFAULTS) && !names.main.containsKey(name)) {
      return;
    }
    String value = names.value(name, null);
    if (value == null) {
      return;
    }
    if (request.has(PostconfMode.HIDE_VALUE)) {
      printer.line(name);
      return;
    }
    String shown =
        request.has(PostconfMode.EXPAND) && !names.raw(name) ? expanded(call, names, value) : value;
    if (request.has(PostconfMode.JSON)) {
      printer.json(name, shown);
    } else if (request.has(PostconfMode.HIDE_NAME)) {
      printer.line(shown);
    } else {
      printer.line(name + " = " + shown);
    }
  }

  private static String expanded(Invocation call, PostconfNames names, String value)
      throws ConfigException {
    return PostconfExpansion.expanded(call, names, value, null);
  }
}
