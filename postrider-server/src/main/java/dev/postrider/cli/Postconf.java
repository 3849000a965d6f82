package dev.postrider.cli;

import dev.postrider.config.ConfigException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Shows and edits main.cf and master.cf, as postconf(1) of Postfix 3.11 does: same options, output,
 * warnings and exit codes.
 */
public final class Postconf implements Command {
  private static final String DEFAULT_DIRECTORY = "/etc/postfix";
  private static final String USAGE =
      "usage: postconf [-a (server SASL types)] [-A (client SASL types)] [-b (bounce templates)]"
          + " [-c config_dir] [-c param_class] [-d (parameter defaults)] [-e (edit configuration)]"
          + " [-f (fold lines)] [-F (master.cf fields)] [-h (no names)] [-H (no values)]"
          + " [-j (streaming JSON) ] [-l (lock types)] [-m (map types)] [-M (master.cf)]"
          + " [-n (non-default parameters)] [-o name=value (override parameter value)]"
          + " [-p (main.cf, default)] [-P (master.cf parameters)] [-t (bounce templates)]"
          + " [-T compile-version|run-version|public-key-algorithms] [-v (verbose)]"
          + " [-x (expand parameter values)] [-X (exclude)] [-# (comment-out)] [name...]";

  @Override
  public int run(Invocation call) throws IOException {
    try {
      PostconfRequest request = parse(call);
      PostconfMode.check(request.modes());
      return run(call, request);
    } catch (ConfigException e) {
      call.fatal(String.valueOf(e.getMessage()));
      return 1;
    }
  }

  private static PostconfRequest parse(Invocation call) throws ConfigException {
    Set<PostconfMode> modes = EnumSet.noneOf(PostconfMode.class);
    PostconfRequest.Building building = new PostconfRequest.Building();
    String environment = call.environment().get("MAIL_CONFIG");
    if (environment != null) {
      building.directory = environment;
    }
    Getopt getopt = new Getopt(call.arguments(), "aAbc:C:deEfFhHjlmMno:pPqtT:vxX#");
    for (Optional<Getopt.Option> next = getopt.next(); next.isPresent(); next = getopt.next()) {
      Getopt.Option option = next.get();
      PostconfMode mode = PostconfMode.of(option.letter());
      switch (option.letter()) {
        case 'c' -> building.directory = option.value();
        case 'C' -> building.classes = PostconfClass.parse(option.value());
        case 'o' -> building.overrides.add(option.value());
        case 'q' -> building.quiet = true;
        case 'T' -> building.tls = option.value();
        case 'b', 't' -> {
          if (modes.contains(PostconfMode.EXPAND_TEMPLATES)
              || modes.contains(PostconfMode.DUMP_TEMPLATES)) {
            throw new ConfigException("specify one of -b and -t");
          }
        }
        case '?' -> unusable(call, "invalid option -- '" + option.value() + "'");
        case ':' -> unusable(call, "option requires an argument -- '" + option.value() + "'");
        default -> {}
      }
      // Postfix leaves -C out of the check of options, though it has a row there.
      if (mode != null && mode != PostconfMode.PARAMETER_CLASS) {
        modes.add(mode);
      }
    }
    List<String> operands = getopt.operands();
    Set<PostconfMode> major = EnumSet.copyOf(PostconfMode.MAJOR);
    major.retainAll(modes);
    if (major.isEmpty()) {
      modes.add(PostconfMode.MAIN);
      major.add(PostconfMode.MAIN);
    }
    boolean editable =
        major.contains(PostconfMode.MAIN)
            || major.contains(PostconfMode.MASTER_ENTRIES)
            || major.contains(PostconfMode.MASTER_FIELDS)
            || major.contains(PostconfMode.MASTER_PARAMETERS);
    if (editable && !operands.isEmpty() && operands.getFirst().indexOf('=') >= 0) {
      modes.add(PostconfMode.EDIT);
    }
    return building.build(modes, operands, DEFAULT_DIRECTORY);
  }

  private static void unusable(Invocation call, String complaint) throws ConfigException {
    call.err().println("postconf: " + complaint);
    throw new ConfigException(USAGE);
  }

  private static int run(Invocation call, PostconfRequest request) throws ConfigException {
    List<String> operands = request.operands();
    if (request.has(PostconfMode.EDIT) && operands.isEmpty()) {
      throw new ConfigException("-e requires name=value argument");
    }
    if (request.has(PostconfMode.EXPAND_TEMPLATES) || request.has(PostconfMode.DUMP_TEMPLATES)) {
      new PostconfTemplates(call, request).show();
      return 0;
    }
    if (request.has(PostconfMode.MAPS)) {
      print(call, PostconfLists.MAPS);
    } else if (request.has(PostconfMode.LOCKS)) {
      print(call, PostconfLists.LOCKS);
    } else if (request.has(PostconfMode.SERVER_SASL)) {
      print(call, PostconfLists.SERVER_SASL);
    } else if (request.has(PostconfMode.CLIENT_SASL)) {
      print(call, PostconfLists.CLIENT_SASL);
    } else if (request.has(PostconfMode.TLS)) {
      return tls(call, request.tls());
    } else if (request.edits()) {
      edit(call, request);
    } else {
      show(call, request);
    }
    return 0;
  }

  private static void edit(Invocation call, PostconfRequest request) throws ConfigException {
    if (request.operands().isEmpty()) {
      throw new ConfigException("missing service argument");
    }
    if (request.has(PostconfMode.MAIN)) {
      new PostconfMainEditor(call, request).edit();
    } else {
      new PostconfMasterEditor(call, request).edit();
    }
  }

  private static void show(Invocation call, PostconfRequest request) throws ConfigException {
    PostconfNames names = PostconfNames.load(call, request);
    if (request.has(PostconfMode.MAIN)) {
      new PostconfMainView(call, request, names).show();
    } else {
      new PostconfMasterView(call, request, names).show();
    }
    if (!request.has(PostconfMode.DEFAULTS) && !request.quiet()) {
      new PostconfUnused(call, request.directory(), names).warn(request.has(PostconfMode.MAIN));
    }
  }

  private static int tls(Invocation call, String what) {
    switch (what) {
      case "compile-version", "run-version" ->
          call.out().println("JSSE " + Runtime.version().feature());
      case "public-key-algorithms" -> print(call, PostconfLists.PUBLIC_KEYS);
      default -> {
        call.warning("unknown 'postconf -T' mode: " + what);
        return 1;
      }
    }
    return 0;
  }

  private static void print(Invocation call, List<String> lines) {
    for (String line : lines) {
      call.out().println(line);
    }
  }

  /** Where main.cf lies by default. */
  static Path defaultDirectory() {
    return Path.of(DEFAULT_DIRECTORY);
  }
}
