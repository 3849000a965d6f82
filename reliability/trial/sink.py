"""The server at the other end: takes, refuses, dawdles and hangs up, and writes into the ledger what it took."""

import random
import re
import socket
import threading
import time

from trial import messages

QUEUE_ID = re.compile(rb"\bid ([0-9A-F]{6,14}|[0-9A-Za-z]{15})\b")
FINAL_RECIPIENT = re.compile(rb"^Final-Recipient: rfc822;\s*(\S+?)\s*$", re.MULTILINE | re.IGNORECASE)
ORIGINAL = re.compile(rb"^X-Postfix-Queue-ID: (\S+?)\s*$", re.MULTILINE | re.IGNORECASE)
STATUS = re.compile(rb"^Status: (\S+?)\s*$", re.MULTILINE | re.IGNORECASE)


class Temper:
    """How likely each misdeed is."""

    def __init__(self, hang_up=0.004, cut=0.01, drop=0.02, slow=0.05, slowest=0.4):
        self.hang_up = hang_up
        self.cut = cut
        self.drop = drop
        self.slow = slow
        self.slowest = slowest


CALM = Temper(0, 0, 0, 0, 0)


class HangUp(Exception):
    pass


class Sink:
    """Serves each connection on a thread of its own."""

    def __init__(self, ledger, seed, port=0, temper=None):
        self.ledger = ledger
        self.temper = temper or Temper()
        self.rng = random.Random(f"{seed}/sink")
        self.refused_once = set()
        self.listener = socket.create_server(("127.0.0.1", port), backlog=200)
        self.port = self.listener.getsockname()[1]
        self.took = 0
        threading.Thread(target=self.accept, daemon=True).start()

    @property
    def calm(self):
        return self.temper is CALM

    def become_calm(self):
        """From now on everybody is answered, and who was to be taken late is taken."""
        self.temper = CALM

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=Session(self, connection).run, daemon=True).start()

    def recipient(self, address):
        """The reply to RCPT."""
        kind = messages.kind(address)
        if kind == "never":
            return "550 5.1.1 no such user"
        if kind == "late" and not self.calm:
            return "450 4.2.0 not yet"
        if kind == "often" and not self.calm and self.rng.random() < 0.5:
            return "450 4.2.0 try again"
        if kind == "once" and address not in self.refused_once and not self.calm:
            self.refused_once.add(address)
            return "450 4.2.0 grey"
        return "250 2.1.5 ok"

    def close(self):
        self.listener.close()


class Session:
    def __init__(self, sink, connection):
        self.sink = sink
        self.connection = connection
        self.input = connection.makefile("rb", buffering=65536)
        self.sender = None
        self.recipients = []

    def run(self):
        try:
            self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connection.settimeout(120)
            self.maybe_hang_up()
            self.reply("220 sink.test ESMTP")
            while self.command():
                pass
        except (OSError, HangUp):
            pass
        finally:
            self.input.close()
            self.connection.close()

    def chance(self, probability):
        return self.sink.rng.random() < probability

    def maybe_hang_up(self):
        if self.chance(self.sink.temper.hang_up):
            raise HangUp
        if self.chance(self.sink.temper.slow / 5):
            time.sleep(self.sink.rng.random() * self.sink.temper.slowest)

    def reply(self, text):
        self.connection.sendall(text.encode() + b"\r\n")

    def command(self):
        line = self.input.readline(4096)
        if not line:
            return False
        self.maybe_hang_up()
        verb = line[:4].upper()
        if verb in (b"EHLO", b"HELO"):
            self.reply("250-sink.test\r\n250-PIPELINING\r\n250-SIZE 50000000\r\n250-ENHANCEDSTATUSCODES\r\n250 8BITMIME")
        elif verb == b"MAIL":
            self.sender = address(line)
            self.recipients = []
            self.reply("250 2.1.0 ok")
        elif verb == b"RCPT":
            answer = self.sink.recipient(address(line))
            if answer.startswith("250"):
                self.recipients.append(address(line))
            self.reply(answer)
        elif verb == b"DATA":
            self.data()
        elif verb == b"QUIT":
            self.reply("221 2.0.0 bye")
            return False
        else:
            self.reply("250 2.0.0 ok")
        return True

    def data(self):
        if not self.recipients:
            self.reply("554 5.5.1 nobody")
            return
        # Before the reply: whoever sends content was alive after it.
        since = f"{time.time():.6f}"
        self.reply("354 go on")
        lines = []
        cut_after = self.sink.rng.randint(0, 2000) if self.chance(self.sink.temper.cut) else -1
        while True:
            line = self.input.readline(65536)
            if not line or len(lines) == cut_after:
                raise HangUp
            if line == b".\r\n":
                break
            lines.append(line[1:] if line.startswith(b".") else line)
        head, _, body = b"".join(lines).replace(b"\r\n", b"\n").partition(b"\n\n")
        if any(messages.kind(each) == "dot" for each in self.recipients):
            self.reply("554 5.7.1 unwanted")
            return
        how = self.answer()
        self.record(head, body, how, since)
        self.recipients = []
        if how != "answered":
            raise HangUp

    def answer(self):
        """To the final dot. Hanging up here makes the other side repeat, as the RFC has it."""
        if self.chance(self.sink.temper.slow):
            time.sleep(self.sink.rng.random() * self.sink.temper.slowest)
        if self.chance(self.sink.temper.drop):
            return "dropped"
        try:
            self.reply("250 2.0.0 ok")
            return "answered"
        except OSError:
            return "unsent"

    def record(self, head, body, how, since):
        self.sink.took += 1
        found = QUEUE_ID.search(head)
        queue_id = found.group(1).decode() if found else "-"
        if self.sender:
            name = header_id(head)
            for each in self.recipients:
                self.sink.ledger.write("got", name, each, queue_id, how, since, messages.digest(body))
            return
        original = ORIGINAL.search(body)
        original = original.group(1).decode() if original else "-"
        statuses = STATUS.findall(body)
        for number, each in enumerate(FINAL_RECIPIENT.findall(body)):
            status = statuses[number].decode() if number < len(statuses) else "-"
            name = self.recipients[0].split("@")[0]
            self.sink.ledger.write("notice", name, each.decode(), queue_id, how, since, status, original)


def address(line):
    return line[line.find(b"<") + 1 : line.find(b">")].decode()


def header_id(head):
    for line in head.split(b"\n"):
        if line.lower().startswith(messages.HEADER_ID):
            return line[len(messages.HEADER_ID) :].strip().decode()
    return "-"
