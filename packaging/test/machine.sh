# Sourced by the tests of packages: machines to throw away. A machine is a fresh Debian in namespaces of
# its own (mounts, processes, network, host name), with systemd as process 1, on an overlay whose
# upper directory holds all that was changed. Needs root, debootstrap and, once, a Debian mirror.
cache=${POSTRIDER_TEST_CACHE:-/var/cache/postrider-test}
mirror=${POSTRIDER_TEST_MIRROR:-http://deb.debian.org/debian}
release=bookworm
# What the machines install later, from apt's cache: they have no network.
downloads='postfix ssl-cert bsd-mailx mutt git git-email libmailtools-perl php-cli monit cron procmail
  smartmontools logrotate netbase adduser ca-certificates lsb-base'

skip() {
  echo "SKIPPED: $*"
  exit 77
}

# The root that all machines start from, made once and kept.
make_base() {
  base=$cache/$release-4
  [ ! -e "$base/.complete" ] || return 0
  [ "$(id -u)" = 0 ] || skip 'only root can make machines'
  command -v debootstrap >/dev/null || skip 'debootstrap is not installed'
  echo "making a Debian $release in $base (once)"
  rm -rf "$base"
  mkdir -p "$base"
  if ! debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus,init-system-helpers \
    "$release" "$base" "$mirror" >"$cache/debootstrap.log" 2>&1; then
    tail -n 3 "$cache/debootstrap.log"
    skip "debootstrap failed: no network, or no mirror at $mirror (POSTRIDER_TEST_MIRROR names another)"
  fi
  cp /etc/resolv.conf "$base/etc/resolv.conf"
  # shellcheck disable=SC2086
  if ! chroot "$base" sh -c "apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install \
    -y -qq -d --no-install-recommends $(echo $downloads)" >"$cache/download.log" 2>&1; then
    tail -n 3 "$cache/download.log"
    skip 'the packages to test with could not be downloaded'
  fi
  : >"$base/etc/resolv.conf"
  echo prt-host >"$base/etc/hostname"
  printf '127.0.0.1 localhost\n127.0.1.1 prt-host.test prt-host\n' >"$base/etc/hosts"
  touch "$base/.complete"
}

# machine DIR: starts one; DIR/upper keeps what it changes. Sets $init, its first process.
machine() {
  dir=$1
  mkdir -p "$dir/upper" "$dir/work" "$dir/root" "$share"
  # Its cgroups are below one of its own, of the hierarchy that systemd keeps its books in.
  group=/sys/fs/cgroup/systemd/prt-${dir##*/}-$$
  mkdir -p "$group" 2>/dev/null || skip 'no hierarchy of cgroups for systemd in /sys/fs/cgroup/systemd'
  sh -c 'echo $$ >"$1/cgroup.procs" && shift && exec "$@"' sh "$group" \
    unshare --mount --pid --net --ipc --uts --cgroup --fork --kill-child --propagation private \
    sh -e -c '
      dir=$1 base=$2 share=$3 root=$1/root
      mount -t overlay overlay -o "lowerdir=$base,upperdir=$dir/upper,workdir=$dir/work" "$root"
      mount -t proc proc "$root/proc"
      mount -t sysfs sysfs "$root/sys" -o ro
      mount -t tmpfs tmpfs "$root/run"
      mount -t tmpfs tmpfs "$root/tmp"
      mount -t tmpfs -o mode=755 tmpfs "$root/dev"
      for device in null zero full random urandom tty; do
        touch "$root/dev/$device"
        mount --bind "/dev/$device" "$root/dev/$device"
      done
      mkdir "$root/dev/pts" "$root/dev/shm"
      mount -t tmpfs tmpfs "$root/dev/shm"
      mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
      ln -s pts/ptmx "$root/dev/ptmx"
      ln -s /proc/self/fd "$root/dev/fd"
      mount -t tmpfs tmpfs "$root/sys/fs/cgroup"
      mkdir "$root/sys/fs/cgroup/systemd"
      mount -t cgroup -o none,name=systemd cgroup "$root/sys/fs/cgroup/systemd"
      mkdir "$root/run/share"
      mount --bind "$share" "$root/run/share"
      ip link set lo up
      hostname prt-host
      cd "$root"
      mkdir -p .old
      pivot_root . .old
      umount -l /.old
      rmdir /.old
      exec env -i container=prt PATH=/usr/sbin:/usr/bin:/sbin:/bin \
        /lib/systemd/systemd --system --log-target=journal' sh "$dir" "$base" "$share" \
    >"$dir/console" 2>&1 </dev/null &
  unshare=$!
  patiently 30 "the machine to start: $(cat "$dir/console" 2>/dev/null)" booted
}

booted() {
  init=$(pgrep -P "$unshare" -f /lib/systemd/systemd) || return 1
  case $(on systemctl is-system-running 2>/dev/null) in
    running | degraded) return 0 ;;
  esac
  return 1
}

# on COMMAND ...: runs it on the machine.
on() {
  nsenter -t "$init" -m -p -n -i -u -C env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
    DEBIAN_FRONTEND=noninteractive "$@"
}

# Ends every process of the machine at once, as a power cut does.
power_cut() {
  [ -n "${init-}" ] || return 0
  kill -9 "$init" 2>/dev/null || :
  wait "$unshare" 2>/dev/null || :
  find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || :
  init=
}

# patiently SECONDS WHAT COMMAND ...: until it succeeds.
patiently() {
  tries=$(($1 * 5))
  what=$2
  shift 2
  until "$@"; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || fail "waited in vain for $what"
    sleep 0.2
  done
}

fail() {
  echo "FAILED: $*"
  [ -z "${init-}" ] || {
    on journalctl --no-pager -q -n 60 2>/dev/null | sed 's/^/  | /'
    on mailq 2>/dev/null | sed 's/^/  > /'
  }
  [ -z "${log-}" ] || tail -n 40 "$log" | sed 's/^/  | /'
  exit 1
}

step() {
  echo "$(date +%T) $*"
}
