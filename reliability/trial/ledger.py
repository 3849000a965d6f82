"""The account of everything that was done to the mail system and everything it did, kept outside of it.

One line an event, fields between tabs, the first two being the time (seconds since 1970, as queue ids count) and the kind:

  submit   MESSAGE WAY SIZE DIGEST RECIPIENT,...   a submission begins
  taken    MESSAGE                                 it was acknowledged: 250 or exit code 0
  refused  MESSAGE REASON                          it cannot have been stored: an error, or its end was never sent
  unknown  MESSAGE REASON                          its end was sent and no answer came
  got      MESSAGE RECIPIENT QUEUE-ID HOW SINCE DIGEST
                                                   the sink has it, after 354 at SINCE. HOW: answered, dropped (hung up
                                                   instead of the answer), unsent (nobody was there to be answered)
  notice   MESSAGE RECIPIENT QUEUE-ID HOW SINCE STATUS ORIGINAL-ID
                                                   the sink has a bounce that names the recipient
  kill     HOW, start, ready, stop, reload ...     what was done to the daemon
  begin    NUMBER ACTION QUEUE-ID=MESSAGE,...      the operator begins to do something
  end      NUMBER EXIT-CODE QUEUE-ID,...           and was told of these that it is done

Lines are handed to the kernel one at a time, so the account survives this program's end at any moment.
"""

import os
import threading
import time


class Ledger:
    """The account, to write. Safe on any thread."""

    def __init__(self, path):
        self.path = path
        self.lock = threading.Lock()
        self.mend()
        self.file = open(path, "ab", buffering=0)
        self.counts = {}

    def mend(self):
        """Cuts a half line, which an interrupted trial may have left."""
        if not os.path.exists(self.path):
            return
        with open(self.path, "rb+") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - 65536))
            tail = file.read()
            if tail and not tail.endswith(b"\n"):
                file.truncate(size - len(tail) + tail.rfind(b"\n") + 1)

    def write(self, kind, *fields):
        """Returns the event's time."""
        text = "\t".join(str(field).replace("\t", " ").replace("\n", " ") for field in fields)
        with self.lock:
            now = time.time()
            self.file.write(f"{now:.6f}\t{kind}\t{text}\n".encode("utf-8", "replace"))
            self.counts[kind] = self.counts.get(kind, 0) + 1
        return now

    def close(self):
        with self.lock:
            self.file.close()


def read(path):
    """Yields (time, kind, fields) of each whole line."""
    with open(path, "rb") as file:
        for line in file:
            if line.endswith(b"\n"):
                parts = line[:-1].decode().split("\t")
                yield float(parts[0]), parts[1], parts[2:]
