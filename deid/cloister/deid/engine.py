"""What stands in the certificate as the engine: a change in what is found or replaced changes the version."""

from __future__ import annotations

from cloister.study.dataset import Engine

VERSION = "0.3.0"
DEFAULT_PROFILE = "safe-harbor"
DECLARED = Engine(name="cloister.deid", version=VERSION, profile="declared")


def engine(profile: str = DEFAULT_PROFILE) -> Engine:
    """This engine, working by a profile such as `safe-harbor`."""
    return Engine(name="cloister.deid", version=VERSION, profile=profile)
