"""What `cloister site page` and `cloister server page` do alike."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import typer

from cloister.study.errors import CloisterError
from cloister.study.json_log import log_as_json
from cloister.study.web.account_command import require_accounts
from cloister.study.web.local_page import LocalPage, redirect_address
from cloister.study.web.oidc_settings import OidcSettings
from cloister.study.web.serving import listen, serve


def run_page(
    folder: Path,
    make: Callable[[int, OidcSettings | None], LocalPage],
    first_view: Callable[[], object],
    *,
    port: int,
    oidc: Path | None,
    log_json: bool,
    user_command: str,
) -> None:
    """Show a page until Ctrl-C or SIGTERM.

    Args:
        folder: whose page it is.
        make: the page at a port, with the provider that signs people in.
        first_view: makes the first view's content.
        port: on loopback; 0 for any free one.
        oidc: the provider's settings; the page's own accounts if None.
        log_json: whether to log as JSON, without free text.
        user_command: gives somebody an account.

    Raises:
        InputError: nobody could sign in, the provider's settings are not valid, or the port is in use.
    """
    settings = None if oidc is None else OidcSettings.read(oidc)
    if settings is None:
        require_accounts(folder, user_command)
    if log_json:
        log_as_json()
    with listen(port) as listening:
        port = listening.getsockname()[1]
        page = make(port, settings)
        with suppress(CloisterError):  # told on the page; verified beforehand, the first view is quick
            first_view()
        if settings is not None:
            typer.echo(f"{settings.issuer} has to send browsers back to {redirect_address(port)}")
        typer.echo(f"Open http://127.0.0.1:{port}/ in a browser on this machine.")
        serve(page.app, listening)
