#!/opt/cloister/bin/python -I
"""`flwr run` in the coordinator's image: start-study BUNDLE coordinator [--format json].

Before it sends a bundle, Flower's own command looks for the sites' component, which this image does not hold. Here it
checks the bundle's fields alone; sites refuse every bundle that names another component than theirs. This is private to
Flower, whose version is pinned; `tests/docker/test_start_study.py` holds it to that.
"""

from __future__ import annotations

import sys
from functools import partial
from importlib import import_module
from typing import Any


def main() -> None:
    """Run `flwr run` with this command's arguments."""
    from flwr.cli.app import app

    # By name, because the package `flwr.cli.run` holds a function of the same name.
    command: Any = import_module("flwr.cli.run.run")
    command.load_and_validate = partial(command.load_and_validate, check_module=False)
    app(["run", *sys.argv[1:]], prog_name="start-study")


if __name__ == "__main__":
    main()
