package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * The same calls of postmulti with Postrider and with Debian's Postfix: what is said and written.
 */
class PostmultiDifferenceTest {
  /** One call a line; what each leaves in main.cf and on disk is looked at where it matters. */
  private static final String CALLS =
      """
      postmulti -l
      postmulti
      postmulti -l -p
      postmulti -l command
      postmulti -p
      postmulti -R -p status
      postmulti -e nonsense
      postmulti -e enable -I postfix-x
      postmulti -l -I postfix-x
      postmulti -e assign
      postmulti -e enable queue_directory=/x
      postmulti -I postfix-a -e create config_directory=$D/conf/postfix-a
      postmulti -e init
      grep ^multi_ $D/etc/main.cf | sort
      postmulti -l
      postmulti -I postfix-a -G mta -e create config_directory=$D/conf/postfix-a
      grep -v '^#' $D/conf/postfix-a/main.cf | sort
      cat $D/conf/postfix-a/master.cf
      stat -c '%n %F %a' $D/conf/postfix-a $D/postfix-a $D/lib/postfix-a
      ls -A $D/conf/postfix-a | grep -v postrider
      grep ^multi_ $D/etc/main.cf | sort
      postmulti -I b -e create config_directory=$D/conf/b
      postmulti -I 'postfix-b/c' -e create config_directory=$D/conf/b
      postmulti -I 'postfix-b c' -e create config_directory=$D/conf/b
      postmulti -I postfix-b -G 'a b' -e create config_directory=$D/conf/b
      postmulti -e create config_directory=$D/conf/b
      postmulti -I postfix-b -e create config_directory=conf/b
      postmulti -I postfix-b -e create config_directory=/
      postmulti -I postfix-b -e create mail_owner=root
      postmulti -I postfix-b -e create malformed
      postmulti -I postfix-b -e create config_directory=$D/conf/postfix-a
      postmulti -I postfix-b -e create config_directory=$D/conf/b queue_directory=$D/postfix-a
      postmulti -I postfix-a -e create config_directory=$D/conf/b
      postmulti -i postfix-zz -I postfix-b -e create config_directory=$D/conf/postfix-b
      postmulti -i a -I postfix-b -e create config_directory=$D/conf/postfix-b/ data_directory=$D/lib/bb
      mkdir $D/conf/postfix-c; cp $D/etc/main.cf $D/etc/master.cf $D/conf/postfix-c
      postmulti -I postfix-c -e import config_directory=$D/conf/postfix-c
      postmulti -I postfix-c -e import config_directory=$D/conf/postfix-c queue_directory=$D/c
      printf 'queue_directory = %s\\ndata_directory = %s\\nmail_owner = %s\\n' $D/postfix-c $D/lib/postfix-c $OWNER >> $D/conf/postfix-c/main.cf; mkdir -p $D/postfix-c $D/lib/postfix-c
      sed -i /^multi_/d $D/conf/postfix-c/main.cf
      postmulti -G mta -e import config_directory=$D/conf/postfix-c
      postmulti -l
      postmulti -l -R
      postmulti -l -g mta
      postmulti -l -g none
      postmulti -l -i a
      postmulti -l -i postfix-a
      postmulti -l -i $D/conf/postfix-c
      postmulti -l -i -
      postmulti -l -a
      postmulti -i a -e assign -I postfix-a -G mta
      postmulti -i $D/conf/postfix-c -e assign -I postfix-c
      postmulti -i c -e assign -I postfix-a
      postmulti -i c -e assign -G -
      postmulti -i a -e assign -G msa -I postfix-aa
      postmulti -i aa -e enable
      postmulti -e enable
      postmulti -i zz -e enable
      postmulti -l
      grep ^multi_ $D/conf/postfix-a/main.cf $D/conf/postfix-c/main.cf | sort
      postmulti -x sh -c 'echo "$MAIL_CONFIG $config_directory $queue_directory $data_directory $multi_instance_name,$multi_instance_group,$multi_instance_enable"'
      postmulti -x -R -g msa sh -c 'echo "$MAIL_CONFIG"; exit 3'
      postmulti -x -R postconf -hx queue_directory
      postmulti -x -i zz true
      postmulti -x -i a true
      postmulti -p status
      postmulti -p stop
      postmulti -p -i b reload
      postmulti -p -i aa reload
      postmulti -p -i zz start
      postfix status
      postfix -c $D/conf/postfix-b status
      postfix stop
      postmulti -i aa -e destroy
      postmulti -i - -e destroy
      postmulti -i - -e deport
      postmulti -i aa -e disable
      postmulti -i aa -e deport
      grep -h '^multi_inst.*dir\\|^alternate' $D/etc/main.cf
      postmulti -l
      postmulti -e import config_directory=$D/conf/postfix-a
      grep -h '^multi_inst.*dir\\|^alternate' $D/etc/main.cf
      postmulti -i b -e destroy
      ls -d $D/conf/postfix-b $D/postfix-b $D/lib/bb
      mkdir $D/postfix-c/mine
      postmulti -i c -e destroy
      ls $D/conf $D/postfix-c
      MAIL_CONFIG=$D/conf/postfix-a postmulti -l
      postconf -e multi_instance_wrapper=
      postfix status
      postmulti -i aa -e enable
      postconf -e multi_instance_enable=no 'multi_instance_wrapper = postmulti -p --'
      postmulti -i aa -e enable
      """;

  private static final String PROTOTYPE =
      """
      # A comment.
      compatibility_level = 3.6
      mail_owner = somebody
      setgid_group = somegroup
      myhostname = host.local.test
      readme_directory = /nowhere
      """;

  @Test
  void whatIsSaidAndWrittenIsTheSame()
      throws IOException, InterruptedException, ExecutionException {
    try (RealPostfix postfix = RealPostfix.create();
        Instance postrider = Instance.create();
        ExecutorService both = Executors.newSingleThreadExecutor()) {
      OwnEtc.assumePossible(postrider.shell);
      Path theirs = prepared(postfix.directory, postfix.etc, true);
      Path ours = prepared(postrider.directory, postrider.etc, false);

      // Side by side: both start programs most of the time.
      Future<String> wanted =
          both.submit(() -> played(postfix.shell, postfix.directory, theirs, "postfix"));
      assertThat(played(postrider.shell, postrider.directory, ours, "nobody"))
          .isEqualTo(wanted.get());
    }
  }

  /** main.cf of a machine on which nobody has thought of a second instance yet. */
  private static Path prepared(Path directory, Path etc, boolean debian)
      throws IOException, InterruptedException {
    Files.createDirectories(directory.resolve("conf"));
    Files.createDirectories(directory.resolve("lib"));
    Files.writeString(
        etc.resolve("main.cf"),
        """
        compatibility_level = 3.6
        myhostname = host.local.test
        queue_directory = %1$s/q
        data_directory = %1$s/lib/data
        maillog_file = %1$s/mail.log
        maillog_file_prefixes = /var, %1$s
        mail_owner = %2$s
        meta_directory = %1$s/etc
        """
            .formatted(directory, debian ? "postfix" : "nobody"));
    if (debian) {
      Files.writeString(
          etc.resolve("main.cf"),
          Files.readString(etc.resolve("main.cf"))
              + "command_directory = /usr/sbin\ndaemon_directory = /usr/lib/postfix/sbin\n"
              + "shlib_directory = /usr/lib/postfix\n");
      new Shell(directory, java.util.Map.of())
          .run(
              "cp -a /etc/postfix/postfix-files* /etc/postfix/post-install /etc/postfix/dynamicmaps.cf* "
                  + etc
                  + "; mkdir -p q lib/data; chown postfix lib/data");
    }
    Files.writeString(etc.resolve("main.cf.proto"), PROTOTYPE);
    Files.writeString(etc.resolve("master.cf.proto"), "pickup unix n - n 60 1 pickup\n");
    return etc;
  }

  /** What each call printed, how it ended, and what it logged. */
  private static String played(Shell shell, Path directory, Path etc, String owner)
      throws IOException, InterruptedException {
    List<String> script = new ArrayList<>();
    script.add("exec 2>&1; D=" + directory + "; OWNER=" + owner + "; touch $D/mail.log");
    for (String call : CALLS.lines().toList()) {
      script.add("cat <<'EOF'\n> " + call + "\nEOF");
      // On standard error Postfix speaks to terminals only; in the log both do.
      script.add("mv $D/mail.log $D/old.log; : >$D/mail.log; (" + call + ") 2>$D/err; echo = $?");
      script.add("cat $D/mail.log");
    }
    String said = OwnEtc.run(shell, etc, String.join("\n", script) + "\n").out();
    return said.replace(directory.toString(), "@D@")
        .replaceAll(
            "(?m)^[A-Z][a-z][a-z] [ 0-9]\\d \\d\\d:\\d\\d:\\d\\d host (\\S+)\\[\\d+\\]", "$1")
        // What can be done about it; and who says it, which with Postfix may be a script.
        .replaceAll("(?m)^(postfix/)?postmulti(-script)?: fatal: (.*?)( \\(.*\\))?$", "fatal: $3")
        .replaceAll("(?m)^postfix: fatal: (.*?)( \\(.*\\))?$", "fatal: $1")
        // Its script asks postfix whether the instance is stopped, which says so.
        .replaceAll(
            "postfix-c/postfix-script: the Postfix mail system is not running\n"
                + "(?=postfix/postmulti-script: warning)",
            "")
        .replace("postfix/postmulti-script: warning", "postfix/postmulti: warning")
        .replaceAll("(?m)^postfix(-\\w+)?/(postsuper|postfix|post-install)?: .*\n", "")
        .replace("the Postrider mail system", "the Postfix mail system")
        .replaceAll("(?m)^(command|daemon|shlib)_directory = .*\n", "")
        .replaceAll("mail_owner = (nobody|postfix)", "mail_owner = @OWNER@");
  }
}
