"""The messages of a trial. Everything about one follows from its name, so that nothing need be remembered.

A recipient's local part is KIND.MESSAGE.NUMBER, and its kind says what the sink does:

  ok     takes it
  once   450 the first time
  often  450 every other time
  late   450 until the trial's end
  never  550: bounces
  any    whatever it is in the mood for: a destination other than our own sink
  dot    554 after the message's end: bounces (such a message has no other recipient)
"""

import hashlib
import random

RETURN_DOMAIN = "src.test"
DOMAIN = "dest.test"
BOUNCES = ("never", "dot", "any")
HEADER_ID = b"x-trial-id:"


class Message:
    def __init__(self, name, recipients, body):
        self.name = name
        self.sender = f"{name}@{RETURN_DOMAIN}"
        self.recipients = recipients
        self.body = body
        self.digest = digest(body)

    def text(self):
        """Header and body, with LF."""
        head = (
            f"From: Trial <{self.sender}>\nTo: undisclosed-recipients:;\nSubject: trial {self.name}\n"
            f"Message-ID: <{self.name}@trial.test>\nDate: Thu, 1 Jan 2026 00:00:00 +0000\n"
            f"X-Trial-Id: {self.name}\n\n"
        )
        return head.encode() + self.body

    def wire(self):
        """As it goes over SMTP: CRLF, dots doubled, the final dot not included."""
        return b"".join((b"." if line.startswith(b".") else b"") + line + b"\r\n" for line in self.text().split(b"\n")[:-1])


def digest(body):
    return hashlib.sha256(body).hexdigest()[:24]


def kind(recipient):
    return recipient.split(".", 1)[0]


def make(name, seed, big=True):
    """The message of that name. Sizes from 0.3 KB to 600 KB: a few above 256 KiB, where the spool makes a file of its own."""
    rng = random.Random(f"{seed}/{name}")
    return Message(name, recipients(name, rng), body(rng, size(rng, big)))


def size(rng, big):
    dice = rng.random()
    if dice < 0.55:
        return rng.randint(300, 4_000)
    if dice < 0.80:
        return rng.randint(4_000, 60_000)
    if dice < 0.97 or not big:
        return rng.randint(60_000, 250_000)
    return rng.randint(270_000, 600_000)


def recipients(name, rng):
    if rng.random() < 0.01:
        return [f"dot.{name}.0@{DOMAIN}"]
    count = 1 if rng.random() < 0.7 else rng.randint(2, 12)
    kinds = rng.choices(("ok", "once", "often", "late", "never"), (85, 6, 5, 1, 3), k=count)
    return [f"{kind}.{name}.{number}@{DOMAIN}" for number, kind in enumerate(kinds)]


def body(rng, size):
    """Lines of letters, with what mail software stumbles over between them."""
    letters = rng.randbytes(size * 3 // 4 + 60).hex().encode()
    lines = [b"", b".", b"..", b".x", b"From the start", b" ", b"\tx ", b"-- "]
    rng.shuffle(lines)
    at = 0
    total = sum(len(line) + 1 for line in lines)
    while total < size:
        length = rng.randint(40, 120)
        lines.append(letters[at : at + length])
        total += length + 1
        at += length
    return b"\n".join(lines) + b"\n"
