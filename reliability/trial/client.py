"""A client that hands over one message at a time and tells where it was refused."""

import os
import smtplib
import subprocess
import time

from trial import messages
from trial.instance import IMAGE


class Client:
    """Hands over messages of a given size to one "ok" recipient each, and writes each into the ledger."""

    def __init__(self, instance, ledger, names):
        self.instance = instance
        self.ledger = ledger
        self.names = names

    def message(self, way, size):
        name = self.names.take()
        body = os.urandom(size * 3 // 8).hex().encode()
        lines = [body[at : at + 76] for at in range(0, len(body), 76)]
        message = messages.Message(name, [f"ok.{name}.0@{messages.DOMAIN}"], b"\n".join(lines) + b"\n")
        self.ledger.write("submit", name, way, len(message.body), message.digest, message.recipients[0])
        return message

    def smtp(self, size, at_the_dot=lambda: None):
        """Returns (stage, code, text): the last thing said and what was answered. Calls at_the_dot between 354 and the content."""
        message = self.message("smtp", size)
        session = None
        try:
            session = smtplib.SMTP("127.0.0.1", self.instance.port, local_hostname="client.trial.test", timeout=60)
            session.ehlo()
            stages = (
                ("MAIL", 250, f"MAIL FROM:<{message.sender}> SIZE={len(message.text())}"),
                ("RCPT", 250, f"RCPT TO:<{message.recipients[0]}>"),
                ("DATA", 354, "DATA"),
            )
            for stage, good, line in stages:
                code, text = session.docmd(line)
                if code != good:
                    self.ledger.write("refused", message.name, f"{stage}: {code} {text.decode()}")
                    return stage, code, text.decode()
            at_the_dot()
            session.send(message.wire() + b".\r\n")
            code, text = session.getreply()
            self.ledger.write("taken" if code == 250 else "refused", message.name, *([] if code == 250 else [f"{code} {text.decode()}"]))
            return "dot", code, text.decode()
        except (OSError, smtplib.SMTPException) as e:
            self.ledger.write("unknown", message.name, str(e))
            return "lost", 0, str(e)
        finally:
            if session is not None:
                session.close()

    def sendmail(self, size):
        """Returns (exit code, standard error)."""
        message = self.message("sendmail", size)
        result = subprocess.run(
            [os.path.join(IMAGE, "bin", "sendmail"), "-i", "-f", message.sender, "--", *message.recipients],
            input=message.text(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=self.instance.environment,
            cwd="/",
            timeout=120,
        )
        said = result.stderr.decode("utf-8", "replace").strip()
        if result.returncode == 0:
            self.ledger.write("taken", message.name)
        else:
            self.ledger.write("unknown" if "hung up" in said else "refused", message.name, f"exit {result.returncode}: {said}")
        return result.returncode, said


def wait_for(condition, patience=60):
    """Whether it came true within that many seconds."""
    end = time.time() + patience
    while not condition():
        if time.time() > end:
            return False
        time.sleep(0.05)
    return True
