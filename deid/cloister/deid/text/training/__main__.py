"""`python -m cloister.deid.text.training --output deid/cloister/deid/models`: trains the shipped taggers anew."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from cloister.deid.text.training.train import Plan, train
from cloister.study.errors import CloisterError, MissingFileError


def main() -> int:
    """Parses the arguments and trains; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m cloister.deid.text.training", description=__doc__)
    parser.add_argument("--output", type=Path, required=True, help="folder for the trained files")
    parser.add_argument("--seed", type=int, default=Plan.seed)
    parser.add_argument("--documents", type=int, default=Plan.crf_documents, help="generated for each tagger")
    arguments = parser.parse_args()
    began = time.monotonic()

    def progress(message: str) -> None:
        print(f"[{time.monotonic() - began:6.0f} s] {message}", flush=True)

    try:
        if not arguments.output.is_dir():
            raise MissingFileError(arguments.output, "folder")
        plan = Plan(crf_documents=arguments.documents, neural_documents=arguments.documents, seed=arguments.seed)
        train(arguments.output, plan, progress)
    except CloisterError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
