"""Making a site's folder."""

from __future__ import annotations

from pathlib import Path

from cloister.client.site_folder import STUDIES, SiteFolder
from cloister.client.start_files import check_folder
from cloister.privacy.ledger import Ledger
from cloister.study import atomic
from cloister.study.document import check
from cloister.study.errors import InputError, PolicyError
from cloister.study.keys import SiteKey
from cloister.study.site import SITE_FILE, Site

_POLICY = """# What this hospital allows. Studies that ask for more are refused. Every key and its default:
# see docs/site.md.
allow_without_differential_privacy = false
allow_declared_datasets = false

[ceilings]
epsilon_per_study = 8.0
epsilon_lifetime = 10.0
delta = 1e-5

[floors]
noise_multiplier = 0.3
cohort = 2
patients = 10
"""


def create_site(folder: Path, name: str, key: SiteKey | None = None) -> SiteFolder:
    """Create key, policy, empty ledger, `site.toml` and the folders that people put things into.

    Args:
        folder: where to.
        name: the site's public name.
        key: an existing site key; a new one is drawn from the operating system if None.

    Raises:
        InputError: the folder already holds a site, or its name is not UTF-8.
        PolicyError: the name is not valid.
    """
    if (folder / SITE_FILE).exists():
        raise InputError(f"{folder}: holds a site already.", "Choose another folder, or work with this one.")
    check_folder(folder)
    config = check({"name": name}, Site, PolicyError, "the site's name")
    key = key or SiteKey.generate()
    key.write(folder / config.key)
    atomic.write_text(folder / config.policy, _POLICY)
    Ledger.create(folder / config.ledger, key).close()
    for name_of_folder in (config.approvals, config.models, "datasets", STUDIES):
        (folder / name_of_folder).mkdir(exist_ok=True)
    # Last, so that a folder with a site.toml is complete.
    atomic.write_text(folder / SITE_FILE, f'name = "{name}"\ndatasets = []  # dataset folders that studies may use\n')
    return SiteFolder.open(folder)
