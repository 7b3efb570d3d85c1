"""What a site's people and its running node tell each other: small files and locks in `run/` of the site's folder.

    run/paused          whoever paused the site, and when; it stays until `cloister site resume`, over restarts too
    run/stop            a stop was asked for; removed at the next start
    run/running.lock    held by the one `cloister site run`
    run/node.lock       held by the one node
    run/signed-on       which node signed on last: `rejoining.py`
    run/ready.lock      held, shared, by the program that messages wait for, once it can answer: `warm_worker.py`
    run/working.lock    held, shared, by every process that answers a message
    run/carrying.lock   held by the node while it has a message or an answer: from the first part to the last
    run/connection      whether the coordinator answers the node: `connection.py`
    run/queue/          who trains and who waits for it: `training_queue.py`

A lock ends with the process that holds it, however that ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from cloister.study import atomic
from cloister.study.errors import RunningElsewhereError
from cloister.study.file_lock import ALONE_AT_ONCE, SHARED, lock

_FOLDER = "run"


def notes(folder: Path) -> Path:
    """Where these files are."""
    return folder / _FOLDER


def pause(folder: Path, by: str, now: datetime) -> None:
    """Let no new round begin at the site of a folder."""
    atomic.write_json(folder / _FOLDER / "paused", {"by": by, "at": now.isoformat(timespec="seconds")})


def resume(folder: Path) -> bool:
    """Let rounds begin again; whether the site was paused."""
    return _remove(folder / _FOLDER / "paused")


def request_stop(folder: Path) -> None:
    """Have the running node stopped after the message that it is answering."""
    atomic.write_json(folder / _FOLDER / "stop", {})


def clear_stop(folder: Path) -> None:
    """Forget a stop that was asked for."""
    _remove(folder / _FOLDER / "stop")


def is_paused(folder: Path) -> bool:
    """Whether people paused the site."""
    return (folder / _FOLDER / "paused").exists()


def is_stopping(folder: Path) -> bool:
    """Whether a stop was asked for."""
    return (folder / _FOLDER / "stop").exists()


@contextmanager
def running(folder: Path) -> Iterator[None]:
    """Be the one `cloister site run` of a folder.

    Raises:
        RunningElsewhereError: another process is.
    """
    with _lock(folder, "running.lock", ALONE_AT_ONCE) as alone:
        if not alone:
            raise RunningElsewhereError(f"{folder}: the site runs already.", "Stop it with `cloister site stop`.")
        yield


@contextmanager
def being_node(folder: Path) -> Iterator[Path]:
    """Be the one node of a folder; yields the folder of these files.

    Raises:
        RunningElsewhereError: another process is, if only because it is still ending.
    """
    with _lock(folder, "node.lock", ALONE_AT_ONCE) as alone:
        if not alone:
            raise RunningElsewhereError(f"{folder}: its node runs already.", "Stop it with `cloister site stop`.")
        yield folder / _FOLDER


@contextmanager
def ready(folder: Path) -> Iterator[None]:
    """Be seen to be ready for messages."""
    with _lock(folder, "ready.lock", SHARED):
        yield


@contextmanager
def working(folder: Path) -> Iterator[None]:
    """Be seen at work while a message is answered."""
    with _lock(folder, "working.lock", SHARED):
        yield


@contextmanager
def carrying(folder: Path) -> Iterator[None]:
    """Be seen to have a message or an answer, as the node."""
    with _lock(folder, "carrying.lock", SHARED):
        yield


def is_running(folder: Path) -> bool:
    """Whether a `cloister site run` holds the folder."""
    return _is_held(folder, "running.lock")


def is_ready(folder: Path) -> bool:
    """Whether a message would be answered: the program that does it is there, and has loaded what it needs."""
    return _is_held(folder, "ready.lock")


def is_working(folder: Path) -> bool:
    """Whether a message is being answered."""
    return _is_held(folder, "working.lock")


def is_carrying(folder: Path) -> bool:
    """Whether the node has a message or an answer that has not been sent."""
    return _is_held(folder, "carrying.lock")


def _is_held(folder: Path, name: str) -> bool:
    with _lock(folder, name, ALONE_AT_ONCE) as alone:
        return not alone


def _lock(folder: Path, name: str, how: int) -> AbstractContextManager[bool]:
    place = folder / _FOLDER
    place.mkdir(exist_ok=True)
    return lock(place / name, how)


def _remove(path: Path) -> bool:
    with suppress(FileNotFoundError):
        atomic.remove(path)
        return True
    return False
