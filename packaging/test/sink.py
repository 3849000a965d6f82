#!/usr/bin/env python3
"""sink.py PORT FILE: an SMTP server on loopback for a test machine.

Asks for the login me / secret, takes every message, and writes a line with sender, recipient and
subject of each into FILE, which is there as soon as it listens.
"""
import base64
import socketserver
import sys

LOGIN = base64.b64encode(b"\0me\0secret").decode()


class Session(socketserver.StreamRequestHandler):
    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def handle(self):
        self.say("220 sink.test ESMTP")
        known, sender, recipients = False, "", []
        for raw in self.rfile:
            line = raw.decode("utf-8", "replace").strip()
            verb = line.upper()
            if verb.startswith(("EHLO", "HELO")):
                self.wfile.write(b"250-sink.test\r\n250-8BITMIME\r\n250 AUTH PLAIN\r\n")
            elif verb.startswith("AUTH PLAIN "):
                known = line.split()[2] == LOGIN
                self.say("235 2.7.0 ok" if known else "535 5.7.8 wrong password")
            elif verb.startswith("MAIL"):
                sender, recipients = line, []
                self.say("250 2.1.0 ok" if known else "530 5.7.0 authentication required")
            elif verb.startswith("RCPT"):
                recipients.append(line)
                self.say("250 2.1.5 ok")
            elif verb == "DATA":
                self.say("354 go on")
                subject = ""
                for text in self.rfile:
                    if text.lower().startswith(b"subject:") and not subject:
                        subject = text.decode("utf-8", "replace").strip()
                    if text == b".\r\n":
                        break
                with open(sys.argv[2], "a", encoding="utf-8") as out:
                    for recipient in recipients:
                        out.write(f"{sender} {recipient} {subject}\n")
                self.say("250 2.0.0 taken")
            elif verb == "QUIT":
                self.say("221 2.0.0 bye")
                return
            else:
                self.say("250 2.0.0 ok")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


server = Server(("127.0.0.1", int(sys.argv[1])), Session)
# Whoever started us waits for the file.
open(sys.argv[2], "a", encoding="utf-8").close()
server.serve_forever()
