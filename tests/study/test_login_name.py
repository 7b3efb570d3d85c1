"""Who is recorded where nobody says who they are."""

import pytest

from cloister.study.errors import InputError
from cloister.study.login_name import login_name


def test_a_user_without_a_name_is_told_to_say_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr("os.getuid", lambda: 4_000_000_000)
    with pytest.raises(InputError, match="has no name"):
        login_name()
