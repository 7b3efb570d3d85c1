"""`cloister server`: set up a federation, enrol its sites, submit studies, see how far a run is."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from cloister.server.server_setup import OwnCertificate

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Run the coordinator's side: enrol sites, submit studies."
)

ServerOption = Annotated[Path, typer.Option("--server", help="The server's folder.")]
DaysOption = Annotated[int, typer.Option(min=1, max=3650, help="For how many days it holds.")]
CertificateOption = Annotated[Path | None, typer.Option(help="The institution's TLS certificate, PEM.")]
KeyOption = Annotated[Path | None, typer.Option(help="Its private key, PEM.")]
AuthorityOption = Annotated[Path | None, typer.Option(help="The authority that sites shall trust, PEM.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
CoordinatorOption = Annotated[Path, typer.Option("--coordinator", help="The coordinator's folder.")]


@app.command(epilog="Example: cloister server init /srv/federation --name heart --host coordinator.example")
def init(
    folder: Annotated[Path, typer.Argument(help="The folder to create.")],
    name: Annotated[str, typer.Option(help="The federation's public name: a-z, 0-9 and -.")],
    host: Annotated[list[str], typer.Option(help="A name or address that sites dial; the first one is told to them.")],
    port: Annotated[int, typer.Option(help="The port that sites dial.")] = 8443,
    link_port: Annotated[int, typer.Option(help="The SuperLink's own port, on loopback.")] = 8000,
    certificate: CertificateOption = None,
    key: KeyOption = None,
    authority: AuthorityOption = None,
) -> None:
    """Create a federation's server: authority, TLS certificate, study-signing key, and the files that start it."""
    from cloister.server.server_folder import Server
    from cloister.server.server_setup import create_server
    from cloister.study.document import check
    from cloister.study.errors import PolicyError

    values = {"name": name, "hosts": tuple(host), "port": port, "link_port": link_port}
    config = check(values, Server, PolicyError, "the server's settings")
    server = create_server(folder, config, _now(), _own(certificate, key, authority))
    typer.echo(f"Created {folder}. Sites compare this fingerprint with you:")
    typer.echo(f"  {server.identity.fingerprint}")
    typer.echo("Next: keep keys/ca.key and keys/study-signing.key offline if you can; run start/superlink.sh and")
    typer.echo("start/superexec.sh under a service manager, with start/nginx.conf in front; enrol sites.")


@app.command(epilog="Example: cloister server fingerprint --server /srv/federation")
def fingerprint(server: ServerOption) -> None:
    """Print the fingerprint that sites compare before they accept an enrolment."""
    from cloister.server.server_folder import ServerFolder

    typer.echo(str(ServerFolder.open(server).identity.fingerprint))


@app.command(epilog="Example: cloister server rotate --server /srv/federation")
def rotate(
    server: ServerOption,
    certificate: CertificateOption = None,
    key: KeyOption = None,
    authority: AuthorityOption = None,
) -> None:
    """Replace the TLS certificates by new ones under the same authority. Sites notice nothing."""
    from cloister.server.server_folder import ServerFolder
    from cloister.server.server_setup import rotate as renew

    until = renew(ServerFolder.open(server), _now(), _own(certificate, key, authority))
    typer.echo(f"The new certificate holds until {until:%Y-%m-%d}. Restart SuperLink, SuperExec and reverse proxy.")


@app.command(epilog="Example: cloister server enroll st-mary-request.json --server /srv/federation")
def enroll(
    request: Annotated[Path, typer.Argument(help="The site's enrolment request.")],
    server: ServerOption,
    output: Annotated[Path | None, typer.Option(help="Where to write the enrolment; <site>-enrolment.json.")] = None,
    fingerprint: Annotated[
        str, typer.Option(help="The request's fingerprint as the site says it; asked if not given.")
    ] = "",
    days: DaysOption = 365,
) -> None:
    """Put a site on the roster, or take its new node key, and write the enrolment that it accepts."""
    from cloister.server.enrolment import enroll as put_on_roster
    from cloister.server.server_folder import ServerFolder
    from cloister.study import atomic
    from cloister.study.enrolment import EnrolmentRequest
    from cloister.study.errors import EnrolmentError
    from cloister.study.named_file import naming, read_file
    from cloister.study.printable import printable
    from cloister.study.said_fingerprint import said_fingerprint

    opened = ServerFolder.open(server)
    with naming(request, EnrolmentError):
        asked = EnrolmentRequest.open(read_file(request), _now())
    version = printable(asked.cloister_version)
    typer.echo(f"Site {asked.site}, request of {asked.created:%Y-%m-%d %H:%M} UTC, Cloister {version}.")
    said = said_fingerprint(fingerprint, "The fingerprint that the site reads out to you, in words or digits")
    answer = put_on_roster(opened, asked, said, days, _now())
    place = output or Path(f"{asked.site}-enrolment.json")
    atomic.write_bytes(place, answer)
    typer.echo(f"Enrolled {asked.site}; wrote {place} for it. Its identity, for studies:")
    typer.echo(f'  {asked.site} = "{asked.identity}"')
    typer.echo(f"Next: cloister server register --server {server}, once the SuperLink runs.")


@app.command(epilog="Example: cloister server revoke st-mary --server /srv/federation --reason 'left the study'")
def revoke(
    site: Annotated[str, typer.Argument(help="The site's public name.")],
    server: ServerOption,
    reason: Annotated[str, typer.Option(help="Why; kept in the roster.")],
) -> None:
    """Take a site off the roster and its node key off the SuperLink's list, for good."""
    from cloister.server.enrolment import revoke as take_off_roster
    from cloister.server.node_keys import bring_in_line
    from cloister.server.server_folder import ServerFolder

    opened = ServerFolder.open(server)
    take_off_roster(opened, site, reason, _now())
    typer.echo(f"{site} is off the roster: studies that are submitted from now on cannot name it.")
    for line in bring_in_line(opened, _now()):
        typer.echo(line)


@app.command(epilog="Example: cloister server register --server /srv/federation")
def register(server: ServerOption) -> None:
    """Bring the SuperLink's list of allowed node keys in line with the roster. The SuperLink must run."""
    from cloister.server.node_keys import bring_in_line
    from cloister.server.server_folder import ServerFolder

    for line in bring_in_line(ServerFolder.open(server), _now()) or ["The SuperLink's list is the roster's."]:
        typer.echo(line)


@app.command(epilog="Example: cloister server roster --server /srv/federation --json")
def roster(server: ServerOption, as_json: JsonOption = False) -> None:
    """Show which sites are enrolled, until when, and under which identity; as a comment, who may not take part."""
    from cloister.server.server_folder import ServerFolder
    from cloister.study.printable import printable

    members = ServerFolder.open(server).roster.members
    if as_json:
        typer.echo(json.dumps([member.model_dump(mode="json") for member in members], indent=2))
        return
    for member in members:
        may_take_part = member.holds(_now())
        state = f"until {member.expires:%Y-%m-%d}" if may_take_part else "expired"
        if member.revoked is not None:
            state = f"revoked {member.revoked:%Y-%m-%d}: {printable(member.reason)}"
        node = "" if member.node_id is None else f", node {member.node_id}"
        # As a comment, so that a study whose identities are these lines names nobody who cannot take part in it.
        typer.echo(f'{"" if may_take_part else "# "}{member.site} = "{member.request.identity}"  # {state}{node}')


@app.command(epilog="Example: cloister server submit study.toml --server /srv/federation --heldout heldout/table")
def submit(
    study: Annotated[Path, typer.Argument(help="The study's TOML file.")],
    server: ServerOption,
    heldout: Annotated[
        list[Path] | None, typer.Option(help="A dataset folder of your own on which the model is judged.")
    ] = None,
    base: Annotated[Path | None, typer.Option(help="The base folder, if the study has one.")] = None,
    days: DaysOption = 90,
) -> None:
    """Sign a study for the sites that it names, and make the bundle that Flower runs: the study, no code."""
    from cloister.server.coordinator_folder import CoordinatorFolder
    from cloister.server.server_folder import ServerFolder
    from cloister.server.submission import submit as sign_and_bundle

    made = sign_and_bundle(ServerFolder.open(server), study, days, _now(), heldout or (), base)
    typer.echo(f"Signed study {made.study.name}, SHA-256 {made.study.sha256}, until {made.expires:%Y-%m-%d}.")
    typer.echo(f"For the sites to approve: {made.signed_study}")
    if not CoordinatorFolder.open(made.folder).config.heldout:
        typer.echo("Next: it has no held-out data, without which it does not run: submit it again with --heldout.")
        return
    typer.echo(f"Next: FLWR_HOME={server.resolve() / 'flower'} flwr run {made.bundle} coordinator")


@app.command(epilog="Example: cloister server status --coordinator /srv/coordinator --json")
def status(
    coordinator: CoordinatorOption,
    as_json: JsonOption = False,
) -> None:
    """Say which rounds are finished, who took part, and how the model does on the held-out data."""
    from cloister.server.coordinator_folder import CoordinatorFolder
    from cloister.server.server_audit import refusing
    from cloister.study.errors import CloisterError

    opened = CoordinatorFolder.open(coordinator)
    study, state, refused = opened.study, opened.latest(), dict[str, str]()
    try:
        refused = refusing(opened)
    except (CloisterError, OSError) as problem:  # how far a run is can be told without its server's log
        typer.echo(f"Who takes no part is not known: {problem}", err=True)
    history = state.history if state else ()
    if as_json:
        typer.echo(
            json.dumps(
                {
                    "study": study.name,
                    "study_sha256": study.sha256,
                    "rounds": study.rounds,
                    "rounds_finished": state.round if state else 0,
                    "stopped": state.stopped if state else None,
                    "refusing": refused,
                    "history": [vars(record) for record in history],
                },
                indent=2,
            )
        )
        return
    metric = study.evaluation.metric
    for record in history:
        value = record.metrics.get(metric)
        judged = f"{metric} {value:.3f}" if value is not None else f"{metric} not defined"
        failed = "".join(f"; {site}: {code}" for site, code in sorted(record.failed.items()))
        failed += "" if record.accepted else "; rejected, the model before stays"
        typer.echo(f"round {record.round:>4}  {judged}  {', '.join(record.replied) or 'base'}{failed}")
    for site, code in sorted(refused.items()):
        typer.echo(f"{site} takes no part: {code}")
    ended = f"; ended: {state.stopped}" if state and state.stopped else ""
    typer.echo(f"Study {study.name}: {state.round if state else 0} of {study.rounds} rounds finished{ended}.")


@app.command(epilog="Example: cloister server page --server /srv/federation")
def page(
    server: ServerOption,
    port: Annotated[int, typer.Option(min=0, max=65535, help="On loopback; 0 for any free one.")] = 9097,
    oidc: Annotated[Path | None, typer.Option(help="Have an OpenID Connect provider sign people in, TOML.")] = None,
    log_json: Annotated[bool, typer.Option("--log-json", help="Log as JSON, without free text.")] = False,
) -> None:
    """Show the federation's page on this machine: sites, studies, budgets, evidence. Ends on Ctrl-C or SIGTERM."""
    from cloister.server.page.coordinator_page import coordinator_page, overview_of
    from cloister.server.page.federation import Federation
    from cloister.study.web.page_command import run_page

    federation = Federation(server)
    run_page(
        federation.server.folder,
        lambda port, oidc: coordinator_page(federation, port, oidc),
        lambda: overview_of(federation),
        port=port,
        oidc=oidc,
        log_json=log_json,
        user_command=f"cloister server user NAME --role operator --server {server}",
    )


@app.command(epilog="Example: cloister server user mlee --role viewer --server /srv/federation")
def user(
    name: Annotated[str, typer.Argument(help="As the person stands in the audit log: letters, or a login name.")],
    server: ServerOption,
    role: Annotated[str, typer.Option(help="viewer, or operator, who sees the audit log too.")] = "viewer",
    remove: Annotated[bool, typer.Option("--remove", help="Take the account away.")] = False,
) -> None:
    """Give somebody an account for the federation's page, or another role or password; the password is asked for."""
    from cloister.server.server_audit import record
    from cloister.server.server_folder import ServerFolder
    from cloister.study.login_name import login_name
    from cloister.study.web.account_command import change_account

    opened = ServerFolder.open(server)
    change_account(opened.folder, name, role, login_name(), partial(record, opened), remove=remove)


@app.command(epilog="Example: cloister server metrics --server /srv/federation > /var/lib/node_exporter/cloister.prom")
def metrics(server: ServerOption) -> None:
    """Print what Prometheus is told: rounds, drop-outs, bytes, epsilon, acceptance, what runs out when."""
    from cloister.server.page.federation import Federation
    from cloister.server.page.federation_metrics import federation_metrics

    typer.echo(federation_metrics(Federation(server), _now()), nl=False)


@app.command(epilog="Example: cloister server audit --server /srv/federation --export audit.jsonl")
def audit(
    server: ServerOption,
    verify: Annotated[bool, typer.Option("--verify", help="Check every entry, and show nothing else.")] = False,
    export: Annotated[Path | None, typer.Option(help="Write a copy that anybody can verify.")] = None,
    prune: Annotated[
        bool, typer.Option("--prune", help="With --export to a new file: then remove what is older than 6 years.")
    ] = False,
    anchor_anew: Annotated[
        str | None, typer.Option(metavar="REASON", help="Take up a log of which entries were lost; put that on record.")
    ] = None,
    by: Annotated[str, typer.Option(help="Who; the login name if not given.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Show what happened at this coordinator: enrolments, studies, runs, rounds. Every entry is verified."""
    from cloister.server.server_audit import log_of
    from cloister.server.server_folder import ServerFolder
    from cloister.study.audit_entry import person
    from cloister.study.audit_report import report
    from cloister.study.command_text import check_text
    from cloister.study.login_name import login_name

    opened = ServerFolder.open(server)
    log, name, who = log_of(opened), opened.config.name, by or login_name()
    if anchor_anew is not None:
        check_text(anchor_anew, "--anchor-anew")
        log.anchor_anew(_now(), person(who), anchor_anew)
    for line in report(log, name, _now(), who, verify, export, prune, as_json):
        typer.echo(line)


@app.command(
    epilog="Example: cloister server release /srv/federation/studies/heart-1a2b3c4d5e6f "
    "--statements north.json --statements south.json --output heart.zip"
)
def release(
    run: Annotated[Path, typer.Argument(help="The study's folder, as `submit` made it.")],
    output: Annotated[Path, typer.Option(help="A new folder, or a new file that ends in .zip.")],
    statements: Annotated[
        list[Path] | None, typer.Option(help="A site's statement, as `cloister site statement` wrote it.")
    ] = None,
    server: Annotated[
        Path | None, typer.Option("--server", help="The server's folder; the one that holds the study's.")
    ] = None,
) -> None:
    """Run the gates on a finished study's model, and write it with signed evidence."""
    from cloister.server.coordinator_folder import CoordinatorFolder
    from cloister.server.release import release as write_release
    from cloister.server.server_folder import ServerFolder
    from cloister.study.named_file import read_file

    opened = ServerFolder.open(server or run.resolve().parent.parent)
    told = [read_file(path) for path in statements or ()]
    made = write_release(opened, CoordinatorFolder.open(run), told, output, _now())
    for gate in made.gates:
        typer.echo(f"passed: {gate.name}: {gate.detail}")
    typer.echo(f"Released {made.study.name} in {output}. Whoever has this coordinator's fingerprint can check it:")
    typer.echo(f"  cloister server verify {output} --fingerprint '{opened.identity.fingerprint.words}'")


@app.command(epilog="Example: cloister server verify heart.zip --fingerprint 'babad gutih ...'")
def verify(
    bundle: Annotated[Path, typer.Argument(help="The release: folder or zip file.")],
    fingerprint: Annotated[
        str, typer.Option(help="The coordinator's, in words or digits, as they say it; asked if not given.")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Check a release, offline: signatures, digests, the sites' statements, and every gate anew."""
    from cloister.server.release_verification import verify as check_release
    from cloister.study.printable import printable
    from cloister.study.said_fingerprint import said_fingerprint

    said = said_fingerprint(fingerprint, "The coordinator's fingerprint, in words or digits")
    found = check_release(bundle, said)
    if as_json:
        values = {
            "valid": True,
            "coordinator": found.coordinator.name,
            "study": found.study.name,
            "evidence": found.evidence.model_dump(mode="json"),
            "epsilon": {site: statement.epsilon for site, statement in sorted(found.statements.items())},
            "gates": [vars(gate) for gate in found.gates],
            "card_checked": found.card_checked,
        }
        typer.echo(json.dumps(values, indent=2))
        return
    typer.echo(f"Coordinator {found.coordinator.name} signed it; all {found.files} files are as they were.")
    typer.echo(f"Study {found.study.name}, SHA-256 {found.study.sha256}, run {found.evidence.run}.")
    for gate in found.gates:
        typer.echo(f"holds: {gate.name}: {printable(gate.detail)}")
    typer.echo(f"Transcript of {len(found.evidence.rounds)} entries: {found.evidence.transcript[-1]}")
    if not found.card_checked:
        version = printable(found.evidence.cloister_version)
        typer.echo(
            f"NOT checked: MODEL_CARD.md, the work of Cloister {version}. Verify with that version, or distrust it."
        )


def _own(certificate: Path | None, key: Path | None, authority: Path | None) -> OwnCertificate | None:
    """The institution's certificate, if its three files are named."""
    from cloister.server.server_setup import OwnCertificate

    if certificate is None and key is None and authority is None:
        return None
    if certificate is None or key is None or authority is None:
        raise typer.BadParameter("--certificate, --key and --authority go together")
    return OwnCertificate(certificate, key, authority)


def _now() -> datetime:
    return datetime.now(UTC)
