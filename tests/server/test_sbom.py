"""The bill of materials names the packages that are installed, whatever else lies beside them."""

from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from cloister.server.sbom import bill_of_materials


def test_what_is_left_of_a_package_is_no_component(tmp_path: Path) -> None:
    (tmp_path / "gone-1.0.dist-info").mkdir()
    (tmp_path / "gone-1.0.dist-info" / "INSTALLER").write_text("pip\n")
    there = tmp_path / "there-2.0.dist-info"
    there.mkdir()
    (there / "METADATA").write_text("Metadata-Version: 2.1\nName: There\nVersion: 2.0\n")
    bill = bill_of_materials(metadata.distributions(path=[str(tmp_path)]), datetime.now(UTC))
    assert [part["purl"] for part in bill["components"]] == ["pkg:pypi/there@2.0"]
