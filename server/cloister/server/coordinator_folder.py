"""An opened coordinator: its study, its held-out datasets, and its checkpoints."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from cloister.strategies.server_state import Inputs, ServerState
from cloister.study.arrays import Arrays
from cloister.study.coordinator import COORDINATOR_FILE, Coordinator
from cloister.study.dataset import manifest_sha256, read_manifest, verify_dataset
from cloister.study.enrolment import PublicKey
from cloister.study.errors import InputError, MissingFileError, RunningElsewhereError, StudySignatureError
from cloister.study.keys import SiteKey
from cloister.study.schema import Name, Study
from cloister.study.signed_document import open_signed
from cloister.study.signed_study import SIGNED_STUDY_FILE, SIGNED_STUDY_FORMAT

_KEPT = 2
"""Checkpoints that are kept: the newest, and the one before in case the newest is damaged."""


@dataclass(frozen=True)
class CoordinatorFolder:
    """A coordinator's folder; `CoordinatorFolder.open` is the way in."""

    folder: Path
    config: Coordinator
    study: Study

    @classmethod
    def open(cls, folder: Path) -> CoordinatorFolder:
        """Read configuration and study.

        Raises:
            MissingFileError: one of them is missing.
            StudyError: the study is not valid.
        """
        if not (folder / COORDINATOR_FILE).is_file():
            remedy = "Name a study's own folder: one of those that `cloister server submit` makes below `studies/`."
            raise MissingFileError(folder / COORDINATOR_FILE, remedy=remedy)
        config = Coordinator.read(folder)
        return cls(folder, config, Study.read(folder / config.study))

    @property
    def base(self) -> Path | None:
        """The base folder, if the study has one."""
        return None if self.config.base is None else self.folder / self.config.base

    def identities(self) -> dict[str, str] | None:
        """Site -> public key, as the study was submitted for them, or as it names them; None if it does neither.

        Raises:
            StudySignatureError: the signed study in this folder was altered, or its roster is not the study's.
        """
        path = self.folder / SIGNED_STUDY_FILE
        if not path.exists():
            return self.study.federation.identities
        # Whoever could sign another one here could change this program, too.
        body, _ = open_signed(path.read_bytes(), SIGNED_STUDY_FORMAT, StudySignatureError, str(path))
        try:
            roster = TypeAdapter(dict[Name, PublicKey]).validate_python(body.get("roster"))
        except ValidationError:
            raise StudySignatureError(f"{path}: names no roster.", "Submit the study again.") from None
        if roster.keys() != set(self.study.federation.sites):
            raise StudySignatureError(f"{path}: its roster is not the study's.", "Submit the study again.")
        return roster

    def verified_heldout(self) -> list[Path]:
        """The held-out dataset folders, every byte checked against their certificates.

        Raises:
            CertificateError: one of them was altered.
        """
        key = SiteKey.read(self.folder / self.config.key)
        folders = [self.folder / dataset for dataset in self.config.heldout]
        for folder in folders:
            verify_dataset(folder, key)
        return folders

    def inputs(self, heldout: Sequence[Path]) -> Inputs:
        """What a run would begin with now, or goes on with.

        Args:
            heldout: the verified held-out dataset folders.
        """
        from cloister.tasks.base_folder import base_sha256  # imports torch, which a page can do without

        manifests = tuple(manifest_sha256(read_manifest(folder)) for folder in heldout)
        return Inputs(None if self.base is None else base_sha256(self.base), manifests)

    def check_inputs(self, state: ServerState, inputs: Inputs) -> None:
        """Refuse to go on with, or to judge, a run with another base or other held-out data than it began with.

        Raises:
            InputError: one of them is another.
        """
        for same, what in (
            (state.inputs.base_sha256 == inputs.base_sha256, "another base"),
            (state.inputs.heldout_sha256 == inputs.heldout_sha256, "other held-out data, or in another order,"),
        ):
            if not same:
                raise InputError(
                    f"{self.folder}: the run began with {what} than `{COORDINATOR_FILE}` names now.",
                    "Submit the study again with what it began with, or move its checkpoints away to begin anew.",
                )

    @property
    def in_flight(self) -> Path:
        """The file of the round in flight."""
        return self.folder / self.config.checkpoints / "in-flight.safetensors"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Run this folder's study alone. The lock goes with the process that holds it, however that ends.

        Raises:
            RunningElsewhereError: another process runs it.
        """
        self._lock.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._lock, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            if not _hold(handle):
                holder = os.read(handle, 20).decode(errors="replace") or "unknown"
                raise RunningElsewhereError(
                    f"{self.folder}: another coordinator runs this study (process {holder}).",
                    "Wait for its end, or end it: nothing is lost, and this one then goes on in the same round.",
                )
            os.ftruncate(handle, 0)
            os.pwrite(handle, str(os.getpid()).encode(), 0)
            yield
        finally:
            os.close(handle)

    @property
    def is_running(self) -> bool:
        """Whether a process runs this folder's study, or releases it."""
        try:
            handle = os.open(self._lock, os.O_RDONLY)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(handle)
        return False

    @property
    def _lock(self) -> Path:
        return self.folder / self.config.checkpoints / "lock"

    def save(self, state: ServerState) -> None:
        """Write a checkpoint, then remove those that are no longer needed."""
        checkpoints = self.folder / self.config.checkpoints
        state.save(checkpoints / f"round-{state.round:05d}.safetensors")
        for old in self._checkpoints()[:-_KEPT]:
            old.unlink()

    def latest(self) -> ServerState | None:
        """The newest readable checkpoint, or None before the first.

        Raises:
            InputError: there are checkpoints, but none is readable, or they belong to another study.
        """
        paths = self._checkpoints()
        for path in reversed(paths):
            try:
                state = ServerState.load(path)
            except InputError:
                if path == paths[0]:
                    raise
                continue
            if state.study_sha256 != self.study.sha256:
                raise InputError(
                    f"{path}: belongs to another study, or to this one before it was changed.",
                    "Resume with the unchanged study, or begin in an empty folder.",
                )
            return state
        return None

    def fresh(self, run_id: str, model: Arrays, inputs: Inputs | None = None) -> ServerState:
        """The state of a run that begins now, under an id of its own."""
        return ServerState(self.study.sha256, run_id, round=0, model=model, inputs=inputs or Inputs())

    def _checkpoints(self) -> list[Path]:
        return sorted((self.folder / self.config.checkpoints).glob("round-*.safetensors"))


def _hold(handle: int) -> bool:
    """Lock a file alone, if nobody else does; `is_running` holds it for an instant only."""
    for seconds in (0.1, 0.1, 0.0):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(seconds)
        else:
            return True
    return False
