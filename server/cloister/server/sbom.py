"""The software that made a release: a CycloneDX 1.6 document of every package installed beside Cloister.

Made from what the packages say of themselves (importlib.metadata). The hash is of a package's RECORD, the list of all
its files with their hashes, where the installer left one.
"""

from __future__ import annotations

import hashlib
import platform
import re
from collections.abc import Iterable
from datetime import datetime
from importlib import metadata
from typing import Any


def bill_of_materials(distributions: Iterable[metadata.Distribution], now: datetime) -> dict[str, Any]:
    """The document, ready for JSON.

    Args:
        distributions: the installed packages, `importlib.metadata.distributions()`.
        now: the time, with its zone.
    """
    # What an interrupted uninstall leaves, a folder without METADATA, is no package: it has no name.
    named = (found for found in distributions if found.metadata.get_all("Name"))
    components = {found["purl"]: found for found in map(_component, named)}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": now.isoformat(timespec="seconds"),
            "properties": [
                {"name": "python", "value": platform.python_version()},
                {"name": "platform", "value": f"{platform.system()} {platform.machine()}"},
            ],
        },
        "components": [components[purl] for purl in sorted(components)],
    }


def _component(found: metadata.Distribution) -> dict[str, Any]:
    name, version = found.metadata["Name"], found.version
    purl = f"pkg:pypi/{re.sub(r'[-_.]+', '-', name).lower()}@{version}"
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": purl,
        "name": name,
        "version": version,
        "purl": purl,
    }
    licence = _licence(found)
    if licence:
        component["licenses"] = [licence]
    record = found.read_text("RECORD")
    if record is not None:
        component["hashes"] = [{"alg": "SHA-256", "content": hashlib.sha256(record.encode()).hexdigest()}]
    return component


def _licence(found: metadata.Distribution) -> dict[str, Any] | None:
    """As an SPDX expression where the package gives one, otherwise by the name that it gives."""
    expression, free = (
        "".join(found.metadata.get_all(field) or ()).strip() for field in ("License-Expression", "License")
    )
    if expression:
        return {"expression": expression}
    classified = [
        line.rpartition(" :: ")[2]
        for line in found.metadata.get_all("Classifier") or ()
        if line.startswith("License :: ") and " :: " in line.removeprefix("License :: ")
    ]
    name = " or ".join(classified) or free.split("\n")[0]
    return {"license": {"name": name[:200]}} if name else None
