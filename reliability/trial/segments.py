"""Reads the spool's segments as docs/spool.md describes them, to see whether messages were moved to newer ones."""

import os
import struct

HEADER = 64
RECORD = 48
MAGIC = b"\x50\x52\x72\xab"
MESSAGE = 1


class Copies:
    """Counts the messages that compaction copied. For a spool that grows; call look() now and then."""

    def __init__(self, directory):
        self.directory = directory
        self.places = {}
        self.homes = {}
        self.copies = 0
        self.segments = 0

    def look(self):
        try:
            names = sorted(name for name in os.listdir(self.directory) if name.endswith(".segment"))
        except FileNotFoundError:
            return
        for name in names:
            try:
                self.read(name)
            except FileNotFoundError:
                pass

    def read(self, name):
        with open(os.path.join(self.directory, name), "rb") as file:
            head = file.read(HEADER)
            if len(head) < HEADER or not head.startswith(b"PRSPOOL\n"):
                return
            if name not in self.places:
                self.segments += 1
            at = self.places.get(name, HEADER)
            while True:
                file.seek(at)
                record = file.read(RECORD)
                if len(record) < RECORD or record[:4] != MAGIC or record[16:24] != head[16:24]:
                    break
                identity, = struct.unpack(">q", record[8:16])
                meta, content = struct.unpack(">ii", record[24:32])
                if record[4] == MESSAGE and self.homes.setdefault(identity, name) != name:
                    self.copies += 1
                at += (RECORD + meta + content + 7) // 8 * 8
            self.places[name] = at
