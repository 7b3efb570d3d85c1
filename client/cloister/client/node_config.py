"""What Flower keeps with a site's node and hands to whatever answers a message there (`--node-config`)."""

from __future__ import annotations

from typing import Final

FOLDER_KEY: Final = "site-folder"
"""The path of the site's folder."""
