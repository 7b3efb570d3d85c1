"""The site's end of secure aggregation survives restarts and reveals nothing twice."""

import json
import os
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from flwr.app import ConfigRecord, Context, Message, RecordDict
from flwr.supercore.task_identity import TaskIdentity

from cloister.client import app as client_app
from cloister.client.approvals import approve
from cloister.client.node_config import FOLDER_KEY
from cloister.client.secure_aggregation import SecureAggregation
from cloister.client.site_folder import SiteFolder
from cloister.client.site_setup import create_site
from cloister.client.training_queue import place_to_train
from cloister.privacy.secure_aggregation import wire
from cloister.privacy.secure_aggregation.coordinator import CoordinatorRound
from cloister.privacy.secure_aggregation.fixed_point import FixedPoint, Words
from cloister.privacy.secure_aggregation.messages import Advertisement, MaskedVector, RoundId
from cloister.study.errors import CloisterError, DataError, SecureAggregationError, StudyError, TooFewSitesError
from cloister.study.protocol import PROTOCOL, PROTOCOL_KEY
from cloister.study.schema import Study

NAMES = ("east", "north", "south")
ROUND = RoundId("run/session", 1)
UPDATE = {"b": np.array([0.5, -0.25], np.float32), "a": np.array([[1.0]], np.float32)}
HALF_A_PAIR: wire.Wire = wire.advertisements_to_wire(
    [Advertisement("north\ud800", b"k" * 32, b"k" * 32, b"c" * 32, b"s" * 64)]
)
MakeStudy = Callable[..., Study]


def request(content: wire.Wire | None = None, round_id: RoundId = ROUND) -> wire.Wire:
    return {"session": round_id.run_id, "number": round_id.number, **(content or {})}


def mask(site: SecureAggregation, sent: wire.Wire) -> tuple[Words, wire.Wire]:
    """The masked vector and what goes with it, as they were sealed."""
    sealed: list[tuple[Words, wire.Wire]] = []
    site.mask(UPDATE, sent, lambda vector, beside: sealed.append((vector, beside)))
    return sealed[0]


def config_of(study: Study, run_id: str = "run", number: int = 1) -> dict[str, str | int]:
    return {PROTOCOL_KEY: PROTOCOL, "study": study.canonical, "run-id": run_id, "server-round": number}


def send(site: Path, config: dict[str, str | int], asked: wire.Wire, kind: str = "query.secure_unmask") -> Message:
    """To the app itself, as Flower would."""
    content = RecordDict({"config": ConfigRecord(config), wire.SECURE: ConfigRecord(asked)})  # type: ignore[arg-type]
    TaskIdentity.run_id = TaskIdentity.node_id = TaskIdentity.task_id = 1
    message = Message(content, dst_node_id=1, message_type=kind)
    message.metadata.__dict__["_message_id"] = "1"
    return client_app.app(message, Context(1, 1, {FOLDER_KEY: str(site)}, RecordDict(), {}))


class Hospitals:
    """Three sites with folders of their own, each step taken as a new process would: from the disk."""

    def __init__(self, folder: Path, make_study: MakeStudy) -> None:
        self.sites = {name: create_site(folder / name, name) for name in NAMES}
        self.identities = {name: site.key.identity.public_key().public_bytes_raw() for name, site in self.sites.items()}
        identities = {name: key.hex() for name, key in self.identities.items()}
        self.study = make_study(federation={"sites": list(NAMES), "identities": identities})
        for site in self.sites.values():
            approve(site, self.study, "the tests")

    def at(self, name: str) -> SecureAggregation:
        return SecureAggregation(SiteFolder.open(self.sites[name].folder), self.study)

    def secret_files(self, name: str) -> list[Path]:
        return sorted((self.sites[name].folder / "secure-aggregation").rglob("*.json"))

    def masked(self) -> CoordinatorRound:
        """A coordinator that holds the masked vectors of all three."""
        ads = [ad for name in NAMES for ad in wire.advertisements_from_wire(self.at(name).advertise(request()))]
        coordinator = CoordinatorRound(ROUND, self.identities, ads, 3)
        for name in NAMES:
            shared = self.at(name).share(request(wire.advertisements_to_wire(coordinator.advertisements)))
            coordinator.add_shares(name, wire.by_site_from_wire("shared", shared))
        cohort = list(coordinator.close_cohort())
        for name in NAMES:
            sealed = wire.by_site_to_wire("sealed", coordinator.sealed_for(name))
            vector, beside = mask(self.at(name), request({"cohort": cohort, **sealed}))
            coordinator.add_vector(MaskedVector(name, vector, wire.bytes_from_wire(beside, "signature")))
        return coordinator


@pytest.fixture
def hospitals(tmp_path: Path, make_study: MakeStudy) -> Hospitals:
    return Hospitals(tmp_path, make_study)


def agreements(coordinator: CoordinatorRound) -> wire.Wire:
    return request(wire.by_site_to_wire("agreement", coordinator.agreements))


def test_a_round_in_which_every_step_begins_from_the_disk(hospitals: Hospitals) -> None:
    coordinator = hospitals.masked()
    answers = [wire.revealed_from_wire(name, hospitals.at(name).unmask(agreements(coordinator))) for name in NAMES]
    summed = FixedPoint(hospitals.study.federation.update_bound, 3).decode(coordinator.unmask(answers))
    np.testing.assert_allclose(summed, 3 * np.array([1.0, 0.5, -0.25]), atol=1e-6)


def test_masks_come_off_while_another_study_trains(hospitals: Hospitals) -> None:
    coordinator = hospitals.masked()
    site = hospitals.sites["north"].folder
    config = config_of(hospitals.study)
    asked = agreements(coordinator)
    with place_to_train(site, "f" * 64, 1, 0.0, lambda: None):
        reply = send(site, config, asked)
    assert dict(reply.content.config_records[wire.SECURE]) == hospitals.at("north").unmask(asked)


def test_the_same_request_gets_the_same_answer_and_another_one_none(hospitals: Hospitals) -> None:
    """Also after a restart, which every step here begins from."""
    coordinator = hospitals.masked()
    asked = agreements(coordinator)
    assert hospitals.at("north").unmask(asked) == hospitals.at("north").unmask(asked)
    two = {name: coordinator.agreements[name] for name in ("north", "south")}
    with pytest.raises(SecureAggregationError, match="no secrets"):
        hospitals.at("north").unmask(request(wire.by_site_to_wire("agreement", two)))


@pytest.mark.parametrize(("run_id", "number"), [("other", 1), ("run", 2)])
def test_secrets_are_asked_for_under_the_lock_of_their_own_run_and_round(
    hospitals: Hospitals, run_id: str, number: int
) -> None:
    """Two requests for one round that wait for different locks would be answered at once, and differently."""
    coordinator = hospitals.masked()
    site, asked = hospitals.sites["north"].folder, agreements(coordinator)
    refused = send(site, config_of(hospitals.study, run_id, number), asked)
    assert refused.error.code == SecureAggregationError.wire_code
    assert not send(site, config_of(hospitals.study), asked).has_error()


@pytest.mark.parametrize("kind", ["query.secure_advertise", "query.secure_share", "query.secure_unmask"])
def test_a_round_is_named_by_a_number_which_true_is_not(hospitals: Hospitals, kind: str) -> None:
    """On record it is no round: its answers would not be counted."""
    site, config = hospitals.sites["north"].folder, config_of(hospitals.study)
    refused = send(site, {**config, "server-round": True}, request(), kind)
    assert refused.error.code == StudyError.wire_code
    refused = send(site, config, {**request(), "number": True}, kind)
    assert refused.error.code == SecureAggregationError.wire_code
    assert hospitals.secret_files("north") == []


def test_no_keys_are_given_for_a_round_that_this_site_could_not_train(hospitals: Hospitals) -> None:
    """Were it to say so only when it is to train, the others' patients would have paid for a round that fails."""
    reply = send(hospitals.sites["north"].folder, config_of(hospitals.study), request(), "query.secure_advertise")
    assert reply.error.code == DataError.wire_code
    assert hospitals.secret_files("north") == []


def test_the_next_rounds_shares_are_of_the_next_round_of_this_session(hospitals: Hospitals) -> None:
    coordinator = hospitals.masked()
    for other in (RoundId("run/session", 3), RoundId("run/another", 2)):
        following = {f"next-{name}": value for name, value in request(round_id=other).items()}
        with pytest.raises(SecureAggregationError, match="next"):
            hospitals.at("north").unmask({**agreements(coordinator), **following})


def test_masks_come_off_even_if_the_next_rounds_keys_are_of_no_use(hospitals: Hospitals) -> None:
    """The round was trained and paid for: what another site says of the next one does not take it away."""
    coordinator = hospitals.masked()
    next_round = RoundId(ROUND.run_id, 2)
    ads = [
        ad
        for name in NAMES
        for ad in wire.advertisements_from_wire(hospitals.at(name).advertise(request(round_id=next_round)))
    ]
    useless = [replace(ad, sealing_key=bytes(32)) if ad.site == "south" else ad for ad in ads]
    key = hospitals.sites["south"].key.identity
    signed = [
        replace(ad, signature=key.sign(ad.signed_bytes(next_round))) if ad.site == "south" else ad for ad in useless
    ]
    following = request(wire.advertisements_to_wire(signed), next_round)
    asked = {**agreements(coordinator), **{f"next-{name}": value for name, value in following.items()}}
    answer = hospitals.at("north").unmask(asked)
    assert wire.revealed_from_wire("north", answer).seeds.keys() == set(NAMES)
    assert "shared-sites" not in answer
    assert hospitals.at("north").unmask(asked) == answer


def test_the_studys_minimum_holds_at_a_site_whose_own_policy_asks_for_less(hospitals: Hospitals) -> None:
    """Else the site with the lowest floor would help to unmask less than another one was promised."""
    assert hospitals.at("north")._site.policy.floors.cohort < hospitals.study.federation.required_sites == len(NAMES)
    coordinator = hospitals.masked()
    two = {name: coordinator.agreements[name] for name in ("north", "south")}
    with pytest.raises(TooFewSitesError, match="3 are needed"):
        hospitals.at("north").unmask(request(wire.by_site_to_wire("agreement", two)))


def test_one_studys_secrets_serve_no_other(hospitals: Hospitals) -> None:
    """Its terms may be weaker: masked for the one, a vector could be unmasked by the other's rules."""
    hospitals.masked()
    north = hospitals.sites["north"]
    other = hospitals.study.model_copy(update={"title": "Another study of the same sites"})
    approve(north, other, "the tests")
    for step in ("share", "unmask", "check_maskable"):
        with pytest.raises(SecureAggregationError, match="no secrets"):
            getattr(SecureAggregation(north, other), step)(request())


@pytest.mark.parametrize("left_out", ["cohort", "sealed-sites"])
def test_what_could_not_be_masked_is_refused_before_the_site_trains(hospitals: Hospitals, left_out: str) -> None:
    ads = [ad for name in NAMES for ad in wire.advertisements_from_wire(hospitals.at(name).advertise(request()))]
    coordinator = CoordinatorRound(ROUND, hospitals.identities, ads, 3)
    for name in NAMES:
        shared = hospitals.at(name).share(request(wire.advertisements_to_wire(ads)))
        coordinator.add_shares(name, wire.by_site_from_wire("shared", shared))
    cohort = list(coordinator.close_cohort())
    asked = request({"cohort": cohort, **wire.by_site_to_wire("sealed", coordinator.sealed_for("north"))})
    hospitals.at("north").check_maskable(asked)
    with pytest.raises(CloisterError):
        hospitals.at("north").check_maskable({name: [] if left_out in name else asked[name] for name in asked})
    mask(hospitals.at("north"), asked)


def test_shares_are_split_once(hospitals: Hospitals) -> None:
    ads = [ad for name in NAMES for ad in wire.advertisements_from_wire(hospitals.at(name).advertise(request()))]
    asked = request(wire.advertisements_to_wire(ads))
    assert hospitals.at("north").share(asked) == hospitals.at("north").share(asked)
    with pytest.raises(SecureAggregationError, match="before"):
        hospitals.at("north").share(request(wire.advertisements_to_wire(ads[::-1])))


def test_a_second_vector_under_the_same_masks_does_not_leave(hospitals: Hospitals) -> None:
    coordinator = hospitals.masked()
    asked = request({"cohort": list(NAMES), **wire.by_site_to_wire("sealed", coordinator.sealed_for("north"))})
    assert hospitals.at("north").has_masked(asked)
    with pytest.raises(SecureAggregationError, match="before"):
        hospitals.at("north").check_maskable(asked)
    with pytest.raises(SecureAggregationError, match="before"):
        mask(hospitals.at("north"), asked)


def test_a_vector_whose_sealing_failed_counts_as_never_masked(hospitals: Hospitals) -> None:
    ads = [ad for name in NAMES for ad in wire.advertisements_from_wire(hospitals.at(name).advertise(request()))]
    coordinator = CoordinatorRound(ROUND, hospitals.identities, ads, 3)
    for name in NAMES:
        shared = hospitals.at(name).share(request(wire.advertisements_to_wire(coordinator.advertisements)))
        coordinator.add_shares(name, wire.by_site_from_wire("shared", shared))
    sealed = wire.by_site_to_wire("sealed", coordinator.sealed_for("north"))
    asked = request({"cohort": list(coordinator.close_cohort()), **sealed})

    def full(*_: object) -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        hospitals.at("north").mask(UPDATE, asked, full)
    assert not hospitals.at("north").has_masked(asked)
    vector, beside = mask(hospitals.at("north"), asked)
    coordinator.add_vector(MaskedVector("north", vector, wire.bytes_from_wire(beside, "signature")))


def test_asking_for_keys_again_gives_the_same_keys_and_no_second_vector(hospitals: Hospitals) -> None:
    coordinator = hospitals.masked()
    again = wire.advertisements_from_wire(hospitals.at("north").advertise(request()))
    assert again == [ad for ad in coordinator.advertisements if ad.site == "north"]
    hospitals.at("north").unmask(agreements(coordinator))


def test_another_session_destroys_the_first_ones_secrets(hospitals: Hospitals) -> None:
    """A coordinator that starts the round over cannot have the first attempt's masks taken off as well."""
    coordinator = hospitals.masked()
    hospitals.at("north").advertise(request(round_id=RoundId("run/another", 1)))
    with pytest.raises(SecureAggregationError, match="no secrets"):
        hospitals.at("north").unmask(agreements(coordinator))


def test_secrets_lie_where_only_the_owner_reads_and_do_not_pile_up(hospitals: Hospitals) -> None:
    for number in range(1, 6):
        hospitals.at("north").advertise(request(round_id=RoundId("run/session", number)))
    files = hospitals.secret_files("north")
    assert len(files) <= 2
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in files)


def test_secrets_of_a_run_long_past_go_with_the_next_training_request_of_any_run(hospitals: Hospitals) -> None:
    """An abandoned run has no next round that would remove them; a run that may still go on keeps its own."""
    north = hospitals.sites["north"].folder
    runs = ("abandoned", "paused", "run")
    files = {}
    for run in runs:
        known = set(hospitals.secret_files("north"))
        hospitals.at("north").advertise(request(round_id=RoundId(f"{run}/session", 1)))
        (files[run],) = set(hospitals.secret_files("north")) - known
    for run in ("abandoned", "run"):
        os.utime(files[run], (0, 0))
    send(north, config_of(hospitals.study), request(), kind="train")
    assert hospitals.secret_files("north") == sorted([files["paused"], files["run"]])


def test_a_study_that_names_another_identity_for_this_site_is_refused(hospitals: Hospitals) -> None:
    federation = hospitals.study.federation
    swapped = {**(federation.identities or {}), "north": hospitals.identities["south"].hex()}
    for identities in (swapped, None):
        changed = federation.model_copy(update={"identities": identities})
        with pytest.raises(StudyError, match="identity"):
            SecureAggregation(hospitals.sites["north"], hospitals.study.model_copy(update={"federation": changed}))


def test_whatever_a_coordinator_sends_is_answered_with_a_typed_error(hospitals: Hospitals) -> None:
    site = hospitals.at("north")
    garbage: list[wire.Wire] = [
        {},
        {"session": "s", "number": 0},
        {"session": 5, "number": 1},
        request({"ad-sites": ["north"], "ad-mask-keys": [b"x"]}),
        request({"ad-sites": ["north"] * 3}),
        request(HALF_A_PAIR),
        request(HALF_A_PAIR, RoundId("\ud800", 1)),
        request({"agreement-sites": ["north", "north"], "agreement-values": [b"", b""]}),
        request({"sealed-sites": ["east"], "sealed-values": [b"x" * 5000], "cohort": list(NAMES)}),
    ]
    site.advertise(request())
    for content in garbage:
        for step in (site.share, site.unmask, lambda sent: mask(site, sent)):
            with pytest.raises(CloisterError):
                step(content)


@pytest.mark.parametrize("changes", [{"format": "other"}, {"answers": {}}, {"state": None, "answers": {}}])
def test_stored_secrets_that_were_damaged_fail_the_round_and_nothing_else(
    hospitals: Hospitals, changes: dict[str, object]
) -> None:
    hospitals.at("north").advertise(request())
    (path,) = hospitals.secret_files("north")
    path.write_text(json.dumps({**json.loads(path.read_bytes()), **changes}))
    with pytest.raises(SecureAggregationError):
        hospitals.at("north").share(request())
    hospitals.at("north").advertise(request())
