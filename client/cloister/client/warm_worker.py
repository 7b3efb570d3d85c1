"""The program that Flower's SuperNode finds by PATH in place of `flower-superexec`: it answers without starting anew.

Flower's own starts `flwr-clientapp` for every message. This one has the installed package and its libraries loaded,
and for every message becomes two: the copy does what the launcher does (`launcher.py`), in a process of its own, and
ends. So nothing is carried from one message to the next, and nothing of a study is ever in the process that goes on:
not its model either, which takes 0.14 s to build (67 million parameters, 2 CPU cores).

    python -I -m cloister.client.warm_worker --runtime-api-address … --parent-pid … [--insecure]

Only a process of one thread may be copied like that. Where a library has started another one, the launcher is started
as a program. Nothing listens here; the token of a message comes from the SuperNode's Runtime API, as Flower's own gets
it. If this process dies, the script that started it starts it again (`start_files.py`), and until it is ready
again, the site is not well (`site_health.py`).

What it uses of Flower is private, and Flower's version pinned; `tests/client/test_warm_worker.py` holds it to that.
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from cloister.client import launcher, run_control, site_log
from cloister.client.polling_pause import polling_pause
from cloister.study.error_origin import ErrorOrigin

if TYPE_CHECKING:
    from flwr.supercore.runtime import RuntimeHttpClient

_LOADED: Final = (
    "cloister.client.app",
    "cloister.tasks.models.bert",
    "cloister.tasks.models.checkpoint_folder",
    "cloister.tasks.models.lora",
    "cloister.tasks.models.tokenizer",
    "cloister.tasks.models.vit",
    "dp_accounting.pld.privacy_loss_distribution",
    "opacus.grad_sample",
    "peft",
    "pyarrow.dataset",
    "pyarrow.parquet",
    "transformers.models.bert.modeling_bert",
    "transformers.models.vit.modeling_vit",
)
"""What the answers to messages import, of the installed package and of its libraries."""
_LOADED_IF_INSTALLED: Final = ("pandas",)
"""What one of those libraries imports where it finds it."""
_LONGEST_PAUSE: Final = 0.5

log = logging.getLogger("cloister.site")


def main(arguments: Sequence[str] | None = None) -> None:
    """Answer messages until the SuperNode ends."""
    site_log.set_up_as_told()
    parser = argparse.ArgumentParser(description="Answer the messages of a site of Cloister's.")
    parser.add_argument("--runtime-api-address", required=True)
    parser.add_argument("--parent-pid", type=int, required=True)
    transport = parser.add_mutually_exclusive_group(required=True)
    transport.add_argument("--insecure", action="store_true")
    transport.add_argument("--root-certificates")
    options, _ = parser.parse_known_args(arguments)
    given = ["--runtime-api-address", options.runtime_api_address, "--parent-pid", str(options.parent_pid)]
    given += ["--insecure"] if options.insecure else ["--root-certificates", options.root_certificates]
    load()
    with suppress(KeyboardInterrupt), run_control.ready(Path.cwd()):
        serve(
            launcher.connect(options.runtime_api_address, options.insecure, options.root_certificates),
            lambda name, token: start([name, *given, "--token", token]),
            lambda: _exists(options.parent_pid),
        )


def load() -> None:
    """Import what answers import; no thread is started by it under the settings of the script.

    What is not there stops only the answers that need it: they are refused, and the coordinator is told.
    """
    for name in (*_LOADED, *filter(importlib.util.find_spec, _LOADED_IF_INSTALLED)):
        try:
            importlib.import_module(name)
        except ImportError as problem:
            log.error("%s cannot be loaded, and studies that need it are refused: %s", name, problem)
    importlib.import_module("cloister.client.installed_code").installed_code()
    gc.collect()
    gc.freeze()  # copies leave the pages of these objects alone


def serve(
    client: RuntimeHttpClient,
    start: Callable[[str, str], None],
    wanted: Callable[[], bool],
    clock: Callable[[], float] = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """Have each message answered as it comes.

    Args:
        client: of the SuperNode's Runtime API.
        start: starts the program of a name for the task of a token.
        wanted: whether to go on.
        clock: seconds, monotonic; passed in for tests.
        pause: waits a number of seconds; passed in for tests.
    """
    import httpx
    from flwr.proto.runtime_pb2 import AcquireTaskRequest
    from flwr.supercore.constant import TASK_TYPE_TO_COMMAND, TaskType

    last = clock()
    while wanted():
        _bury()
        try:
            given = client.AcquireTask(AcquireTaskRequest(supported_task_types=list(TaskType)))
            if given.HasField("task") and given.token:
                start(TASK_TYPE_TO_COMMAND[TaskType(given.task.type)], given.token)
                last = clock()
        except httpx.HTTPError as problem:
            log.warning("the node does not say whether there is a message: %s", type(problem).__name__)
        pause(polling_pause(clock() - last, _LONGEST_PAUSE))


def start(arguments: list[str]) -> None:
    """Run the launcher in a process of its own."""
    if len(list(Path("/proc/self/task").iterdir())) > 1:
        log.warning("a library has started threads here: this message is answered by a program that starts anew")
        # No Popen object, which would take the process's end from `_bury` if it ends before the object is forgotten.
        program = [sys.executable, "-I", "-m", launcher.__name__, *arguments]
        os.posix_spawn(program[0], program, os.environ)
        return
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    if os.fork() == 0:
        _answer(arguments)


def _answer(arguments: list[str]) -> NoReturn:
    """The copy: the launcher, as if it had just been started."""
    status = 1
    try:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
        _forget_shared_randomness()
        launcher.main(arguments)
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    except BaseException as problem:  # noqa: BLE001 (whatever it was, this copy must not go on as the original does)
        log.error("unexpected error: %s", ErrorOrigin(problem))
    finally:
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
        os._exit(status)


def _forget_shared_randomness() -> None:
    """Draw numpy's own seed anew, as at its import.

    Secrets come from the system, Python and OpenSSL reseed themselves; PyTorch always begins with the same seed.
    """
    import numpy as np

    np.random.seed()


def _bury() -> None:
    """Take note of answers that have ended."""
    with suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            if code := os.waitstatus_to_exitcode(ended[1]):
                log.error("the process that answered a message ended with %d", code)


def _exists(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    main()
