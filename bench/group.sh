# Sourced by the benchmarks: a control group for the system under test. It knows the CPU and memory of all its processes
# whoever their parent is now, which a tree of processes does not: exim4's deliverers, for one, are nobody's children.

# group_make: sets group and outside, the group of this shell
group_make() {
  local hierarchy
  hierarchy=$(findmnt -n -t cgroup2 -o TARGET | head -1)
  [ -n "$hierarchy" ] || { echo "no control groups of version 2 are mounted: mount -t cgroup2 none DIR" >&2; return 1; }
  outside=$hierarchy$(sed -n 's/^0:://p' /proc/self/cgroup)
  group=$hierarchy/prbench.$$
  mkdir "$group" || { echo "control group $group cannot be made: run as root" >&2; return 1; }
}

# What this shell starts between these two belongs to the group.
group_enter() { echo $$ > "$group/cgroup.procs"; }
group_leave() { echo $$ > "$outside/cgroup.procs"; }

# group_cpu: user and system time so far of all its processes, living and dead, us
group_cpu() { sed -n 's/^usage_usec //p' "$group/cpu.stat"; }

# group_memory: resident memory of its processes, MB
group_memory() { memory_of < "$group/cgroup.procs"; }

# group_end: ends whatever of it still runs
group_end() {
  local pids
  group_leave
  for _ in $(seq 200); do
    mapfile -t pids < "$group/cgroup.procs"
    [ ${#pids[@]} = 0 ] || kill -KILL "${pids[@]}" 2>/dev/null || true
    # What is dying is in no list any more and still in the group.
    rmdir "$group" 2>/dev/null && return
    sleep 0.05
  done
  echo "control group $group cannot be removed: end the processes in its cgroup.procs, then rmdir it" >&2
  return 1
}
