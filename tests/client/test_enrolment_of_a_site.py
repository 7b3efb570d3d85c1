"""A site and a coordinator come to know each other by two documents that people carry and compare."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_ssh_private_key, load_ssh_public_key

from cloister.client.enrolment import (
    accept_enrolment,
    node_key_file,
    read_enrolment,
    request_enrolment,
    request_file,
)
from cloister.client.site_folder import SiteFolder
from cloister.client.site_setup import create_site
from cloister.server.enrolment import enroll, revoke
from cloister.server.server_folder import Server, ServerFolder
from cloister.server.server_setup import OwnCertificate, create_server, rotate
from cloister.server.submission import submit
from cloister.study.enrolment import Enrolment, EnrolmentRequest
from cloister.study.errors import (
    CloisterError,
    EnrolmentError,
    InputError,
    MissingFileError,
    StudyError,
    TransportCertificateError,
)
from cloister.study.schema import Study
from cloister.study.signed_document import sign

if TYPE_CHECKING:
    from tests.client.conftest import Federation

NOW = datetime.now(UTC)
DAY = timedelta(days=1)


@pytest.fixture
def server(tmp_path: Path) -> ServerFolder:
    return create_server(
        tmp_path / "server", Server(name="heart", hosts=("coordinator.example",), anchors="../anchors"), NOW
    )


@pytest.fixture
def hospital(tmp_path: Path) -> SiteFolder:
    return create_site(tmp_path / "st-mary", "st-mary")


def enrolled(server: ServerFolder, request: EnrolmentRequest, now: datetime = NOW) -> bytes:
    return enroll(server, request, request.fingerprint.words, 365, now)


def accept(site: SiteFolder, server: ServerFolder, answer: bytes, now: datetime = NOW, replace: bool = False) -> None:
    accept_enrolment(site, answer, server.identity.fingerprint.hexadecimal, "the tests", now, replace=replace)


def test_after_both_documents_each_side_knows_the_others_keys(server: ServerFolder, hospital: SiteFolder) -> None:
    request_enrolment(hospital, NOW)
    carried = EnrolmentRequest.open(request_file(hospital).read_bytes(), NOW)
    accept(hospital, server, enrolled(server, carried))
    known = read_enrolment(hospital, NOW)
    assert known.coordinator == server.identity
    assert known.address == "coordinator.example:8443"
    assert server.roster.identities(NOW) == {"st-mary": hospital.key.identity.public_key().public_bytes_raw().hex()}
    registered = load_ssh_public_key(server.roster.member("st-mary").request.node_key.encode())
    kept = load_ssh_private_key(node_key_file(hospital).read_bytes(), None)
    assert isinstance(kept, ec.EllipticCurvePrivateKey)
    assert kept.public_key() == registered
    assert (hospital.folder / "enrolment" / "ca.crt").read_bytes() == (server.keys / "ca.crt").read_bytes()


def test_no_secret_is_in_what_is_carried(server: ServerFolder, hospital: SiteFolder) -> None:
    request = request_enrolment(hospital, NOW)
    answer = enrolled(server, request)
    secrets = [hospital.key.secret.hex(), hospital.key.identity.private_bytes_raw().hex()]
    secrets += [server.signing_key.private_bytes_raw().hex()]
    for path in (node_key_file(hospital), server.keys / "ca.key", server.keys / "server.key"):
        secrets += path.read_text().splitlines()[1:-1]
        assert path.stat().st_mode & 0o077 == 0
    for document in (request_file(hospital).read_text(), answer.decode()):
        assert not [secret for secret in secrets if secret in document]


def test_a_fingerprint_that_breaks_off_is_incomplete_and_not_another(server: ServerFolder, tmp_path: Path) -> None:
    site = create_site(tmp_path / "st-mary", "st-mary")
    request = request_enrolment(site, NOW)
    words = request.fingerprint.words
    with pytest.raises(EnrolmentError, match="is incomplete: 35 letters"):
        enroll(server, request, words[: words.rindex(" ")], 365, NOW)
    answer = enroll(server, request, words, 365, NOW)
    with pytest.raises(EnrolmentError, match="is incomplete: 28 letters or digits"):
        accept_enrolment(site, answer, server.identity.fingerprint.hexadecimal[:-5], "the tests", NOW)


def test_a_swapped_document_is_found_out_by_its_fingerprint(server: ServerFolder, tmp_path: Path) -> None:
    """Mallory answers every message on the way with one of their own making."""
    mallory = create_server(
        tmp_path / "mallory", Server(name="heart", hosts=("coordinator.example",), anchors="../anchors"), NOW
    )
    honest, false = (create_site(tmp_path / name, "st-mary") for name in ("honest", "false"))
    request, swapped = request_enrolment(honest, NOW), request_enrolment(false, NOW)
    with pytest.raises(EnrolmentError, match="another fingerprint") as at_coordinator:
        enroll(server, swapped, request.fingerprint.words, 365, NOW)
    assert server.roster.members == ()
    with pytest.raises(EnrolmentError, match="another fingerprint") as at_site:
        accept(honest, server, enrolled(mallory, request))
    # Whoever is shown what would pass may type that in, and no telephone was needed.
    for refusal, passing in ((at_coordinator, swapped.fingerprint), (at_site, mallory.identity.fingerprint)):
        told = str(refusal.value).lower()
        assert passing.words.split()[0] not in told
        assert passing.hexadecimal.split()[0] not in told
    with pytest.raises(EnrolmentError, match="not enrolled"):
        read_enrolment(honest, NOW)


def forged_answer(**changes: object) -> Callable[[ServerFolder, EnrolmentRequest], bytes]:
    def forge(server: ServerFolder, request: EnrolmentRequest) -> bytes:
        values = Enrolment.open(enrolled(server, request)).model_dump(mode="json")
        return Enrolment.model_validate({**values, **changes}).sign(server.signing_key)

    return forge


@pytest.mark.parametrize(
    "answer",
    [
        forged_answer(site="other"),
        forged_answer(identity="00" * 32),
        forged_answer(node_key="ecdsa-sha2-nistp384 AAAA"),
        forged_answer(expires=(NOW - DAY).isoformat()),
        forged_answer(issued=(NOW + DAY).isoformat()),
        forged_answer(issued="0001-01-01T00:00:00Z", expires="0001-01-01T00:00:00Z"),
        lambda server, request: enrolled(server, request).replace(b":8443", b":9443"),
        lambda server, _: sign("cloister/signed-study/1", {}, server.signing_key),
        lambda server, request: request.sign(server.signing_key),
        lambda *_: b"",
    ],
    ids=[
        *("site", "identity", "node key", "run out", "not begun", "long ago", "altered", "a study", "a request"),
        "nothing",
    ],
)
def test_an_answer_that_is_not_for_this_site_and_now_is_refused(
    server: ServerFolder, hospital: SiteFolder, answer: Callable[[ServerFolder, EnrolmentRequest], bytes]
) -> None:
    request = request_enrolment(hospital, NOW)
    with pytest.raises(EnrolmentError):
        accept(hospital, server, answer(server, request))
    with pytest.raises(EnrolmentError, match="not enrolled"):
        read_enrolment(hospital, NOW)


def test_a_leaf_certificate_is_no_authority(server: ServerFolder, hospital: SiteFolder) -> None:
    (server.keys / "ca.crt").write_bytes((server.keys / "server.crt").read_bytes())
    request = request_enrolment(hospital, NOW)
    answer = Enrolment(
        site="st-mary", identity=request.identity, node_key=request.node_key, coordinator=server.identity,
        address=server.address, issued=NOW, expires=NOW + DAY,
    ).sign(server.signing_key)  # fmt: skip
    with pytest.raises(TransportCertificateError, match="not a certificate authority"):
        accept(hospital, server, answer)


def test_what_was_accepted_cannot_be_edited_and_runs_out(server: ServerFolder, hospital: SiteFolder) -> None:
    accept(hospital, server, enrolled(server, request_enrolment(hospital, NOW)))
    with pytest.raises(EnrolmentError, match="holds from"):
        read_enrolment(hospital, NOW + 366 * DAY)
    path = hospital.folder / "enrolment" / "accepted.json"
    record = json.loads(path.read_text())
    edits: list[object] = [
        {**record, "accepted_by": "x"},
        {**record, "signature": ""},
        {"enrolment": record["enrolment"]},
        [],
    ]
    for text in ("[" * 100_000, *map(json.dumps, edits)):
        path.write_text(text)
        with pytest.raises(EnrolmentError, match="altered"):
            read_enrolment(hospital, NOW)


def test_another_coordinator_is_accepted_only_on_purpose(
    server: ServerFolder, hospital: SiteFolder, tmp_path: Path
) -> None:
    other = create_server(tmp_path / "other", Server(name="lung", hosts=("other.example",), anchors="../anchors"), NOW)
    request = request_enrolment(hospital, NOW)
    accept(hospital, server, enrolled(server, request))
    with pytest.raises(EnrolmentError, match="another coordinator"):
        accept(hospital, other, enrolled(other, request))
    assert read_enrolment(hospital, NOW).coordinator.name == "heart"
    accept(hospital, other, enrolled(other, request), replace=True)
    assert read_enrolment(hospital, NOW).coordinator.name == "lung"


def test_a_node_key_rotates_when_the_answer_is_accepted_and_not_before(
    server: ServerFolder, hospital: SiteFolder
) -> None:
    accept(hospital, server, enrolled(server, request_enrolment(hospital, NOW)))
    server.roster.known_as("st-mary", 17).write(server.roster_file)
    before = node_key_file(hospital).read_bytes()
    request = request_enrolment(hospital, NOW + DAY, new_node_key=True)
    assert node_key_file(hospital).read_bytes() == before
    answer = enrolled(server, request, NOW + DAY)
    assert server.roster.retired_nodes == (17,)
    assert server.roster.member("st-mary").node_id is None
    accept(hospital, server, answer, NOW + DAY)
    assert node_key_file(hospital).read_bytes() != before
    assert request_enrolment(hospital, NOW + 2 * DAY).node_key == request.node_key


def test_requests_that_are_old_altered_or_of_others_are_refused(hospital: SiteFolder, tmp_path: Path) -> None:
    request = request_enrolment(hospital, NOW)
    content = request_file(hospital).read_bytes()
    other = create_site(tmp_path / "other", "other")
    for attempt, now in [
        (content, NOW + 31 * DAY),
        (content, NOW - DAY),
        (content.replace(b"st-mary", b"st-luke"), NOW),
        (request.sign(other.key.identity), NOW),
    ]:
        with pytest.raises(EnrolmentError):
            EnrolmentRequest.open(attempt, now)
    kind, encoded = request.node_key.split()
    key = base64.b64decode(encoded)
    no_point = f"{kind} {base64.b64encode(key[:-97] + b'?' + key[-96:]).decode()}"
    for node_key in ("", "ssh-ed25519 AAAA", request.node_key + "\n" + request.node_key, "-----BEGIN", no_point):
        with pytest.raises(ValueError, match="OpenSSH"):
            EnrolmentRequest.model_validate({**request.model_dump(), "node_key": node_key})


def test_a_name_and_a_key_belong_to_one_site(server: ServerFolder, hospital: SiteFolder, tmp_path: Path) -> None:
    request = request_enrolment(hospital, NOW)
    enrolled(server, request)
    enrolled(server, request)  # an answer that was lost is made again
    impostor = request_enrolment(create_site(tmp_path / "impostor", "st-mary"), NOW + DAY)
    with pytest.raises(EnrolmentError, match="another identity"):
        enrolled(server, impostor)
    second = request_enrolment(create_site(tmp_path / "second", "st-luke"), NOW)
    for stolen in ({"node_key": request.node_key}, {"identity": request.identity}):
        with pytest.raises(EnrolmentError, match="has a key of st-mary"):
            enrolled(server, second.model_copy(update=stolen))
    older = request.model_copy(update={"created": NOW - DAY, "node_key": second.node_key})
    with pytest.raises(EnrolmentError, match="not newer"):
        enrolled(server, older)


def test_a_revoked_site_is_off_the_roster_for_good(federation: "Federation", study: Study) -> None:
    server, site = federation.server, federation.site
    server.roster.known_as("north", 5).write(server.roster_file)
    revoke(server, "north", "left", federation.now)
    assert set(server.roster.identities(federation.now)) == {"south"}
    assert server.roster.retired_nodes == (5,)
    with pytest.raises(EnrolmentError, match=r"not on the roster, or no longer: north"):
        federation.submit(study)
    with pytest.raises(EnrolmentError, match="was revoked"):
        enrolled(server, request_enrolment(site, federation.now + DAY, new_node_key=True), federation.now + DAY)
    renamed = request_enrolment(site, federation.now + DAY).model_copy(update={"site": "fresh"})
    with pytest.raises(EnrolmentError, match="has a key of north"):
        enrolled(server, renamed, federation.now + DAY)
    with pytest.raises(EnrolmentError, match="was revoked"):
        revoke(server, "north", "again", federation.now)


def test_a_revoked_site_that_an_old_roster_still_names_gets_no_study_and_no_new_enrolment(
    federation: "Federation", study: Study
) -> None:
    server = federation.server
    backup = server.roster_file.read_bytes()
    revoke(server, "north", "left", federation.now)
    server.roster_file.write_bytes(backup)
    with pytest.raises(InputError, match="older than the audit log: revoked, and on it, are north"):
        federation.submit(study)
    with pytest.raises(InputError, match="older than the audit log"):
        enrolled(server, request_enrolment(federation.site, federation.now + DAY), federation.now + DAY)


def test_an_enrolment_that_ran_out_is_off_the_roster(federation: "Federation") -> None:
    late = federation.now + 364 * DAY
    assert set(federation.server.roster.identities(late)) == {"north", "south"}
    assert federation.server.roster.identities(late + 2 * DAY) == {}


def test_a_study_with_other_identities_than_the_roster_is_not_signed(
    federation: "Federation", make_study: Callable[..., Study]
) -> None:
    sites = {"sites": ["north", "south"], "identities": {"north": "00" * 32, "south": "11" * 32}}
    with pytest.raises(StudyError, match=r"identities\.north"):
        federation.submit(make_study(federation=sites))


def test_rotation_changes_the_certificate_and_nothing_that_sites_know(server: ServerFolder) -> None:
    identity, before = server.identity, (server.keys / "server.crt").read_bytes()
    until = rotate(server, NOW + 300 * DAY)
    assert (server.keys / "server.crt").read_bytes() != before
    assert until > NOW + 600 * DAY
    assert server.identity == identity
    server.check_certificate(NOW + 600 * DAY)


def test_nothing_is_enrolled_or_submitted_with_a_certificate_that_ran_out(
    federation: "Federation", tmp_path: Path
) -> None:
    late = federation.now + 400 * DAY
    request = request_enrolment(federation.site, late, new_node_key=True)
    with pytest.raises(TransportCertificateError, match="holds from"):
        enrolled(federation.server, request, late)
    with pytest.raises(TransportCertificateError, match="holds from"):
        submit(federation.server, tmp_path / "study.json", 90, late)


def test_rotation_without_the_authoritys_key_says_what_to_do(server: ServerFolder) -> None:
    (server.keys / "ca.key").unlink()
    with pytest.raises(MissingFileError, match="back for as long as this takes"):
        rotate(server, NOW)


def test_an_institutions_certificate_serves_as_well(tmp_path: Path, server: ServerFolder) -> None:
    own = OwnCertificate(server.keys / "server.crt", server.keys / "server.key", server.keys / "ca.crt")
    theirs = create_server(
        tmp_path / "theirs", Server(name="x", hosts=("coordinator.example",), anchors="../anchors"), NOW, own
    )
    assert not (theirs.keys / "ca.key").exists()
    theirs.check_certificate(NOW)
    with pytest.raises(TransportCertificateError, match=r"other\.example"):
        create_server(tmp_path / "wrong", Server(name="x", hosts=("other.example",), anchors="../anchors"), NOW, own)
    assert not (tmp_path / "wrong").exists()
    with pytest.raises(InputError, match="holds a server already"):
        create_server(tmp_path / "theirs", theirs.config, NOW)


def test_a_garbled_roster_is_not_an_empty_one(server: ServerFolder) -> None:
    for text in ("", "{", '{"members": [{}]}', "[]"):
        server.roster_file.write_text(text)
        with pytest.raises(InputError, match="not a roster"):
            _ = server.roster
    server.roster_file.unlink()
    with pytest.raises(InputError, match="no such roster"):
        _ = server.roster


def test_a_lost_or_wrong_signing_key_is_said(server: ServerFolder) -> None:
    path = server.keys / "study-signing.key"
    for content in (b"", (server.keys / "server.key").read_bytes()):
        path.write_bytes(content)
        with pytest.raises(InputError, match="not an Ed25519"):
            _ = server.signing_key
    path.unlink()
    with pytest.raises(CloisterError, match="no such file"):
        _ = server.signing_key
