"""An opened site: its configuration, key and policy, and the paths of everything else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cloister.study.anchor import usual_folder
from cloister.study.errors import MissingFileError
from cloister.study.keys import SiteKey
from cloister.study.policy import Policy
from cloister.study.site import SITE_FILE, Site

STUDIES = "studies"
"""Folder of the signed studies that people look at before they approve them."""


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
        if not (folder / SITE_FILE).is_file():
            raise MissingFileError(folder / SITE_FILE, "site", "Name the folder that `cloister site init` made.")
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
    def anchors(self) -> Path:
        """The folder of the ledger's anchor, which shows an older ledger that was put back."""
        if self.config.anchors is not None:
            return self.folder / self.config.anchors
        if self.config.simulation is not None:
            return self.folder / "anchors"
        return usual_folder()

    @property
    def approvals(self) -> Path:
        """The folder of approvals."""
        return self.folder / self.config.approvals

    @property
    def enrolment(self) -> Path:
        """The folder of the node key, the request, and what was accepted from the coordinator."""
        return self.folder / "enrolment"

    @property
    def models(self) -> Path:
        """The model store: a folder of base folders."""
        return self.folder / self.config.models
