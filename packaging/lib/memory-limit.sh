# Sourced, never run: memory_limit sets limit to the megabytes that the control groups of this
# process leave it (MemoryMax= of a systemd unit, docker run -m), empty if they set none. A JVM with
# a fixed heap does not look there, and the kernel ends who takes more. Without a fork.
memory_limit() {
  limit=
  [ -r /proc/self/cgroup ] || return 0
  while IFS=: read -r _ kinds path; do
    case ,$kinds, in
      ,,)
        group=/sys/fs/cgroup
        file=memory.max
        ;;
      *,memory,*)
        group=/sys/fs/cgroup/memory
        file=memory.limit_in_bytes
        ;;
      *) continue ;;
    esac
    # Any group above may set a smaller one. In a container the path may be the host's, and only the
    # top is there.
    while :; do
      bytes=
      { read -r bytes <"$group$path/$file"; } 2>/dev/null || :
      case $bytes in
        '' | *[!0-9]* | ????????????????*) ;; # none
        *)
          bytes=$((bytes / 1048576))
          [ -n "$limit" ] && [ "$limit" -le "$bytes" ] || limit=$bytes
          ;;
      esac
      [ -n "${path%/}" ] || break
      path=${path%/*}
    done
  done </proc/self/cgroup
}

# heap SHARE MOST: sets heap to MOST megabytes, or to a SHAREth of the limit if that is less, but 16
# at least.
heap() {
  memory_limit
  heap=$2
  [ -n "$limit" ] && [ $((limit / $1)) -lt "$heap" ] || return 0
  heap=$((limit / $1))
  [ "$heap" -ge 16 ] || heap=16
}
