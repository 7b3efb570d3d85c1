"""A study that combines what cannot work together is refused when it is read, by name and with a way out."""

from pathlib import Path

import pytest

from cloister.study.errors import StudyError
from cloister.study.schema import Study

EXAMPLE = """
name = "example"
title = "An example"
rounds = 3

[federation]
sites = ["a", "b", "c", "d", "e", "f", "g"]

[data]
kind = "table"
classes = ["no", "yes"]
features = [{ name = "age" }]

[task]
name = "tabular_classification"
model.architecture = "linear"

[training]
steps_per_round = 5
sample_rate = 0.1
batch_divisor = 10
learning_rate = 0.1

[privacy]
mechanism = "dp-sgd"
target_epsilon = 4.0

[strategy]
"""
OPEN = ('sites = ["a"', 'secure_aggregation = false\nsites = ["a"')
STEPS = "local_steps = { a = 1, b = 1, c = 1, d = 1, e = 1, f = 1, g = 5 }"


def read(folder: Path, strategy: str, *changes: tuple[str, str]) -> Study:
    text = EXAMPLE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (folder / "study.toml").write_text(text + strategy)
    return Study.read(folder / "study.toml")


SECURE = [
    'name = "fedavg"',
    'name = "scaffold"',
    f'name = "fednova"\n{STEPS}',
    'name = "feddyn"\ndynamic_alpha = 0.1',
    'name = "ditto"\nproximal_mu = 0.1',
    'name = "fedper"\npersonal = ["bias"]',
    'name = "norm-bounding"\nmax_update_norm = 1.0\nminimum_cosine = 0',
]
NEED_SINGLE_UPDATES = [
    'name = "cyclic"',
    'name = "median"',
    'name = "geometric-median"',
    'name = "trimmed-mean"\nadversaries = 3',
    'name = "krum"\nadversaries = 2',
    'name = "bulyan"\nadversaries = 1',
]


@pytest.mark.parametrize("strategy", SECURE)
def test_secure_aggregation_is_on_where_it_can_be(tmp_path: Path, strategy: str) -> None:
    assert read(tmp_path, strategy).federation.is_secure


@pytest.mark.parametrize("strategy", NEED_SINGLE_UPDATES)
def test_rules_that_need_single_updates_have_to_say_so(tmp_path: Path, strategy: str) -> None:
    with pytest.raises(StudyError, match=r"needs each site's own update.*secure_aggregation = false"):
        read(tmp_path, strategy)
    assert not read(tmp_path, strategy, OPEN).federation.is_secure


@pytest.mark.parametrize(
    ("strategy", "says"),
    [
        ('name = "scaffold"\nproximal_mu = 0.1', "proximal_mu belongs to fedprox and ditto"),
        ('name = "ditto"', "proximal_mu belongs to fedprox and ditto"),
        ('name = "feddyn"', "dynamic_alpha belongs to feddyn"),
        ('name = "fednova"', "local_steps belongs to fednova"),
        ('name = "fednova"\nlocal_steps = { a = 1 }', "must name exactly the sites"),
        (f'name = "fednova"\n{STEPS.replace("g = 5", "g = 6")}', "must not exceed training.steps_per_round = 5"),
        ('name = "fedbn"', "personal belongs to fedper and fedbn"),
        ('name = "fedper"\npersonal = []', "at least 1"),
        ('name = "norm-bounding"', "max_update_norm belongs to norm-bounding"),
        ('name = "fedavg"\nminimum_cosine = 0', "minimum_cosine belongs to norm-bounding"),
        ('name = "feddyn"\ndynamic_alpha = 1\nserver_learning_rate = 0.5', "feddyn does not use server_learning_rate"),
        ('name = "fedavg"\nbeta_1 = 0.5', "fedavg does not use beta_1"),
        ('name = "fedadagrad"\nbeta_2 = 0.5', "fedadagrad does not use beta_2"),
        ('name = "fedavgm"\ntau = 0.5', "fedavgm does not use tau"),
        ('name = "lora-svd"', "has no task.adapter"),
        ('name = "krum"\nadversaries = 3', "needs 9 updates a round, but federation.minimum_sites = 7"),
        ('name = "bulyan"\nadversaries = 2', "needs 11 updates a round"),
        ('name = "trimmed-mean"\nadversaries = 4', "needs 9 updates a round"),
        ('name = "median"\nweights = { a = 1, b = 1, c = 1, d = 1, e = 1, f = 1, g = 5 }', "does not use weights"),
    ],
)
def test_settings_that_do_not_fit_are_named(tmp_path: Path, strategy: str, says: str) -> None:
    with pytest.raises(StudyError, match=says) as refused:
        read(tmp_path, strategy, OPEN)
    assert refused.value.remedy


@pytest.mark.parametrize("strategy", ['name = "scaffold"', f'name = "fednova"\n{STEPS}'])
def test_formulas_for_sgd_are_not_used_with_adam(tmp_path: Path, strategy: str) -> None:
    with pytest.raises(StudyError, match=r"defined for training\.optimizer = 'sgd'"):
        read(tmp_path, strategy, ("learning_rate = 0.1", 'learning_rate = 0.1\noptimizer = "adam"'))


TO_COMPRESS = 'sites = ["a", "b", "c", "d", "e", "f", "g"]'


def compressed(how: str) -> tuple[str, str]:
    return (TO_COMPRESS, f"{TO_COMPRESS}\ncompression = {{ {how} }}")


@pytest.mark.parametrize("how", ['encoding = "int8"', 'encoding = "random-k", one_in = 10'])
def test_updates_that_add_up_are_compressed_under_masks(tmp_path: Path, how: str) -> None:
    assert read(tmp_path, 'name = "fedavg"', compressed(how)).federation.is_secure


@pytest.mark.parametrize("how", ['encoding = "bfloat16"', 'encoding = "top-k", one_in = 10'])
def test_updates_that_do_not_add_up_are_not_compressed_under_masks(tmp_path: Path, how: str) -> None:
    with pytest.raises(StudyError, match=r"federation\.compression\.encoding = .*take '(int8|random-k)'"):
        read(tmp_path, 'name = "fedavg"', compressed(how))
    open_study = read(tmp_path, 'name = "fedavg"', compressed(how), ("[federation]", OPEN_FEDERATION))
    assert not open_study.federation.is_secure


OPEN_FEDERATION = "[federation]\nsecure_aggregation = false"


@pytest.mark.parametrize(
    ("strategy", "how", "says"),
    [
        ('name = "fedavg"', 'encoding = "int8", one_in = 4', "one_in belongs to top-k and random-k"),
        ('name = "fedavg"', 'encoding = "random-k"', "one_in belongs to top-k and random-k"),
        ('name = "fedavg"', 'encoding = "random-k", one_in = 1', "greater than or equal to 2"),
        ('name = "scaffold"', 'encoding = "int8"', "works with strategy.name = .*not 'scaffold'"),
        ('name = "norm-bounding"\nmax_update_norm = 1.0', 'encoding = "int8"', "not 'norm-bounding'"),
        ('name = "median"', 'encoding = "int8"', "not 'median'"),
    ],
)
def test_compression_that_does_not_fit_is_named(tmp_path: Path, strategy: str, how: str, says: str) -> None:
    with pytest.raises(StudyError, match=says):
        read(tmp_path, strategy, compressed(how), ("[federation]", OPEN_FEDERATION))


def test_distributed_noise_is_not_compressed(tmp_path: Path) -> None:
    """What a site keeps for its next update would carry too little noise of its own."""
    distributed = ("target_epsilon = 4.0", 'target_epsilon = 4.0\ntrust = "distributed"')
    with pytest.raises(StudyError, match=r"excludes federation\.compression"):
        read(tmp_path, 'name = "fedavg"', compressed('encoding = "int8"'), distributed, ("= 5", "= 1"))


def test_int8_under_masks_has_room_for_so_many_sites(tmp_path: Path) -> None:
    def with_sites(number: int) -> tuple[str, str]:
        names = [f"site-{place:03d}" for place in range(number)]
        return (TO_COMPRESS, f"sites = {names}\ncompression = {{ encoding = 'int8' }}")

    assert read(tmp_path, 'name = "fedavg"', with_sites(258)).federation.is_secure
    with pytest.raises(StudyError, match="more than 258 sites do not fit"):
        read(tmp_path, 'name = "fedavg"', with_sites(259))


def test_weights_of_which_one_is_lost_beside_another_are_refused(tmp_path: Path) -> None:
    weights = 'name = "fedavg"\nweights = { a = 1e-3, b = 1, c = 1, d = 1, e = 1, f = 1, g = %s }'
    assert read(tmp_path, weights % "1000.0").strategy.weights
    with pytest.raises(StudyError, match=r"strategy\.weights: the largest weight is more than 1000000 times"):
        read(tmp_path, weights % "1001.0")
