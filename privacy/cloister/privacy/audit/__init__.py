"""Audits and attacks: what an adversary can really learn, against what the accountant claims.

- `one_run_bound`: from guesses about secret coins to a lower bound on epsilon (the theorem).
- `canaries`: patients who were put in by such coins, and whose gradients are one coordinate each.
- `canary_scores`: from what training released to a score for each canary.
- `one_run`: the audit as a whole. A lower bound above the claim proves a bug; one below proves nothing.
- `membership`: was this patient among the training patients? (likelihood ratio attack)
- `attack_success`: true and false positives, area under the curve, and what differential privacy leaves possible.
- `gradient_inversion`: a patient's record from a gradient.
"""
