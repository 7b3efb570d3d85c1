"""Libraries that talk too much on the terminal, told not to."""

from __future__ import annotations

import logging
import warnings


def quiet_libraries() -> None:
    """Keep warnings and errors of ours; silence progress chatter of the libraries below."""
    for name in ("flwr", "ray", "transformers", "absl", "pydicom"):
        logging.getLogger(name).setLevel(logging.ERROR)
    # Opacus announces once more in every hook what PyTorch documents: full backward hooks change graphs.
    warnings.filterwarnings("ignore", category=FutureWarning)
    warnings.filterwarnings("ignore", message=".*non-full backward hook.*")
