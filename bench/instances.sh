# Sourced by the benchmarks: private instances of both mail systems in one temporary directory.
# Everything listens on loopback, on ports found free, and is ended by pid when the script ends.

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
image=$root/target/postrider
work=$(mktemp -d "${TMPDIR:-/tmp}/prbench.XXXXXX")
chmod 755 "$work"
started=()

finish() {
  for stop in "${started[@]}"; do $stop >/dev/null 2>&1 || true; done
  rm -rf "$work"
}
trap finish EXIT

free_port() {
  local port
  for _ in $(seq 100); do
    port=$((20000 + RANDOM % 10000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
  done
  echo "no free port found" >&2
  return 1
}

# wait_for_port PORT [SECONDS]
wait_for_port() {
  local last=$((SECONDS + ${2:-10}))
  until (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; do
    [ "$SECONDS" -lt "$last" ] || { echo "nothing listens on port $1" >&2; return 1; }
    sleep 0.005
  done
}

# start_sink MESSAGES: smtp-sink on sink_port, which ends after so many, or fails after 20 minutes; sets sink
start_sink() {
  timeout 1200 smtp-sink -u nobody -M "$1" "127.0.0.1:$sink_port" 512 >/dev/null 2>&1 &
  sink=$!
  started+=("kill $sink")
  wait_for_port "$sink_port"
}

# await_sink: until all messages arrived
await_sink() {
  wait "$sink" || { echo "not all messages arrived within 20 minutes" >&2; exit 1; }
  unset 'started[-1]'
}

# start_provider: Debian's Postfix as the provider's submission server: STARTTLS and AUTH PLAIN are a must.
# It hands each message to smtp-sink on sink_port while it receives it (a proxy, no queue of its own), so
# that receiving costs the machine as little as a real server can; sets provider_port
start_provider() {
  local etc=$work/provider/etc
  command -v saslpasswd2 >/dev/null || { echo "saslpasswd2 is needed: apt install sasl2-bin libsasl2-modules" >&2; exit 1; }
  provider_port=$(free_port)
  mkdir -p "$work"/provider/{etc,spool,data}
  chown postfix "$work/provider/data"
  openssl req -x509 -newkey rsa:2048 -nodes -keyout "$etc/key.pem" -out "$etc/cert.pem" -days 2 \
    -subj /CN=smtp.provider.test -addext 'subjectAltName=DNS:smtp.provider.test,IP:127.0.0.1' 2>/dev/null
  cat > "$etc/smtpd.conf" <<END
pwcheck_method: auxprop
auxprop_plugin: sasldb
sasldb_path: $work/provider/sasldb
mech_list: PLAIN
END
  echo app-pass-1234 | saslpasswd2 -p -c -f "$work/provider/sasldb" -u provider.test me
  chown postfix "$work/provider/sasldb"
  cat > "$etc/main.cf" <<END
compatibility_level = 3.6
queue_directory = $work/provider/spool
data_directory = $work/provider/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
myhostname = smtp.provider.test
mydestination =
alias_maps =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks =
smtpd_sasl_auth_enable = yes
cyrus_sasl_config_path = $etc
smtpd_sasl_local_domain = provider.test
smtpd_tls_security_level = encrypt
smtpd_tls_auth_only = yes
smtpd_tls_cert_file = $etc/cert.pem
smtpd_tls_key_file = $etc/key.pem
smtpd_tls_loglevel = 1
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_proxy_filter = 127.0.0.1:$sink_port
smtpd_client_event_limit_exceptions = static:all
maillog_file = $work/provider/mail.log
maillog_file_prefixes = /var, $work
multi_instance_name = postfix-provider
multi_instance_enable = yes
END
  postfix_master "$provider_port" > "$etc/master.cf"
  /usr/sbin/postfix -c "$etc" start >/dev/null 2>&1
  started+=("/usr/sbin/postfix -c $etc stop")
  wait_for_port "$provider_port"
}

# handshakes: how many TLS connections the provider has taken so far
handshakes() {
  grep -c 'TLS connection established from' "$work/provider/mail.log" || true
}

# relay_settings: the main.cf lines that send all mail where this benchmark wants it: to smtp-sink, or to
# the provider when there is one; extra_settings is added as it is
extra_settings=''
provider_port=''
relay_settings() {
  if [ -z "$provider_port" ]; then
    echo "relayhost = [127.0.0.1]:$sink_port"
  else
    cat <<END
relayhost = [127.0.0.1]:$provider_port
smtp_tls_security_level = encrypt
smtp_sasl_auth_enable = yes
smtp_sasl_password_maps = inline:{ { [127.0.0.1]:$provider_port = me@provider.test:app-pass-1234 } }
smtp_sasl_tls_security_options = noanonymous
END
  fi
  echo "$extra_settings"
}

# start_postfix: a sender; sets postfix_port, postfix_etc
start_postfix() {
  postfix_etc=$work/postfix/etc
  postfix_port=$(free_port)
  mkdir -p "$work"/postfix/{etc,spool,data}
  chown postfix "$work/postfix/data"
  cat > "$postfix_etc/main.cf" <<END
compatibility_level = 3.6
queue_directory = $work/postfix/spool
data_directory = $work/postfix/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
myhostname = bench.example.test
mydestination =
alias_maps =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
maillog_file = $work/postfix/mail.log
maillog_file_prefixes = /var, $work
multi_instance_name = postfix-bench
multi_instance_enable = yes
$(relay_settings)
END
  postfix_master "$postfix_port" > "$postfix_etc/master.cf"
  launch postfix
  started+=("stop_system postfix")
}

# launch SYSTEM: starts what is configured and waits until it listens
launch() {
  case $1 in
    postfix) /usr/sbin/postfix -c "$postfix_etc" start >/dev/null 2>&1 ;;
    postrider) "$image/bin/postfix" -c "$postrider_etc" start >/dev/null 2>&1 ;;
  esac
  local port=${1}_port
  wait_for_port "${!port}"
}

stop_system() {
  case $1 in
    postfix) /usr/sbin/postfix -c "$postfix_etc" stop >/dev/null 2>&1 ;;
    postrider) "$image/bin/postfix" -c "$postrider_etc" stop >/dev/null 2>&1 ;;
  esac || true
}

# postfix_master PORT
postfix_master() {
  cat <<END
$1 inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
tlsproxy unix - - n - 0 tlsproxy
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
END
}

# stop_fresh NAME: ends an instance and removes it, so that the next start is a first one
stop_fresh() {
  stop_system "$1"
  unset 'started[-1]'
  rm -rf "${work:?}/$1"
}

# start_postrider: sets postrider_port, postrider_etc
start_postrider() {
  postrider_etc=$work/postrider/etc
  postrider_port=$(free_port)
  mkdir -p "$work"/postrider/etc
  cat > "$postrider_etc/main.cf" <<END
compatibility_level = 3.6
queue_directory = $work/postrider/spool
data_directory = $work/postrider/data
myhostname = bench.example.test
mydestination =
alias_maps =
maillog_file = $work/postrider/mail.log
maillog_file_prefixes = /var, $work
$(relay_settings)
END
  cat > "$postrider_etc/master.cf" <<END
127.0.0.1:$postrider_port inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
bounce unix - - n - 0 bounce
smtp unix - - n - - smtp
relay unix - - n - - smtp
local unix - n n - - local
error unix - - n - - error
retry unix - - n - - error
END
  launch postrider
  started+=("stop_system postrider")
}

# pid_of SYSTEM: of its daemon
pid_of() {
  tr -d ' ' < "$work/$1/spool/pid/master.pid"
}

# rss_of PID: of a process and its children, MB
rss_of() {
  ps -o rss= --pid "$1" --ppid "$1" | awk '{ s += $1 } END { print int(s / 1024) }'
}

# memory_of: resident memory of the processes whose ids come in, MB; what several of them share is counted once, which
# is fair to a system of many
memory_of() {
  local pid
  while read -r pid; do
    cat "/proc/$pid/smaps_rollup" 2>/dev/null || true
  done | awk '/^Pss:/ { s += $2 } END { print int(s / 1024) }'
}

# cpu_of PID: user and system time of a process, its living children and those it has reaped, in ms
cpu_of() {
  local total=0 pid
  for pid in "$1" $(pgrep -P "$1"); do
    if read -r -a stat < <(sed 's/^[0-9]* ([^)]*) //' "/proc/$pid/stat" 2>/dev/null); then
      total=$((total + stat[11] + stat[12]))
      [ "$pid" = "$1" ] && total=$((total + stat[13] + stat[14]))
    fi
  done
  echo $((total * 1000 / $(getconf CLK_TCK)))
}

now_ms() {
  local ns
  ns=$(date +%s%N)
  echo $((ns / 1000000))
}

# median NUMBER...
median() {
  printf '%s\n' "$@" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

# ratio A B: A/B with two decimals, or - where there is none
ratio() {
  awk -v a="$1" -v b="$2" 'BEGIN { if (a + 0 && b + 0) printf "%.2f", a / b; else print "-" }'
}
