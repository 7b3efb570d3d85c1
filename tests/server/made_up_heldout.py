"""Held-out data of a coordinator in tests: two numbers of each patient, whose sum decides on the label."""

from pathlib import Path

import numpy as np
import pyarrow as pa

from cloister.deid.declared import write_declared_dataset
from cloister.server.server_folder import ServerFolder
from cloister.server.server_setup import HELDOUT_KEY
from cloister.study.keys import SiteKey


def write_heldout(folder: Path, server: ServerFolder) -> None:
    """Forty patients, certified with the server's key for held-out data."""
    generator = np.random.default_rng(1)
    x, y = generator.normal(size=40), generator.normal(size=40)
    labels = np.where(x + y > 0, "yes", "no").tolist()
    table = pa.table({"patient_id": [f"p{number}" for number in range(40)], "x": x, "y": y, "label": labels})
    key = SiteKey.read(server.folder / HELDOUT_KEY)
    write_declared_dataset(folder, "table", table, site_key=key, collection="heldout", statement="made up")
