"""The site's Flower ClientApp: `cloister.client.app:app`.

It finds the site's folder in the node's configuration (`site-folder`) or, under Flower's own simulation, which
numbers its nodes, as `<CLOISTER_SITES>/<n-th name in alphabetical order>`.

Every request may come twice: the same request gets the same reply, and costs nothing again. Who has to train waits for
a place (`training_queue.py`). Whatever goes wrong, the coordinator gets a number (promise 7); the text stays in the
site's own log.
"""

from __future__ import annotations

import functools
import logging
import os
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from flwr.app import Array, ArrayRecord, ConfigRecord, Context, Error, Message, RecordDict
from flwr.clientapp import ClientApp

from cloister.client.egress_record import answer_entry
from cloister.client.guard import admit_data, admit_study
from cloister.client.logged_code import logged_code
from cloister.client.node_config import FOLDER_KEY
from cloister.client.participation import Participation
from cloister.client.run_name import is_number, is_run_id, run_of_study
from cloister.client.sealed_replies import SealedReplies
from cloister.client.secure_aggregation import Request, SecureAggregation
from cloister.client.site_folder import SiteFolder
from cloister.client.training_queue import place_to_train, places_of
from cloister.client.work_gate import check_may_begin
from cloister.privacy.secure_aggregation import wire
from cloister.privacy.secure_aggregation.fixed_point import Words
from cloister.privacy.secure_aggregation.wire import MASKED, SECURE
from cloister.study.arrays import parts_to_record, to_record
from cloister.study.compression.encoding import Parts
from cloister.study.errors import InputError, StudyError
from cloister.study.identity_proof import CHALLENGE_KEY, PROOF_KEY, is_challenge, prove
from cloister.study.protocol import check_protocol
from cloister.study.schema import Study

SITES_VARIABLE = "CLOISTER_SITES"

app = ClientApp()
log = logging.getLogger("cloister.site")


@app.query("identify")
def identify(message: Message, context: Context) -> Message:
    """Answer with this site's public name and, if asked to, the proof that it is this site's."""
    try:
        site, answer = _open_site(context), ConfigRecord()
        answer["site"] = site.config.name
        challenge = (message.content.config_records.get("config") or ConfigRecord()).get(CHALLENGE_KEY)
        if isinstance(challenge, str) and is_challenge(challenge):
            answer[PROOF_KEY] = prove(site.key.identity, site.config.name, context.node_id, challenge)
        return Message(RecordDict({"config": answer}), reply_to=message)
    except Exception as problem:  # noqa: BLE001 (nothing but a code may leave)
        return _refusal(problem, message)


@app.train()
def train(message: Message, context: Context) -> Message:
    """Take part in one round: admit, reserve, train, check, send the difference. Asked again, send the same again."""
    arrived = time.monotonic()
    try:
        site, study = _open_site(context), _study(message)
        admit_study(site, study)
        replies = _replies(site, study, message)
        with replies.locked():
            replies.check_not_past()
            replies.forget_past()
            SecureAggregation.forget_past(site, run_of_study(study, _round(message, study)[0]))
            place = functools.partial(_place, site, study, message, arrived + study.federation.round_timeout)
            return Message(_trained(site, study, replies, message.content, place), reply_to=message)
    except Exception as problem:  # noqa: BLE001 (nothing but a code may leave)
        return _refusal(problem, message)


def _place(site: SiteFolder, study: Study, message: Message, until: float) -> AbstractContextManager[int]:
    """A place to train, waited for if there is none free; GPUs are looked at only now."""
    check = functools.partial(_check_may_begin, site, study, message)
    check()
    return place_to_train(site.folder, study.sha256, places_of(site.config.run), until, check)


def _check_may_begin(site: SiteFolder, study: Study, message: Message) -> None:
    now = datetime.now(UTC)
    check_may_begin(site, answer_entry(message, study, now), now, study.federation.round_timeout, trains=True)


def _trained(
    site: SiteFolder,
    study: Study,
    replies: SealedReplies,
    request: RecordDict,
    place: Callable[[], AbstractContextManager[int]],
) -> RecordDict:
    """The reply that was kept for this very request; without one, that of a round of training, kept from now on."""
    participation, asked = Participation(site), request.object_id
    secure = SecureAggregation(site, study) if study.federation.is_secure else None
    kept = replies.find(asked)
    if kept is not None and (secure is None or secure.has_masked(_secure_request(request))):
        participation.settle_open(request)
        return kept

    sealed: list[RecordDict] = []

    def seal(reply: RecordDict) -> None:
        replies.keep(asked, reply)
        sealed.append(reply)

    def seal_masked(vector: Words, beside: wire.Wire) -> None:
        masked = ArrayRecord({MASKED: Array(vector)})
        seal(RecordDict({MASKED: masked, SECURE: ConfigRecord(beside)}))  # type: ignore[arg-type]

    def seal_clear(update: Parts | Words) -> None:
        assert not isinstance(update, np.ndarray)  # noqa: S101 - words are made for masks only
        to_arrays = to_record if study.federation.compression is None else parts_to_record
        seal(RecordDict({"arrays": to_arrays(update)}))

    if secure is None:
        seal_update = seal_clear
    else:
        secure.check_maskable(_secure_request(request))
        seal_update = functools.partial(secure.mask, request=_secure_request(request), seal=seal_masked)
    with place() as number:
        # What the site's policy says now, after the wait.
        Participation(SiteFolder.open(site.folder)).train(request, seal_update, number)
    return sealed[0]


@app.query("secure_advertise")
def advertise(message: Message, context: Context) -> Message:
    """Secure aggregation: fresh keys for a round."""
    return _secure_answer(message, context, SecureAggregation.advertise, begins=True)


@app.query("secure_share")
def share(message: Message, context: Context) -> Message:
    """Secure aggregation: this site's secrets of a round, split and sealed for its peers."""
    return _secure_answer(message, context, SecureAggregation.share)


@app.query("secure_unmask")
def unmask(message: Message, context: Context) -> Message:
    """Secure aggregation: the shares that take the masks off a sum."""
    return _secure_answer(message, context, SecureAggregation.unmask)


def _secure_answer(
    message: Message,
    context: Context,
    step: Callable[[SecureAggregation, Request], wire.Wire],
    *,
    begins: bool = False,
) -> Message:
    try:
        site, study = _open_site(context), _study(message)
        admit_study(site, study)
        with _replies(site, study, message).locked():
            if begins:  # a site that drops out when it is to train has cost the others their privacy
                admit_data(site, study, datetime.now(UTC))
            answer = step(SecureAggregation(site, study), _secure_request(message.content))
        return Message(RecordDict({SECURE: ConfigRecord(answer)}), reply_to=message)  # type: ignore[arg-type]
    except Exception as problem:  # noqa: BLE001 (nothing but a code may leave)
        return _refusal(problem, message)


def _replies(site: SiteFolder, study: Study, message: Message) -> SealedReplies:
    """What is kept of the round that a message asks for; its lock holds for the secrets of that round, too."""
    run_id, number = _round(message, study)
    if study.federation.is_secure:
        SecureAggregation.check_round(_secure_request(message.content), run_id, number)
    return SealedReplies(site, run_of_study(study, run_id), number)


def _study(message: Message) -> Study:
    config = _config(message)
    check_protocol(config)
    content = config.get("study")
    if not isinstance(content, str):
        raise StudyError("The request holds no 'study'.", "Check the coordinator's version.")
    return Study.from_canonical(content)


def _round(message: Message, study: Study) -> tuple[str, int]:
    """Run and round of a request. A round that does not exist would make all before it past."""
    run_id, number = _config(message).get("run-id"), _config(message).get("server-round")
    if not is_run_id(run_id) or not is_number(number) or not 1 <= number <= study.rounds:
        raise StudyError("The request names no run, or no round of the study's.", "Check the coordinator's version.")
    return run_id, number


def _config(message: Message) -> ConfigRecord:
    return message.content.config_records.get("config", ConfigRecord())


def _secure_request(content: RecordDict) -> Request:
    return content.config_records.get(SECURE, ConfigRecord())


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
    return Message(Error(code=logged_code(log, problem), reason=""), reply_to=message)
