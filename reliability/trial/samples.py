"""Looks at the daemon from outside: memory, threads, descriptors, the size of its spool, the length of its queue."""

import os
import re
import shutil
import subprocess
import time

COLUMNS = ("second", "rss_kb", "heap_used_kb", "heap_kb", "threads", "descriptors", "spool_kb", "queue")


class Samples:
    """One line each time; written to a CSV file as they are taken."""

    def __init__(self, instance, pid, path):
        self.instance = instance
        self.pid = pid
        self.begun = time.time()
        self.rows = []
        self.file = open(path, "w")
        self.file.write(",".join(COLUMNS) + "\n")
        home = os.environ.get("JAVA_HOME", "")
        self.jcmd = shutil.which("jcmd", path=os.path.join(home, "bin") + ":" + os.environ.get("PATH", ""))

    @property
    def last(self):
        return self.rows[-1]

    def take(self):
        used, total = self.heap()
        row = {
            "second": int(time.time() - self.begun),
            "rss_kb": self.status("VmRSS"),
            "heap_used_kb": used,
            "heap_kb": total,
            "threads": self.status("Threads"),
            "descriptors": len(os.listdir(f"/proc/{self.pid}/fd")),
            "spool_kb": self.spool() // 1024,
            "queue": self.queue(),
        }
        self.rows.append(row)
        self.file.write(",".join(str(row[each]) for each in COLUMNS) + "\n")
        self.file.flush()

    def line(self):
        return "  ".join(f"{name} {self.last[name]}" for name in COLUMNS)

    def status(self, name):
        with open(f"/proc/{self.pid}/status") as file:
            for line in file:
                if line.startswith(name + ":"):
                    return int(line.split()[1])
        return 0

    def heap(self):
        """Used and total, empty where no jcmd can ask."""
        if self.jcmd is None:
            return "", ""
        try:
            said = subprocess.run([self.jcmd, str(self.pid), "GC.heap_info"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=20)
        except subprocess.TimeoutExpired:
            return "", ""
        used = total = 0
        for line in said.stdout.decode().splitlines():
            # One line a generation: "total 21888K, used 1713K".
            found = re.search(r"generation\s+total (\d+)K, used (\d+)K", line)
            if found:
                total += int(found.group(1))
                used += int(found.group(2))
        return (used, total) if total else ("", "")

    def spool(self):
        total = 0
        for directory, _, names in os.walk(os.path.join(self.instance.queue, "spool")):
            for name in names:
                try:
                    total += os.stat(os.path.join(directory, name)).st_blocks * 512
                except FileNotFoundError:
                    pass
        return total

    def queue(self):
        listing = self.instance.run("postqueue", "-j")
        return listing.stdout.count(b"\n") if listing.returncode == 0 else -1


def thirds(rows, name):
    """The mean of the middle third and of the last one of what was sampled under load."""
    numbers = [row[name] for row in rows[:-1] if row[name] != ""]
    part = len(numbers) // 3
    if part == 0:
        return 0, 0
    return sum(numbers[part : 2 * part]) // part, sum(numbers[-part:]) // part
