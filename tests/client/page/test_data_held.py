"""What the page tells of a site's datasets."""

from pathlib import Path

import pytest

from cloister.client.page.data_held import quarantined
from cloister.study.errors import CertificateError

KEPT_BACK = b'{"record": "9f", "position": 3, "code": "not-utf-8"}\n'


@pytest.mark.parametrize("line", [b"{", b"[]", b"7", b"{}", KEPT_BACK.replace(b"3", b"1e999"), b"\xff"])
def test_a_quarantine_list_that_is_none_is_refused_by_name(line: bytes, tmp_path: Path) -> None:
    path = tmp_path / "quarantine.jsonl"
    path.write_bytes(KEPT_BACK)
    assert list(quarantined(path)) == [("9f", 3, "not-utf-8")]
    path.write_bytes(KEPT_BACK + line)
    with pytest.raises(CertificateError, match=r"quarantine\.jsonl: not a quarantine list"):
        list(quarantined(path))
