"""What a site keeps between the rounds of a run: control variates, personal parameters. It never leaves the site.

A state belongs to a number of contributions: the coordinator's receipt says to how many rounds this site has
contributed, and the site goes on from the state with that number. So an update that was lost on the way is forgotten
here as well, and a round that is repeated begins as it did the first time.

    local-state/<run>/after-00007.safetensors       what the seventh contribution left behind
"""

from __future__ import annotations

from pathlib import Path

from cloister.client.run_name import run_name
from cloister.study import atomic
from cloister.study.arrays import Arrays
from cloister.study.errors import InputError, MissingFileError

_FOLDER = "local-state"
_FORMAT = "cloister-local-state-1"
_REMEDY = "Restore the site's folder from its latest backup, or have a new run begun."


class LocalState:
    """The states of one run.

    Args:
        site: the site's folder.
        run_id: the run.
    """

    def __init__(self, site: Path, run_id: str) -> None:
        self._folder = site / _FOLDER / run_name(run_id)

    def after(self, contributions: int) -> Arrays:
        """The state after a number of contributions; empty before the first.

        Raises:
            MissingFileError: it is not there any more.
            InputError: it is not readable.
        """
        if contributions == 0:
            return {}
        from safetensors import SafetensorError, safe_open

        path = self._path(contributions)
        if not path.is_file():
            raise MissingFileError(path, "local state", _REMEDY)
        try:
            with safe_open(path, framework="numpy") as file:
                if (file.metadata() or {}).get("format") != _FORMAT:
                    raise InputError(f"{path}: not a local state of this version.", _REMEDY)
                return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (no mapping)
        except (OSError, SafetensorError, TypeError, AttributeError) as problem:  # the last two of types not NumPy's
            raise InputError(f"{path}: not readable ({type(problem).__name__}).", _REMEDY) from None

    def keep(self, contributions: int, arrays: Arrays) -> None:
        """Write the state after a number of contributions; what lies before the one it came from is removed."""
        from safetensors.numpy import save

        atomic.write_bytes(self._path(contributions), save(arrays, metadata={"format": _FORMAT}), mode=0o600)
        for path in sorted(self._folder.glob("after-*.safetensors")):
            if path < self._path(contributions - 1):
                atomic.remove(path)

    def _path(self, contributions: int) -> Path:
        return self._folder / f"after-{contributions:05d}.safetensors"
