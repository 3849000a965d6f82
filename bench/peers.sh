# Sourced after instances.sh: private instances of the other mail systems, as bench/get-peers brings them, in the directory peers.
# Each start_NAME sets NAME_port, takes all mail for anywhere from loopback and sends it to sink_port without asking DNS.
# What it starts is ended with the control group that it was started in.

# Each has its defaults, apart from where mail comes from and goes to and from limits on how much is done at once: those that
# are below 20 by default and are settings are 20 or more here. Each logs as it does by default.

. "$root/packaging/lib/find-jdk.sh"

# private_root DIR: what a Debian package with compiled-in paths needs of /etc, /var and /run
private_root() {
  mkdir -p "$1"/{etc,run,var/{bin,lib,log,spool,tmp}}
  # A copy of a set-user-id program is in it, which nobody else is to reach.
  chmod 700 "$1"
  chmod 1777 "$1/var/tmp"
  ln -s ../run "$1/var/run"
  local file
  for file in passwd group nsswitch.conf hosts services protocols ld.so.cache localtime; do
    [ ! -e "/etc/$file" ] || cp -L "/etc/$file" "$1/etc"
  done
  cp -a /etc/alternatives "$1/etc" # awk and others are links by it
  : > "$1/etc/resolv.conf" # then a question to DNS would be for this machine, where it is refused at once
}

# private_user DIR NAME ID
private_user() {
  echo "$2:x:$3:$3::/var/lib:/usr/sbin/nologin" >> "$1/etc/passwd"
  echo "$2:x:$3:" >> "$1/etc/group"
}

# in_private_root DIR COMMAND...: only the command sees it, in a mount namespace of its own
in_private_root() {
  unshare --mount --propagation private sh -euc '
    mount --bind "$0/etc" /etc
    mount --bind "$0/var" /var
    mount --bind "$0/run" /run
    exec "$@"' "$@"
}

# await PEER: until it listens; a JVM on a busy machine takes its time
await() {
  local port=${1}_port
  wait_for_port "${!port}" 60 && return
  echo "$1 did not start; the end of what it said:" >&2
  tail -n 10 "$work/$1.out" >&2
  return 1
}

start_exim4() {
  local dir=$work/exim4
  exim4_port=$(free_port)
  private_root "$dir"
  private_user "$dir" Debian-exim 64901
  mkdir -p "$dir"/{etc/exim4,var/{spool,log,lib}/exim4,run/exim4}
  chown 64901:64901 "$dir"/{var/{spool,log}/exim4,run/exim4}
  cp "$peers/exim4/usr/sbin/exim4" "$dir/var/bin"
  chmod 4755 "$dir/var/bin/exim4" # its receiving process starts the deliverer as its own user
  cat > "$dir/etc/exim4/exim4.conf" <<END
primary_hostname = bench.example.test
exim_path = /var/bin/exim4
daemon_smtp_ports = $exim4_port
local_interfaces = 127.0.0.1
smtp_accept_max = 100
smtp_accept_queue_per_connection = 0
keep_environment =
acl_smtp_rcpt = accept
begin routers
smarthost:
  driver = manualroute
  route_list = * 127.0.0.1
  self = send
  transport = sink
begin transports
sink:
  driver = smtp
  port = $sink_port
begin retry
* * F,2h,15m; G,16h,1h,1.5; F,4d,6h
END
  launch_exim4
}

launch_exim4() {
  in_private_root "$work/exim4" /var/bin/exim4 -bd -q30m > "$work/exim4.out" 2>&1
  await exim4
}

start_opensmtpd() {
  local dir=$work/opensmtpd
  opensmtpd_port=$(free_port)
  private_root "$dir"
  private_user "$dir" opensmtpd 64902
  private_user "$dir" opensmtpq 64903
  mkdir -p "$dir/var/lib/opensmtpd/empty"
  cp "$peers/opensmtpd/usr/sbin/smtpctl" "$dir/var/bin/sendmail" # which it is by that name
  chgrp 64903 "$dir/var/bin/sendmail"
  chmod 2755 "$dir/var/bin/sendmail" # else it refuses
  chmod 755 "$dir"/var{,/lib,/lib/opensmtpd,/lib/opensmtpd/empty}
  cp "$peers/opensmtpd/usr/sbin/smtpd" "$dir/var/bin"
  echo bench.example.test > "$dir/etc/mailname"
  cat > "$dir/etc/smtpd.conf" <<END
listen on 127.0.0.1 port $opensmtpd_port
action sink relay host smtp://127.0.0.1:$sink_port
match from any for any action sink
END
  launch_opensmtpd
}

launch_opensmtpd() {
  # In the foreground it logs the same lines to a file that it would log to syslog.
  in_private_root "$work/opensmtpd" /var/bin/smtpd -d > "$work/opensmtpd.out" 2>&1 &
  disown
  await opensmtpd
}

# No daemon: what hands a message over also sends it, dma in the background.
start_dma() {
  local dir=$work/dma
  private_root "$dir"
  mkdir -p "$dir"/{etc/dma,var/spool/dma}
  cp "$peers/dma/usr/sbin/dma" "$dir/var/bin"
  chgrp mail "$dir"/{etc/dma,var/spool/dma,var/bin/dma} # whose rights it takes when root calls
  chmod 2775 "$dir"/{var/spool/dma,var/bin/dma}
  printf 'SMARTHOST 127.0.0.1\nPORT %d\nMAILNAME bench.example.test\n' "$sink_port" > "$dir/etc/dma/dma.conf"
  : > "$dir/etc/aliases"
}

start_msmtp() {
  private_root "$work/msmtp"
  cp "$peers/msmtp/usr/bin/msmtp" "$work/msmtp/var/bin"
}

start_haraka() {
  local dir=$work/haraka haraka=$peers/haraka/node_modules/Haraka/bin/haraka
  haraka_port=$(free_port)
  node "$haraka" -i "$dir" > "$work/haraka.out"
  ln -s "$peers/haraka/node_modules/haraka-plugin-relay" "$dir/node_modules"
  echo bench.example.test > "$dir/config/me"
  echo relay > "$dir/config/plugins"
  printf 'listen=127.0.0.1:%d\n' "$haraka_port" > "$dir/config/smtp.ini"
  printf '[relay]\nacl=true\nforce_routing=true\ndest_domains=true\n' > "$dir/config/relay.ini"
  echo 127.0.0.0/8 > "$dir/config/relay_acl_allow"
  printf '[domains]\nany={"action":"continue","nexthop":"127.0.0.1:%d"}\n' "$sink_port" > "$dir/config/relay_dest_domains.ini"
  node "$haraka" -c "$dir" > "$work/haraka.out" 2>&1 &
  disown
  await haraka
}

# On the JDK that builds Postrider, so that both have the same JVM.
start_james() {
  local dir=$work/james
  james_port=$(free_port)
  mkdir -p "$dir"/{conf,log}
  echo 'jmx.enabled=false' > "$dir/conf/jmx.properties"
  echo 'enabled=false' > "$dir/conf/webadmin.properties"
  echo 'enabled=false' > "$dir/conf/jmap.properties"
  cat > "$dir/conf/smtpserver.xml" <<END
<smtpservers>
  <smtpserver enabled="true">
    <jmxName>smtpserver</jmxName>
    <bind>127.0.0.1:$james_port</bind>
    <connectionBacklog>200</connectionBacklog>
    <tls socketTLS="false" startTLS="false"/>
    <auth><announce>never</announce></auth>
    <authorizedAddresses>127.0.0.0/8</authorizedAddresses>
    <verifyIdentity>false</verifyIdentity>
    <handlerchain>
      <handler class="org.apache.james.smtpserver.fastfail.ValidRcptHandler"/>
      <handler class="org.apache.james.smtpserver.CoreCmdHandlerLoader"/>
    </handlerchain>
  </smtpserver>
</smtpservers>
END
  cat > "$dir/conf/mailetcontainer.xml" <<END
<mailetcontainer enableJmx="false">
  <context><postmaster>postmaster</postmaster></context>
  <spooler><threads>20</threads><errorRepository>memory://var/mail/error/</errorRepository></spooler>
  <processors>
    <processor state="root">
      <mailet match="All" class="ToProcessor"><processor>transport</processor></mailet>
    </processor>
    <processor state="transport">
      <mailet match="All" class="RemoveMimeHeader"><name>bcc</name></mailet>
      <mailet match="All" class="RecipientRewriteTable"/>
      <mailet match="All" class="RemoteDelivery">
        <outgoingQueue>outgoing</outgoingQueue>
        <delayTime>5000, 100000, 500000</delayTime>
        <maxRetries>3</maxRetries>
        <deliveryThreads>20</deliveryThreads>
        <bounceProcessor>error</bounceProcessor>
        <gateway>127.0.0.1</gateway>
        <gatewayPort>$sink_port</gatewayPort>
      </mailet>
    </processor>
    <processor state="error">
      <mailet match="All" class="ToRepository"><repositoryPath>memory://var/mail/error/</repositoryPath></mailet>
    </processor>
  </processors>
</mailetcontainer>
END
  cat > "$dir/conf/logback.xml" <<END
<configuration>
  <appender name="FILE" class="ch.qos.logback.core.FileAppender">
    <file>$dir/log/james.log</file>
    <encoder><pattern>%d{HH:mm:ss.SSS} [%-5level] %logger{15} - %msg%n%rEx</pattern></encoder>
  </appender>
  <root level="WARN"><appender-ref ref="FILE"/></root>
  <logger name="org.apache.james" level="INFO"/>
</configuration>
END
  find_jdk || return 1
  "$JDK_HOME/bin/java" -Dworking.directory="$dir" -Dlogback.configurationFile="$dir/conf/logback.xml" -cp "$peers/james/lib/*" \
    org.apache.james.MemoryJamesServerMain > "$work/james.out" 2>&1 &
  disown
  await james
}
