"""What a site's ledger says, for its data-protection officer."""

from __future__ import annotations

from typing import Any

from cloister.client.site_folder import SiteFolder
from cloister.privacy.ledger import Entry, Ledger
from cloister.privacy.ledger.export import public_key


def statement_of(site: SiteFolder, ledger: Ledger) -> dict[str, Any]:
    """Spending by study and in all, composed anew from verified entries; ready for JSON.

    `seeded_rounds` are rounds whose noise came from a seed: they protected nobody, whatever epsilon says.
    """
    entries = ledger.entries()
    reservations = [entry for entry in entries if entry.kind == "reservation"]
    settled = {entry.content["reservation"] for entry in entries if entry.kind == "settlement"}
    by_study: dict[str, list[Entry]] = {}
    for entry in reservations:
        by_study.setdefault(entry.content["study_sha256"], []).append(entry)
    return {
        "schema_version": 1,
        "entries": len(entries),
        "studies": [
            {
                "study": found[0].content["study_name"],
                "sha256": sha256,
                "epsilon": ledger.epsilon(sha256),
                "delta": min(entry.content["delta"] for entry in found),
                "runs": len({entry.content["run_id"] for entry in found}),
                "rounds_reserved": len(found),
                "rounds_unsettled": sum(entry.sequence not in settled for entry in found),
                "seeded_rounds": _seeded(found),
                "distributed_rounds": rest_on_others(found),
            }
            for sha256, found in by_study.items()
        ],
        "refusals": sum(entry.kind == "refusal" for entry in entries),
        "seeded_rounds": _seeded(reservations),
        "distributed_rounds": rest_on_others(reservations),
        "anchored_anew": [entry.content["reason"] for entry in entries if entry.kind == "anchored"],
        "spent": ledger.spent(),
        "ceiling": site.policy.ceilings.epsilon_lifetime,
        "anchors": str(site.anchors),
        "public_key": public_key(site.key),
    }


def lines_of(statement: dict[str, Any]) -> list[str]:
    """The same for people."""
    lines = [
        f"{study['study']:<32} epsilon {study['epsilon']:.3f} at delta {study['delta']:g}  ({study['sha256'][:12]}; "
        f"{study['rounds_reserved']} rounds reserved, {study['rounds_unsettled']} of them never finished)"
        for study in statement["studies"]
    ]
    if statement["seeded_rounds"]:
        lines.append(
            f"NOT PRIVATE: the noise of {statement['seeded_rounds']} rounds came from a seed ([simulation] in "
            "site.toml). It protects nobody; epsilon does not hold for these rounds."
        )
    if statement["distributed_rounds"]:
        lines.append(
            f"DISTRIBUTED: the noise of {statement['distributed_rounds']} rounds was that of several sites together. "
            "There epsilon does not hold against more of them than the study allows to collude."
        )
    lines += [f"Anchored anew: {reason}" for reason in statement["anchored_anew"]]
    if statement["refusals"]:
        lines.append(f"{statement['refusals']} rounds were refused because a budget did not cover them.")
    return [
        *lines,
        f"In all: epsilon {statement['spent']:.3f} of at most {statement['ceiling']:g} for any one patient; "
        f"{statement['entries']} entries verified.",
    ]


def rest_on_others(reservations: list[Entry]) -> int:
    """Reserved rounds whose noise was that of several sites together (`privacy.trust = "distributed"`)."""
    return sum(entry.content.get("trust") == "distributed" for entry in reservations)


def _seeded(reservations: list[Entry]) -> int:
    return sum(entry.content["noise"] == "seeded" for entry in reservations)
