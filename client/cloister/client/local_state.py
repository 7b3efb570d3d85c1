"""What a site keeps between the rounds of a run: control variates, personal parameters. It never leaves the site.

A state belongs to a number of contributions: the coordinator's receipt says to how many rounds this site has
contributed, and the site goes on from the state with that number. So an update that was lost on the way is forgotten
here as well, and a round that is repeated begins as it did the first time. It never begins from a state that the same
round left, whatever the receipt says: that would be two trainings, of which the ledger knows one.

    local-state/<run>/after-00007.safetensors       what the seventh contribution left behind
"""

from __future__ import annotations

from pathlib import Path

from cloister.client.run_name import run_name
from cloister.study import atomic
from cloister.study.arrays import Arrays
from cloister.study.errors import InputError, MissingFileError, StudyError

_FOLDER = "local-state"
_FORMAT = "cloister-local-state-2"
_REMEDY = "Restore the site's folder from its latest backup, or have a new run begun."


class LocalState:
    """The states of one run.

    Args:
        site: the site's folder.
        run_id: the run.
    """

    def __init__(self, site: Path, run_id: str) -> None:
        self._folder = site / _FOLDER / run_name(run_id)

    def after(self, contributions: int, before: int) -> Arrays:
        """The state after a number of contributions; empty before the first.

        Args:
            contributions: how many.
            before: the round that goes on from it.

        Raises:
            MissingFileError: it is not there any more.
            InputError: it is not readable.
            StudyError: this round or a later one left it.
        """
        if contributions == 0:
            return {}
        from safetensors import SafetensorError, safe_open

        path = self._path(contributions)
        if not path.is_file():
            raise MissingFileError(path, "local state", _REMEDY)
        try:
            with safe_open(path, framework="numpy") as file:
                told = file.metadata() or {}
                if told.get("format") != _FORMAT:
                    raise InputError(f"{path}: not a local state of this version.", _REMEDY)
                if int(told.get("round", "")) >= before:
                    raise StudyError(
                        f"Round {before}: the receipt names a state that round {told['round']} left.",
                        "Resume the run from its latest checkpoint.",
                    )
                return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (no mapping)
        # Two of them of types that are not NumPy's.
        except (OSError, SafetensorError, TypeError, AttributeError, ValueError) as problem:
            raise InputError(f"{path}: not readable ({type(problem).__name__}).", _REMEDY) from None

    def keep(self, contributions: int, arrays: Arrays, server_round: int) -> None:
        """Write the state after a number of contributions; what lies before the one it came from is removed.

        Args:
            contributions: how many, with that of this round.
            arrays: the state.
            server_round: the round that leaves it.
        """
        from safetensors.numpy import save

        content = save(arrays, metadata={"format": _FORMAT, "round": str(server_round)})
        atomic.write_bytes(self._path(contributions), content, mode=0o600)
        for path in sorted(self._folder.glob("after-*.safetensors")):
            if path < self._path(contributions - 1):
                atomic.remove(path)

    def _path(self, contributions: int) -> Path:
        return self._folder / f"after-{contributions:05d}.safetensors"
