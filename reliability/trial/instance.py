"""A whole Postrider of the built image in a directory of its own: configuration, queue, log, a port on loopback."""

import os
import queue
import socket
import signal
import subprocess
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
IMAGE = os.path.join(ROOT, "target", "postrider")

MAIN = """\
compatibility_level = 3.6
myhostname = host.trial.test
# Letters to the postmaster are mail that the ledger knows nothing of.
notify_classes =
mydestination =
alias_maps =
inet_interfaces = 127.0.0.1
queue_directory = {directory}/q
data_directory = {directory}/data
maillog_file = {directory}/mail.log
maillog_file_prefixes = /var, /dev/stdout, {directory}
"""

MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
bounce unix - - n - 0 bounce
smtp unix - - n - - smtp
relay unix - - n - - smtp
local unix - n n - - local
error unix - - n - - error
"""


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def require_image():
    if not os.access(os.path.join(IMAGE, "bin", "postrider"), os.X_OK):
        raise SystemExit("the image is not built: run ./postrider build")


class Instance:
    def __init__(self, directory, port=0):
        self.directory = directory
        self.etc = os.path.join(directory, "etc")
        self.queue = os.path.join(directory, "q")
        self.log = os.path.join(directory, "mail.log")
        self.port = port or free_port()
        self.environment = {
            "MAIL_CONFIG": self.etc,
            "PATH": os.path.join(IMAGE, "bin") + ":/usr/sbin:/usr/bin:/sbin:/bin",
            "LC_ALL": "C.UTF-8",
        }

    def write(self, main):
        """Writes the configuration, with these lines at its end."""
        os.makedirs(self.etc, exist_ok=True)
        owner = "mail_owner = nobody\n" if os.getuid() == 0 else ""
        with open(os.path.join(self.etc, "main.cf"), "w") as file:
            file.write(MAIN.format(directory=self.directory) + owner + main)
        with open(os.path.join(self.etc, "master.cf"), "w") as file:
            file.write(MASTER.format(port=self.port))

    def run(self, *command, text=b"", timeout=120):
        """Runs a command of the image to its end."""
        return subprocess.run(
            [os.path.join(IMAGE, "bin", command[0]), *command[1:]],
            input=text,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self.environment,
            cwd="/",
            timeout=timeout,
        )

    def prepare(self):
        """Makes the directories."""
        result = self.run("postfix", "check")
        if result.returncode != 0:
            raise SystemExit("postfix check: " + result.stderr.decode())

    def daemon(self, *limited_by):
        """Starts it, by a command that sets limits if one is given."""
        return Daemon(self, limited_by)


class Daemon:
    """The daemon itself as a child, so that its process id is known from its first moment."""

    READY = "postrider: ready"

    def __init__(self, instance, limited_by=()):
        self.begun = time.time()
        self.process = subprocess.Popen(
            [*limited_by, os.path.join(IMAGE, "bin", "postrider"), "daemon", "-c", instance.etc],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=instance.environment,
            cwd="/",
        )
        self.pid = self.process.pid
        self.said = []
        self.ready_at = None
        self.events = queue.Queue()
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        for line in self.process.stdout:
            text = line.decode("utf-8", "replace").rstrip("\n")
            if text == Daemon.READY:
                self.ready_at = time.time()
                self.events.put(True)
            else:
                self.said.append(text)
        self.events.put(False)

    def wait_ready(self, patience=120):
        """Whether it says that it listens; False if it ends instead."""
        try:
            return self.events.get(timeout=patience)
        except queue.Empty:
            return False

    def alive(self):
        return self.process.poll() is None

    def terminate(self):
        if self.alive():
            self.process.send_signal(signal.SIGTERM)

    def kill(self):
        """Returns whether there was something to kill."""
        hit = self.alive()
        if hit:
            self.process.kill()
        self.process.wait()
        return hit

    def wait(self, patience=60):
        try:
            self.process.wait(patience)
            return True
        except subprocess.TimeoutExpired:
            return False
