package dev.postrider.cli;

import dev.postrider.config.ConfigException;
import dev.postrider.config.ServiceSyntax;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Shows services of master.cf, whole, by field or by parameter. For one use. */
final class PostconfMasterView {
  private final Invocation call;
  private final PostconfRequest request;
  private final PostconfNames names;
  private final Set<PostconfPattern> matched = new HashSet<>();

  PostconfMasterView(Invocation call, PostconfRequest request, PostconfNames names) {
    this.call = call;
    this.request = request;
    this.names = names;
  }

  void show() throws ConfigException {
    List<PostconfPattern> patterns = patterns();
    for (PostconfNames.Service service : names.services) {
      if (patterns.isEmpty()) {
        show(service, null);
      }
      for (PostconfPattern pattern : patterns) {
        if (pattern.matches(service.entry().name(), service.entry().type())) {
          show(service, pattern);
        }
      }
    }
    for (PostconfPattern pattern : patterns) {
      if (!matched.contains(pattern)) {
        call.warning("unmatched request: \"" + pattern.raw() + "\"");
      }
    }
  }

  private List<PostconfPattern> patterns() throws ConfigException {
    boolean entries = request.has(PostconfMode.MASTER_ENTRIES);
    List<PostconfPattern> patterns = new ArrayList<>();
    for (String operand : request.operands()) {
      PostconfPattern pattern = PostconfPattern.parse(operand, operand, 1, entries ? 2 : 3);
      if (pattern == null) {
        throw new ConfigException(
            entries
                ? "-M option requires service_name[/type]"
                : request.has(PostconfMode.MASTER_FIELDS)
                    ? "-F option requires service_name[/type[/field]]"
                    : "-P option requires service_name[/type[/parameter]]");
      }
      if (request.has(PostconfMode.MASTER_FIELDS)) {
        int unused = pattern.field();
        assert unused < ServiceSyntax.FIELDS;
      }
      patterns.add(pattern);
    }
    return patterns;
  }

  private void show(PostconfNames.Service service, @Nullable PostconfPattern pattern)
      throws ConfigException {
    if (request.has(PostconfMode.MASTER_ENTRIES)) {
      match(pattern);
      entry(service);
    } else if (request.has(PostconfMode.MASTER_FIELDS)) {
      match(pattern);
      int only = pattern == null ? -1 : pattern.field();
      for (int field = 0; field < ServiceSyntax.FIELDS; field++) {
        if (only < 0 || only == field) {
          field(service, field);
        }
      }
    } else {
      parameters(service, pattern);
    }
  }

  private void match(@Nullable PostconfPattern pattern) {
    if (pattern != null) {
      matched.add(pattern);
    }
  }

  private void entry(PostconfNames.Service service) throws ConfigException {
    List<String> fields = PostconfEntryText.fields(service.entry());
    if (request.has(PostconfMode.JSON)) {
      String text = text(service, false).plain(fields, service.entry().arguments());
      new PostconfPrinter(call.out(), false).json(service.space(), text);
      return;
    }
    call.out()
        .print(
            text(service, request.has(PostconfMode.FOLD))
                    .columns(fields, service.entry().arguments())
                + "\n");
  }

  private void field(PostconfNames.Service service, int field) throws ConfigException {
    String label = service.space() + "/" + ServiceSyntax.fieldNames().get(field);
    String value = PostconfEntryText.fields(service.entry()).get(field);
    boolean json = request.has(PostconfMode.JSON);
    if (request.has(PostconfMode.HIDE_VALUE) && !json) {
      call.out().print((request.has(PostconfMode.HIDE_NAME) ? "" : label) + "\n");
      return;
    }
    String shownLabel = json || request.has(PostconfMode.HIDE_NAME) ? "" : label + " = ";
    PostconfEntryText text = text(service, request.has(PostconfMode.FOLD) && !json);
    String shown =
        field == ServiceSyntax.FIELDS - 1
            ? text.command(shownLabel, value, service.entry().arguments())
            : json ? value : text.labelled(shownLabel, value);
    if (json) {
      new PostconfPrinter(call.out(), false).json(label, shown);
    } else {
      call.out().print(shown + "\n");
    }
  }

  private void parameters(PostconfNames.Service service, @Nullable PostconfPattern pattern)
      throws ConfigException {
    Map<String, String> settings = new TreeMap<>(service.settings());
    if (pattern == null || pattern.anyPart()) {
      if (!settings.isEmpty()) {
        match(pattern);
      }
      for (Map.Entry<String, String> setting : settings.entrySet()) {
        parameter(service, setting.getKey(), setting.getValue());
      }
      return;
    }
    String value = settings.get(pattern.part());
    if (value != null) {
      match(pattern);
      parameter(service, pattern.part(), value);
    }
  }

  private void parameter(PostconfNames.Service service, String name, String value)
      throws ConfigException {
    PostconfPrinter printer = new PostconfPrinter(call.out(), request.has(PostconfMode.FOLD));
    String label = service.space() + "/" + name;
    if (request.has(PostconfMode.HIDE_VALUE)) {
      printer.line(label);
      return;
    }
    String shown =
        request.has(PostconfMode.EXPAND)
            ? PostconfExpansion.expanded(call, names, value, service)
            : value;
    if (request.has(PostconfMode.JSON)) {
      printer.json(label, shown);
    } else {
      printer.line(request.has(PostconfMode.HIDE_NAME) ? shown : label + " = " + shown);
    }
  }

  private PostconfEntryText text(PostconfNames.Service service, boolean fold) {
    return new PostconfEntryText(
        fold,
        value ->
            request.has(PostconfMode.EXPAND)
                ? PostconfExpansion.expanded(call, names, value, service)
                : value);
  }
}
