"""The whole way of training with a tiny network: fit, export, load, tag; twice the same."""

from __future__ import annotations

import json
import shutil
import warnings
from pathlib import Path

import msgspec
import numpy as np
import pytest

from relationtypes import RelationTagger, load_taxonomy
from relationtypes.errors import ArgumentError
from relationtypes.prevalence import expected_shares
from relationtypes.records import Scores
from tests.conftest import ROOT
from training.calibrating import choose_stand_ins, implicit_prior
from training.config import LossConfig, TrainConfig, load_config
from training.datasets import load_split
from training.duplicates import copy_hash, duplicate_key
from training.evaluating import truth_of
from training.figures import read_figures
from training.sources import Example, read_corpus

pytestmark = pytest.mark.filterwarnings("ignore")  # torch and transformers warn of their own affairs

TEXTS = ["Always a pleasure to pop in.", "Remboursez-moi, le colis était vide.", "Long. " * 80]


def _config(corpus: Path) -> TrainConfig:
    config = load_config(ROOT / "training/configs/tiny.toml")
    return msgspec.structs.replace(config, data=msgspec.structs.replace(config.data, corpus=str(corpus)))


def _train(corpus: Path, folder: Path) -> Path:
    from training.exporting import export
    from training.fitting import fit

    config = _config(corpus)
    split = load_split(config.data, seed=config.seed)
    return export(fit(config, split, folder / "run"), split, folder / "model", version="0")


def _fit(config: TrainConfig, out: Path) -> Path:
    from training.fitting import fit

    return fit(config, load_split(config.data, seed=config.seed), out)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first texts of each file of our corpus."""
    folder = tmp_path_factory.mktemp("corpus")
    for path in (ROOT / "training/corpus").glob("*/*.tsv"):
        (folder / path.parent.name).mkdir(exist_ok=True)
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)[:25]
        (folder / path.parent.name / path.name).write_text("".join(lines), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def tiny_model(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _train(corpus, tmp_path_factory.mktemp("tiny"))


def test_pipeline_writes_a_model_that_tags(tiny_model: Path) -> None:
    tagger = RelationTagger.load(tiny_model)
    assert all(tag.family in tagger.classifier.family_ids for tag in tagger.tag(TEXTS))


def test_pipeline_same_seed_same_scores(tiny_model: Path, corpus: Path, tmp_path: Path) -> None:
    again = RelationTagger.load(_train(corpus, tmp_path))
    first = RelationTagger.load(tiny_model)
    np.testing.assert_allclose(first.scores(TEXTS).family, again.scores(TEXTS).family, atol=5e-3)


def test_pipeline_ways_of_making_it_small_and_its_worst_errors(tiny_model: Path, tmp_path: Path) -> None:
    from training.erring import write_errors
    from training.quantisation_report import quantisation_report
    from training.quantisation_study import study

    run = tiny_model.parent / "run"
    figures = read_figures(study(run, tiny_model, tmp_path / "quantisation.json"))
    ways = figures["ways"]
    assert ways["fp32"]["flips_en"] == ways["fp32"]["flips_fr"] == 0
    assert ways["int8 storage, a scale for 32 inputs"]["megabytes"] <= ways["fp32"]["megabytes"]
    alone = [way for name, way in ways.items() if "storage" in name or "integers" in name]
    blocks = [way for name, way in ways.items() if "blocks" in name]
    assert all(way["flips_en"] + way["flips_fr"] < 0.2 for way in alone + blocks)
    assert all(way["moved_by_company"] < 1e-3 for way in alone)
    assert all(name in quantisation_report(figures) for name in ways)
    written = write_errors(run, tiny_model, tmp_path / "errors", most=5, batches=2)
    assert written
    lines = [
        line for path in sorted((tmp_path / "errors").glob("errors_*.txt")) for line in path.open(encoding="utf-8")
    ]
    assert sorted(line.split()[0] for line in lines) == [f"[{number}]" for number in range(1, written + 1)]


def test_pipeline_runs_are_compared_alone_and_together(tiny_model: Path, corpus: Path, tmp_path: Path) -> None:
    from training.ablating import Yardstick, measure_runs

    run = tmp_path / "run"
    shutil.copytree(tiny_model.parent / "run", run)
    config = _config(corpus)
    held_out = load_split(config.data, seed=config.seed).held_out
    stick = Yardstick(held_out, held_out[:60], held_out[60:])
    out = tmp_path / "ablation.json"
    measure_runs([run], stick, out)
    figures = read_figures(measure_runs([run, run], stick, out, name="twice"))
    assert figures["tiny"]["held_out"] == figures["twice"]["held_out"]
    assert [figures["tiny"][part]["n"] for part in ("held_out", "dev")] == [len(held_out), 60]
    assert figures["tiny"]["changed"]["base_model"] == "tiny"


def test_pipeline_a_teacher_answers_alike_in_integers(tiny_model: Path, corpus: Path, tmp_path: Path) -> None:
    from training.distilling import teach

    held_out = load_split(_config(corpus).data, seed=1).held_out
    examples = [*held_out, Example("So much to say. " * 200, "en", "test", "pool"), Example(" ", "en", "test", "pool")]
    run = tiny_model.parent / "run"
    full = teach([run], examples, tmp_path / "fp32.npz")
    integers = teach([run], examples, tmp_path / "integers.npz", in_integers=True)
    for head, logits in full.items():
        assert np.abs(integers[head] - logits).mean() < 0.1 * logits.std()


def test_pipeline_calibration_is_of_the_right_shape(tiny_model: Path) -> None:
    calibration = json.loads((tiny_model / "calibration.json").read_text())
    assert [len(calibration[head]["bias"]) for head in ("family", "type", "sentiment", "breach")] == [8, 29, 4, 2]
    assert all(calibration[head]["temperature"] > 0 for head in ("family", "type", "sentiment", "breach"))
    assert 0 < calibration["abstain_below"] < 1


def test_stand_ins_are_types_more_often_wrong_than_right() -> None:
    taxonomy = load_taxonomy()
    # secret_affair: named five times, right once, where fling would be right four times; one_night_stand: named five times,
    # right twice, where fling would be right only once
    kinds = ["fling"] * 8 + ["secret_affair"] + ["one_night_stand"] * 2 + ["secret_affair"] * 2 + ["fling"]
    named = ["secret_affair"] * 4 + ["fling"] * 4 + ["secret_affair"] + ["one_night_stand"] * 5
    family = {kind.id: parent.id for parent, kind in taxonomy.labels() if kind}
    truth = truth_of(
        [Example("x", "en", "relation", "s", sentiment="mixed", family=family[k], type=k, breach=False) for k in kinds],
        taxonomy,
    )
    types = np.eye(len(taxonomy.type_ids), dtype=np.float32)[[taxonomy.type_ids.index(kind) for kind in named]]
    families = np.eye(len(taxonomy.family_ids), dtype=np.float32)[truth.family]
    sentiment = np.full((len(kinds), 4), 0.25, np.float32)
    scores = Scores(families, types, sentiment, families[:, 0], taxonomy.family_ids, taxonomy.type_ids)
    assert choose_stand_ins(scores, truth) == {"secret_affair": "fling"}


def test_implicit_prior_finds_how_far_probabilities_lean() -> None:
    rng = np.random.default_rng(0)
    shares, leaning = np.array([0.7, 0.2, 0.1]), np.array([0.4, 0.3, 0.3])
    family = rng.choice(3, size=6000, p=shares)
    points = np.array([[0, 0], [1.5, 0], [0, 1.5]])[family] + rng.normal(size=(6000, 2))
    density = np.exp(-0.5 * np.square(points[:, None, :] - np.array([[0, 0], [1.5, 0], [0, 1.5]])[None]).sum(axis=2))
    leaning_probabilities = (leaning * density / (leaning * density).sum(axis=1, keepdims=True)).astype(np.float32)
    prior = np.array(implicit_prior(leaning_probabilities, family))
    np.testing.assert_allclose(prior, leaning, atol=0.03)
    np.testing.assert_allclose(expected_shares(leaning_probabilities, prior), shares, atol=0.03)


def test_pipeline_run_says_what_it_was_and_what_it_saw(tiny_model: Path, corpus: Path) -> None:
    from training.runs import load_checkpoint, seen_by

    network, tokenizer, config, description = load_checkpoint(tiny_model.parent / "run")
    assert config == _config(corpus)
    split = load_split(config.data, seed=config.seed)
    assert seen_by(tiny_model.parent / "run") == {copy_hash(example.text) for example in split.train}
    assert tokenizer.get_vocab_size() == network.encoder.config.vocab_size
    assert description["taxonomy"] == load_taxonomy().fingerprint


@pytest.mark.parametrize("path", sorted((ROOT / "training/configs").rglob("*.toml")), ids=lambda path: path.stem)
def test_configs_are_valid(path: Path) -> None:
    assert isinstance(load_config(path), TrainConfig)


@pytest.mark.parametrize(
    ("content", "message"), [("name = 1", "name"), ('name = "x"\nepoch = 3', "epoch"), ("name = ", "wrong")]
)
def test_configs_wrong_key_is_named(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(content)
    with pytest.raises(ArgumentError, match=message):
        load_config(path)


def test_corpus_has_sixty_texts_a_type_and_language() -> None:
    counts: dict[tuple[str, str | None], int] = {}
    for example in read_corpus(ROOT / "training/corpus"):
        counts[example.lang, example.type] = counts.get((example.lang, example.type), 0) + 1
    assert set(counts) == {(lang, kind) for lang in ("en", "fr") for kind in load_taxonomy().type_ids}
    assert min(counts.values()) >= 60


def test_corpus_texts_are_distinct() -> None:
    keys = [duplicate_key(example.text) or example.text for example in read_corpus(ROOT / "training/corpus")]
    assert len(keys) - len(set(keys)) <= 5


def test_pipeline_goes_on_from_a_run_but_not_over_texts_that_must_stay_unseen(
    tiny_model: Path, corpus: Path, tmp_path: Path
) -> None:
    from training.runs import seen_by

    run = tiny_model.parent / "run"
    further = msgspec.structs.replace(_config(corpus), base_model=f"run:{run}", epochs=0.1)
    assert seen_by(_fit(further, tmp_path / "further")) >= seen_by(run)
    with pytest.raises(ArgumentError, match="most of those held out"):
        _fit(msgspec.structs.replace(further, seed=2), tmp_path / "other split")


def test_pipeline_student_with_fewer_layers_learns_from_its_teacher(
    tiny_model: Path, corpus: Path, tmp_path: Path
) -> None:
    from training.runs import load_checkpoint

    teacher = tiny_model.parent / "run"
    config = msgspec.structs.replace(_config(corpus), base_model=f"run:{teacher}", layers=1, epochs=0.5)
    config = msgspec.structs.replace(config, teachers=(str(teacher),), loss=LossConfig(teacher=0.7))
    network, *_ = load_checkpoint(_fit(config, tmp_path / "student"))
    assert len(network.encoder.encoder.layer) == 1
    with np.load(tmp_path / "student/teacher.npz") as answers:
        assert answers["family"].shape[1] == 8 and np.isfinite(answers["family"]).all()


def test_split_keeps_held_out_texts_apart(corpus: Path) -> None:
    split = load_split(_config(corpus).data, seed=1)
    train, held_out = ({duplicate_key(example.text) for example in part} for part in (split.train, split.held_out))
    assert held_out and not train & held_out
    assert split == load_split(_config(corpus).data, seed=1)
