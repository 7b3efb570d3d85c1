"""A certified dataset folder is exactly what was certified, or it is refused."""

import base64
import hmac
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from math import inf
from pathlib import Path
from typing import Any

import pytest

from cloister.study.dataset import (
    Certificate,
    Engine,
    Table,
    build_manifest,
    verify_dataset,
    write_certified,
)
from cloister.study.errors import CertificateError, CloisterError, MissingFileError
from cloister.study.keys import SiteKey
from cloister.study.residual_risk import Audit, Rate, ResidualRisk, Survival

KEY = SiteKey(bytes(range(32)))


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    folder = tmp_path / "dataset"
    (folder / "images").mkdir(parents=True)
    (folder / "notes.parquet").write_bytes(b"rows")
    (folder / "images" / "a.dcm").write_bytes(b"pixels")
    table = Table(kind="notes", file="notes.parquet", rows=1, patients=1, columns=("patient_key", "text"))
    manifest = build_manifest(folder, "records", (table,))
    certificate = Certificate(
        collection="records",
        basis="cloister",
        engine=Engine(name="test", version="1", profile="safe-harbor"),
        created=datetime(2026, 1, 1, tzinfo=UTC),
        manifest_sha256="0" * 64,
        records_in=1,
        records_out=1,
        quarantined={},
        findings={"NAME": 2},
        known_identifiers_checked=3,
        known_identifiers_surviving=0,
    )
    write_certified(folder, manifest, certificate, KEY)
    return folder


def edit(name: str, change: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    def attack(folder: Path) -> None:
        document = json.loads((folder / name).read_text())
        change(document)
        (folder / name).write_text(json.dumps(document))

    return attack


def link_out(folder: Path) -> None:
    outside = folder.parent / "outside.parquet"
    outside.write_bytes((folder / "notes.parquet").read_bytes())
    (folder / "notes.parquet").unlink()
    (folder / "notes.parquet").symlink_to(outside)


def link_to_it(folder: Path) -> None:
    """Whoever may change where the link leads changes what is read after it was verified."""
    folder.rename(folder.with_name("elsewhere"))
    folder.symlink_to(folder.with_name("elsewhere"))


def link_to_itself(folder: Path) -> None:
    folder.rename(folder.with_name("elsewhere"))
    folder.symlink_to(folder)


def link_within_to_itself(folder: Path) -> None:
    images = folder / "images"
    images.rename(folder.parent / "elsewhere")
    images.symlink_to(images)


ATTACKS: dict[str, Callable[[Path], object]] = {
    "a changed row": lambda folder: (folder / "notes.parquet").write_bytes(b"rowz"),
    "a changed image": lambda folder: (folder / "images" / "a.dcm").write_bytes(b""),
    "a removed image": lambda folder: (folder / "images" / "a.dcm").unlink(),
    "an added image": lambda folder: (folder / "images" / "b.dcm").write_bytes(b"more"),
    "an added hidden file": lambda folder: (folder / "images" / ".b.dcm").write_bytes(b"more"),
    "a file that leads out of the folder": link_out,
    "a link in its place": link_to_it,
    "a link to itself in its place": link_to_itself,
    "a link to itself in a folder's place": link_within_to_itself,
    "another manifest": edit("manifest.json", lambda document: document.update(collection="other")),
    "fewer survivors claimed": edit("certificate.json", lambda document: document.update(known_identifiers_checked=9)),
    "another basis": edit("certificate.json", lambda document: document.update(basis="declared")),
    "no signature": edit("certificate.json", lambda document: document.update(signature=None)),
    "a signature that is not ASCII": edit(
        "certificate.json", lambda document: document.update(signature={"key_id": "", "value": "é"})
    ),
    "a score that is no number": edit("certificate.json", lambda document: document.update(thresholds={"NAME": inf})),
    "an unknown field": edit("certificate.json", lambda document: document.update(extra=1)),
    "no certificate": lambda folder: (folder / "certificate.json").unlink(),
    "half a manifest": lambda folder: (folder / "manifest.json").write_bytes(b"{"),
}


def test_an_untouched_dataset_verifies(dataset: Path) -> None:
    manifest, certificate = verify_dataset(dataset, KEY)
    assert set(manifest.files) == {"notes.parquet", "images/a.dcm"}
    assert certificate.signature is not None


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_an_altered_dataset_is_refused(dataset: Path, attack: Callable[[Path], object]) -> None:
    attack(dataset)
    with pytest.raises((CertificateError, MissingFileError)):
        verify_dataset(dataset, KEY)


def test_another_sites_key_does_not_verify(dataset: Path) -> None:
    with pytest.raises(CloisterError, match="signature is not this site's"):
        verify_dataset(dataset, SiteKey(bytes(32)))


def test_a_certificate_from_before_the_residual_risk_section_still_verifies(dataset: Path) -> None:
    """Written out as the first version wrote it, with its signature computed here."""
    path = dataset / "certificate.json"
    document = json.loads(path.read_text())
    for name in ("mode", "languages", "residual_risk", "detectors"):
        assert document.pop(name) is None
    document["signature"] = None
    message = b"cloister/v1/certificate\n" + json.dumps(document, sort_keys=True, separators=(",", ":")).encode()
    mac = hmac.digest(KEY.subkey("certificate"), message, "sha256")
    document["signature"] = {
        "algorithm": "HMAC-SHA256",
        "key_id": KEY.key_id,
        "value": base64.b64encode(mac).decode(),
    }
    path.write_text(json.dumps(document))
    _, certificate = verify_dataset(dataset, KEY)
    assert certificate.residual_risk is None


def audited(upper: float) -> ResidualRisk:
    rate = Rate(events=0, trials=600, upper=upper, interval=(0.0, upper))
    audit = Audit(
        confidence=0.95,
        audited=date(2026, 1, 2),
        notes=60,
        extensions=0,
        missed=rate,
        by_label={"NAME": rate},
        leaking_notes=rate,
        leaks_per_1000_notes=50.0,
        false_findings=3,
    )
    return ResidualRisk(survival=Survival(checked=3, surviving=0), audit=audit)


def test_an_audit_from_before_the_bound_by_note_still_verifies_and_is_bounded_by_its_leaking_notes(
    dataset: Path,
) -> None:
    """Each of 60 notes may hold nothing but misses: 0 of 60 leaking ones bound the share at 4.9 %, whatever it was."""
    manifest, certificate = verify_dataset(dataset, KEY)
    old = audited(0.005)
    assert old.audit is not None
    leaking = Rate(events=0, trials=60, upper=0.0487, interval=(0.0, 0.0596))
    old = old.model_copy(update={"audit": old.audit.model_copy(update={"leaking_notes": leaking})})
    write_certified(dataset, manifest, certificate.model_copy(update={"residual_risk": old}), KEY)
    written = json.loads((dataset / "certificate.json").read_text())
    assert "missed_per_note" not in written["residual_risk"]["audit"]
    _, read = verify_dataset(dataset, KEY)
    assert read.residual_risk is not None
    assert read.residual_risk.bound == 0.0487


@pytest.mark.parametrize(
    "attack",
    [
        lambda document: document.update(residual_risk=None),
        lambda document: document.pop("residual_risk"),
        lambda document: document["residual_risk"]["audit"]["missed"].update(upper=0.001),
        lambda document: document["residual_risk"].update(audit=None),
        lambda document: document.update(mode="tag"),
        lambda document: document.update(languages={"en": 1}),
        lambda document: document.update(created="2030-01-01T00:00:00Z"),
        lambda document: document["engine"].update(version="9.9"),
        lambda document: document["engine"].update(profile="maximal"),
        lambda document: document.update(thresholds={}),
    ],
)
def test_nothing_that_a_policy_asks_for_can_be_written_into_a_certificate(
    dataset: Path, attack: Callable[[dict[str, Any]], object]
) -> None:
    manifest, certificate = verify_dataset(dataset, KEY)
    changed = certificate.model_copy(update={"residual_risk": audited(0.3), "thresholds": {"NAME": 0.3}})
    write_certified(dataset, manifest, changed, KEY)
    verify_dataset(dataset, KEY)
    edit("certificate.json", attack)(dataset)
    with pytest.raises(CertificateError):
        verify_dataset(dataset, KEY)
