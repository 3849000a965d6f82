#!/bin/sh
### BEGIN INIT INFO
# Provides:          postrider mail-transport-agent
# Required-Start:    $local_fs $remote_fs $syslog $named $network $time
# Required-Stop:     $local_fs $remote_fs $syslog $named $network
# Default-Start:     2 3 4 5
# Default-Stop:      0 1 6
# Short-Description: Postrider mail system
# Description:       Takes, stores, relays and delivers the mail of this machine
### END INIT INFO
PATH=/sbin:/bin:/usr/sbin:/usr/bin
postfix=/usr/lib/postrider/bin/postfix
test -x $postfix || exit 0
. /lib/lsb/init-functions

running() {
  $postfix status >/dev/null 2>&1
}

case $1 in
  start)
    log_daemon_msg "Starting mail system" postrider
    if running; then
      log_progress_msg "already running"
      log_end_msg 0
    else
      # Its first output line would be taken for debconf's by an installation.
      $postfix start >&2 && code=0 || code=$?
      log_end_msg $code
      exit $code
    fi
    ;;
  stop)
    log_daemon_msg "Stopping mail system" postrider
    code=0
    ! running || $postfix stop >&2 || code=$?
    log_end_msg $code
    exit $code
    ;;
  restart)
    "$0" stop
    "$0" start
    ;;
  force-reload | reload)
    log_daemon_msg "Reloading mail system" postrider
    $postfix reload >&2 && code=0 || code=$?
    log_end_msg $code
    exit $code
    ;;
  status)
    if running; then
      log_success_msg "postrider is running"
    else
      log_failure_msg "postrider is not running"
      exit 3
    fi
    ;;
  *)
    echo "usage: /etc/init.d/postrider start|stop|restart|reload|force-reload|status" >&2
    exit 1
    ;;
esac
