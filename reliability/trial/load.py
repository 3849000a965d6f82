"""Those who hand messages over: SMTP sessions, the sendmail command by the maildrop and by the daemon's socket."""

import os
import random
import shutil
import socket
import subprocess
import threading
import time

from trial import messages
from trial.instance import IMAGE


class Names:
    """Gives each message its name. Safe on any thread."""

    def __init__(self, first=1):
        self.lock = threading.Lock()
        self.next = first

    def take(self):
        with self.lock:
            self.next += 1
            return f"m{self.next - 1:07d}"


class Load:
    """All submitters of a trial."""

    def __init__(self, instance, ledger, seed, names, pace, make=messages.make):
        self.make = make
        self.instance = instance
        self.ledger = ledger
        self.seed = seed
        self.names = names
        self.pace = pace
        self.over = threading.Event()
        # Cleared while the queue is long enough.
        self.gate = threading.Event()
        self.gate.set()
        self.threads = []

    def start(self, smtp, maildrop, sockets):
        for number in range(smtp):
            self.begin(SmtpSubmitter(self, number).run)
        for _ in range(maildrop):
            self.begin(lambda: self.loop(self.by_maildrop, 0.15))
        if sockets and can_hide_the_maildrop():
            for _ in range(sockets):
                self.begin(lambda: self.loop(self.by_socket, 0.6))

    def begin(self, body):
        thread = threading.Thread(target=body, daemon=True)
        thread.start()
        self.threads.append(thread)

    def stop(self):
        self.over.set()
        self.gate.set()
        for thread in self.threads:
            thread.join()

    def rest(self, rng, pace):
        """For twice the pace at most, or while the queue is long."""
        self.over.wait(rng.random() * 2 * pace)
        self.gate.wait()

    def next(self, way):
        message = self.make(self.names.take(), self.seed)
        self.ledger.write("submit", message.name, way, len(message.body), message.digest, ",".join(message.recipients))
        return message

    def loop(self, submit, pace):
        rng = random.Random(f"{self.seed}/{threading.get_ident()}")
        while not self.over.is_set():
            submit()
            self.rest(rng, pace)

    def by_maildrop(self):
        self.sendmail(self.next("maildrop"), [])

    def by_socket(self):
        """As in a sandboxed unit: the maildrop is read-only, so sendmail takes the socket."""
        script = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && shift && exec "$@"'
        maildrop = os.path.join(self.instance.queue, "maildrop")
        # A Java machine each time: not for nothing, and not so often.
        while not self.listens() and not self.over.wait(0.1):
            pass
        self.sendmail(self.next("socket"), ["unshare", "-m", "sh", "-c", script, "sh", maildrop])

    def listens(self):
        try:
            with socket.create_connection(("127.0.0.1", self.instance.port)):
                return True
        except OSError:
            return False

    def sendmail(self, message, before):
        command = [os.path.join(IMAGE, "bin", "sendmail"), "-i", "-f", message.sender, "--", *message.recipients]
        try:
            result = subprocess.run(
                before + command,
                input=message.text(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env=self.instance.environment,
                cwd="/",
                timeout=300,
            )
        except subprocess.TimeoutExpired:
            self.ledger.write("unknown", message.name, "sendmail did not end in five minutes")
            return
        if result.returncode == 0:
            self.ledger.write("taken", message.name)
            return
        reason = f"exit {result.returncode}: {result.stderr.decode('utf-8', 'replace').strip()}"
        # "Hung up" comes after all was sent: the only failure that may have stored it.
        kind = "unknown" if "hung up" in reason else "refused"
        self.ledger.write(kind, message.name, reason)
        self.over.wait(0.05)


def can_hide_the_maildrop():
    return os.getuid() == 0 and shutil.which("unshare") is not None


class SmtpSubmitter:
    """One client, with a connection for several messages. Does not send again what was refused."""

    def __init__(self, load, number):
        self.load = load
        self.rng = random.Random(f"{load.seed}/smtp/{number}")
        self.connection = None
        self.input = None
        self.left = 0

    def run(self):
        while not self.load.over.is_set():
            if self.connect():
                self.submit(self.load.next("smtp"))
                self.load.rest(self.rng, self.load.pace)
            else:
                self.load.over.wait(0.01)
        self.hang_up()

    def connect(self):
        if self.connection is not None and self.left > 0:
            return True
        self.hang_up()
        try:
            self.connection = socket.create_connection(("127.0.0.1", self.load.instance.port), timeout=60)
            self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.input = self.connection.makefile("rb")
            self.expect("220")
            self.command("EHLO client.trial.test", "250")
        except (OSError, Unexpected):
            self.hang_up()
            return False
        self.left = self.rng.randint(1, 20)
        return True

    def hang_up(self):
        if self.connection is not None:
            self.connection.close()
        self.connection = None

    def submit(self, message):
        self.left -= 1
        at_the_dot = False
        try:
            envelope = [f"MAIL FROM:<{message.sender}> SIZE={len(message.body) + 1000}"]
            envelope += [f"RCPT TO:<{each}>" for each in message.recipients]
            self.connection.sendall("".join(line + "\r\n" for line in envelope + ["DATA"]).encode())
            for _ in envelope:
                self.expect("250")
            self.expect("354")
            self.connection.sendall(message.wire())
            at_the_dot = True
            self.command(".", "250")
            self.load.ledger.write("taken", message.name)
        except Unexpected as e:
            self.load.ledger.write("refused", message.name, e)
            self.hang_up()
        except OSError as e:
            self.load.ledger.write("unknown" if at_the_dot else "refused", message.name, f"connection lost: {e}")
            self.hang_up()

    def command(self, text, code):
        self.connection.sendall(text.encode() + b"\r\n")
        self.expect(code)

    def expect(self, code):
        while True:
            line = self.input.readline(4096)
            if not line.endswith(b"\n"):
                raise OSError("end of stream")
            if not line.startswith(code.encode()):
                raise Unexpected(line.decode("utf-8", "replace").strip())
            if line[3:4] != b"-":
                return


class Unexpected(Exception):
    """An answer, but not the one hoped for: nothing was stored."""
