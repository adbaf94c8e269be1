"""`leash.py USER COMMAND...`: runs a program until it ends or the standard input does, then ends it.

The input is a pipe that only the starter holds: however the starter dies, the program does not outlive it.
"""

import pwd
import signal
import subprocess
import sys
import threading


def main(user: str, *command: str) -> int:
    """The program's exit code. `user` is "" for the same user."""
    own = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True, **own) as program:  # type: ignore[call-overload]
        # A Ctrl-C is the starter's; only now, or the program would inherit that it is ignored.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        threading.Thread(target=_hold, args=(program,), daemon=True).start()
        return int(program.wait())


def _hold(program: "subprocess.Popen[bytes]") -> None:
    sys.stdin.read()
    program.send_signal(signal.SIGINT)
    try:
        program.wait(5)
    except subprocess.TimeoutExpired:
        program.kill()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
