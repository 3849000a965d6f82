#!/usr/bin/env python3
"""Fills a queue through SMTP: one message for each of many recipients in many domains.

usage: bench/load.py PORT COUNT [DOMAINS [SESSIONS [BYTES]]]

Each session sends the end of one message and the commands of the next in one write (RFC 2920), so
that a message costs one round trip. Ends with an error at the first reply that is not the expected.
"""

import socket
import sys
import threading

EXPECTED = (b"250", b"250", b"250", b"354")  # end of data, MAIL, RCPT, DATA


def content(size):
    head = b"From: sender@example.test\r\nTo: many@example.test\r\nSubject: One of many\r\n\r\n"
    line = b"x" * 68 + b"\r\n"
    return head + line * max(1, (size - len(head)) // len(line)) + b".\r\n"


def envelope(number, domains):
    return (
        f"MAIL FROM:<sender@example.test>\r\nRCPT TO:<user{number}@d{number % domains}.example.test>\r\nDATA\r\n"
    ).encode()


def session(port, numbers, domains, message):
    with socket.create_connection(("127.0.0.1", port), timeout=120) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        replies = connection.makefile("rb")

        def expect(*codes):
            for code in codes:
                line = replies.readline()
                while line[3:4] == b"-":
                    line = replies.readline()
                if line[:3] != code:
                    raise OSError(f"expected {code.decode()}, got {line!r}")

        expect(b"220")
        connection.sendall(b"EHLO load.example.test\r\n")
        expect(b"250")
        for position, number in enumerate(numbers):
            connection.sendall((message if position else b"") + envelope(number, domains))
            expect(*(EXPECTED if position else EXPECTED[1:]))
        connection.sendall(message + b"QUIT\r\n")
        expect(b"250", b"221")


def main():
    if not 3 <= len(sys.argv) <= 6:
        sys.exit(__doc__)
    port, count = int(sys.argv[1]), int(sys.argv[2])
    domains, sessions, size = (int(a) for a in sys.argv[3:] + ["10000", "50", "1024"][len(sys.argv) - 3 :])
    message = content(size)
    failures = []

    def run(first):
        try:
            session(port, range(first, count, sessions), domains, message)
        except OSError as problem:
            failures.append(problem)

    threads = [threading.Thread(target=run, args=(i,)) for i in range(min(sessions, count))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        sys.exit(f"load: {len(failures)} of {len(threads)} sessions failed: {failures[0]}")


main()
