package dev.postrider.mail.message;

import dev.postrider.mail.message.MimeDowngrade.Action;
import dev.postrider.mail.message.MimeDowngrade.Plan;
import dev.postrider.mail.message.MimeWalk.Entity;
import dev.postrider.mail.message.MimeWalk.Field;
import java.util.ArrayList;
import java.util.List;

/** The first look at a message: finds out what each entity needs. For one thread. */
final class MimeSurvey implements MimeWalk.Visitor {
  /** Bounds the plan, the one thing that grows with a message. */
  private static final int MOST_ENTITIES = 100_000;

  private final List<Action> actions = new ArrayList<>();
  private String impossible = "";
  private boolean needed;
  private boolean eightBitLeaf;

  Plan plan() {
    if (!impossible.isEmpty()) {
      return new Plan.Impossible(impossible);
    }
    return needed ? new Plan.Convertible(actions) : new Plan.NotNeeded();
  }

  @Override
  public void entityBegins(Entity entity) {
    if (actions.size() < MOST_ENTITIES) {
      actions.add(Action.KEEP);
    }
    eightBitLeaf = false;
  }

  @Override
  public void header(Entity entity, Field field, byte[] bytes, int length) {}

  @Override
  public void headerEnds(Entity entity, boolean separated) {
    boolean wide = entity.encoding.equals("8bit") || entity.encoding.equals("binary");
    if (entity.isComposite() && wide && !entity.opaque) {
      decide(entity, Action.RELABEL);
    }
  }

  @Override
  public void leaf(Entity entity, byte[] bytes, int length) {
    eightBitLeaf |= isEightBit(bytes, length);
  }

  @Override
  public void leafEnds(Entity entity) {
    if (!eightBitLeaf) {
      if (!entity.opaque && entity.encoding.equals("8bit")) {
        decide(entity, Action.RELABEL);
      }
      return;
    }
    needed = true;
    if (entity.opaque) {
      impossible = "8-bit data inside multipart/signed or multipart/encrypted";
    } else if (entity.isIdentity()) {
      if (entity.type.forbidsEncoding()) {
        impossible = "8-bit data in a part whose type allows no encoding";
      }
      decide(entity, Action.QUOTE);
    } else if (entity.encoding.equals("quoted-printable")) {
      decide(entity, Action.ESCAPE);
    } else if (entity.encoding.equals("base64")) {
      decide(entity, Action.CLEAN);
    } else {
      impossible = "8-bit data in a part with an unknown Content-Transfer-Encoding";
    }
  }

  @Override
  public void padding(boolean opaque, byte[] bytes, int length) {
    if (isEightBit(bytes, length)) {
      needed = true;
      if (opaque) {
        impossible = "8-bit data inside multipart/signed or multipart/encrypted";
      }
    }
  }

  @Override
  public void boundary(byte[] bytes, int length) {
    if (isEightBit(bytes, length)) {
      impossible = "8-bit data in a MIME boundary";
    }
  }

  @Override
  public void tooDeep(Entity entity) {
    impossible = "MIME parts nested deeper than " + MimeWalk.MOST_NESTED;
  }

  private void decide(Entity entity, Action action) {
    if (entity.index < actions.size()) {
      actions.set(entity.index, action);
    } else if (action != Action.RELABEL) {
      impossible = "more than " + MOST_ENTITIES + " MIME parts";
    }
  }

  private static boolean isEightBit(byte[] bytes, int length) {
    for (int i = 0; i < length; i++) {
      if (bytes[i] < 0) {
        return true;
      }
    }
    return false;
  }
}
