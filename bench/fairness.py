#!/usr/bin/env python3
"""One case of bench/fairness: plays the slow and the fast host, builds the backlog, sends the urgent messages.

usage: bench/fairness.py PORT SLOW_PORT FAST_PORT SECONDS COUNT URGENT CASE

Prints the median and the longest time, in seconds, from the acceptance of an urgent message until its host has it.
"""

import asyncio
import statistics
import sys
import threading
import time

LIMIT = 120.0
SESSIONS = 20


class Host:
    """An SMTP server that takes its time before it answers the final dot, and notes when urgent mail came."""

    def __init__(self, seconds):
        self.seconds = seconds
        self.arrived = {}
        self.taken = 0

    async def serve(self, reader, writer):
        try:
            await self.session(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def session(self, reader, writer):
        recipients = []
        writer.write(b"220 slow.test ESMTP\r\n")
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb == b"EHLO":
                writer.write(b"250-slow.test\r\n250 PIPELINING\r\n")
            elif verb == b"MAIL":
                recipients = []
                writer.write(b"250 ok\r\n")
            elif verb == b"RCPT":
                recipients.append(line[9:].split(b">")[0].decode())
                writer.write(b"250 ok\r\n")
            elif verb == b"DATA":
                writer.write(b"354 go on\r\n")
                while (await reader.readline()) not in (b".\r\n", b""):
                    pass
                now = time.monotonic()
                for each in recipients:
                    if each.startswith("urgent"):
                        self.arrived[each] = now
                self.taken += len(recipients)
                await asyncio.sleep(self.seconds)
                writer.write(b"250 taken\r\n")
            elif verb == b"QUIT":
                writer.write(b"221 bye\r\n")
                return
            else:
                writer.write(b"250 ok\r\n")


class Client:
    @classmethod
    async def connect(cls, port):
        self = cls()
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", port)
        await self.expect(b"220")
        self.writer.write(b"EHLO load.test\r\n")
        await self.expect(b"250")
        return self

    async def expect(self, code):
        line = await self.reader.readline()
        while line[3:4] == b"-":
            line = await self.reader.readline()
        if line[:3] != code:
            raise SystemExit(f"fairness: expected {code.decode()}, got {line!r}")

    async def send(self, sender, recipients):
        self.writer.write(f"MAIL FROM:<{sender}>\r\n".encode())
        await self.expect(b"250")
        for start in range(0, len(recipients), 500):
            part = recipients[start : start + 500]
            self.writer.write("".join(f"RCPT TO:<{each}>\r\n" for each in part).encode())
            for _ in part:
                await self.expect(b"250")
        self.writer.write(b"DATA\r\n")
        await self.expect(b"354")
        self.writer.write(b"From: a@example.test\r\nSubject: hello\r\n\r\n" + b"x" * 68 + b"\r\n.\r\n")
        await self.expect(b"250")


async def backlog(port, count, case):
    domain = "slow.test"
    if case == "one message to all":
        client = await Client.connect(port)
        await client.send("news@list.test", [f"r{i}@{domain}" for i in range(count)])
        return

    async def session(first):
        client = await Client.connect(port)
        for i in range(first, count, SESSIONS):
            sender = f"s{i}@example.test" if case == "another host" else "news@list.test"
            await client.send(sender, [f"r{i}@{domain}"])

    await asyncio.gather(*(session(i) for i in range(SESSIONS)))


async def run(port, slow, fast, count, urgent, case):
    sender = "news@list.test" if case == "the same sender" else "reset@example.test"
    host, domain = (fast, "fast.test") if case == "another host" else (slow, "slow.test")
    await backlog(port, count, case)
    client = await Client.connect(port)
    begun = {}
    for i in range(urgent):
        recipient = f"urgent{i}@{domain}"
        await client.send(sender, [recipient])
        begun[recipient] = time.monotonic()
        await asyncio.sleep(1)
    while len(host.arrived) < urgent and time.monotonic() - max(begun.values()) < LIMIT:
        await asyncio.sleep(0.01)
    times = [max(0.0, host.arrived.get(each, at + LIMIT) - at) for each, at in begun.items()]
    if slow.taken >= count:
        raise SystemExit("fairness: the backlog was gone before the end; use a larger --count or --seconds")
    print(f"{statistics.median(times):.2f} {max(times):.2f}")


def serve(host, port):
    """In a thread of its own, so that the load of the clients does not slow the host."""
    ready = threading.Event()

    async def listen():
        await asyncio.start_server(host.serve, "127.0.0.1", port, limit=1 << 20, backlog=1000)
        ready.set()
        await asyncio.Event().wait()

    threading.Thread(target=lambda: asyncio.run(listen()), daemon=True).start()
    ready.wait()


def main():
    if len(sys.argv) != 8:
        sys.exit(__doc__)
    port, slow_port, fast_port = map(int, sys.argv[1:4])
    slow, fast = Host(float(sys.argv[4])), Host(0.0)
    serve(slow, slow_port)
    serve(fast, fast_port)
    asyncio.run(run(port, slow, fast, int(sys.argv[5]), int(sys.argv[6]), sys.argv[7]))


main()
