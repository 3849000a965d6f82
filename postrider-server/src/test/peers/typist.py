"""A person at a terminal: python3 typist.py DIALOG COMMAND [ARGUMENT ...]
DIALOG is a file of lines: "sees TEXT" waits until the screen shows it, "types TEXT" types it (\\n is Enter, ^C and ^D
are keys), "browses" opens the last page that the screen has named and follows where it leads, "echoes yes" or
"echoes no" looks whether the terminal shows what is typed. Prints all that was on the screen; ends as the command does."""
import os
import pty
import signal
import re
import select
import ssl
import sys
import termios
import time
import urllib.request

script, command = sys.argv[1], sys.argv[2:]
pid, terminal = pty.fork()
if pid == 0:
    # Whoever runs tests in the background ignores these, and so would everything that it starts.
    for ignored in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_DFL)
    os.execvp(command[0], command)
screen = b""
whole = b""
end = None


def more(deadline):
    global screen, whole
    ready, _, _ = select.select([terminal], [], [], max(0, deadline - time.time()))
    if not ready:
        return False
    try:
        data = os.read(terminal, 65536)
    except OSError:
        data = b""
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
    screen += data
    whole += data
    return bool(data)


def sees(text):
    global screen
    deadline = time.time() + 60
    while text not in screen:
        if not more(deadline):
            sys.exit("not seen: %r in %r" % (text, screen))
    screen = screen[screen.index(text) + len(text):]


def browses():
    page = re.findall(rb"https://[^\s]+", whole)[-1].decode()
    trust = ssl.create_default_context(cafile="/etc/ssl/certs/ca-certificates.crt")
    urllib.request.urlopen(page, context=trust, timeout=30).read()


def echoes(wanted):
    # The command may be about to say so: its prompt comes just before or after.
    deadline = time.time() + 10
    while bool(termios.tcgetattr(terminal)[3] & termios.ECHO) != (wanted == b"yes"):
        if time.time() > deadline:
            sys.exit("the terminal's echo is not as it should be: %r" % wanted)
        time.sleep(0.01)


for line in open(script, "rb"):
    what, _, text = line.rstrip(b"\n").partition(b" ")
    text = text.replace(b"\\n", b"\n").replace(b"^C", b"\x03").replace(b"^D", b"\x04")
    if what == b"sees":
        sees(text)
    elif what == b"types":
        os.write(terminal, text)
    elif what == b"browses":
        browses()
    elif what == b"echoes":
        echoes(text)
while more(time.time() + 120):
    pass
_, status = os.waitpid(pid, 0)
code = os.waitstatus_to_exitcode(status)
sys.exit(128 - code if code < 0 else code)
