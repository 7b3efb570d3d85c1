"""A cohort of sites and a whole round, driven by hand."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cloister.privacy.secure_aggregation.coordinator import CoordinatorRound
from cloister.privacy.secure_aggregation.fixed_point import Words
from cloister.privacy.secure_aggregation.messages import Advertisement, MaskedVector, RoundId
from cloister.privacy.secure_aggregation.site import SiteRound, Terms

RUN = RoundId("run-1", 3)


@dataclass
class Cohort:
    """Sites with identities, each in its own state, and the coordinator."""

    names: list[str]
    terms: Terms
    size: int
    round_id: RoundId = RUN
    keys: dict[str, Ed25519PrivateKey] = field(default_factory=dict)
    sites: dict[str, SiteRound] = field(default_factory=dict)
    adverts: list[Advertisement] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.keys = {name: Ed25519PrivateKey.generate() for name in self.names}
        self.identities = {name: key.public_key().public_bytes_raw() for name, key in self.keys.items()}
        for name in self.names:
            self.sites[name], advert = SiteRound.advertise(name, self.round_id, self.terms, self.keys[name])
            self.adverts.append(advert)
        self.coordinator = CoordinatorRound(
            self.round_id, self.identities, self.adverts, self.size, self.terms.minimum, self.terms.colluding
        )

    def share(self, without: Iterable[str] = ()) -> None:
        """All sites but some share their secrets."""
        for name in self.names:
            if name not in set(without):
                self.sites[name], sealed = self.sites[name].share(self.adverts, self.identities)
                self.coordinator.add_shares(name, sealed)

    def mask(self, vectors: Mapping[str, Words]) -> dict[str, MaskedVector]:
        """The masked vectors of some sites, not yet given to the coordinator."""
        cohort = self.coordinator.close_cohort()
        masked = {}
        for name, vector in vectors.items():
            sealed = self.coordinator.sealed_for(name)
            self.sites[name], masked[name] = self.sites[name].mask(vector, cohort, sealed, self.keys[name])
        return masked

    def total(self, vectors: Mapping[str, Words], *, silent: Iterable[str] = (), late: Iterable[str] = ()) -> Words:
        """The aggregate when the `silent` drop out before sharing, all without a vector before masking, and the
        `late` after masking. Every state goes through its stored form on the way."""
        self.share(without=silent)
        for vector in self.mask(vectors).values():
            self.coordinator.add_vector(vector)
        self.coordinator.check_survivors()
        answers = []
        for name in vectors:
            if name not in set(late):
                restored = SiteRound.from_json(self.sites[name].to_json())
                self.sites[name], answer = restored.unmask(self.coordinator.agreements, self.identities)
                answers.append(answer)
        return self.coordinator.unmask(answers)

    def random_vectors(self, seed: int, names: Iterable[str] | None = None) -> dict[str, Words]:
        """One vector of random words a site."""
        generator = np.random.default_rng(seed)
        chosen = self.names if names is None else list(names)
        return {name: generator.integers(0, 2**32, self.size, dtype=np.uint32) for name in chosen}


@pytest.fixture(scope="session")
def cohort_of() -> Callable[..., Cohort]:
    """Builds a cohort: `cohort_of(sites, minimum=2, colluding=0, size=20)`."""

    def build(sites: int, minimum: int = 2, colluding: int = 0, size: int = 20) -> Cohort:
        return Cohort([f"site-{number:03d}" for number in range(sites)], Terms(minimum, colluding), size)

    return build
