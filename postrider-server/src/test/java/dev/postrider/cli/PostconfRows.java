package dev.postrider.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The calls of postconf that are compared with Debian's, and the files they are made on. */
final class PostconfRows {
  /**
   * One call.
   *
   * @param files index of main.cf and master.cf in {@link #FILES}
   * @param options separated by spaces, with {@code ~} for a space within one
   */
  record Row(int files, String options) {
    List<String> words() {
      List<String> words = new ArrayList<>();
      for (String word : options.split(" ")) {
        words.add(word.replace('~', ' '));
      }
      return words;
    }

    @Override
    public String toString() {
      return files + " " + options;
    }
  }

  static final String PLAIN =
      """
      # a comment
      compatibility_level = 3.6
      myhostname = h.ex.test
      relayhost = [$provider]:587
      provider = smtp.example.com
      mistyped_thing = x
      """;

  static final String RICH =
      """
      foo = bar baz
        more   spaces
      # inside

        end
      relayhost = $foo
      relayhost = [x]:1
      relayhost = [y]:1
      empty =
      mynetworks = 127.0.0.0/8, 10.0.0.0/8
      smtpd_recipient_restrictions = permit_mynetworks, check_recipient_access hash:/x/y, reject
      smtpd_restriction_classes = aaa, bbb
      aaa = permit
      bbb = reject
      ccc = x
      myhostname = h.ex.test
      mydestination = $myhostname, $undefd, ${undef2?x}
      virtual_maps = hash:/x
      process_id = 9
      forward_path = $home/.forward
      transport_maps = ldap:foo
      local_destination_concurrency_limit = 9
      smtp_destination_concurrency_limit = 9
      nosuch_destination_concurrency_limit = 9
      foo_server_host = z
      """;

  static final String SERVICES =
      """
      # m
      smtp inet n - n - - smtpd -v -o foo=local -o { smtpd_banner = a b  c } -oaaa=permit
         -o x=$y -vo z=1 -- {a b} c
      #comment
      smtp unix - - n - - smtp
        -o zz=1
      # in the middle
        -o zzz=$zz
      averylongservicename unix - n n - - pipe flags=DRhu user=v argv=/bin/x ${recipient} { a  b } c
        and more text that has to be folded
      127.0.0.1:10025 inet n - n 60? 10 smtpd
      local unix - n n - - local
      relay unix - - n - - smtp -o
      """;

  static final List<List<String>> FILES =
      List.of(
          List.of(PLAIN, SERVICES),
          List.of(RICH, SERVICES),
          List.of(RICH + "foo\n", SERVICES),
          List.of("  start\n\nmyhostname = a\nfoo = ${bar\nmydestination = $foo\n", SERVICES),
          List.of("myhostname = a\na = $b\nb = $a\nmyorigin = $a\n", SERVICES),
          List.of("= x\n", SERVICES),
          List.of("inet_interfaces = 127.0.0.1\nmyhostname = mail.$mydomain\n", SERVICES),
          List.of(
              "myhostname = a\nsmtpd_restriction_classes = aaa, missing\naaa = permit\n", SERVICES),
          List.of("foo = \r\nmyorigin = a\r\n b\r\n\r\nmydestination\t=\tx\n", SERVICES),
          List.of(PLAIN, SERVICES + "x inet n - n - smtpd\n"),
          List.of(PLAIN, SERVICES + "x inett n - n - - smtpd\n"),
          List.of(PLAIN, SERVICES + "x inet n - q - - smtpd\n"),
          List.of(PLAIN, SERVICES + "x inet n - n 5x - smtpd\n"),
          List.of(PLAIN, SERVICES + "x inet n - n - 1a smtpd\n"));

  static final List<String> SHOWING =
      List.of(
          "-n",
          "-nx",
          "-nf",
          "-nh",
          "-nH",
          "-n -C user",
          "-n -C all",
          "-nC service",
          "-C user",
          "-C nosuch",
          "-M",
          "-Mf",
          "-Mx",
          "-M smtp",
          "-M smtp/unix relay/x",
          "-M /",
          "-M a/b/c",
          "-F",
          "-Ff",
          "-Fh",
          "-FH",
          "-F smtp/inet/command",
          "-F */*/chroot",
          "-F a/b/c",
          "-P",
          "-Ph",
          "-PH",
          "-Pf",
          "-P smtp/inet/foo",
          "-P */*/zz",
          "-P smtp/*x",
          "relayhost foo nosuch",
          "-h relayhost",
          "-x relayhost",
          "-d relayhost",
          "-d foo",
          "-o relayhost=zz relayhost",
          "-o relayhost -n",
          "-p relayhost",
          "-e",
          "-X",
          "-#",
          "-d -n",
          "-e -X a",
          "-M -F",
          "-b -t",
          "-m -n",
          "-l",
          "-A",
          "-x -e a=b",
          "-h -H relayhost",
          "-Z",
          "-c");

  static final List<String> BROKEN = List.of("-nx", "-M");

  static final List<String> EDITING =
      List.of(
          "-e relayhost=[new]:25",
          "relayhost=a",
          // Only one new name: Debian's adds several in the order of a hash, another each time.
          "-e brand_new=1 relayhost=b",
          "-e a=1 a=2",
          "-e #x=1",
          "-e =1",
          "-e x",
          "-X relayhost",
          "-X nosuch",
          "-X a=b",
          "-# foo",
          "-# relayhost",
          "-e mydestination=",
          "-e foo=~with~spaces~",
          "-Me smtp/inet=smtp~inet~n~-~n~-~-~smtpd~-v",
          "-MX smtp/unix",
          "-M# smtp/inet",
          "-Fe smtp/inet/chroot=y",
          "-F smtp/inet/command=smtpd~-o~a=b",
          "-Fe smtp/*/chroot=-",
          "-Fe smtp/inet/nosuch=1",
          "-Fe smtp/inet/chroot=x",
          "-Pe smtp/inet/foo=other",
          "-Pe smtp/unix/fresh=1",
          "-PX smtp/inet/foo",
          "-Pe no/inet/a=b",
          "-Me a=b",
          "-MX a",
          "-Me new/unix=new~unix~-~-~n~-~-~smtp",
          "-Pe */*/all=1",
          "-Pe smtp/inet/a=b~c");

  /** Parameters whose defaults need not be those of Debian's Postfix 3.7. */
  static final Set<String> OTHER_DEFAULTS =
      Set.of(
          // Ours on purpose: see PostriderDefaults; mynetworks follows from them.
          "compatibility_level",
          "daemon_directory",
          "smtpd_relay_restrictions",
          "data_directory",
          "inet_interfaces",
          "mail_name",
          "mail_owner",
          "lmtp_tls_connection_reuse",
          "mynetworks",
          "queue_directory",
          "smtp_tls_connection_reuse",
          // Of each process.
          "process_id",
          // Those of Postfix 3.11, or paths of Debian's package.
          "address_verify_map",
          "alias_database",
          "alias_maps",
          "html_directory",
          "import_environment",
          "mail_release_date",
          "mail_version",
          "manpage_directory",
          "milter_default_action",
          "postscreen_cache_map",
          "proxy_read_maps",
          "readme_directory",
          "smtp_tls_dane_insecure_mx_policy",
          "smtp_tls_security_level",
          "smtpd_forbid_bare_newline",
          "smtpd_forbid_unauth_pipelining",
          "tls_eecdh_auto_curves",
          "tls_export_cipherlist",
          "tls_high_cipherlist",
          "tls_low_cipherlist",
          "tls_medium_cipherlist",
          "tls_null_cipherlist",
          "tlsproxy_client_loglevel_parameter",
          "tlsproxy_client_policy_maps",
          "tlsproxy_client_security_level");

  static final String TEMPLATE =
      """
      failure_template = <<EOF
      Charset: us-ascii
      From: MAILER-DAEMON (Mail)
      Subject: Undelivered
      Postmaster-Subject: Copy

      Host $myhostname gave up after $maximal_queue_lifetime_days days.

      EOF
      """;

  private PostconfRows() {}

  static List<Row> all() {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < FILES.size(); i++) {
      // Every option on files that can be read; of the broken ones the complaint is the point.
      for (String options : i == 1 ? SHOWING : BROKEN) {
        rows.add(new Row(i, options));
      }
    }
    for (String options : EDITING) {
      rows.add(new Row(1, options));
    }
    return rows;
  }
}
