package dev.postrider.system;

import java.io.IOException;
import java.nio.file.Path;

/** The two systems as contenders. */
final class Contenders {
  private Contenders() {}

  /** Debian's Postfix, not started. */
  static Contender.Engine postfix() throws IOException {
    RealPostfix postfix = RealPostfix.create();
    return new Contender.Engine() {
      @Override
      public Path directory() {
        return postfix.directory;
      }

      @Override
      public Path etc() {
        return postfix.etc;
      }

      @Override
      public Path log() {
        return postfix.log;
      }

      @Override
      public int port() {
        return postfix.port;
      }

      @Override
      public Shell shell() {
        return postfix.shell;
      }

      @Override
      public void main(String lines) throws IOException {
        postfix.main(lines);
      }

      @Override
      public void start() throws IOException, InterruptedException {
        Shell.Result result = postfix.shell.run("postalias hash:" + postfix.etc + "/aliases");
        if (result.code() != 0) {
          throw new IOException(result.all());
        }
        postfix.start();
      }

      @Override
      public boolean mayLoseItsLog() {
        return true;
      }

      @Override
      public void close() throws IOException, InterruptedException {
        postfix.close();
      }
    };
  }

  /** Postrider, not started. */
  static Contender.Engine postrider() throws IOException {
    Instance postrider = Instance.create();
    // nobody is default_privs, in whose name commands run: the mail system must be another.
    postrider.main("mail_owner = daemon\nbiff = no\npostrider_kept_notices = 0");
    return new Contender.Engine() {
      @Override
      public Path directory() {
        return postrider.directory;
      }

      @Override
      public Path etc() {
        return postrider.etc;
      }

      @Override
      public Path log() {
        return postrider.log;
      }

      @Override
      public int port() {
        return postrider.port;
      }

      @Override
      public Shell shell() {
        return postrider.shell;
      }

      @Override
      public void main(String lines) throws IOException {
        postrider.main(lines);
      }

      @Override
      public void start() throws IOException, InterruptedException {
        java.nio.file.Files.writeString(
            postrider.etc.resolve("master.cf"),
            "discard unix - - n - - discard\nretry unix - - n - - error\n",
            java.nio.file.StandardOpenOption.APPEND);
        postrider.start();
      }

      @Override
      public void close() throws IOException, InterruptedException {
        postrider.close();
      }
    };
  }
}
