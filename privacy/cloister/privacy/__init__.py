"""Patient-level differential privacy: plans, accounting, per-patient gradients, the ledger."""
