"""Postfix's smtp-sink as a destination in changing moods: refusing, dawdling, hanging up. What it takes is in dump files."""

import os
import random
import re
import shutil
import subprocess
import threading
import time

RECIPIENT = re.compile(rb"^X-Rcpt-Args: <([^>]*)>", re.MULTILINE)
TRIAL_ID = re.compile(rb"^X-Trial-Id: (\S+)", re.MULTILINE)
QUEUE_ID = re.compile(rb"^Received: .*?\bid ([0-9A-F]{6,14})\b", re.MULTILINE | re.DOTALL)

GOOD = ()
# The options of smtp-sink for each mood, and whether what it dumps was answered with 250.
MOODS = (
    ("takes", GOOD, True),
    ("takes after a while", ("-W", ".:1:40"), True),
    ("slow to answer DATA", ("-w", "1"), True),
    ("refuses RCPT for now", ("-r", "RCPT"), False),
    ("refuses the dot for now", ("-r", "."), False),
    ("refuses MAIL for now, hangs up", ("-Q", "MAIL"), False),
    ("hangs up at once", ("-q", "CONNECT"), False),
    ("hangs up at RCPT", ("-q", "RCPT"), False),
    ("hangs up at the dot", ("-q", "."), False),
    ("refuses for good", ("-f", "."), False),
)


def smtp_sink():
    return shutil.which("smtp-sink", path="/usr/sbin:" + os.environ.get("PATH", ""))


class BadSink:
    """One port, whose mood changes every few seconds."""

    def __init__(self, directory, name, port, seed, seconds):
        self.directory = os.path.join(directory, name)
        os.mkdir(self.directory)
        os.chmod(self.directory, 0o777)
        self.port = port
        self.rng = random.Random(f"{seed}/{name}")
        self.seconds = seconds
        self.number = 0
        self.process = None
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def start(self):
        self.thread.start()

    def run(self):
        while not self.over.is_set():
            self.become(*self.rng.choice(MOODS))
            self.over.wait(self.rng.random() * 2 * self.seconds)

    def become(self, _, options, answers):
        self.end()
        self.number += 1
        dump = os.path.join(self.directory, f"{'taken' if answers else 'refused'}.{self.number:05d}")
        command = [smtp_sink(), *(["-u", "nobody"] if os.getuid() == 0 else []), *options, "-D", dump, f"127.0.0.1:{self.port}", "200"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def be_good(self):
        """Stops changing, and takes everything."""
        self.over.set()
        self.thread.join()
        self.become("takes", GOOD, True)

    def end(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def collect(self, ledger, digest):
        """Writes what was taken into the ledger. After the end."""
        for name in sorted(os.listdir(self.directory)):
            if not name.startswith("taken."):
                continue
            with open(os.path.join(self.directory, name), "rb") as file:
                text = file.read()
            at = f"{os.path.getmtime(os.path.join(self.directory, name)):.6f}"
            for part in re.split(rb"(?m)^X-Client-Addr: ", text)[1:]:
                if not part.endswith(b"\n\n"):
                    # The process was ended in the middle of its writing; it had not answered.
                    continue
                # Behind the message an empty line is added.
                head, _, body = part[:-1].partition(b"\n\n")
                found = TRIAL_ID.search(head)
                queue_id = QUEUE_ID.search(head)
                for recipient in RECIPIENT.findall(head):
                    if found:
                        ledger.write(
                            "got", found.group(1).decode(), recipient.decode(), queue_id.group(1).decode() if queue_id else "-",
                            "answered", at, digest(body),
                        )


class BulkSink:
    """smtp-sink for the bulk: counts each recipient of each run, from dump files of a minute that are then deleted."""

    def __init__(self, directory, port):
        self.directory = os.path.join(directory, "bulk")
        os.mkdir(self.directory)
        os.chmod(self.directory, 0o777)
        self.port = port
        self.runs = {}
        command = [smtp_sink(), *(["-u", "nobody"] if os.getuid() == 0 else []), "-D", self.directory + "/%d%H%M", f"127.0.0.1:{port}", "200"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def expect(self, run, count):
        """A run of smtp-source begins."""
        self.runs[run] = bytearray(count)

    def look(self, all_of_it=False):
        """Reads the minutes that are over."""
        now = time.strftime("%d%H%M")
        for name in sorted(os.listdir(self.directory)):
            path = os.path.join(self.directory, name)
            if not all_of_it and (name >= now or time.time() - os.path.getmtime(path) < 5):
                continue
            with open(path, "rb") as file:
                for line in file:
                    if line.startswith(b"X-Rcpt-Args: <"):
                        self.count(line[14 : line.index(b">")])
            os.remove(path)

    def count(self, recipient):
        number, _, run = recipient.split(b"@")[0].partition(b"bulk.")
        seen = self.runs[int(run)]
        index = int(number) % len(seen)
        if seen[index] < 255:
            seen[index] += 1

    def end(self):
        self.process.kill()
        self.process.wait()
