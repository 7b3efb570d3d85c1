"""A study in plain words, for the person who approves it."""

from __future__ import annotations

from cloister.privacy.plan import PrivatePlan
from cloister.privacy.trust_statement import TrustStatement
from cloister.study.printable import printable
from cloister.study.schema import Compression, Study
from cloister.study.signed_study import SignedStudy
from cloister.study.trust import trust_of


def summarise(study: Study) -> list[str]:
    """Lines that say what is trained on what, what it costs, and what leaves.

    Raises:
        StudyError: the study's privacy target cannot be met.
    """
    training = study.training
    collection = f" of collection {printable(study.data.collection)}" if study.data.collection else ""
    lines = [
        f"Study {study.name}: {printable(study.title)}",
        f"  SHA-256    {study.sha256}",
        f"  Sites      {', '.join(study.federation.sites)}; at least {study.federation.required_sites} a round",
        f"  Trains     {study.task.name} ({study.task.model.architecture}) on {study.data.kind}{collection}",
        f"  Work       {study.rounds} rounds of {training.steps_per_round} steps",
    ]
    if study.is_private:
        plan = PrivatePlan.of_study(study)
        lines += [
            f"  Privacy    epsilon {plan.epsilon():.3f} at delta {plan.delta:g} for each patient, over all rounds",
            f"             {_repeated(study, plan)}",
            f"             noise multiplier {plan.noise_multiplier:.3f}, clipping norm {plan.max_grad_norm:g}"
            f" ({_clipping(plan)}), sampling rate {plan.sample_rate:g}",
            *_trust(study),
        ]
    else:
        lines.append("  Privacy    NONE: the update can reveal patients. Only for public data.")
    what = "the difference of the trainable parameters"
    if trust_of(study) == "distributed":
        what = "the sum of clipped gradients, with this site's share of the noise"
    lines.append(f"  Leaves     {what}, once a round; no count, metric or text")
    lines += [f"             {said}" for said in _compression(study.federation.compression)]
    if study.federation.is_secure:
        lines.append("             masked: the coordinator sees the sum over a round's sites, not this site's part")
    else:
        lines.append("             NOT MASKED: the coordinator sees this site's own update")
    if study.strategy.name == "cyclic":
        lines.append("             and the site whose turn is next receives the model as this site leaves it")
    return lines


def _repeated(study: Study, plan: PrivatePlan) -> str:
    """What rounds that have to be repeated may cost, other runs of the study included."""
    if study.most_steps == study.total_steps:
        return "and no more: a round or run that is repeated counts, so the study ends sooner"
    return f"up to {plan.for_steps(study.most_steps).epsilon():.3f} if rounds or runs are repeated, and no more"


def _trust(study: Study) -> list[str]:
    statement = TrustStatement.of_study(study)
    against = f"             holds against {statement.against}"
    if statement.shares is None:
        return ["  Trust      local: this site's own noise suffices", against]
    own = statement.own_plan
    return [
        f"  Trust      DISTRIBUTED: epsilon rests on the noise of {statement.shares} sites together, and on the masks",
        against,
        f"             this site's own share is noise multiplier {own.noise_multiplier:.3f}: by itself epsilon "
        f"{own.epsilon():.3f}",
    ]


def _compression(compression: Compression | None) -> list[str]:
    """How the update is made smaller."""
    if compression is None:
        return []
    one_in = compression.one_in
    how = {
        "bfloat16": "every value is rounded to 16 bits",
        "int8": "every value is rounded at random to one of 255 levels",
        "top-k": f"only the largest values, 1 in {one_in}, with their places",
        "random-k": f"only 1 value in {one_in}, at places that study and round determine",
    }[compression.encoding]
    return [
        f"compressed ({compression.encoding}): {how}",
        "what that leaves out is kept in this site's folder, and joins a later update; epsilon is the same",
    ]


def _clipping(plan: PrivatePlan) -> str:
    how = "each layer by itself" if plan.clipping == "per-layer" else "each patient's gradient as a whole"
    return f"{how}; a norm that adapts below it" if plan.adaptive else how


def summarise_signature(signed: SignedStudy) -> list[str]:
    """Lines that say who asks, until when, and with which software."""
    return [
        f"  Signed     by coordinator {signed.coordinator}, whose key this site accepted",
        f"             may run until {signed.expires:%Y-%m-%d %H:%M} UTC, with Cloister {signed.cloister_version}",
    ]
