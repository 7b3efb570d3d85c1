"""`cloister deid review`: a person checks a sample of a cleaned dataset on a local page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from cloister.deid.review.decisions import DecisionLog
    from cloister.deid.review.reviewed_dataset import ReviewedDataset
    from cloister.study.dataset import Certificate
    from cloister.study.residual_risk import Audit


def review(
    dataset: Annotated[Path, typer.Argument(help="A folder that `cloister deid text` wrote.")],
    notes: Annotated[Path, typer.Option("--notes", help="The original notes that it was made from.")],
    site_key: Annotated[Path, typer.Option("--site-key", help="The site's secret that the dataset is signed with.")],
    patients: Annotated[
        Path | None, typer.Option("--patients", help="What the site's record knows of its patients, as given before.")
    ] = None,
    sample: Annotated[
        int, typer.Option("--sample", min=1, help="Notes drawn at random; the bound is computed from these.")
    ] = 50,
    uncertain: Annotated[
        int, typer.Option("--uncertain", min=0, help="Notes with doubtful findings to show besides; no bound.")
    ] = 10,
    apply: Annotated[
        bool, typer.Option("--apply", help="Write what was found into the certificate instead of opening the page.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON on standard output.")] = False,
) -> None:
    """Check a sample of a cleaned dataset beside its originals, and put the resulting bound into its certificate.

    Opens a page on 127.0.0.1 that shows original notes: use it at a workplace where these may be read. Decisions are
    kept beside the dataset, without text of any note, and a review can be stopped and gone on with at any time. With
    --apply the certificate gets the bound, and notes in which something had been missed go to quarantine.
    """
    from cloister.deid.review.apply import apply_review, restore_interrupted
    from cloister.deid.review.reviewed_dataset import ReviewedDataset
    from cloister.study.keys import SiteKey

    key = SiteKey.read(site_key)
    restore_interrupted(dataset)
    opened = ReviewedDataset.open(dataset, key)
    with opened.log() as log:
        if apply:
            _report(apply_review(opened, log, notes), as_json)
            return
        _serve(opened, log, notes, patients, sample, uncertain)
        audit = _audit(log)
    typer.echo(audit.model_dump_json() if as_json and audit is not None else _told(audit), err=not as_json)


EPILOG = (
    "Example: cloister deid review clean --notes notes.jsonl --patients patients.jsonl --site-key site.key --sample 60"
)


def _serve(
    dataset: ReviewedDataset, log: DecisionLog, notes: Path, patients: Path | None, sample: int, uncertain: int
) -> None:
    from threading import Thread

    from cloister.deid.review.reviewed_dataset import open_review
    from cloister.deid.review.server import ReviewServer

    certificate = dataset.certificate
    typer.echo("Drawing the sample and reading the notes …", err=True)
    review = open_review(dataset, log, notes, patients, sample=sample, uncertain=uncertain)
    about = {
        "collection": f"Collection {certificate.collection}",
        "profile": f"profile {certificate.engine.profile}",
        "created": f"cleaned {certificate.created:%Y-%m-%d}",
    }
    server = ReviewServer(review, about, lambda: {"told": _told(_audit(log))})
    with server:
        serving = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
        serving.start()
        typer.echo(
            "Open this link in a browser on this machine. It works once; stop with q in the page or Ctrl-C here."
        )
        typer.echo(server.link)
        try:
            server.wait_until_closed()
        except KeyboardInterrupt:
            typer.echo("Stopped; everything decided is kept.", err=True)
        finally:
            server.shutdown()
            serving.join()


def _audit(log: DecisionLog) -> Audit | None:
    from datetime import UTC, datetime

    from cloister.deid.residual_risk.audit import audit
    from cloister.deid.review.session import audited_sample

    return audit(audited_sample(log.entries), datetime.now(UTC).date())


def _told(audit: Audit | None) -> str:
    if audit is None:
        return "No bound yet: it needs every note that was drawn at random."
    missed = audit.missed
    return (
        f"{missed.events} of {missed.trials} identifiers missed in {audit.notes} random notes: at most "
        f"{100 * audit.bound:.2g} % at {audit.confidence:.0%} confidence ({100 * missed.upper:.2g} % if identifiers "
        "were independent of each other)."
    )


def _report(certificate: Certificate, as_json: bool) -> None:
    if as_json:
        typer.echo(certificate.model_dump_json())
        return
    risk = certificate.residual_risk
    if risk is None or risk.audit is None:
        return
    typer.echo(_told(risk.audit))
    typer.echo(
        f"{risk.audit.leaking_notes.events} of {risk.audit.notes} notes with a missed identifier: at most "
        f"{100 * risk.audit.leaking_notes.upper:.2g} % of notes; at most {risk.audit.leaks_per_1000_notes:.3g} missed "
        "identifiers in 1,000 notes."
    )
    for attack in risk.attacks:
        typer.echo(
            f"{attack.name} attack: named {attack.recall.events} of {attack.planted} planted leaks, "
            f"and {attack.precision.trials - attack.precision.events} surrogates."
        )
    typer.echo(f"In quarantine: {json.dumps(certificate.quarantined)}")
