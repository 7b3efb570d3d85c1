"""Settings for all tests: nothing is sent or fetched, and tiny models run on one thread."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# How long an example takes says something about the machine's load, not about the code. The same examples each time:
# a search among new ones is `pytest --hypothesis-profile explore`, and what it finds becomes a test of its own.
settings.register_profile("cloister", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None)
settings.load_profile("cloister")

os.environ.update(
    FLWR_TELEMETRY_ENABLED="0",
    FLWR_DISABLE_UPDATE_CHECK="1",
    HF_HUB_OFFLINE="1",
    RAY_USAGE_STATS_ENABLED="0",
    OMP_NUM_THREADS="1",
)

SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real, openly licensed data; tests that need it skip where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"needs the public data in {SHARED_DATA}")
    return SHARED_DATA
