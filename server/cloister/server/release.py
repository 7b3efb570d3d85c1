"""Releasing a model: the gates, and the signed folder or zip file that shows to anybody what it is.

    evidence.dsse.json           the coordinator's signature: the digests of all other files, and the evidence
    coordinator.json             who signed; its fingerprint is what people compare
    study.json signed-study.json the study, and with its roster as the coordinator signed it for the sites
    statements/<site>.json       what each site's ledger says, signed by the site; with the hashes of its approval
                                 and of what left
    model/model.safetensors      the model, adapters merged in
    model/adapter.safetensors    the adapter by itself, where one was trained
    MODEL_CARD.md                for people
    sbom.cdx.json                the software at the coordinator

`release_verification.py` reads it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from cloister.server import release_files
from cloister.server.dsse import seal
from cloister.server.evidence import PAYLOAD_TYPE, Evidence, Judged, Measured, Round, in_toto, transcript_of
from cloister.server.gates import Gate, judge
from cloister.server.model_card import model_card
from cloister.server.sbom import bill_of_materials
from cloister.study.canonical import canonical_json
from cloister.study.errors import EvidenceError, InputError, OtherStudyError, ReleaseRefusedError
from cloister.study.named_file import read_file
from cloister.study.privacy_statement import PrivacyStatement
from cloister.study.signed_study import SIGNED_STUDY_FILE, SignedStudy

if TYPE_CHECKING:
    from cloister.server.coordinator_folder import CoordinatorFolder
    from cloister.server.server_folder import ServerFolder
    from cloister.strategies.server_state import ServerState
    from cloister.study.schema import Study

ENVELOPE_FILE = "evidence.dsse.json"
COORDINATOR_FILE = "coordinator.json"
STUDY_FILE = "study.json"
STATEMENTS = "statements/"
CARD_FILE = "MODEL_CARD.md"
SBOM_FILE = "sbom.cdx.json"


@dataclass(frozen=True)
class Released:
    """A release that was written."""

    study: Study
    evidence: Evidence
    gates: tuple[Gate, ...]


def release(
    server: ServerFolder, coordinator: CoordinatorFolder, statements: Iterable[bytes], output: Path, now: datetime
) -> Released:
    """Judge the newest model of a run and write its release.

    Args:
        server: holds the key that signs.
        coordinator: the run: the folder that `cloister server submit` made.
        statements: what the sites wrote with `cloister site statement`.
        output: a new folder, or a new file that ends in `.zip`.
        now: the time, with its zone.

    Raises:
        ReleaseRefusedError: a gate did not let it pass; all that did not are named. Nothing is written.
        RunningElsewhereError: the run is still going on.
        EvidenceError: a statement is altered, of another study, or of a site that the roster does not name.
        OtherStudyError: the signed study is not the one in the folder.
        InputError: nothing was trained, base or held-out data are not those of the run, or `output` exists.
    """
    study, identity = coordinator.study, server.identity
    signed_study = read_file(coordinator.folder / SIGNED_STUDY_FILE, "Name the folder that `server submit` made.")
    signed, same = SignedStudy.open(signed_study, identity.public_key)
    if same.sha256 != study.sha256:
        raise OtherStudyError("The signed study is not the one in the folder.", "Submit the study again.")
    checked = check_statements(statements, signed)
    by_site = {site: opened for site, (opened, _) in checked.items()}
    with coordinator.locked():
        state = coordinator.latest()
        if state is None:
            raise InputError(f"{coordinator.folder}: no round was run.", "Run the study first.")
        evidence, weights = _examined(coordinator, state, now)
    gates = judge(study, evidence, by_site)
    failed = [gate for gate in gates if not gate.passed]
    if failed:
        raise ReleaseRefusedError(
            "Not released:\n" + "\n".join(f"  {gate.name}: {gate.detail}" for gate in failed),
            "Statements come from `cloister site statement`; a model that does not pass is not released.",
        )
    files = {
        **weights,
        COORDINATOR_FILE: canonical_json(identity.model_dump(mode="json")) + b"\n",
        STUDY_FILE: study.canonical.encode() + b"\n",
        SIGNED_STUDY_FILE: signed_study,
        CARD_FILE: model_card(study, evidence, by_site, gates).encode(),
        SBOM_FILE: json.dumps(bill_of_materials(metadata.distributions(), now), indent=1).encode() + b"\n",
        **{f"{STATEMENTS}{site}.json": content for site, (_, content) in checked.items()},
    }
    release_files.write(output, {**files, ENVELOPE_FILE: _envelope(server, evidence, files)})
    return Released(study, evidence, gates)


def check_statements(contents: Iterable[bytes], signed: SignedStudy) -> dict[str, tuple[PrivacyStatement, bytes]]:
    """Site -> its statement, opened and as it is, each signed by the identity that the roster names.

    Raises:
        EvidenceError: one is altered, of another study or site, or there are two of one site.
    """
    found: dict[str, tuple[PrivacyStatement, bytes]] = {}
    for content in contents:
        site = PrivacyStatement.open(content).site
        identity = signed.roster.get(site)
        remedy = "Have the site make it again with `cloister site statement`."
        if identity is None:
            raise EvidenceError(f"The statement of {site}: the study's roster does not name that site.", remedy)
        opened = PrivacyStatement.open(content, identity, f"the statement of {site}")
        if opened.study_sha256 != signed.study_sha256:
            raise EvidenceError(f"The statement of {site} is about another study.", remedy)
        if site in found:
            raise EvidenceError(f"There are two statements of {site}.", "Give the newer one only.")
        found[site] = opened, content
    return found


def _examined(coordinator: CoordinatorFolder, state: ServerState, now: datetime) -> tuple[Evidence, dict[str, bytes]]:
    """Base and model on the same held-out patients, and the files of the model's weights."""
    from cloister.privacy.computing_device import computing_on, visible_device
    from cloister.server.evaluation import evaluate
    from cloister.server.released_weights import weight_files
    from cloister.tasks.catalogue import task_of
    from cloister.tasks.parameters import load_trainable
    from cloister.tasks.reading import read_examples

    study, task = coordinator.study, task_of(coordinator.study)
    heldout = coordinator.verified_heldout()
    if not heldout:
        raise InputError(f"{coordinator.folder}: no held-out data.", "Submit the study again with --heldout.")
    inputs = coordinator.inputs(heldout)
    coordinator.check_inputs(state, inputs)
    examples = read_examples(study, heldout, coordinator.base)
    model = task.build_model(coordinator.base, study.seeds.model)
    with computing_on(visible_device(), model):
        base = evaluate(task, model, examples, study)
    load_trainable(model, state.model)
    with computing_on(visible_device(), model):
        trained = evaluate(task, model, examples, study)
    rounds = tuple(Round.of(record) for record in state.history)
    evidence = Evidence(
        released=now,
        cloister_version=metadata.version("cloister"),
        study_sha256=study.sha256,
        run=state.run_id,
        base_sha256=inputs.base_sha256,
        rounds=rounds,
        transcript=transcript_of(rounds),
        stopped=state.stopped,
        heldout_patients=len(examples.patients),
        heldout_examples=len(examples),
        base=Judged.of(base),
        model=Judged.of(trained),
        gain=Measured.of(trained.difference(base, study.evaluation.metric, study.evaluation.confidence)),
    )
    header = {"study_sha256": study.sha256, "run": state.run_id, "rounds": str(state.round)}
    return evidence, weight_files(model, state.model, adapter=study.task.adapter is not None, header=header)


def _envelope(server: ServerFolder, evidence: Evidence, files: Mapping[str, bytes]) -> bytes:
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    return seal(in_toto(evidence, digests), PAYLOAD_TYPE, server.signing_key)
