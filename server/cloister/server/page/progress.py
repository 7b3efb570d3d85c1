"""How far a study is, from its newest checkpoint's header alone: however large the model, nothing of it is read."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from cloister.server.coordinator_folder import CoordinatorFolder
from cloister.server.evidence import Round, transcript_of
from cloister.strategies.server_state import RoundRecord, ServerState
from cloister.study.errors import InputError


@dataclass(frozen=True)
class Progress:
    """What a study's newest readable checkpoint says."""

    run_id: str
    history: tuple[RoundRecord, ...]
    """Round 0, the untouched base, first."""
    stopped: str | None

    @property
    def rounds(self) -> tuple[RoundRecord, ...]:
        """The rounds in which sites were asked."""
        return tuple(record for record in self.history if record.round > 0)

    @property
    def finished(self) -> int:
        """Number of the last round."""
        return self.history[-1].round if self.history else 0

    @property
    def contributions(self) -> Counter[str]:
        """Site -> rounds that its update is in."""
        return Counter(site for record in self.history for site in record.replied)

    @property
    def failures(self) -> Counter[tuple[str, str]]:
        """Site and code -> rounds."""
        return Counter(failed for record in self.history for failed in record.failed.items())

    @property
    def transcript(self) -> str:
        """The last hash of the transcript that a release of this state would hold."""
        return transcript_of(tuple(Round.of(record) for record in self.history))[-1]


def read_progress(coordinator: CoordinatorFolder) -> Progress | None:
    """The newest readable checkpoint of this study; None before the first."""
    folder = coordinator.folder / coordinator.config.checkpoints
    for path in sorted(folder.glob("round-*.safetensors"), reverse=True):
        try:
            state = ServerState.load(path, arrays=False)
        except InputError:
            continue
        if state.history and state.study_sha256 == coordinator.study.sha256:
            return Progress(state.run_id, state.history, state.stopped)
    return None
