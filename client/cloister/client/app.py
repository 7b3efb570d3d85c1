"""The site's Flower ClientApp: `cloister.client.app:app`.

It finds the site's folder in the node's configuration (`site-folder`) or, under Flower's own simulation, which
numbers its nodes, as `<CLOISTER_SITES>/<n-th name in alphabetical order>`.

Whatever goes wrong, the coordinator gets a number (promise 7); the text stays in the site's own log.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path

from flwr.app import Array, ArrayRecord, ConfigRecord, Context, Error, Message, RecordDict
from flwr.clientapp import ClientApp

from cloister.client.guard import admit_study
from cloister.client.participation import Participation
from cloister.client.secure_aggregation import Request, SecureAggregation
from cloister.client.site_folder import SiteFolder
from cloister.privacy.secure_aggregation import wire
from cloister.privacy.secure_aggregation.wire import MASKED, SECURE
from cloister.study.arrays import to_record
from cloister.study.errors import CloisterError, InputError, StudyError, UnexpectedSiteError
from cloister.study.schema import Study

FOLDER_KEY = "site-folder"
SITES_VARIABLE = "CLOISTER_SITES"

app = ClientApp()
log = logging.getLogger("cloister.site")


@app.query("identify")
def identify(message: Message, context: Context) -> Message:
    """Answer with this site's public name."""
    try:
        name = _open_site(context).config.name
        return Message(RecordDict({"config": ConfigRecord({"site": name})}), reply_to=message)
    except Exception as problem:  # noqa: BLE001 (nothing but a code may leave)
        return _refusal(problem, message)


@app.train()
def train(message: Message, context: Context) -> Message:
    """Take part in one round: admit, reserve, train, check, send the difference."""
    try:
        site = _open_site(context)
        update = Participation(site).train(message.content)
        study = _study(message)
        name = ConfigRecord({"site": site.config.name})
        if not study.federation.is_secure:
            return Message(RecordDict({"arrays": to_record(update), "config": name}), reply_to=message)
        vector, beside = SecureAggregation(site, study).mask(update, _secure_request(message))
        masked = ArrayRecord({MASKED: Array(vector)})
        return Message(
            RecordDict({MASKED: masked, SECURE: ConfigRecord(beside), "config": name}),  # type: ignore[arg-type]
            reply_to=message,
        )
    except Exception as problem:  # noqa: BLE001 (nothing but a code may leave)
        return _refusal(problem, message)


@app.query("secure_advertise")
def advertise(message: Message, context: Context) -> Message:
    """Secure aggregation: fresh keys for a round."""
    return _secure_answer(message, context, SecureAggregation.advertise)


@app.query("secure_share")
def share(message: Message, context: Context) -> Message:
    """Secure aggregation: this site's secrets of a round, split and sealed for its peers."""
    return _secure_answer(message, context, SecureAggregation.share)


@app.query("secure_unmask")
def unmask(message: Message, context: Context) -> Message:
    """Secure aggregation: the shares that take the masks off a sum."""
    return _secure_answer(message, context, SecureAggregation.unmask)


def _secure_answer(
    message: Message, context: Context, step: Callable[[SecureAggregation, Request], wire.Wire]
) -> Message:
    try:
        site, study = _open_site(context), _study(message)
        admit_study(site, study)
        answer = step(SecureAggregation(site, study), _secure_request(message))
        return Message(RecordDict({SECURE: ConfigRecord(answer)}), reply_to=message)  # type: ignore[arg-type]
    except Exception as problem:  # noqa: BLE001 (nothing but a code may leave)
        return _refusal(problem, message)


def _study(message: Message) -> Study:
    content = message.content.config_records.get("config", ConfigRecord()).get("study")
    if not isinstance(content, str):
        raise StudyError("The request holds no 'study'.", "Check the coordinator's version.")
    return Study.from_canonical(content)


def _secure_request(message: Message) -> Request:
    return message.content.config_records.get(SECURE, ConfigRecord())


def _open_site(context: Context) -> SiteFolder:
    folder = context.node_config.get(FOLDER_KEY)
    if folder:
        return SiteFolder.open(Path(str(folder)))
    sites, partition = os.environ.get(SITES_VARIABLE), context.node_config.get("partition-id")
    if sites is None or partition is None:
        raise InputError(
            "The site's folder is not known.",
            f"Start the SuperNode with --node-config '{FOLDER_KEY}=\"/path/to/site\"'.",
        )
    return SiteFolder.open(sorted(path for path in Path(sites).iterdir() if path.is_dir())[int(partition)])


def _refusal(problem: Exception, message: Message) -> Message:
    if isinstance(problem, CloisterError):
        log.error("refused [%s]: %s", problem.code, problem)
        code = problem.wire_code
    else:
        log.exception("unexpected error")
        code = UnexpectedSiteError.wire_code
    return Message(Error(code=code, reason=""), reply_to=message)
