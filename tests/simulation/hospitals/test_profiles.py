import itertools

import numpy as np
import pytest
from scipy.stats import chi2_contingency

from cloister.simulation.hospitals import CONDITIONS, PROFILES, draw_stay, profile_for
from cloister.simulation.hospitals.conditions import FINDINGS
from cloister.simulation.hospitals.wordings import CONDITION_WORDS, STYLES, WORDINGS


def test_every_roster_name_has_its_own_unchanging_hospital() -> None:
    names = [f"site-{number}" for number in range(40)] + list(PROFILES)
    profiles = [profile_for(name, index) for index, name in enumerate(names)]
    assert profiles == [profile_for(name, index) for index, name in enumerate(names)]
    assert len({profile.scanner for profile in profiles}) == len(names)
    assert [profile.name for profile in profiles] == names
    assert all(abs(sum(profile.case_mix) - 1) < 1e-9 for profile in profiles)
    assert len({profile.issuer for profile in profiles}) == len(names)


def test_neighbours_in_a_roster_differ_in_style_and_in_their_most_frequent_condition() -> None:
    profiles = [profile_for(f"site-{number}", number) for number in range(12)]
    for first, second in itertools.pairwise(profiles):
        assert first.style != second.style
        assert np.argmax(first.case_mix) != np.argmax(second.case_mix)


def test_no_site_writes_in_the_public_hospitals_style() -> None:
    sites = [profile_for(f"site-{number}", number) for number in range(12)]
    sites += [profile for name, profile in PROFILES.items() if name != "public"]
    assert PROFILES["public"].style not in {site.style for site in sites}


def test_case_mixes_differ_between_hospitals() -> None:
    """Chi-squared test of independence; a false alarm needs equal mixes to give p < 1e-9."""
    table = []
    for profile in PROFILES.values():
        drawn = [draw_stay(profile.name, [profile], i, 3, images=False).course.condition for i in range(300)]
        table.append([drawn.count(condition) for condition in CONDITIONS])
    assert chi2_contingency(table).pvalue < 1e-9


@pytest.mark.parametrize("style", range(len(STYLES)))
def test_every_style_has_a_word_of_its_own_for_every_finding(style: int) -> None:
    assert WORDINGS.keys() == {finding.name for finding in FINDINGS}
    words = [wordings[style] for wordings in WORDINGS.values()]
    assert len(set(words)) == len(words)
    assert CONDITION_WORDS.keys() == set(CONDITIONS)
