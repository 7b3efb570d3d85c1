"""What a document says of files can be looked for."""

from pathlib import Path

import pytest

from cloister.study.errors import PolicyError
from cloister.study.site import SITE_FILE, Site


@pytest.mark.parametrize("name", ["", r"a\u0000", "a" * 256, "é" * 128, "b/" + "a" * 256 + "/c", "a/" * 2001])
def test_a_path_that_no_file_can_have_is_refused_where_it_stands(tmp_path: Path, name: str) -> None:
    (tmp_path / SITE_FILE).write_text(f'name = "north"\nmodels = "{name}"\n', "utf-8")
    with pytest.raises(PolicyError, match=r"site\.toml, line 2: models = .*no file can have this name"):
        Site.read(tmp_path)


@pytest.mark.parametrize("name", ["a", "a" * 255, "é" * 127, "../a/b", "/a/b/", "a/" * 2000])
def test_a_path_that_a_file_can_have_is_taken(tmp_path: Path, name: str) -> None:
    (tmp_path / SITE_FILE).write_text(f'name = "north"\nmodels = "{name}"\n', "utf-8")
    assert Site.read(tmp_path).models == name
