"""Starts two mail systems in turn: see bench/start.

arguments: rounds, a message, and for each system: port, queue directory, its "postfix", its
"sendmail", and what sets a parameter (empty for the one that cannot start on demand)
"""

import os
import pathlib
import signal
import socket
import statistics
import subprocess
import sys
import time


def greeted(port, patience=30):
    """Waits for the greeting; the first connection that is taken counts."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        with socket.socket() as s:
            try:
                s.connect(("127.0.0.1", port))
                if s.recv(3) == b"220":
                    s.sendall(b"QUIT\r\n")
                    return
            except OSError:
                pass
        time.sleep(0.002)
    raise SystemExit(f"nothing greets on port {port}")


def family(pid):
    """A process and all below it."""
    found = [pid]
    # A child is that of the thread that made it.
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += family(int(child))
    return found


def cpu(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def pss(pid):
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0


class System:
    def __init__(self, name, port, queue, control, sendmail, setting):
        self.name, self.port, self.queue = name, int(port), pathlib.Path(queue)
        self.control, self.sendmail, self.setting = control.split(), sendmail.split(), setting.split()
        self.figures = {}

    def note(self, what, value):
        self.figures.setdefault(what, []).append(value)

    def pid(self):
        return int((self.queue / "pid/master.pid").read_text())

    def stop(self):
        subprocess.run([*self.control, "stop"], stderr=subprocess.DEVNULL, check=True)

    def start(self):
        begin = time.monotonic()
        before = os.times()
        with subprocess.Popen([*self.control, "start"], stderr=subprocess.DEVNULL) as starting:
            greeted(self.port)
            self.note("start to 220, ms", (time.monotonic() - begin) * 1000)
            starting.wait()
        after = os.times()
        own = after.children_user + after.children_system - before.children_user - before.children_system
        processes = family(self.pid())
        self.note("CPU of that, ms", own * 1000 + sum(cpu(each) for each in processes))
        time.sleep(1)
        self.note("idle, MB", sum(pss(each) for each in family(self.pid())))
        self.note("processes", len(family(self.pid())))

    def alone(self):
        """The daemon itself, from exec to the greeting: what a service manager or a socket waits for."""
        begin = time.monotonic()
        command = [self.control[0].replace("/bin/postfix", "/bin/postrider"), "master", *self.control[1:]]
        daemon = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        greeted(self.port)
        self.note("exec to 220, ms", (time.monotonic() - begin) * 1000)
        daemon.send_signal(signal.SIGTERM)
        daemon.wait()

    def hand_over(self, message):
        """With nothing running: until sendmail says that the message is stored."""
        with open(message, "rb") as text:
            begin = time.monotonic()
            subprocess.run([*self.sendmail, "rcpt@example.com"], stdin=text, check=True)
            self.note("hand-over with nothing running, ms", (time.monotonic() - begin) * 1000)
        if self.setting:
            greeted(self.port)
            self.note("and until 220, ms", (time.monotonic() - begin) * 1000)
            self.stop()


def main():
    rounds, message, *rest = sys.argv[1:]
    systems = [System("postfix", *rest[:5]), System("postrider", *rest[5:])]
    for system in systems:
        system.stop()
        if system.setting:
            subprocess.run([*system.setting, "postrider_autostart=yes"], check=True)
            subprocess.run([*system.control, "check"], stderr=subprocess.DEVNULL, check=True)
    for _ in range(int(rounds)):
        for system in systems:
            system.start()
            system.stop()
            system.hand_over(message)
            if system.setting:
                system.alone()
    print(f"{'medians of ' + rounds + ' rounds':42} {'postfix':>10} {'postrider':>10}")
    names = list(dict.fromkeys(key for system in systems for key in system.figures))
    for name in names:
        row = [statistics.median(system.figures[name]) if name in system.figures else None for system in systems]
        print(f"{name:42} " + " ".join(f"{'-' if value is None else f'{value:.1f}':>10}" for value in row))


main()
