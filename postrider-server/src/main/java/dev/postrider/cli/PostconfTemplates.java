package dev.postrider.cli;

import dev.postrider.config.BounceTemplates;
import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.config.ConfigFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Shows the notices to senders: as templates, or with every name replaced. For one use. */
final class PostconfTemplates {
  private final Invocation call;
  private final PostconfRequest request;

  PostconfTemplates(Invocation call, PostconfRequest request) {
    this.call = call;
    this.request = request;
  }

  void show() throws ConfigException {
    if (request.operands().size() > 1) {
      throw new ConfigException("options -b and -t require at most one template file");
    }
    Config config = Config.load(request.directory());
    String file =
        request.operands().isEmpty()
            ? config.text("bounce_template_file")
            : request.operands().getFirst();
    List<String> warnings = new ArrayList<>();
    BounceTemplates templates = BounceTemplates.builtIn();
    if (!file.isEmpty()) {
      templates = templates.with(file, ConfigFiles.read(Path.of(file)), warnings);
    }
    warnings.forEach(call::warning);
    boolean expand = request.has(PostconfMode.EXPAND_TEMPLATES);
    StringBuilder shown = new StringBuilder();
    for (String kind : BounceTemplates.KINDS) {
      String text = expand ? templates.expandedText(kind, config) : templates.template(kind);
      shown
          .append(shown.isEmpty() ? "" : "\n")
          .append(expand ? "expanded_" + kind + "_text" : kind + "_template")
          .append(" = <<EOF\n")
          .append(text)
          .append("EOF\n");
    }
    call.out().print(shown);
  }
}
