"""A DNS server for a network namespace of a test: python3 names.py NAME=MX=ADDRESS ...
Each NAME is a domain whose mail server MX has that address. Other names do not exist."""
import socket
import struct
import sys

zones = [argument.split("=") for argument in sys.argv[1:]]
mail = {domain: server for domain, server, _ in zones}
hosts = {server: address for _, server, address in zones}
MX, A = 15, 1


def name(text):
    return b"".join(bytes([len(label)]) + label.encode() for label in text.split(".")) + b"\0"


def record(owner, kind, data):
    return name(owner) + struct.pack("!HHIH", kind, 1, 60, len(data)) + data


server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 53))
print("ready", flush=True)
while True:
    query, client = server.recvfrom(4096)
    at, labels = 12, []
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode().lower())
        at += query[at] + 1
    asked = ".".join(labels)
    kind = struct.unpack("!H", query[at + 1:at + 3])[0]
    answers = []
    if kind == MX and asked in mail:
        answers.append(record(asked, MX, struct.pack("!H", 10) + name(mail[asked])))
    if kind == A and asked in hosts:
        answers.append(record(asked, A, socket.inet_aton(hosts[asked])))
    code = 0 if asked in mail or asked in hosts else 3
    head = query[:2] + struct.pack("!HHHHH", 0x8580 | code, 1, len(answers), 0, 0)
    server.sendto(head + query[12:at + 5] + b"".join(answers), client)
