package dev.postrider.agent;

import dev.postrider.helper.Append;
import dev.postrider.helper.CommandCall;
import dev.postrider.helper.CommandEnd;
import dev.postrider.helper.Helper;
import dev.postrider.helper.Identity;
import dev.postrider.helper.Payload;
import dev.postrider.helper.UserFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Does nothing but remember what was wanted, and says how it ended. For one thread. */
public final class RememberingHelper implements Helper {
  /** A line for each thing that was wanted: whose rights, what, where. */
  public final List<String> wanted = new ArrayList<>();

  /** What was to be written or fed to a command, one text for each of {@link #wanted}. */
  public final List<String> payloads = new ArrayList<>();

  /** The commands that were to be run. */
  public final List<CommandCall> calls = new ArrayList<>();

  /** How the next command ends. */
  public CommandEnd end = new CommandEnd.Exited(0, "");

  /** What the next work fails with, or null. */
  public @Nullable IOException failure;

  private void remember(Identity as, String what, Payload payload) throws IOException {
    if (failure != null) {
      throw failure;
    }
    wanted.add("'%s' %d:%d %s".formatted(as.user(), as.uid(), as.gid(), what));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    payload.writeTo(out);
    payloads.add(out.toString(StandardCharsets.UTF_8));
  }

  @Override
  public void append(Identity as, Append to, Payload payload) throws IOException {
    remember(as, to.kind() + " " + to.file(), payload);
  }

  @Override
  public void addToMaildir(Identity as, Path maildir, long largest, Payload payload)
      throws IOException {
    remember(as, "maildir " + maildir + " " + largest, payload);
  }

  @Override
  public CommandEnd run(Identity as, CommandCall call, Payload payload) throws IOException {
    remember(as, "run", payload);
    calls.add(call);
    return end;
  }

  @Override
  public UserFile read(Identity as, Path file, int most) {
    throw new AssertionError("nobody here reads a user's file");
  }
}
