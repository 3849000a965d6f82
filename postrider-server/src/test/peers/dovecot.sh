#!/bin/bash
# A real IMAP and POP3 server: a private Dovecot on loopback that takes mail by LMTP, over TCP and a Unix socket.
# Users: alice@dovecot.test, bob@tcp.test, carol@tls.test and full@tcp.test (whose quota is a thousand bytes), password secret.
# usage: dovecot.sh start DIR IMAP POP3 LMTP SOCKET OWNER | stop DIR
set -eu
cmd=$1 dir=$2
case $cmd in
start)
  imap=$3 pop3=$4 lmtp=$5 socket=$6 owner=$7
  mkdir -p "$dir"/{run,state,home}
  chmod 755 "$dir" "$dir/home"
  for user in alice bob carol full; do install -d -o 65534 -g 65534 -m 700 "$dir/home/$user"; done
  openssl req -x509 -newkey rsa:2048 -nodes -keyout "$dir/key.pem" -out "$dir/cert.pem" -days 2 -subj /CN=localhost 2>/dev/null
  cat > "$dir/users" <<END
alice@dovecot.test:{PLAIN}secret:65534:65534::$dir/home/alice
bob@tcp.test:{PLAIN}secret:65534:65534::$dir/home/bob
carol@tls.test:{PLAIN}secret:65534:65534::$dir/home/carol
full@tcp.test:{PLAIN}secret:65534:65534::$dir/home/full::userdb_quota_rule=*:bytes=1000
END
  cat > "$dir/dovecot.conf" <<END
base_dir = $dir/run
state_dir = $dir/state
instance_name = postrider-test
log_path = $dir/dovecot.log
protocols = imap pop3 lmtp
listen = 127.0.0.1
ssl = yes
ssl_cert = <$dir/cert.pem
ssl_key = <$dir/key.pem
disable_plaintext_auth = no
postmaster_address = postmaster@dovecot.test
mail_location = maildir:~/Maildir
mail_plugins = quota
passdb {
  driver = passwd-file
  args = $dir/users
}
userdb {
  driver = passwd-file
  args = $dir/users
}
plugin {
  quota = maildir:User quota
}
service imap-login {
  inet_listener imap {
    port = $imap
  }
  inet_listener imaps {
    port = 0
  }
}
service pop3-login {
  inet_listener pop3 {
    port = $pop3
  }
  inet_listener pop3s {
    port = 0
  }
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = $lmtp
  }
  unix_listener $socket {
    mode = 0600
    user = $owner
  }
}
END
  dovecot -c "$dir/dovecot.conf"
  ;;
stop)
  if [ -f "$dir/run/master.pid" ]; then
    pid=$(cat "$dir/run/master.pid")
    doveadm -c "$dir/dovecot.conf" stop
    for _ in $(seq 200); do
      kill -0 "$pid" 2>/dev/null || break
      sleep 0.05
    done
  fi
  ;;
esac
