package dev.postrider.mail.message;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;

/**
 * Makes valid 7-bit MIME of an 8-bit message, for a server without 8BITMIME (RFC 6152 §3): parts
 * become quoted-printable, also inside nested multiparts and messages. Reads the content twice,
 * first to see what each part needs, so that nothing but the plan is held in memory. Safe on any
 * thread.
 *
 * <p>Header fields are left as they are, as Postfix does; 8-bit fields are the concern of SMTPUTF8.
 */
public final class MimeDowngrade {
  /** What a message needs. */
  public sealed interface Plan {
    /** The body is 7-bit already. */
    record NotNeeded() implements Plan {}

    /** Can be done; pass it to {@link MimeDowngrade#convert}. */
    final class Convertible implements Plan {
      private final List<Action> actions;

      Convertible(List<Action> actions) {
        this.actions = List.copyOf(actions);
      }

      Action action(int entity) {
        return entity < actions.size() ? actions.get(entity) : Action.KEEP;
      }
    }

    /**
     * Cannot be done without damage.
     *
     * @param reason a clause for people, such as {@code 8-bit data inside multipart/signed}
     */
    record Impossible(String reason) implements Plan {}
  }

  /** What one entity needs. */
  enum Action {
    KEEP,
    /** Identity encoding becomes quoted-printable. */
    QUOTE,
    /** Was called 8bit or binary, and is 7bit now. */
    RELABEL,
    /** Quoted-printable already, with stray 8-bit bytes. */
    ESCAPE,
    /** Base64, with stray 8-bit bytes, which decoders ignore. */
    CLEAN
  }

  private MimeDowngrade() {}

  /** Reads a whole message (lines ended by LF) and says what it needs. */
  public static Plan plan(InputStream content) throws IOException {
    MimeSurvey survey = new MimeSurvey();
    new MimeWalk(content, survey).run();
    return survey.plan();
  }

  /** Writes the same message in 7-bit form. */
  public static void convert(InputStream content, Plan.Convertible plan, OutputStream out)
      throws IOException {
    new MimeWalk(content, new MimeConverter(plan, out)).run();
  }
}
