"""Starts postmen that can be killed: `python -m tests.members.postmen` loads the portal once, then forks.

Each line on stdin starts one postman, which delivers until nothing is due; its process id is the answer.
"""

import os
import signal
import sys

import django


def main() -> None:
    django.setup()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for _line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            deliver_all()
            os._exit(0)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


def deliver_all() -> None:
    from django.utils import timezone

    from members.models import Mail
    from members.postman import deliver

    while Mail.objects.due(timezone.now()).exists():
        deliver(timezone.now())


if __name__ == "__main__":
    main()
