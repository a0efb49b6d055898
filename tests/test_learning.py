"""Learning labels of one's own: the arithmetic, what is read, what is refused, what is printed."""

from __future__ import annotations

import shutil
import types
from pathlib import Path

import numpy as np
import polars
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relationtypes import RelationTagger, artefact
from relationtypes.artefact import CONFIG, SUMS, seal
from relationtypes.classifiers import encoders, load_classifier
from relationtypes.classifiers.heads import Background, Head, background_of, none_logit, with_none
from relationtypes.classifiers.learnt import open_learnt
from relationtypes.errors import (
    ArgumentError,
    ArtefactError,
    ColumnError,
    InputNotFoundError,
    MalformedInputError,
    MissingExtraError,
    OutputExistsError,
    OutputNotWritableError,
    UnknownLabelError,
)
from relationtypes.explorer.reviewing import correct
from relationtypes.learning import Trained, labelled_of, labels_for, read_labelled, train
from relationtypes.learning.fitting import Examples, fit_path, log_loss
from relationtypes.learning.thresholds import choose_temperature, choose_threshold
from relationtypes.learning.training import _kept_in
from relationtypes.learning.validating import HeldOut, cross_validate, fold_of
from relationtypes.learning.writing import check_folder
from relationtypes.taxonomy import NONE_OF_THESE, load_taxonomy
from tests.learnt import FAMILIES, build, examples, frame, rows


def _clouds(n: int = 20, *, apart: float = 2.0, seed: int = 0, multi_label: bool = False) -> Examples:
    """Three clouds of points, with a prior that knows nothing."""
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.arange(3), n)
    features = rng.normal(size=(3 * n, 5)) + apart * np.eye(3, 5)[labels]
    return Examples(
        features, np.zeros((3 * n, 3)), np.eye(3, dtype=bool)[labels], np.arange(3, dtype=np.intp), multi_label
    )


@pytest.mark.parametrize("multi_label", [False, True])
def test_fitting_gradient_is_that_of_the_loss(multi_label: bool) -> None:
    from scipy.optimize import check_grad

    from relationtypes.learning.fitting import _loss

    some = _clouds(4, multi_label=multi_label)
    some.allowed[0] = True  # any type will do
    point = np.random.default_rng(1).normal(size=18)
    error = check_grad(lambda x: _loss(x, some, 0.3)[0], lambda x: _loss(x, some, 0.3)[1], point)
    assert error < 1e-4


def test_fitting_without_a_penalty_is_plain_logistic_regression() -> None:
    from sklearn.linear_model import LogisticRegression

    some = _clouds(apart=1.0)
    ((weights, bias),) = fit_path(some, (1.0,))
    known = LogisticRegression(C=1.0, fit_intercept=False, tol=1e-8, max_iter=1000)
    with_constant = np.hstack([some.features, np.ones((len(some), 1))])
    known.fit(with_constant, some.allowed.argmax(axis=1))
    np.testing.assert_allclose(np.hstack([weights, bias[:, None]]), known.coef_, atol=1e-3)


def test_fitting_penalised_without_end_leaves_the_prior() -> None:
    some = _clouds()
    ((weights, bias),) = fit_path(some, (1e9,))
    np.testing.assert_allclose(some.logits(weights, bias), some.prior, atol=1e-5)


@given(st.integers(2, 6), st.integers(6, 60), st.integers(0, 9))
def test_folds_spread_each_label_evenly(folds: int, n: int, seed: int) -> None:
    allowed = np.eye(3, dtype=bool)[np.arange(n) % 3]
    place = fold_of(allowed, folds, seed)
    for label in range(3):
        of_label = np.bincount(place[allowed[:, label]], minlength=folds)
        assert of_label.max() - of_label.min() <= 1


def test_cross_validation_of_labels_drawn_by_lot_finds_nothing() -> None:
    some = _clouds(60, apart=0.0)
    found = cross_validate(some, np.zeros((3, 5)))
    assert found.penalty >= 10
    assert found.loss > np.log(3) - 0.02


def test_cross_validation_of_clouds_far_apart_beats_the_prior() -> None:
    found = cross_validate(_clouds(20), np.zeros((3, 5)))
    assert found.loss < found.prior_loss / 2


def test_cautious_choice_leaves_the_prior_only_for_what_is_surely_better() -> None:
    noise, clear = _clouds(8, apart=0.3, seed=3), _clouds(20)
    bold, cautious = (cross_validate(noise, np.zeros((3, 5)), cautious=one) for one in (False, True))
    assert cautious.penalty > bold.penalty and bold.loss <= cautious.loss <= cautious.prior_loss
    assert cross_validate(clear, np.zeros((3, 5)), cautious=True).loss < 0.5 * np.log(3)


def test_temperature_undoes_a_scale() -> None:
    some = _clouds(60, apart=1.0)
    logits = cross_validate(some, np.zeros((3, 5))).logits
    assert choose_temperature(3 * logits, some) == pytest.approx(3 * choose_temperature(logits, some), rel=0.1)


def test_threshold_signs_only_what_is_right_often_enough() -> None:
    confidence = np.linspace(0, 1, 101)
    right = confidence > 0.5
    threshold = choose_threshold(confidence, right)
    assert right[confidence >= threshold].mean() >= 0.9
    assert right[confidence >= threshold - 0.02].mean() < 0.9


@given(st.integers(0, 99))
def test_none_takes_its_odds_and_leaves_the_others_their_ratios(seed: int) -> None:
    rng = np.random.default_rng(seed)
    logits, odds = rng.normal(size=(4, 3)), rng.normal(size=4)
    found = with_none(logits, odds, 1)
    np.testing.assert_allclose(found.sum(axis=1), 1)
    np.testing.assert_allclose(np.log(found[:, 1] / (1 - found[:, 1])), odds, atol=1e-9)
    np.testing.assert_allclose(found[:, 0] / found[:, 2], np.exp(logits[:, 0] - logits[:, 2]))


def test_background_of_texts_all_alike_is_harmless() -> None:
    features = background_of(np.ones((5, 4))).features(np.eye(4))
    assert np.isfinite(features).all()


def test_family_labels_allow_all_their_types() -> None:
    labels = load_taxonomy()
    (mask,) = labelled_of([(1, "A text.", "broken bond")], labels).allowed
    assert {kind for kind, allowed in zip(labels.type_ids, mask, strict=True) if allowed} == {
        kind.id for family in labels.families if family.id == "broken_bond" for kind in family.types
    }
    some = Examples(np.zeros((1, 2)), np.zeros((1, 29)), mask[None], np.zeros(29, np.intp))
    assert log_loss(some.prior, some)[0] == pytest.approx(np.log(29 / mask.sum()))


# What is read, and refused


def test_labelled_table_is_read_by_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "said.csv"
    texts = [text for _, text, _ in rows()]
    polars.DataFrame({"verbatim": texts, "label": [label for _, _, label in rows()]}).write_csv(path)
    found = read_labelled(path, frame(tmp_path))
    assert found.texts == tuple(texts)
    assert found.allowed.sum(axis=0).tolist() == [12, 12, 12]


def test_labelled_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = tmp_path / "said.csv"
    path.write_text("text,mark\nA fine day it was.,fan\n", encoding="utf-8")
    with pytest.raises(ColumnError, match=r"'mark'.*--label"):
        read_labelled(path, frame(tmp_path))


def test_labelled_repeats_count_once_and_gaps_are_left_out(tmp_path: Path) -> None:
    found = labelled_of([(1, "Same.", "fan"), (2, "Same.", "fan"), (3, "", "foe"), (4, "Bare.", "")], frame(tmp_path))
    assert found.texts == ("Same.",)
    assert len(found.notes) == 2


def test_labelled_contradictions_are_refused_by_row_and_never_quoted(tmp_path: Path) -> None:
    with pytest.raises(MalformedInputError, match="rows 1 and 3") as caught:
        labelled_of([(1, "Secret.", "fan"), (2, "Other.", "foe"), (3, "Secret.", "foe")], frame(tmp_path))
    assert "Secret" not in str(caught.value)


def test_labelled_with_several_labels_takes_them_all(tmp_path: Path) -> None:
    found = labelled_of([(1, "Both.", "fan | foe"), (2, "Both.", "buyer")], frame(tmp_path), multi_label=True)
    assert found.allowed.tolist() == [[True, True, True]]


def test_labelled_label_unknown_is_told_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UnknownLabelError, match=r"'buyers' of 1 texts.*Did you mean 'buyer'"):
        labelled_of([(1, "A text.", "buyers")], frame(tmp_path))


def test_labelled_ten_thousand_labels_are_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(UnknownLabelError, match="10,000 different labels"):
        labelled_of([(i, f"Text {i}.", f"label {i}") for i in range(10_000)], frame(tmp_path))


@pytest.mark.parametrize(
    ("kept", "message"),
    [(lambda label, _: label == "fan", "two labels"), (lambda _, i: i < 2, "too few examples of fan 2")],
    ids=["one class", "two examples"],
)
def test_training_on_too_little_is_refused(kept: object, message: str, tmp_path: Path) -> None:
    seen: dict[str, int] = {}
    chosen = []
    for row in rows():
        seen[row[2]] = seen.get(row[2], -1) + 1
        if kept(row[2], seen[row[2]]):  # type: ignore[operator]
            chosen.append(row)
    labels = frame(tmp_path)
    with pytest.raises(MalformedInputError, match=message):
        train(tmp_path / "model", labelled_of(chosen, labels_for(labels)), taxonomy=labels)
    assert not (tmp_path / "model").exists()


def test_training_the_standard_labels_needs_texts(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="nothing to train"):
        train(tmp_path / "model")
    with pytest.raises(MalformedInputError, match="20 are the fewest"):
        train(tmp_path / "model", labelled_of(rows(FAMILIES)[::3], load_taxonomy()))


def test_model_is_not_written_over_anything_else(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/letter.txt").write_text("dear")
    with pytest.raises(OutputNotWritableError, match="no model folder"):
        check_folder(tmp_path / "mine", force=True)
    with pytest.raises(OutputNotWritableError, match="does not exist"):
        check_folder(tmp_path / "no/where", force=True)


# A model of one's own, from the command line


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("few-shot", tmp_path_factory.mktemp("few"))


def test_learnt_model_tells_labels_and_none_of_them(few: Path) -> None:
    tagger = RelationTagger.load(few)
    found = tagger.tag(["I love this little shop.", "They lied to me, crooks.", "Granite is an igneous rock."])
    assert [tag.family for tag in found] == ["fan", "foe", NONE_OF_THESE]


def test_learnt_model_of_a_newer_format_is_refused(few: Path, tmp_path: Path) -> None:
    copied = shutil.copytree(few, tmp_path / "newer")
    config = copied / CONFIG
    config.write_text(config.read_text().replace('"format_version": 1', '"format_version": 2'))
    seal(copied)
    with pytest.raises(ArtefactError, match="format version 2"):
        load_classifier(copied)


@pytest.mark.parametrize("name", ["head.npz", "taxonomy.json", "base/calibration.json", f"base/{SUMS}"])
def test_learnt_model_that_was_tampered_with_is_refused(name: str, few: Path, tmp_path: Path) -> None:
    copied = shutil.copytree(few, tmp_path / "tampered")
    with (copied / name).open("ab") as file:
        file.write(b" ")
    with pytest.raises(ArtefactError, match="was altered"):
        load_classifier(copied)


def test_learnt_model_is_hashed_once_a_file(few: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[Path] = []
    hash_of = artefact.sha256_of
    monkeypatch.setattr(artefact, "sha256_of", lambda path: (hashed.append(path), hash_of(path))[1])
    open_learnt(few)
    assert len(hashed) == len(set(hashed)) == sum(path.is_file() and path != few / SUMS for path in few.rglob("*"))


def test_learnt_model_may_not_name_files_outside_its_folder(few: Path, tmp_path: Path) -> None:
    copied = shutil.copytree(few, tmp_path / "sly")
    (tmp_path / "outside").write_text("x")
    with (copied / SUMS).open("a") as sums:
        sums.write(f"{'0' * 64}  ../outside\n")
    with pytest.raises(ArtefactError, match="outside"):
        load_classifier(copied)


def test_learnt_model_with_arrays_of_another_shape_is_refused(few: Path, tmp_path: Path) -> None:
    copied = shutil.copytree(few, tmp_path / "bent")
    with np.load(copied / "head.npz") as loaded:
        arrays = {name: loaded[name] for name in loaded.files}
    np.savez(copied / "head.npz", **{**arrays, "weights": arrays["weights"][:, :9]})
    seal(copied)
    with pytest.raises(ArtefactError, match="'weights'"):
        load_classifier(copied)


def test_learnt_model_with_pickled_arrays_is_refused(few: Path, tmp_path: Path) -> None:
    copied = shutil.copytree(few, tmp_path / "pickled")
    np.savez(copied / "head.npz", weights=np.array([{"a": 1}], dtype=object))
    seal(copied)
    with pytest.raises(ArtefactError, match="no plain arrays"):
        load_classifier(copied)


def test_train_command_prints_quality_and_writes(run: object, tmp_path: Path) -> None:
    frame(tmp_path)
    table = tmp_path / "said.csv"
    polars.DataFrame(rows(), schema=["number", "text", "label"], orient="row").write_csv(table)
    out = tmp_path / "model"
    arguments = ("train", table, "--taxonomy", tmp_path / "frame.csv", "-o", out)
    done = run(*arguments)  # type: ignore[operator]
    assert done.code == 0
    assert "macro-F1" in done.out and "cross-validation on 36 texts" in done.out
    assert "| foe | 12 |" in (out / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert "Ada" not in (out / "MODEL_CARD.md").read_text(encoding="utf-8")
    again = run(*arguments)  # type: ignore[operator]
    assert again.code == OutputExistsError.exit_code
    assert run(*arguments, "--force").code == 0  # type: ignore[operator]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["frame.csv", "model", "said.csv"]


def test_corrections_of_the_explorer_adapt_the_standard_labels(tmp_path: Path) -> None:
    texts = [text for _, text, _ in rows()]
    schema = {"rt_id": polars.UInt32, "rt_text": polars.String}
    polars.DataFrame({"rt_id": range(len(texts)), "rt_text": texts}, schema=schema).write_parquet(
        tmp_path / "texts.parquet"
    )
    for number, (_, _, label) in enumerate(rows()):
        correct(tmp_path / "corrections.jsonl", who="Ada", rt_id=number, family=FAMILIES[label])
    correct(tmp_path / "corrections.jsonl", who="Bo", rt_id=0, family="fling")
    found = read_labelled(tmp_path / "corrections.jsonl", load_taxonomy())
    assert len(found) == len(texts) - 1  # the text that they label differently
    assert "differently" in found.notes[0]
    trained = train(tmp_path / "model", found)
    assert trained.quality is not None and trained.quality.loss <= trained.quality.prior_loss
    with pytest.raises(InputNotFoundError, match=r"corrections\.jsonl"):
        read_labelled(tmp_path / "model", load_taxonomy())


# Another encoder


class _Hashing:
    """Stands for a sentence-transformers model: letters counted."""

    def __init__(self, source: str, device: str = "") -> None:
        if "missing" in source:
            raise OSError(source)

    def encode(self, texts: list[str], **_: object) -> np.ndarray:
        counts = np.array([[text.lower().count(chr(97 + i)) + 0.1 for i in range(26)] for text in texts]).reshape(
            -1, 26
        )
        return np.asarray(counts / np.linalg.norm(counts, axis=1, keepdims=True))

    def save(self, folder: str, **_: object) -> None:
        Path(folder).mkdir()
        (Path(folder) / "weights").write_text("none")


def test_encoder_of_ones_own_is_kept_in_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = types.SimpleNamespace(SentenceTransformer=_Hashing)
    monkeypatch.setattr(encoders, "importlib", types.SimpleNamespace(import_module=lambda _: library))
    labels = frame(tmp_path)
    train(tmp_path / "model", examples(labels), taxonomy=labels, encoder="someone/some-model")
    classifier = load_classifier(tmp_path / "model")
    assert (tmp_path / "model/encoder/weights").is_file()
    assert classifier.embed(["A text."]).shape == (1, 26)
    assert classifier.scores(["A text.", "Another one."]).family.shape == (2, 4)
    assert classifier.scores([]).family.shape == (0, 4)
    texts = ["I love this shop.", "They lied to me."]
    family = classifier.scores(texts).family
    monkeypatch.setattr(classifier, "base", None)  # evidence asks for families alone, which one reading is enough for
    np.testing.assert_array_equal(classifier.families(texts), family)
    with pytest.raises(ArtefactError, match="cannot be opened"):
        encoders.SentenceEncoder("missing")


def test_encoder_without_its_library_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(_: str) -> None:
        raise ImportError

    monkeypatch.setattr(encoders, "importlib", types.SimpleNamespace(import_module=absent))
    with pytest.raises(MissingExtraError, match=r"relationtypes\[embeddings\]"):
        encoders.SentenceEncoder("someone/some-model")


def test_training_is_told_before_the_folder_is_written(tmp_path: Path) -> None:
    labels, out = frame(tmp_path), tmp_path / "model"

    def refuse(trained: Trained) -> None:
        assert trained.quality is None and not out.exists()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(out, taxonomy=labels, tell=refuse)
    assert not out.exists()


def test_none_of_these_takes_few_of_a_persons_own_examples() -> None:
    none_is_nearest = np.array([[0.1, 0.0, 0.9]] * 5 + [[0.8, 0.0, 0.1]] * 15)
    nothing, units = np.zeros(3), np.arange(3)
    head = Head(
        Background(nothing, np.eye(3)),
        "prototypes",
        np.eye(3),
        16.0,
        np.eye(3),
        nothing,
        units,
        np.eye(3),
        2,
        0.28,
        1.0,
        False,
    )
    kept, held = _kept_in(head, HeldOut(1.0, np.zeros((20, 3)), none_is_nearest, 0.0, 0.0, np.arange(20)))
    assert not kept.anchors[2].any() and kept.none_below == pytest.approx(0.1)
    assert (none_logit(held.near, 2, 16.0, kept.none_below) <= 0).all()
