"""What stands in the certificate as the engine: a change in what is found or replaced changes the version."""

from __future__ import annotations

from cloister.study.dataset import Engine

ENGINE = Engine(name="cloister.deid", version="0.1.0", profile="safe-harbor")
DECLARED = Engine(name="cloister.deid", version="0.1.0", profile="declared")
