"""The arms of the comparison: trained in one place, as long as the federation trains its model."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from cloister.client.trainer import gradient_for
from cloister.deid.declared import write_declared_dataset
from cloister.simulation import comparison
from cloister.simulation.comparison import CentralisedArm, load_arm, train_arm
from cloister.study.errors import InputError
from cloister.study.keys import SiteKey
from cloister.study.schema import Study


def study(**strategy: Any) -> Study:
    return Study.model_validate(
        {
            "name": "example",
            "title": "An example",
            "rounds": 3,
            "federation": {"sites": ["north", "south"]},
            "data": {"kind": "table", "classes": ["no", "yes"], "features": [{"name": "x"}]},
            "task": {"name": "tabular_classification", "model": {"architecture": "linear"}},
            "training": {"steps_per_round": 4, "sample_rate": 0.5, "batch_divisor": 10, "learning_rate": 0.1},
            "privacy": {"mechanism": "dp-sgd", "noise_multiplier": 1.0},
            "strategy": strategy,
        }
    )


@pytest.fixture
def arm(tmp_path: Path) -> CentralisedArm:
    x = np.random.default_rng(1).normal(size=20)
    table = pa.table(
        {
            "patient_id": [f"p{number}" for number in range(20)],
            "x": x,
            "label": np.where(x > 0, "yes", "no").tolist(),
        }
    )
    key = SiteKey.generate()
    write_declared_dataset(tmp_path / "data", "table", table, site_key=key, collection="records", statement="made up")
    return CentralisedArm("north", ((tmp_path / "data",),), None, tmp_path / "alone.safetensors")


@pytest.mark.parametrize("strategy", [{"name": "fedavg"}, {"name": "ditto", "proximal_mu": 0.1}])
def test_an_arm_takes_the_steps_of_one_model_however_many_a_strategy_trains(
    arm: CentralisedArm, monkeypatch: pytest.MonkeyPatch, strategy: dict[str, Any]
) -> None:
    """Ditto's sites pay for two trainings, but the model that is compared goes through one of them."""
    taken = []

    def counted(*arguments: Any) -> Any:
        inner = gradient_for(*arguments)

        def gradient(model: Any) -> Any:
            taken.append(model)
            return inner(model)

        return gradient

    monkeypatch.setattr(comparison, "gradient_for", counted)
    train_arm(arm, study(**strategy))
    assert len(taken) == 3 * 4


def test_an_arm_that_was_damaged_is_named(arm: CentralisedArm) -> None:
    for content in (b"", b"{}", b"\xff" * 20):
        arm.output.write_bytes(content)
        with pytest.raises(InputError, match=r"alone\.safetensors: damaged"):
            load_arm(arm.output)
