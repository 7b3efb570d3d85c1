"""A release can be checked by anybody with the coordinator's fingerprint, and by nobody after a change."""

import base64
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from safetensors.numpy import load
from tests.made_up_table import made_up_table
from typer.testing import CliRunner

from cloister.client.cli import app as site_app
from cloister.deid.declared import write_declared_dataset
from cloister.privacy.plan import PrivatePlan
from cloister.server.cli import app as server_app
from cloister.server.coordinator_folder import CoordinatorFolder
from cloister.server.model_card import model_card
from cloister.server.release import CARD_FILE, ENVELOPE_FILE, SBOM_FILE, release
from cloister.server.release_files import write as write_files
from cloister.server.release_verification import verify
from cloister.server.server_setup import HELDOUT_KEY
from cloister.simulation.process_engine import run_in_process
from cloister.study.errors import (
    CloisterError,
    EvidenceError,
    InputError,
    MissingFileError,
    ReleaseRefusedError,
    RunningElsewhereError,
)
from cloister.study.keys import SiteKey
from cloister.study.privacy_statement import PrivacyStatement
from cloister.study.schema import Study

Write = Callable[[Mapping[str, bytes]], Path]
Trained = Any
STRANGER = Ed25519PrivateKey.from_private_bytes(bytes(32))
MODEL = "model/model.safetensors"
NORTH = "statements/north.json"


def run(app: object, *arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])  # type: ignore[arg-type]


def said(result: Result) -> str:
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def altered(statement: PrivacyStatement, **values: object) -> PrivacyStatement:
    return PrivacyStatement.model_validate({**statement.model_dump(), **values})


@pytest.fixture(scope="module")
def zipped(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    path = tmp_path_factory.mktemp("zipped") / "release.zip"
    write_files(path, trained.files)
    return path, path.read_bytes()


# What is in it.


def test_from_the_sites_statements_to_a_verified_release(trained: Trained, tmp_path: Path) -> None:
    """The commands, as three people type them."""
    told = []
    for name, site in trained.sites.items():
        told += ["--statements", tmp_path / f"{name}.json"]
        arguments = (trained.coordinator.study.sha256[:10], "--site", site.folder, "--output", told[-1])
        assert "epsilon" in said(run(site_app, "statement", *arguments))
    for name in ("model.zip", "model"):
        output = tmp_path / name
        made = said(run(server_app, "release", trained.run, *told, "--output", output))
        assert "passed: privacy of south" in made
        shown = said(run(server_app, "verify", output, "--fingerprint", trained.fingerprint))
        assert "holds: better than base" in shown
        found = json.loads(said(run(server_app, "verify", output, "--fingerprint", trained.fingerprint, "--json")))
        assert found["valid"] is True
        assert found["epsilon"].keys() == {"north", "south"}


def test_the_zip_file_holds_the_same_bytes_whenever_it_is_written(zipped: tuple[Path, bytes], trained: Trained) -> None:
    path, content = zipped
    write_files(path.with_name("again.zip"), trained.files)
    assert path.with_name("again.zip").read_bytes() == content
    assert verify(path, trained.fingerprint).files == len(trained.files)


def test_an_auditor_can_verify_it_without_cloister(trained: Trained) -> None:
    """An oracle from the specifications of DSSE and in-toto: it shares no code with the product."""
    envelope = json.loads(trained.files["evidence.dsse.json"])
    kind, body = envelope["payloadType"].encode(), base64.b64decode(envelope["payload"])
    message = b"DSSEv1 " + b" ".join([str(len(kind)).encode(), kind, str(len(body)).encode(), body])
    key = bytes.fromhex(json.loads(trained.files["coordinator.json"])["public_key"])
    Ed25519PublicKey.from_public_bytes(key).verify(base64.b64decode(envelope["signatures"][0]["sig"]), message)
    statement = json.loads(body)
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    digests = {found["name"]: found["digest"]["sha256"] for found in statement["subject"]}
    others = {name: content for name, content in trained.files.items() if name != "evidence.dsse.json"}
    assert digests == {name: hashlib.sha256(content).hexdigest() for name, content in others.items()}


def test_the_model_is_the_run_s_last_one(trained: Trained) -> None:
    state = trained.coordinator.latest()
    weights = load(trained.files[MODEL])
    assert weights.keys() == state.model.keys()
    assert all((weights[name] == value).all() for name, value in state.model.items())


def test_the_card_says_what_the_sites_and_the_evaluation_said(trained: Trained) -> None:
    card = trained.files[CARD_FILE].decode()
    evidence, _ = trained.envelope()
    assert f"{evidence.gain.value:.4f} ({evidence.gain.low:.4f} to {evidence.gain.high:.4f})" in card
    for site, statement in trained.statements.items():
        assert f"| {site} | {statement.epsilon:.3f} | 1e-05 | 3 |" in card
    assert "## Limits" in card
    assert "saw every site's update" in card
    assert "Trust model: **local**. Epsilon rests on each site's own noise" in card
    assert f"Accounted: epsilon {PrivatePlan.of_study(trained.coordinator.study).epsilon():.3f} at delta" in card


def test_the_card_of_a_study_with_distributed_trust_says_whose_noise_it_was(trained: Trained) -> None:
    document = trained.coordinator.study.model_dump(mode="json")
    document["federation"] |= {"sites": ["a", "b", "c", "d"], "identities": None, "secure_aggregation": True}
    document["federation"] |= {"minimum_sites": 4}
    document["training"] |= {"steps_per_round": 1}
    document["privacy"] |= {"trust": "distributed", "noise_multiplier": 3.0, "target_epsilon": None}
    card = model_card(Study.model_validate(document), trained.envelope()[0], {}, ())
    assert "the noise of 4 sites together (noise multiplier 3.000; 1.500 each)" in card
    assert "against the coordinator alone" in card
    assert "one site's share of the noise by itself: epsilon" in card


def test_the_bill_of_materials_names_what_is_installed(trained: Trained) -> None:
    from importlib import metadata

    bill = json.loads(trained.files[SBOM_FILE])
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    parts = {part["name"]: part for part in bill["components"]}
    torch = parts["torch"]
    assert torch["version"] == metadata.version("torch")
    record = metadata.distribution("torch").read_text("RECORD")
    assert record is not None
    assert torch["hashes"] == [{"alg": "SHA-256", "content": hashlib.sha256(record.encode()).hexdigest()}]
    assert len({part["bom-ref"] for part in bill["components"]}) == len(bill["components"])


def test_no_patient_and_no_person_is_in_it(trained: Trained) -> None:
    for name, content in trained.files.items():
        assert b"patient-1" not in content, name
        assert b"the tests" not in content, name


# Changes to what was written.


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=some.data())
def test_no_bit_of_any_file_can_change(trained: Trained, tmp_path: Path, data: some.DataObject) -> None:
    name = data.draw(some.sampled_from(sorted(trained.files)))
    content = bytearray(trained.files[name])
    content[data.draw(some.integers(0, len(content) - 1))] ^= 1 << data.draw(some.integers(0, 7))
    folder = tmp_path / "release"
    if not folder.exists():
        write_files(folder, trained.files)
    (folder / name).write_bytes(content)
    try:
        with pytest.raises(EvidenceError):
            verify(folder, trained.fingerprint)
    finally:
        (folder / name).write_bytes(trained.files[name])


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=some.data())
def test_no_bit_of_the_zip_file_can_change(
    trained: Trained, zipped: tuple[Path, bytes], tmp_path: Path, data: some.DataObject
) -> None:
    content = bytearray(zipped[1])
    content[data.draw(some.integers(0, len(content) - 1))] ^= 1 << data.draw(some.integers(0, 7))
    (tmp_path / "flipped.zip").write_bytes(content)
    with pytest.raises(EvidenceError):
        verify(tmp_path / "flipped.zip", trained.fingerprint)


@pytest.mark.heavy
def test_every_byte_of_the_zip_file_s_own_structure_counts(
    trained: Trained, zipped: tuple[Path, bytes], tmp_path: Path
) -> None:
    """The directory at its end, and the first header: all of them, not a sample."""
    content, path = zipped[1], tmp_path / "flipped.zip"
    for place in [*range(60), *range(content.index(b"PK\x01\x02"), len(content))]:
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        with pytest.raises(EvidenceError):
            verify(path, trained.fingerprint)


@pytest.mark.parametrize("change", ["cut", "longer", "before", "comment"])
def test_nothing_can_be_around_the_zip_file(
    trained: Trained, zipped: tuple[Path, bytes], tmp_path: Path, change: str
) -> None:
    content, path = zipped[1], tmp_path / "changed.zip"
    comment = content[:-2] + b"\x02\x00hi"
    path.write_bytes(
        {"cut": content[:-1], "longer": content + b"x", "before": b"x" + content, "comment": comment}[change]
    )
    with pytest.raises(EvidenceError):
        verify(path, trained.fingerprint)


def test_no_file_can_be_missing(trained: Trained, written: Write) -> None:
    folder = written(trained.files)
    for name, content in trained.files.items():
        (folder / name).unlink()
        with pytest.raises(EvidenceError):
            verify(folder, trained.fingerprint)
        (folder / name).write_bytes(content)
    verify(folder, trained.fingerprint)


@pytest.mark.parametrize("name", ["note.txt", "statements/east.json", "model/model.bin", ".hidden", "a b", "-x"])
def test_no_file_can_be_added(trained: Trained, written: Write, name: str) -> None:
    with pytest.raises(EvidenceError):
        verify(written({**trained.files, name: b"{}"}), trained.fingerprint)


def test_links_pipes_and_empty_folders_are_refused(trained: Trained, written: Write, tmp_path: Path) -> None:
    folder = written(trained.files)
    (folder / "empty").mkdir()
    with pytest.raises(EvidenceError, match="empty"):
        verify(folder, trained.fingerprint)
    (folder / "empty").rmdir()
    (folder / MODEL).rename(tmp_path / "model")
    (folder / MODEL).symlink_to(tmp_path / "model")
    with pytest.raises(EvidenceError, match="link"):
        verify(folder, trained.fingerprint)
    (folder / MODEL).unlink()
    os.mkfifo(folder / MODEL)
    with pytest.raises(EvidenceError, match="link"):
        verify(folder, trained.fingerprint)


def test_a_folder_that_no_server_made_is_not_released(tmp_path: Path) -> None:
    for folder in ("/", "/tmp", tmp_path):  # noqa: S108
        result = run(server_app, "release", folder, "--output", tmp_path / "o.zip")
        assert isinstance(result.exception, MissingFileError)
        assert "no such server" in result.exception.message


def test_a_path_that_is_no_release_is_told_by_name(tmp_path: Path, trained: Trained) -> None:
    with pytest.raises(MissingFileError):
        verify(tmp_path / "nothing", trained.fingerprint)
    (tmp_path / "text").write_text("text")
    with pytest.raises(EvidenceError, match="zip"):
        verify(tmp_path / "text", trained.fingerprint)


# Other signers.


def test_another_coordinator_s_fingerprint_does_not_fit(trained: Trained, written: Write) -> None:
    words = trained.fingerprint.split()
    with pytest.raises(EvidenceError, match="fingerprint"):
        verify(written(trained.files), " ".join(reversed(words)))


def test_another_key_cannot_sign_in_the_coordinator_s_name(trained: Trained, written: Write) -> None:
    with pytest.raises(EvidenceError, match="not signed"):
        verify(written(trained.sealed_again(key=STRANGER)), trained.fingerprint)
    identity = json.loads(trained.files["coordinator.json"])
    identity["public_key"] = STRANGER.public_key().public_bytes_raw().hex()
    own = trained.sealed_again({"coordinator.json": json.dumps(identity).encode()}, key=STRANGER)
    with pytest.raises(EvidenceError, match="fingerprint"):
        verify(written(own), trained.fingerprint)


# What the coordinator itself cannot do, although it can sign anything.


def test_what_is_sealed_again_unchanged_holds(trained: Trained, written: Write) -> None:
    assert verify(written(trained.sealed_again()), trained.fingerprint).evidence == trained.envelope()[0]


def test_the_coordinator_cannot_write_a_site_s_statement(trained: Trained, written: Write) -> None:
    less = altered(trained.statements["north"], epsilon=0.01)
    forged = trained.sealed_again({NORTH: less.sign(trained.server.signing_key)})
    with pytest.raises(EvidenceError, match="another key"):
        verify(written(forged), trained.fingerprint)


def test_nor_put_one_site_s_statement_in_another_s_place(trained: Trained, written: Write) -> None:
    with pytest.raises(EvidenceError, match=r"two statements|another site's name"):
        verify(written(trained.sealed_again({NORTH: trained.files["statements/south.json"]})), trained.fingerprint)


def test_nor_leave_one_out(trained: Trained, written: Write) -> None:
    with pytest.raises(EvidenceError, match="there is no statement"):
        verify(written(trained.sealed_again({NORTH: None})), trained.fingerprint)


def test_nor_hide_a_site_from_the_transcript(trained: Trained, written: Write) -> None:
    evidence, _ = trained.envelope()
    without = tuple(record.model_copy(update={"replied": ("south",)}) for record in evidence.rounds)
    hidden = trained.sealed_again({NORTH: None}, evidence.model_copy(update={"rounds": without}))
    with pytest.raises(EvidenceError, match="transcript"):
        verify(written(hidden), trained.fingerprint)


def test_nor_pass_a_gate_by_leaving_it_out(trained: Trained, written: Write) -> None:
    evidence, _ = trained.envelope()
    worse = evidence.gain.model_copy(update={"low": -0.01})
    with pytest.raises(EvidenceError, match="better than base"):
        verify(written(trained.sealed_again(evidence=evidence.model_copy(update={"gain": worse}))), trained.fingerprint)


def test_nor_tell_people_something_else_than_the_evidence(trained: Trained, written: Write) -> None:
    card = trained.files[CARD_FILE].replace(b"For research.", b"For patients.")
    assert card != trained.files[CARD_FILE]
    with pytest.raises(EvidenceError, match="does not say what the evidence says"):
        verify(written(trained.sealed_again({CARD_FILE: card})), trained.fingerprint)


def test_a_card_that_another_version_wrote_is_said_to_be_unchecked(trained: Trained, written: Write) -> None:
    """Its words may differ honestly; so they are not vouched for."""
    path = written(trained.files)
    assert verify(path, trained.fingerprint).card_checked
    assert "NOT checked" not in said(run(server_app, "verify", path, "--fingerprint", trained.fingerprint))
    other = trained.envelope()[0].model_copy(update={"cloister_version": "0.0.9"})
    path = written(trained.sealed_again({CARD_FILE: b"# Cures everything\n"}, other))
    assert not verify(path, trained.fingerprint).card_checked
    shown = said(run(server_app, "verify", path, "--fingerprint", trained.fingerprint))
    assert "NOT checked: MODEL_CARD.md, the work of Cloister 0.0.9" in shown
    as_json = said(run(server_app, "verify", path, "--fingerprint", trained.fingerprint, "--json"))
    assert json.loads(as_json)["card_checked"] is False


def test_nor_add_a_file_that_no_release_has(trained: Trained, written: Write) -> None:
    with pytest.raises(EvidenceError, match="does not belong"):
        verify(written(trained.sealed_again({"model/loader.py": b"import os"})), trained.fingerprint)


# What a site cannot do, although it signs its own statement; and what is not released.


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"epsilon": 0.5}, "does not follow"),
        ({"epsilon": 50.0}, "more than that was spent"),
        ({"delta": 1e-3}, "delta is above"),
        ({"seeded_rounds": 1}, "came from a seed"),
        ({"trust": "distributed"}, "trust model is 'distributed'"),
        ({"rounds": {"0" * 32: 3}}, "accounts for 0 rounds"),
        ({"study_sha256": "0" * 64}, "about another study"),
        ({"site": "south"}, "another key"),
        ({"site": "east"}, "does not name"),
    ],
)
def test_a_statement_that_does_not_hold_stops_the_release(
    trained: Trained, tmp_path: Path, values: dict[str, object], why: str
) -> None:
    north = altered(trained.statements["north"], **values).sign(trained.sites["north"].key.identity)
    south = trained.files["statements/south.json"]
    with pytest.raises(CloisterError, match=why) as refused:
        release(trained.server, trained.coordinator, [north, south], tmp_path / "out", trained.envelope()[0].released)
    assert isinstance(refused.value, ReleaseRefusedError | EvidenceError)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_statement_stops_the_release_and_nothing_is_written(trained: Trained, tmp_path: Path) -> None:
    south = trained.files["statements/south.json"]
    with pytest.raises(ReleaseRefusedError, match="privacy of north"):
        release(trained.server, trained.coordinator, [south], tmp_path / "out.zip", trained.envelope()[0].released)
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_goes_on_or_has_not_begun_is_not_released(trained: Trained, tmp_path: Path) -> None:
    now, statements = trained.envelope()[0].released, trained.signed_statements()
    with trained.coordinator.locked(), pytest.raises(RunningElsewhereError):
        release(trained.server, trained.coordinator, statements, tmp_path / "out", now)
    shutil.copytree(trained.run, tmp_path / "run")
    shutil.rmtree(tmp_path / "run" / "checkpoints")
    with pytest.raises(InputError, match="no round"):
        release(trained.server, CoordinatorFolder.open(tmp_path / "run"), statements, tmp_path / "out", now)


def with_another(trained: Trained, input_: str, folder: Path) -> CoordinatorFolder:
    """The run's folder elsewhere, submitted again after the run with something else than it began with."""
    shutil.copytree(trained.run, folder / "run")
    given = folder / input_
    if input_ == "base":
        given.mkdir()
        (given / "tokenizer.json").write_text("{}")
    else:
        key = SiteKey.read(trained.server.folder / HELDOUT_KEY)
        write_declared_dataset(
            given, "table", made_up_table(3), site_key=key, collection="heldout", statement="made up"
        )
    configured = folder / "run" / "coordinator.toml"
    kept = [line for line in configured.read_text().splitlines() if not line.startswith(input_)]
    value = f'"{given}"' if input_ == "base" else f'["{given}"]'
    configured.write_text("\n".join([*kept, f"{input_} = {value}", ""]))
    return CoordinatorFolder.open(folder / "run")


@pytest.mark.parametrize("input_", ["base", "heldout"])
def test_base_and_held_out_data_are_those_that_the_run_began_with(
    trained: Trained, tmp_path: Path, input_: str
) -> None:
    """Else the evidence would name, and the gates compare with, what the model never saw in its rounds."""
    coordinator, now = with_another(trained, input_, tmp_path), trained.envelope()[0].released
    with pytest.raises(InputError, match="the run began with") as refused:
        release(trained.server, coordinator, trained.signed_statements(), tmp_path / "out", now)
    assert "base" in refused.value.message if input_ == "base" else "held-out" in refused.value.message
    assert not (tmp_path / "out").exists()
    with pytest.raises(InputError, match="the run began with"):
        run_in_process(coordinator.folder, {name: site.folder for name, site in trained.sites.items()})


def test_an_unfinished_run_is_not_released(trained: Trained, tmp_path: Path) -> None:
    from dataclasses import replace

    shutil.copytree(trained.run, tmp_path / "run")
    coordinator = CoordinatorFolder.open(tmp_path / "run")
    state = coordinator.latest()
    assert state is not None
    shutil.rmtree(tmp_path / "run" / "checkpoints")
    coordinator.save(replace(state, round=2, history=state.history[:3]))
    with pytest.raises(ReleaseRefusedError, match="complete: 2 of 3 rounds"):
        release(
            trained.server,
            coordinator,
            trained.signed_statements(),
            tmp_path / "out",
            trained.envelope()[0].released,
        )


def test_an_existing_release_is_never_overwritten(trained: Trained, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(InputError, match="exists already"):
        write_files(tmp_path / "out", trained.files)
    assert ENVELOPE_FILE in trained.files
