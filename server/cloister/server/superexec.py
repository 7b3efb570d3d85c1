"""Flower's SuperExec as coordinators run it: `python -I -m cloister.server.superexec`, as `flower-superexec`.

It starts each study's ServerApp, and asks the SuperLink every few seconds whether there is one to start. Flower's own
ends where a busy SuperLink fails at one such request, and a service manager then ends all that it had started: every
study that runs. Ours asks again (`cloister.study.busy_superlink`).
"""

from __future__ import annotations

from cloister.study.busy_superlink import ask_a_busy_superlink_again


def main() -> None:
    """Become the SuperExec of the command line's arguments."""
    from flwr.supercore.cli import flower_superexec

    ask_a_busy_superlink_again()
    flower_superexec()


if __name__ == "__main__":
    main()
