"""The end of a trial: everything that waits is let go, until the queue is empty."""

import json
import os
import time


def drain(instance, ledger, patience):
    """Releases and flushes until nothing is left; returns what is left after that many seconds."""
    end = time.time() + patience
    left = ["the queue was not read"]
    while time.time() < end:
        instance.run("postsuper", "-H", "ALL")
        instance.run("postqueue", "-f")
        for _ in range(10):
            left = waiting(instance)
            if not left:
                return []
            time.sleep(0.2)
    return left


def waiting(instance):
    """Lines that describe what is in the queue and in the maildrop."""
    listing = instance.run("postqueue", "-j")
    if listing.returncode != 0:
        return [listing.stderr.decode("utf-8", "replace").strip() or "postqueue -j failed"]
    entries = [json.loads(line) for line in listing.stdout.splitlines()]
    lines = [f"{e['queue_name']} {e['queue_id']} {e['sender']} {e['recipients'][:2]}" for e in entries]
    maildrop = os.path.join(instance.queue, "maildrop")
    # Files without their last line are nobody's message.
    lines += ["maildrop/" + name for name in os.listdir(maildrop) if complete(os.path.join(maildrop, name))]
    return lines


def complete(path):
    try:
        with open(path, "rb") as file:
            file.seek(max(0, os.path.getsize(path) - 200))
            return b"\npostrider-maildrop-end " in file.read()
    except OSError:
        return False


def stop(daemon, ledger):
    """A stop as the operator does it, which must end within the half minute that is promised."""
    begun = time.time()
    daemon.terminate()
    if not daemon.wait(40):
        ledger.write("trouble", "the daemon did not stop within 40 seconds")
        daemon.kill()
    ledger.write("stopped", f"{time.time() - begun:.3f}")
