"""`cloister site`: set up a hospital's folder, enrol, approve studies, run, read the ledger and what happened."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from cloister.client.data_for_study import DataForStudy
    from cloister.client.site_folder import SiteFolder
    from cloister.study.schema import Study

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Run a hospital's side: enrol, approve studies, run, read what happened.",
)

SiteOption = Annotated[Path, typer.Option("--site", help="The site's folder.")]
StudyArgument = Annotated[
    Path, typer.Argument(help="The signed study that the coordinator sent (.json), or a study's TOML file.")
]
ByOption = Annotated[str, typer.Option(help="Who; the login name if not given.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
LogJsonOption = Annotated[bool, typer.Option("--log-json", help="Log as JSON, without free text.")]


@app.command(epilog="Example: cloister site init st-mary --site /srv/cloister")
def init(
    name: Annotated[str, typer.Argument(help="The site's public name, as studies will call it.")],
    site: SiteOption,
) -> None:
    """Create a site's folder: keys, policy, empty ledger, enrolment request. Nothing that exists is overwritten."""
    from cloister.client.site_setup import create_site

    created = create_site(site, name)
    typer.echo(f"Created {site} (key id {created.key.key_id}).")
    _request(created, new_node_key=False)
    typer.echo("Next: back up site.key, read policy.toml, de-identify data and register it under `datasets`.")


@app.command(epilog="Example: cloister site request --site /srv/cloister --new-node-key")
def request(
    site: SiteOption,
    new_node_key: Annotated[bool, typer.Option("--new-node-key", help="Ask with a new Flower node key.")] = False,
) -> None:
    """Write an enrolment request anew: the first was lost or is too old, or the node key shall change."""
    from cloister.client.site_folder import SiteFolder

    _request(SiteFolder.open(site), new_node_key=new_node_key)


@app.command(epilog="Example: cloister site accept st-mary-enrolment.json --site /srv/cloister")
def accept(
    enrolment: Annotated[Path, typer.Argument(help="The coordinator's answer to the request.")],
    site: SiteOption,
    fingerprint: Annotated[
        str, typer.Option(help="The coordinator's fingerprint as they say it; asked if not given.")
    ] = "",
    by: ByOption = "",
    node_port: Annotated[
        int | None,
        typer.Option(min=1, max=65535, help="A free port, used within this machine; as before, or 9094, if not given."),
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Accept another coordinator than before.")] = False,
) -> None:
    """Accept the coordinator's answer, and write the files that connect this site."""
    from cloister.client import start_files
    from cloister.client.enrolment import accept_enrolment
    from cloister.client.site_folder import SiteFolder
    from cloister.study.enrolment import Enrolment
    from cloister.study.errors import EnrolmentError
    from cloister.study.named_file import naming, read_file
    from cloister.study.said_fingerprint import said_fingerprint

    opened, content = SiteFolder.open(site), read_file(enrolment)
    start_files.check_folder(site)
    port = node_port or start_files.port_of(opened)
    with naming(enrolment, EnrolmentError):
        offered = Enrolment.open(content)
    typer.echo(f"Coordinator {offered.coordinator.name} at {offered.address}, until {offered.expires:%Y-%m-%d}.")
    said = said_fingerprint(fingerprint, "The fingerprint that the coordinator reads out to you, in words or digits")
    accepted = accept_enrolment(opened, content, said, _who(by), _now(), replace=replace)
    script = start_files.write(opened, accepted, port)
    typer.echo(
        f"Accepted. Next: cloister site run --site {site}, by hand or by {script.with_name(start_files.UNIT_FILE)}."
    )


@app.command(epilog="Example: cloister site identity --site /srv/cloister")
def identity(site: SiteOption) -> None:
    """Print the line with this site's public identity, for the studies that it takes part in."""
    from cloister.client.site_folder import SiteFolder

    opened = SiteFolder.open(site)
    typer.echo(f'{opened.config.name} = "{opened.key.identity.public_key().public_bytes_raw().hex()}"')


@app.command(epilog="Example: cloister site check study.toml --site /srv/cloister")
def check(study: StudyArgument, site: SiteOption) -> None:
    """Say in plain words what a study asks for, whether this site's policy allows it, and whether its data fit."""
    from cloister.client.site_folder import SiteFolder
    from cloister.study.policy import check_study

    opened = SiteFolder.open(site)
    document, data = _show(opened, study)
    check_study(document, opened.policy)
    data.check()
    typer.echo("The policy allows this study.")


@app.command(epilog="Example: cloister site approve study.toml --site /srv/cloister --by 'Dr. A. Officer'")
def approve(
    study: StudyArgument,
    site: SiteOption,
    by: ByOption = "",
) -> None:
    """Approve exactly this study; any change to it needs a new approval."""
    from cloister.client.approvals import approve as record_approval
    from cloister.client.site_folder import SiteFolder

    opened = SiteFolder.open(site)
    document, data = _show(opened, study)
    record_approval(opened, document, _who(by))
    typer.echo(f"Approved study {document.name}, SHA-256 {document.sha256}.")
    if data.problem is not None:
        typer.echo("It is refused until it can train here: `Data` above says what is missing.", err=True)


@app.command(epilog="Example: cloister site revoke-approval 867bec5b --site /srv/cloister --reason 'consent withdrawn'")
def revoke_approval(
    study: Annotated[str, typer.Argument(help="The study's SHA-256, or its first digits.")],
    site: SiteOption,
    reason: Annotated[str, typer.Option(help="Why; kept with the approval.")],
    by: ByOption = "",
) -> None:
    """Withdraw an approval: no message of the study is answered any more."""
    from cloister.client.approvals import revoke_approval as withdraw
    from cloister.client.site_folder import SiteFolder
    from cloister.study.command_text import check_text

    name = withdraw(SiteFolder.open(site), study, _who(by), check_text(reason, "--reason"))
    typer.echo(f"The approval of study {name} is withdrawn.")


@app.command(epilog="Example: cloister site ledger --site /srv/cloister --verify")
def ledger(
    site: SiteOption,
    verify: Annotated[bool, typer.Option("--verify", help="Check everything anew, and show nothing else.")] = False,
    export: Annotated[
        Path | None, typer.Option(help="Write a copy that an auditor can verify without the key.")
    ] = None,
    anchor_anew: Annotated[
        str | None, typer.Option(metavar="REASON", help="Accept this ledger as the newest; its anchor is gone.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Verify the privacy ledger and show what was spent, by study and in all."""
    from cloister.client.ledger_statement import lines_of, statement_of
    from cloister.client.site_folder import SiteFolder
    from cloister.privacy.ledger import Ledger
    from cloister.study.command_text import check_text

    opened = SiteFolder.open(site)
    if anchor_anew is not None:
        Ledger.anchor_anew(opened.ledger, opened.key, opened.anchors, check_text(anchor_anew, "--anchor-anew"))
    with Ledger.open(opened.ledger, opened.key, opened.anchors) as book:
        if export is not None:
            typer.echo(f"Exported {book.export(export)} entries to {export}.", err=as_json)
        if verify:
            book.forget_losses()
            found = {"entries": book.verify(), "valid": True}
            typer.echo(
                json.dumps(found) if as_json else f"{found['entries']} entries, populations and anchor are valid."
            )
            return
        statement = statement_of(opened, book)
    typer.echo(json.dumps(statement, indent=2) if as_json else "\n".join(lines_of(statement)))


@app.command(epilog="Example: cloister site run --site /srv/cloister")
def run(site: SiteOption, log_json: LogJsonOption = False) -> None:
    """Connect the site and keep it connected; ends on `cloister site stop`, SIGTERM or Ctrl-C."""
    from contextlib import nullcontext
    from functools import partial

    from cloister.client import site_log
    from cloister.client.node import Node
    from cloister.client.site_run import SiteRun

    site_log.set_up(as_json=log_json)
    with site_log.errors_as_json() if log_json else nullcontext():
        SiteRun(site, partial(Node, log_json=log_json)).run()


@app.command(epilog="Example: cloister site page --site /srv/cloister")
def page(
    site: SiteOption,
    port: Annotated[int, typer.Option(min=0, max=65535, help="On loopback; 0 for any free one.")] = 9096,
    oidc: Annotated[Path | None, typer.Option(help="Have an OpenID Connect provider sign people in, TOML.")] = None,
    log_json: LogJsonOption = False,
) -> None:
    """Show the site's page on this machine: pending studies, ledger, what left, data. Ends on Ctrl-C or SIGTERM."""
    from cloister.client.page.site_page import overview_of, site_page
    from cloister.client.page.site_state import SiteState
    from cloister.study.web.page_command import run_page

    state = SiteState(site)
    run_page(
        state.site.folder,
        lambda port, oidc: site_page(state, port, oidc),
        lambda: overview_of(state),
        port=port,
        oidc=oidc,
        log_json=log_json,
        user_command=f"cloister site user NAME --role operator --site {site}",
    )


@app.command(epilog="Example: cloister site user 'Dr. A. Officer' --role operator --site /srv/cloister")
def user(
    name: Annotated[str, typer.Argument(help="As the person stands in the audit log: letters, or a login name.")],
    site: SiteOption,
    role: Annotated[str, typer.Option(help="viewer, or operator, who decides on studies.")] = "viewer",
    remove: Annotated[bool, typer.Option("--remove", help="Take the account away.")] = False,
    by: ByOption = "",
) -> None:
    """Give somebody an account for the site's page, or another role or password; the password is asked for."""
    from cloister.client.site_audit import record
    from cloister.client.site_folder import SiteFolder
    from cloister.study.login_name import login_name
    from cloister.study.web.account_command import change_account

    opened = SiteFolder.open(site)
    change_account(opened.folder, name, role, by or login_name(), partial(record, opened), remove=remove)


@app.command(epilog="Example: cloister site metrics --site /srv/cloister > /var/lib/node_exporter/cloister.prom")
def metrics(site: SiteOption) -> None:
    """Print what Prometheus is told: epsilon left, what waits for somebody, what left, the supervisor, GPUs."""
    from cloister.client.page.site_metrics import site_metrics
    from cloister.client.page.site_state import SiteState

    typer.echo(site_metrics(SiteState(site), _now()), nl=False)


@app.command(epilog="Example: cloister site pause --site /srv/cloister --by 'Dr. A. Officer'")
def pause(site: SiteOption, by: ByOption = "") -> None:
    """Let no new round begin; a round that has begun is finished. Holds over restarts, until `resume`."""
    from cloister.client import run_control
    from cloister.client.site_audit import record
    from cloister.client.site_folder import SiteFolder

    who = _who(by)
    opened = SiteFolder.open(site)
    run_control.pause(site, who, _now())
    record(opened, "paused", _now(), by=who)
    typer.echo(f"{opened.config.name} is paused: no new round begins.")


@app.command(epilog="Example: cloister site resume --site /srv/cloister")
def resume(site: SiteOption, by: ByOption = "") -> None:
    """Let rounds begin again after `pause`."""
    from cloister.client import run_control
    from cloister.client.site_audit import record
    from cloister.client.site_folder import SiteFolder

    opened = SiteFolder.open(site)
    if not run_control.is_paused(site):
        typer.echo(f"{opened.config.name} was not paused.")
        return
    who = _who(by)
    record(opened, "resumed", _now(), by=who)
    run_control.resume(site)
    typer.echo(f"{opened.config.name} takes new rounds.")


@app.command(epilog="Example: cloister site stop --site /srv/cloister")
def stop(site: SiteOption) -> None:
    """Stop `cloister site run` after the message that is being answered."""
    from cloister.client import run_control
    from cloister.client.site_folder import SiteFolder

    name = SiteFolder.open(site).config.name
    if not run_control.is_running(site):
        typer.echo(f"{name} does not run.")
        return
    run_control.request_stop(site)
    typer.echo(f"{name} stops after the message in work.")


@app.command(epilog="Example: cloister site audit --site /srv/cloister --export audit.jsonl")
def audit(
    site: SiteOption,
    verify: Annotated[bool, typer.Option("--verify", help="Check every entry, and show nothing else.")] = False,
    export: Annotated[Path | None, typer.Option(help="Write a copy that anybody can verify.")] = None,
    prune: Annotated[
        bool, typer.Option("--prune", help="With --export to a new file: then remove what is older than 6 years.")
    ] = False,
    accept_clock: Annotated[
        bool, typer.Option("--accept-clock", help="This clock is right: entries were written with it ahead.")
    ] = False,
    anchor_anew: Annotated[
        str | None, typer.Option(metavar="REASON", help="Take up a log of which entries were lost; put that on record.")
    ] = None,
    by: ByOption = "",
    as_json: JsonOption = False,
) -> None:
    """Show what happened at this site: approvals, rounds, refusals, what left, starts. Every entry is verified."""
    from cloister.client import recorded_clock
    from cloister.client.site_audit import log_of
    from cloister.client.site_folder import SiteFolder
    from cloister.study.audit_entry import person
    from cloister.study.audit_report import report
    from cloister.study.command_text import check_text
    from cloister.study.login_name import login_name

    opened = SiteFolder.open(site)
    log, name, who = log_of(opened), opened.config.name, by or login_name()
    if accept_clock:
        ahead = recorded_clock.accept_clock(opened, who, _now())
        typer.echo(f"The clock is accepted; entries were ahead up to {ahead:%Y-%m-%d %H:%M} UTC.")
        return
    if anchor_anew is not None:
        log.anchor_anew(_now(), person(who), check_text(anchor_anew, "--anchor-anew"))
    for line in report(log, name, _now(), who, verify, export, prune, as_json):
        typer.echo(line)


@app.command(epilog="Example: cloister site egress --site /srv/cloister --verify")
def egress(
    site: SiteOption,
    verify: Annotated[bool, typer.Option("--verify", help="Check every entry, and show nothing else.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Show what left this site: time, study, round, bytes and SHA-256 of every answer. Every entry is verified."""
    from cloister.client.egress_record import EgressRecord
    from cloister.client.site_folder import SiteFolder
    from cloister.study.audit_report import losses_in_words

    record = EgressRecord(SiteFolder.open(site))
    entries = record.entries()
    if verify:
        lost = record.losses()
        found = {"entries": len(entries), "valid": True, "lost": lost}
        typer.echo(json.dumps(found) if as_json else f"{len(entries)} entries are valid, {losses_in_words(lost)}.")
    elif as_json:
        typer.echo(json.dumps(entries, indent=2))
    else:
        for entry in entries:
            what = f"{entry['bytes']:>12} bytes {entry['sha256']}" if entry["code"] is None else f"code {entry['code']}"
            what += f", {entry['times']} times" if entry["times"] > 1 else ""
            study = (entry["study_sha256"] or "no study")[:12]
            typer.echo(
                f"{entry['at']}  {study:<12}  round {entry['round'] or '-'!s:>4}  {entry['kind'] or '-':<24} {what}"
            )


@app.command(epilog="Example: cloister site statement 867bec5b --site /srv/cloister --output st-mary-statement.json")
def statement(
    study: Annotated[str, typer.Argument(help="The study's SHA-256, or its first digits.")],
    site: SiteOption,
    output: Annotated[Path, typer.Option(help="The file to write; for the coordinator.")],
) -> None:
    """Write what a study cost here, from the verified ledger, signed with this site's identity."""
    from cloister.client.privacy_statement import state_privacy
    from cloister.client.site_folder import SiteFolder
    from cloister.study import atomic

    opened = SiteFolder.open(site)
    stated = state_privacy(opened, study, _now())
    atomic.write_bytes(output, stated.sign(opened.key.identity))
    spent = f"epsilon {stated.epsilon:.3f} at delta {stated.delta:g}, {sum(stated.rounds.values())} rounds paid for"
    typer.echo(f"Study {stated.study}: {spent}, {sum(left.answers for left in stated.answers)} answers on record.")
    typer.echo(f"Wrote {output} for the coordinator: no patient, no count of patients and no person is in it.")


def _request(site: SiteFolder, *, new_node_key: bool) -> None:
    from cloister.client.enrolment import request_enrolment, request_file

    asked = request_enrolment(site, _now(), new_node_key=new_node_key)
    typer.echo(f"Carry {request_file(site)} to the coordinator; no secret is in it. Read this out to them:")
    typer.echo(f"  {asked.fingerprint}")


def _show(site: SiteFolder, path: Path) -> tuple[Study, DataForStudy]:
    """A study in plain words, and what it would train on; one that a coordinator signed is verified first."""
    from cloister.client.data_for_study import data_for
    from cloister.client.shown_study import lines_of
    from cloister.client.signed_studies import open_signed_study
    from cloister.study.errors import OtherStudyError, StudySignatureError
    from cloister.study.named_file import naming, read_file
    from cloister.study.schema import Study

    if path.suffix == ".json":
        content = read_file(path)
        with naming(path, StudySignatureError, OtherStudyError):
            signed, study = open_signed_study(site, content, _now())
    else:
        signed, study = None, Study.read(path)
    data = data_for(site, study)
    for line in lines_of(site, study, signed, data):
        typer.echo(line)
    return study, data


def _who(by: str) -> str:
    """Who is put on record; said where it was not given, because a login name such as root's names nobody.

    Raises:
        InputError: it cannot stand in the audit log.
    """
    from cloister.study.audit_entry import person
    from cloister.study.login_name import login_name

    who = person(by or login_name())
    if not by:
        typer.echo(f"Goes on record as done by {who}, the login name; --by names somebody else.", err=True)
    return who


def _now() -> datetime:
    return datetime.now(UTC)
