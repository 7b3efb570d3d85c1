"""An opened site: its configuration, key and policy, and the paths of everything else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cloister.study.keys import SiteKey
from cloister.study.policy import Policy
from cloister.study.site import Site


@dataclass(frozen=True)
class SiteFolder:
    """A hospital's folder; `SiteFolder.open` is the way in."""

    folder: Path
    config: Site
    key: SiteKey
    policy: Policy

    @classmethod
    def open(cls, folder: Path) -> SiteFolder:
        """Read configuration, key and policy.

        Raises:
            MissingFileError: one of them is missing.
            PolicyError: configuration or policy is not valid.
        """
        config = Site.read(folder)
        return cls(folder, config, SiteKey.read(folder / config.key), Policy.read(folder / config.policy))

    @property
    def datasets(self) -> list[Path]:
        """The registered dataset folders."""
        return [self.folder / dataset for dataset in self.config.datasets]

    @property
    def ledger(self) -> Path:
        """The ledger's file."""
        return self.folder / self.config.ledger

    @property
    def approvals(self) -> Path:
        """The folder of approvals."""
        return self.folder / self.config.approvals

    @property
    def models(self) -> Path:
        """The model store: a folder of base folders."""
        return self.folder / self.config.models
