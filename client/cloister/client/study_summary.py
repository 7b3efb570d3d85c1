"""A study in plain words, for the person who approves it."""

from __future__ import annotations

from cloister.privacy.plan import PrivatePlan
from cloister.study.schema import Study


def summarise(study: Study) -> list[str]:
    """Lines that say what is trained on what, what it costs, and what leaves.

    Raises:
        StudyError: the study's privacy target cannot be met.
    """
    training = study.training
    lines = [
        f"Study {study.name}: {study.title}",
        f"  SHA-256    {study.sha256}",
        f"  Sites      {', '.join(study.federation.sites)}; at least {study.federation.required_sites} a round",
        f"  Trains     {study.task.name} ({study.task.model.architecture}) on {study.data.kind}",
        f"  Work       {study.rounds} rounds of {training.steps_per_round} steps",
    ]
    if study.is_private:
        plan = PrivatePlan.of_study(study)
        lines += [
            f"  Privacy    epsilon {plan.epsilon():.3f} at delta {plan.delta:g} for each patient, over all rounds",
            f"             noise multiplier {plan.noise_multiplier:.3f}, clipping norm {plan.max_grad_norm:g},"
            f" sampling rate {plan.sample_rate:g}",
        ]
    else:
        lines.append("  Privacy    NONE: the update can reveal patients. Only for public data.")
    lines.append("  Leaves     the difference of the trainable parameters, once a round; no count, metric or text")
    if study.federation.is_secure:
        lines.append("             masked: the coordinator sees the sum over a round's sites, not this site's part")
    else:
        lines.append("             NOT MASKED: the coordinator sees this site's own update")
    return lines
