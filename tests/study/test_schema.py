"""A study says what it wants in a way that leaves nothing open, and refuses what cannot be."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloister.study.errors import MissingFileError, StudyError
from cloister.study.schema import Study

ROOT = Path(__file__).parents[2]
EXAMPLE = """
name = "example"
title = "An example"
rounds = 3

[federation]
sites = ["north", "south"]

[data]
kind = "table"
classes = ["no", "yes"]
features = [{ name = "age", mean = 50, scale = 10 }]

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
"""


def study(path: Path, text: str = EXAMPLE) -> Study:
    file = path / "study.toml"
    file.write_text(text)
    return Study.read(file)


def changed(old: str, new: str) -> str:
    assert old in EXAMPLE
    return EXAMPLE.replace(old, new)


def test_the_identity_ignores_layout_and_notices_values(tmp_path: Path) -> None:
    plain = study(tmp_path)
    commented = study(tmp_path, "# a comment\n" + EXAMPLE.replace("rounds = 3", "rounds    =    3"))
    other = study(tmp_path, changed("rounds = 3", "rounds = 4"))
    assert plain.sha256 == commented.sha256
    assert plain.sha256 != other.sha256


def test_the_canonical_form_is_the_same_study(tmp_path: Path) -> None:
    original = study(tmp_path)
    assert Study.from_canonical(original.canonical) == original
    assert Study.from_canonical(original.canonical).sha256 == original.sha256
    for said, nothing in ((original.title, "\\ud800"), ('"mean":50.0', '"mean":Infinity')):
        assert said in original.canonical
        with pytest.raises(StudyError, match="not JSON"):
            Study.from_canonical(original.canonical.replace(said, nothing))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("rounds = 3", "rounds = 0", "line 4: rounds = 0"),
        ("rounds = 3", f"rounds = {2**31}", "rounds = 2147483648"),
        ("rounds = 3", "rounds = 2000001", "10000005 private steps at a site, and 10000000 are the most"),
        ("learning_rate = 0.1", "learning_rate = 1e308", "training.learning_rate = 1e+308"),
        ("learning_rate = 0.1", "learning_rate = 5e-324", "training.learning_rate = 5e-324"),
        ("rounds = 3", "rounds = 3\nstrategy.tau = 1e200", "strategy.tau = 1e+200"),
        ("learning_rate = 0.1", "learning_rate = 0.1\nmicro_batch = 1048577", "training.micro_batch = 1048577"),
        (
            'model.architecture = "linear"',
            'model = { architecture = "bert", hidden_size = 65537 }',
            "hidden_size = 65537",
        ),
        ('model.architecture = "linear"', 'model = { architecture = "vit", layers = 1001 }', "layers = 1001"),
        ("rounds = 3", f"rounds = 1{'0' * 400}", "line 4: rounds = 1000"),
        ("rounds = 3", f"rounds = 0x1{'0' * 4000}", "line 4: rounds = (too long to be shown)"),
        ("rounds = 3", "rounds = 3\nseeds.data = -1", "seeds.data = -1"),
        ("rounds = 3", f"rounds = 3\na{'.a' * 3000} = 1", "a = (too long to be shown): unknown key"),
        ('"yes"]', f'"yes"]\nkin = "{"x" * 300}"', f"data.kin = '{'x' * 199}…: unknown key"),
        ("mean = 50", "mean = inf", "data.features.0.mean = inf"),
        ("target_epsilon = 4.0", "target_epsilon = 0", "privacy.target_epsilon = 0"),
        ("target_epsilon = 4.0", "target_epsilon = 'much'", "privacy.target_epsilon = 'much'"),
        ("target_epsilon = 4.0", "target_epsilon = nan", "privacy.target_epsilon = nan"),
        ("target_epsilon = 4.0", "target_epsilon = 4.0\nnoise_multiplier = 1.0", "exactly one of"),
        ("target_epsilon = 4.0", "target_epsilom = 4.0", "privacy.target_epsilom = 4.0: unknown key"),
        ('sites = ["north", "south"]', 'sites = ["north", "north"]', "named twice"),
        ('sites = ["north", "south"]', 'sites = ["north", "south"]\nminimum_sites = 3', "minimum_sites = 3"),
        ('sites = ["north", "south"]', "sites = []", "federation.sites = []"),
        ("sample_rate = 0.1", "sample_rate = 1.5", "training.sample_rate = 1.5"),
        ("batch_divisor = 10", "", "needs batch_divisor"),
        ('kind = "table"', 'kind = "notes"', "needs data.kind = 'table'"),
        ('classes = ["no", "yes"]', "", "at least two data.classes"),
        ('model.architecture = "linear"', 'model.architecture = "bert"', "takes architecture linear"),
        ('name = "example"', 'name = "Not a name"', "line 2: name = 'Not a name'"),
        ("steps_per_round = 5", 'steps_per_round = 5\nsampling = "shuffle"', "batch_size"),
    ],
)
def test_an_impossible_study_is_refused_with_key_value_and_remedy(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    with pytest.raises(StudyError) as refused:
        study(tmp_path, changed(old, new))
    assert told in str(refused.value)
    assert "study.toml" in str(refused.value)
    assert refused.value.remedy


def test_sites_without_identity_and_identities_of_no_site_are_named(tmp_path: Path) -> None:
    identities = "".join(f'{name} = "{"0" * 64}"\n' for name in ("north", "east", "west"))
    path = tmp_path / "study.toml"
    path.write_text(f"{EXAMPLE}\n[federation.identities]\n{identities}")
    with pytest.raises(StudyError) as caught:
        Study.read(path)
    line = path.read_text().splitlines().index("[federation.identities]") + 1
    assert caught.value.message.startswith(f"{path}, line {line}: federation.identities")
    assert caught.value.message.endswith("no identity of: south; of no site: east, west.")
    assert "`federation.sites`" in caught.value.remedy
    assert "enrol" in caught.value.remedy


def test_a_misspelt_key_is_recognised(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="Did you mean `target_epsilon`"):
        study(tmp_path, changed("target_epsilon", "target_epsilom"))


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(StudyError) as refused:
        study(tmp_path, changed("rounds = 3", "rounds = 0").replace("learning_rate = 0.1", "learning_rate = -1"))
    assert "rounds = 0" in str(refused.value)
    assert "learning_rate = -1" in str(refused.value)


def test_thousands_of_faults_are_counted_and_not_described(tmp_path: Path) -> None:
    values = json.loads(study(tmp_path).canonical)
    values["data"]["features"] = [{}] * 10_000
    with pytest.raises(StudyError, match=r"^the study received: 10000 faults\.") as refused:
        Study.from_canonical(json.dumps(values))
    assert len(str(refused.value)) < 200


def test_what_is_not_toml_or_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="not valid TOML"):
        study(tmp_path, "rounds = = 3")
    with pytest.raises(MissingFileError):
        Study.read(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes(b"# caf\xe9\nrounds = 3\n")
    with pytest.raises(StudyError, match="line 1: not UTF-8"):
        Study.read(tmp_path / "latin.toml")
    with pytest.raises(StudyError, match="is a folder"):
        Study.read(tmp_path)


def test_private_studies_refuse_what_no_accountant_covers(tmp_path: Path) -> None:
    survival = changed('name = "tabular_classification"', 'name = "survival"').replace(
        'classes = ["no", "yes"]', 'event = "dead"'
    )
    with pytest.raises(StudyError, match="couples patients"):
        study(tmp_path, survival + '\n[evaluation]\nmetric = "concordance"\n')
    with pytest.raises(StudyError, match="no accountant covers"):
        study(tmp_path, EXAMPLE + '\n[simulation.data]\nsource = "heart-disease"\nstandardise = "per-site"\n')
    adaptive = EXAMPLE + "\n[privacy.adaptive_clipping]\ninitial_norm = 0.1\nclipped_count_stddev = 5.0\n"
    assert study(tmp_path, adaptive).is_private
    half = adaptive.replace("batch_divisor = 10", 'batch_divisor = 10\nprecision = "bfloat16"')
    with pytest.raises(StudyError, match="more than is accounted"):
        study(tmp_path, half)


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.toml")), ids=lambda path: path.stem)
def test_the_examples_are_valid(path: Path) -> None:
    assert Study.read(path).name == path.stem


leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
values = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)


@given(section=st.sampled_from(["", *tomllib.loads(EXAMPLE)]), key=st.text(max_size=12), value=values)
def test_any_change_gives_a_study_or_a_typed_error(section: str, key: str, value: Any) -> None:
    document: dict[str, Any] = tomllib.loads(EXAMPLE)
    target = document.get(section, document)
    (target if isinstance(target, dict) else document)[key or section] = value
    try:
        accepted = Study.model_validate(document)
    except ValueError:
        return
    assert Study.from_canonical(accepted.canonical).sha256 == accepted.sha256
