"""The operator: looks at the queue and holds, releases, deletes, requeues, expires and flushes what he sees there."""

import json
import random
import subprocess
import threading

from trial import messages

OPTIONS = {"hold": "-h", "release": "-H", "delete": "-d", "requeue": "-r", "expire": "-e"}
# What postsuper says of each.
WORDS = {"hold": "placed on hold", "release": "released from hold", "delete": "removed", "requeue": "requeued", "expire": "expired"}


class Operator:
    def __init__(self, instance, ledger, seed, first=1):
        self.instance = instance
        self.ledger = ledger
        self.rng = random.Random(f"{seed}/operator/{first}")
        self.number = first
        self.over = threading.Event()
        self.length = 0
        self.looks = 0
        self.thread = threading.Thread(target=self.run, daemon=True)

    def start(self):
        self.thread.start()

    def stop(self):
        self.over.set()
        self.thread.join()

    def run(self):
        while not self.over.is_set():
            entries = self.look()
            # Several a look: what he acts on may be gone by then, as with people.
            for _ in range(3):
                if entries and not self.over.is_set():
                    self.act(entries)
            self.over.wait(0.1 + self.rng.random() * 0.5)

    def look(self):
        """The queue, or None if it cannot be seen."""
        try:
            result = self.instance.run("postqueue", "-j", timeout=60)
        except subprocess.TimeoutExpired:
            self.ledger.write("trouble", "postqueue -j did not end in a minute")
            return None
        if result.returncode != 0:
            return None
        entries = []
        for line in result.stdout.splitlines():
            try:
                entries.append(json.loads(line))
            except ValueError:
                # The daemon was killed in the middle of it.
                return None
        self.length = len(entries)
        self.looks += 1
        return entries

    def act(self, entries):
        ours = {e["queue_id"]: e["sender"].split("@")[0] for e in entries if e["sender"].endswith(messages.RETURN_DOMAIN)}
        held = [e["queue_id"] for e in entries if e["queue_name"] == "hold" and e["queue_id"] in ours]
        action = self.rng.choices(
            ("hold", "release", "delete", "requeue", "expire", "flush", "one"), (20, 25, 20, 20, 5, 5, 5)
        )[0]
        if action == "flush":
            self.flush(["-f"])
        elif action == "one":
            self.flush(["-i", self.rng.choice([e["queue_id"] for e in entries])])
        else:
            ids = held if action == "release" else list(ours)
            most = {"hold": 8, "release": 1000, "delete": 3, "requeue": 3, "expire": 2}[action]
            chosen = self.rng.sample(ids, min(len(ids), most))
            if chosen:
                self.change(action, {each: ours[each] for each in chosen})

    def flush(self, arguments):
        try:
            self.instance.run("postqueue", *arguments, timeout=60)
        except subprocess.TimeoutExpired:
            self.ledger.write("trouble", "postqueue did not end in a minute")

    def change(self, action, chosen):
        self.number += 1
        number = self.number
        self.ledger.write("begin", number, action, ",".join(f"{a}={b}" for a, b in chosen.items()))
        text = "".join(each + "\n" for each in chosen).encode()
        try:
            result = self.instance.run("postsuper", OPTIONS[action], "-", text=text, timeout=120)
        except subprocess.TimeoutExpired:
            self.ledger.write("end", number, "timeout", "")
            self.ledger.write("trouble", f"postsuper {action} did not end in two minutes")
            return
        said = result.stderr.decode("utf-8", "replace")
        done = [each for each in chosen if f"postsuper: {each}: {WORDS[action]}" in said]
        self.ledger.write("end", number, result.returncode, ",".join(done))
