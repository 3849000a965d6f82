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

wait_for_port() {
  for _ in $(seq 200); do
    (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return
    sleep 0.05
  done
  echo "nothing listens on port $1" >&2
  return 1
}

# start_postfix SINK_PORT: sets postfix_port, postfix_etc
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
relayhost = [127.0.0.1]:$1
maillog_file = $work/postfix/mail.log
maillog_file_prefixes = /var, $work
multi_instance_name = postfix-bench
multi_instance_enable = yes
END
  postfix_master > "$postfix_etc/master.cf"
  /usr/sbin/postfix -c "$postfix_etc" start >/dev/null 2>&1
  started+=("/usr/sbin/postfix -c $postfix_etc stop")
  wait_for_port "$postfix_port"
}

postfix_master() {
  cat <<END
$postfix_port inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
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
  case $1 in
    postfix) /usr/sbin/postfix -c "$postfix_etc" stop >/dev/null 2>&1 ;;
    postrider) "$image/bin/postfix" -c "$postrider_etc" stop >/dev/null 2>&1 ;;
  esac || true
  unset 'started[-1]'
  rm -rf "${work:?}/$1"
}

# start_postrider SINK_PORT: sets postrider_port, postrider_etc
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
relayhost = [127.0.0.1]:$1
maillog_file = $work/postrider/mail.log
maillog_file_prefixes = /var, $work
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
END
  "$image/bin/postfix" -c "$postrider_etc" start >/dev/null 2>&1
  started+=("$image/bin/postfix -c $postrider_etc stop")
  wait_for_port "$postrider_port"
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

# ratio A B: A/B with two decimals
ratio() {
  awk -v a="$1" -v b="$2" 'BEGIN { printf b ? "%.2f" : "-", b ? a / b : 0 }'
}
