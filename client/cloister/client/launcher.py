"""The program that Flower finds by PATH in place of its own `flwr-clientapp`; and in place of all its others.

Flower's own unpacks the coordinator's bundle, puts that folder first on `sys.path`, imports what the bundle names, and
sends the text of exceptions to the coordinator. This one reads the bundle in memory, verifies the signed study in it
(`signed_studies.py`), and only then calls the installed ClientApp. What leaves is looked at and recorded last
(`egress.py`, `egress_record.py`). A refusal is a number without text. `warm_worker.py` does the same without a start.

    python -I -m cloister.client.launcher flwr-clientapp --runtime-api-address … --token … [--insecure] [--parent-pid …]

Under every other name it answers that this is refused: Flower would start those programs if a coordinator asked for
them, and gives up where one is missing.

Nearly everything here is private to Flower, whose version is pinned; `tests/client/test_launcher.py` holds it to that.
"""

from __future__ import annotations

import argparse
import functools
import logging
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from flwr.app import ConfigRecord, Context, Error, Message
from flwr.common.args import add_args_flwr_app_common, try_obtain_flwr_app_token
from flwr.common.constant import SubStatus
from flwr.proto.runtime_pb2 import SendTaskHeartbeatRequest
from flwr.supercore.app_utils import start_parent_process_monitor
from flwr.supercore.heartbeat import HeartbeatSender
from flwr.supercore.interceptors import RuntimeTokenHttpInterceptor, RuntimeVersionHttpInterceptor
from flwr.supercore.retry import make_simple_http_retry_invoker
from flwr.supercore.runtime import RuntimeHttpClient
from flwr.supercore.tls import validate_and_resolve_root_certificates
from flwr.supernode.runtime.run_clientapp import push_message, push_task_output

from cloister.client import site_log
from cloister.client.approvals import check_approval
from cloister.client.egress import ANSWERED, check_reply
from cloister.client.egress_record import IDENTIFY, EgressRecord, answer_entry
from cloister.client.logged_code import logged_code
from cloister.client.node_config import FOLDER_KEY
from cloister.client.received_studies import file_study
from cloister.client.run_control import working
from cloister.client.signed_studies import admit_bundle, check_asked_for
from cloister.client.site_folder import SiteFolder
from cloister.client.start_files import CLIENTAPP
from cloister.client.task_input import Task, pull_task
from cloister.client.task_secret import task_secret
from cloister.client.work_gate import check_may_begin
from cloister.study.errors import (
    CloisterError,
    CommandRefusedError,
    InputError,
    NotApprovedError,
)
from cloister.study.printable import printable
from cloister.study.schema import Study

log = logging.getLogger("cloister.site")

App = Callable[[Message, Context], Message]


def answer(
    task: Task, clock: Callable[[], datetime], installed_app: Callable[[], App], program: str = CLIENTAPP
) -> Message:
    """The answer to a message: the installed app's, checked and recorded, or a number.

    Args:
        task: message, context, run and bundle.
        clock: the time, with its zone; passed in for tests.
        installed_app: imports the ClientApp; not called before the study is admitted.
        program: the name under which Flower asked; every other than the one for studies is refused.
    """
    site: SiteFolder | None = None
    study: Study | None = None
    now = clock()
    try:
        site = SiteFolder.open(_site_folder(task.context))
        if program != CLIENTAPP:
            raise CommandRefusedError(f"The coordinator asked this site to run `{program}`.", "Report it.")
        try:
            study = admit_bundle(site, task.bundle.content, task.bundle.hash_str, task.run.override_config, now)
        except NotApprovedError:
            file_study(site, task.bundle.content, task.bundle.hash_str, now)
            raise
        _check_kind(task.message)
        if task.message.metadata.message_type != IDENTIFY:
            config = task.message.content.config_records.get("config", ConfigRecord())
            check_asked_for(study, config.get("study"))
            check_may_begin(site, answer_entry(task.message, study, now), now, study.federation.round_timeout)
        reply = installed_app()(task.message, task.context)
        check_reply(reply, task.message, study, site.config.name)
        check_approval(site, study)  # anew: it may have been withdrawn while the answer was made
        EgressRecord(site).append(reply, task.message, study, clock())
    except Exception as problem:  # noqa: BLE001 (nothing but a code may leave)
        return _refusal(problem, task, clock(), site, study)
    return reply


def _check_kind(message: Message) -> None:
    kind = message.metadata.message_type
    if kind not in ANSWERED:
        raise CommandRefusedError(
            f"The coordinator sent a message of the kind {kind[:64]!r}.", "Sites do not answer it."
        )


def _refusal(problem: Exception, task: Task, now: datetime, site: SiteFolder | None, study: Study | None) -> Message:
    reply = Message(Error(code=logged_code(log, problem), reason=""), reply_to=task.message)
    if site is not None:
        try:
            EgressRecord(site).append(reply, task.message, study, now)
        except Exception as unrecorded:  # noqa: BLE001
            # A number says less than silence costs: the coordinator would wait for the round's time limit.
            log.error("not recorded: %s", printable(str(unrecorded)))
    return reply


def _site_folder(context: Context) -> Path:
    folder = context.node_config.get(FOLDER_KEY)
    if not isinstance(folder, str) or not folder:
        raise InputError("The site's folder is not known.", "Start the node with the script of `cloister site accept`.")
    return Path(folder)


def _installed_app() -> App:
    from cloister.client.app import app

    return app


def main(arguments: Sequence[str] | None = None) -> None:
    """Answer one message, as the program of the given name."""
    site_log.set_up_as_told()
    parser = argparse.ArgumentParser(description="Answer one message of Flower's, for a site of Cloister's.")
    parser.add_argument("name", help="The program that Flower asked for.")
    parser.add_argument("--runtime-api-address", required=True)
    add_args_flwr_app_common(parser)
    options = parser.parse_args(arguments)
    token = try_obtain_flwr_app_token(options)
    client = connect(options.runtime_api_address, options.insecure, options.root_certificates, token)
    if options.parent_pid is not None:
        start_parent_process_monitor(options.parent_pid)
    try:
        serve(client, options.name)
    except KeyboardInterrupt:
        log.error("stopped: Flower no longer wants this answer")
        sys.exit(1)
    finally:
        client.close()


def connect(address: str, insecure: bool, root_certificates: str | None, token: str | None = None) -> RuntimeHttpClient:
    """Flower's client of a SuperNode's Runtime API.

    Args:
        address: host and port.
        insecure: without TLS.
        root_certificates: path of the authority, with TLS.
        token: of the task to work for; such a client tries again what fails. Without one, it can ask for a task.
    """
    certificates = validate_and_resolve_root_certificates(root_certificates, insecure)
    version = RuntimeVersionHttpInterceptor(component_name=CLIENTAPP)
    if token is None:
        return RuntimeHttpClient.from_server_address(address, insecure, certificates, [version, *task_secret()])
    ours, retry = RuntimeTokenHttpInterceptor(token), make_simple_http_retry_invoker()
    return RuntimeHttpClient.from_server_address(address, insecure, certificates, [version, ours], retry_invoker=retry)


def serve(client: RuntimeHttpClient, name: str) -> None:
    """Pull one message, answer it, push the answer; a program of another name refuses it.

    Without an answer the task is not ended but expires: only then does Flower tell the coordinator, which asks again.
    """
    done = threading.Event()
    heartbeat = HeartbeatSender(_heartbeat(client, done))
    heartbeat.start()
    try:
        task = pull_task(client)
        with _seen_at_work(task.context):
            began = time.monotonic()
            reply = answer(task, functools.partial(datetime.now, UTC), _installed_app, name)
            log.info("%s took %.2f s", printable(task.message.metadata.message_type[:64]), time.monotonic() - began)
            push_message(client, reply, task.context)
        # Context is not handed back: nothing is carried from one message to the next by way of Flower.
        push_task_output(client=client, context=None, sub_status=SubStatus.COMPLETED, details="")
    finally:
        done.set()
        if heartbeat.is_running:
            heartbeat.stop()


@contextmanager
def _seen_at_work(context: Context) -> Iterator[None]:
    """Keep `cloister site run` from ending the node meanwhile. Where that fails, the answer itself says why."""
    with ExitStack() as stack:
        with suppress(CloisterError, OSError):
            stack.enter_context(working(_site_folder(context)))
        yield


def _heartbeat(client: RuntimeHttpClient, done: threading.Event) -> Callable[[], bool]:
    """Tell Flower that the task lives. Where it is no longer wanted, the work is interrupted."""
    import httpx

    def beat() -> bool:
        try:
            wanted = client.SendTaskHeartbeat(SendTaskHeartbeatRequest()).success
        except httpx.HTTPError:
            return False
        if not wanted and not done.is_set():
            signal.raise_signal(signal.SIGINT)
        return True

    return beat


if __name__ == "__main__":
    main()
