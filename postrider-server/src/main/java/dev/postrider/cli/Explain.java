package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.config.MasterConfig;
import dev.postrider.delivery.Trace;
import dev.postrider.delivery.Transport;
import dev.postrider.io.Printable;
import dev.postrider.log.MailLog;
import dev.postrider.mail.address.AddressList;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mapping.AddressMappings;
import dev.postrider.policy.AccessPolicy;
import dev.postrider.policy.ClientFacts;
import dev.postrider.policy.MyNetworks;
import dev.postrider.route.From;
import dev.postrider.route.Router;
import dev.postrider.table.TableSource;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code postrider explain}: every step between an address and its mailbox, its command or the
 * server it is sent to, found by the parts that deliver, without sending anything.
 */
public final class Explain implements Command {
  private static final int EX_UNAVAILABLE = 69;
  private static final int EX_TEMPFAIL = 75;
  private static final int BOUNCED = 1;

  private static final String USAGE =
      """
      usage: postrider explain [-c DIR] [--json] [--from SENDER] [--user LOGIN] [--client IP]
                               ADDRESS...

        ADDRESS         whom mail would be for; - reads one a line from standard input
        --from SENDER   the sender of the envelope; "<>" is the null sender (default: you)
        --user LOGIN    who submits it: a user of this machine, or a SASL name (default: you)
        --client IP     as an SMTP client with that address would be answered
        --json          one line of JSON for each address

      Nothing is sent, and nobody is asked but tables and the DNS.
      Exit code: 0 if the mail has a way, 1 if it goes back, 75 if it waits.
      """;

  /**
   * What decides about addresses.
   *
   * @param transports by the name of their service
   * @param tables the open ones, to tell where an entry stands
   */
  public record Parts(
      AddressMappings mappings,
      Router router,
      Map<String, Transport> transports,
      AccessPolicy access,
      MyNetworks networks,
      TableSource tables) {
    public Parts {
      transports = Map.copyOf(transports);
    }
  }

  /** Makes the parts as the daemon does. */
  @FunctionalInterface
  public interface Wiring {
    /** Opens the tables and makes the transports of a configuration. */
    Parts parts(Config config, MasterConfig master, MailLog log)
        throws ConfigException, IOException, InterruptedException;
  }

  private final Wiring wiring;

  /** Uses the wiring of the daemon. */
  public Explain(Wiring wiring) {
    this.wiring = wiring;
  }

  /** What the arguments ask for. */
  private record Asked(
      Optional<String> directory,
      boolean json,
      Optional<String> from,
      Optional<String> user,
      Optional<String> client,
      List<String> addresses) {}

  @Override
  public int run(Invocation call) throws InterruptedException {
    List<String> arguments = call.arguments();
    if (!arguments.isEmpty() && List.of("help", "--help", "-h").contains(arguments.getFirst())) {
      call.out().print(USAGE);
      return 0;
    }
    try {
      Asked asked = parse(arguments);
      if (asked.addresses().isEmpty()) {
        throw new IllegalArgumentException("name an address");
      }
      return explain(call, asked);
    } catch (IllegalArgumentException e) {
      return call.as("postrider explain", List.of()).misused(String.valueOf(e.getMessage()), USAGE);
    } catch (ConfigException | IOException e) {
      call.as("postrider explain", List.of()).fatal(String.valueOf(e.getMessage()));
      return EX_UNAVAILABLE;
    }
  }

  private static Asked parse(List<String> arguments) {
    List<String> rest = new ArrayList<>(arguments);
    Optional<String> directory = Optional.empty();
    Optional<String> from = Optional.empty();
    Optional<String> user = Optional.empty();
    Optional<String> client = Optional.empty();
    boolean json = false;
    List<String> addresses = new ArrayList<>();
    boolean options = true;
    while (!rest.isEmpty()) {
      String word = rest.removeFirst();
      switch (options ? word : "") {
        case "--" -> options = false;
        case "--json" -> json = true;
        case "-c" -> directory = Optional.of(value(word, rest));
        case "--from" -> from = Optional.of(value(word, rest));
        case "--user" -> user = Optional.of(value(word, rest));
        case "--client" -> client = Optional.of(value(word, rest));
        default -> {
          if (options && word.startsWith("-") && word.length() > 1) {
            throw new IllegalArgumentException(word + ": there is no such option");
          }
          addresses.add(word);
        }
      }
    }
    return new Asked(directory, json, from, user, client, addresses);
  }

  private static String value(String option, List<String> rest) {
    if (rest.isEmpty()) {
      throw new IllegalArgumentException(option + " needs a value");
    }
    return rest.removeFirst();
  }

  private int explain(Invocation call, Asked asked)
      throws ConfigException, IOException, InterruptedException {
    Config config = Config.load(ConfigDirectory.of(call, asked.directory()));
    Parts parts = parts(call, config);
    From sender =
        new From(
            sender(asked.from()),
            asked
                .user()
                .orElse(asked.client().isPresent() ? "" : System.getProperty("user.name", "")));
    @Nullable ClientFacts client =
        asked.client().isPresent() ? client(asked.client().get(), parts.networks()) : null;
    Answers answers = new Answers(call, parts, sender, client, asked.json());
    for (String text : asked.addresses()) {
      if (text.equals("-")) {
        answers.ofInput();
      } else {
        answers.of(text);
      }
    }
    return switch (answers.worst) {
      case ROUTED -> 0;
      case DEFERRED -> EX_TEMPFAIL;
      case BOUNCED -> BOUNCED;
    };
  }

  private Parts parts(Invocation call, Config config)
      throws ConfigException, IOException, InterruptedException {
    return wiring.parts(
        config, MasterConfig.load(config.directory()).enabled(config), new TableLog(call));
  }

  private static String place(TableSource tables, Trace.Step step) {
    try {
      return tables.open(step.table()).place(step.key());
    } catch (ConfigException e) {
      return "";
    }
  }

  private static List<Mailbox> mailboxes(String text) {
    List<Mailbox> found = AddressList.parse(text).mailboxes();
    if (found.isEmpty()) {
      throw new IllegalArgumentException("\"" + text + "\" is no address");
    }
    return found;
  }

  private static ReversePath sender(Optional<String> given) {
    String text = given.orElse(System.getProperty("user.name", ""));
    return text.isBlank() || text.equals("<>")
        ? new ReversePath.Null()
        : ReversePath.of(mailboxes(text).getFirst());
  }

  private static ClientFacts client(String text, MyNetworks networks) {
    InetAddress address;
    try {
      address = InetAddress.ofLiteral(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("--client: \"" + text + "\" is no IP address", e);
    }
    String name = ClientFacts.UNKNOWN;
    return new ClientFacts(name, address, 0, networks.contains(name, address), false);
  }

  /** Answers one question after the other and keeps the gravest fate. For one thread. */
  private static final class Answers {
    private final Invocation call;
    private final Parts parts;
    private final From sender;
    private final @Nullable ClientFacts client;
    private final boolean json;
    private Explanation.Fate worst = Explanation.Fate.ROUTED;

    Answers(Invocation call, Parts parts, From sender, @Nullable ClientFacts client, boolean json) {
      this.call = call;
      this.parts = parts;
      this.sender = sender;
      this.client = client;
      this.json = json;
    }

    void of(String text) throws InterruptedException {
      for (Mailbox mailbox : mailboxes(text)) {
        Explanation explanation = Explanation.of(parts, mailbox, sender, client);
        if (json) {
          call.out().println(new ExplanationJson(this::place).line(explanation));
        } else {
          new ExplanationText(call.out(), this::place).print(explanation);
        }
        if (explanation.fate().compareTo(worst) > 0) {
          worst = explanation.fate();
        }
      }
    }

    private String place(Trace.Step step) {
      return Explain.place(parts.tables(), step);
    }

    /** A number in front of an address, where Sendmail has its rule sets, counts for nothing. */
    void ofInput() throws IOException, InterruptedException {
      boolean prompts = call.environment().containsKey("POSTRIDER_IN_TTY");
      BufferedReader in =
          new BufferedReader(new InputStreamReader(call.in(), StandardCharsets.UTF_8));
      prompt(prompts);
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String text = line.strip().replaceFirst("^[0-9,]+\\s+", "");
        if (!text.isEmpty()) {
          try {
            of(text);
          } catch (IllegalArgumentException e) {
            call.out().println(Printable.of(String.valueOf(e.getMessage())));
          }
        }
        prompt(prompts);
      }
    }

    private void prompt(boolean prompts) {
      if (prompts) {
        call.out().print("> ");
      }
      call.out().flush();
    }
  }
}
