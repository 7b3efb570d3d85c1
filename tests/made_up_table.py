"""Two numbers of each patient, and a label that a linear model can learn of them."""

import numpy as np
import pyarrow as pa


def made_up_table(seed: int, patients: int = 40, threshold: float = 0.0) -> pa.Table:
    """Another hospital's for each seed. `threshold`: how much the numbers must say for a `yes`."""
    generator = np.random.default_rng(seed)
    x, y = generator.normal(size=patients), generator.normal(size=patients)
    labels = np.where(x + 0.5 * y > threshold, "yes", "no").tolist()
    names = [f"patient-{seed}-{number}" for number in range(patients)]
    return pa.table({"patient_id": names, "x": x, "y": y, "label": labels})
