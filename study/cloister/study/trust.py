"""The trust model of a private study: whose noise epsilon rests on, and against whom it holds.

    local         each site's own noise suffices, whoever else works together
    distributed   only the noise of several sites together does; each adds a share, and what the coordinator sees is the
                  sum. With m sites at least in every sum, of which c may collude, m - c shares have to suffice

A site that takes part knows its own share. So where nobody may collude, epsilon holds against the coordinator and
whoever gets the model, and not against a site that takes its share off the model again: c = 1 covers each of these.
"""

from __future__ import annotations

from cloister.study.schema import DpSgd, Study, TrustModel

EVERYBODY = "the coordinator, all other sites together, and whoever gets the model"
"""Against whom epsilon holds with local trust."""


def trust_of(study: Study) -> TrustModel | None:
    """A study's trust model; None if it is not private."""
    return study.privacy.trust if isinstance(study.privacy, DpSgd) else None


def noise_shares(study: Study) -> int | None:
    """How many sites' shares of noise have to suffice together; None unless the trust is distributed."""
    federation = study.federation
    return federation.required_sites - federation.colluding_sites if trust_of(study) == "distributed" else None


def holds_against(study: Study) -> str:
    """In plain words, against whom a private study's epsilon holds."""
    shares, colluding = noise_shares(study), study.federation.colluding_sites
    if shares is None:
        return EVERYBODY
    if not colluding:
        return "the coordinator alone, and whoever gets the model; NOT against another site of the study"
    sites = "site" if colluding == 1 else "sites"
    return f"the coordinator together with at most {colluding} {sites}, and whoever gets the model; NOT against more"
