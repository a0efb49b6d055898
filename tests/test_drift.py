"""Two waves: shares that move are told from texts of another kind, and chance from both."""

from __future__ import annotations

import json
import math
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relationtypes.errors import ArgumentError, EmptyInputError, TaxonomyError
from relationtypes.findings.drift import Drift, drift, rows_to_reread
from relationtypes.findings.drift_signals import Reread
from relationtypes.findings.table import TaggedTable
from relationtypes.findings.telling_apart import ToldApart, tell_apart
from relationtypes.manifest import ModelFacts
from relationtypes.reporting.chapters.drift import drift_document
from relationtypes.reporting.terminal import document_view
from relationtypes.taxonomy import LANGUAGES, Language, load_taxonomy
from tests.conftest import ROOT, Ran
from tests.tables import table
from tests.test_reporting_terminal import printed

Run = Callable[..., Ran]
HOTEL = ROOT / "tests/data/tagged_hotel.csv"
FAMILIES = load_taxonomy().family_ids
WIDTH = 8


def _wave(n: int, seed: int, *, shares: tuple[float, ...] = (0.5, 0.3, 0.2), **columns: Any) -> TaggedTable:
    rng = np.random.default_rng(seed)
    families = [FAMILIES[place] for place in rng.choice(3, n, p=shares)]
    confidence = np.clip(rng.normal(0.8, 0.1, n), 0, 1)
    words = [" ".join(["word"] * int(size)) for size in rng.integers(5, 30, n)]
    return table(families, **{"rt_confidence": confidence, "text": words, **columns})


def _read(wave: TaggedTable, seed: int, shift: float = 0.0) -> Reread:
    """Vectors that lie about one place for each family, all moved by *shift*."""
    rows = rows_to_reread(wave, 150, seed=seed)
    rng = np.random.default_rng(seed)
    vectors = rng.normal(0, 1, (len(rows), WIDTH)) + 3 * np.eye(WIDTH)[wave.family[rows]]
    vectors[:, -1] += shift
    return Reread(rows, vectors.astype(np.float32), np.full(len(rows), 20), np.zeros(len(rows), np.int64))


def _found(before: TaggedTable, after: TaggedTable, shift: float = 0.0) -> Drift:
    return drift(before, after, reread=(_read(before, 1), _read(after, 2, shift)))


# ------------------------------------------------------------------------------------------------- telling apart


def _apart(shift: float, n: int = 200, seed: int = 0) -> ToldApart:
    rng = np.random.default_rng(seed)
    later, strata = np.arange(n) % 2 == 1, np.arange(n) // 2 % 3
    vectors = rng.normal(size=(n, WIDTH)) + shift * later[:, None] * np.eye(WIDTH)[0]
    return tell_apart(vectors, later, strata, permutations=19)


def test_tell_apart_is_half_the_time_right_of_like_samples_and_as_theory_says_of_others() -> None:
    like = [_apart(0, seed=seed) for seed in range(10)]
    assert abs(np.mean([one.chance.value for one in like]) - 0.5) < 0.03
    assert sum(one.p < 0.1 for one in like) <= 2
    other = [_apart(1.0, n=600, seed=seed) for seed in range(10)]  # one standard deviation apart: Φ(1 / √2) = 0.760
    assert abs(np.mean([one.chance.value for one in other]) - 0.760) < 0.02
    assert all(one.p == 0.05 for one in other), "the least that 19 permutations can tell"


def test_tell_apart_does_not_see_a_shift_of_strata() -> None:
    seen: dict[bool, list[float]] = {True: [], False: []}
    for seed in range(5):
        rng = np.random.default_rng(seed)
        later = np.arange(300) % 2 == 1
        strata = np.where(later, rng.random(300) < 0.8, rng.random(300) < 0.2).astype(int)
        vectors = rng.normal(size=(300, WIDTH)) + 4 * strata[:, None] * np.eye(WIDTH)[0]
        for known in (True, False):
            found = tell_apart(vectors, later, strata if known else np.zeros(300, int), permutations=19)
            seen[known].append(found.chance.value)
    assert abs(np.mean(seen[True]) - 0.5) < 0.05 < 0.7 < min(seen[False])


def test_tell_apart_without_a_common_stratum_knows_nothing() -> None:
    later = np.arange(20) % 2 == 1
    found = tell_apart(np.ones((20, 2)), later, later.astype(int))
    assert not found.chance.known and math.isnan(found.p)


# ------------------------------------------------------------------------------------------------- verdicts


def test_drift_is_steady_where_nothing_but_chance_differs() -> None:
    found = _found(_wave(400, 1), _wave(400, 2))
    assert (found.verdict, found.warnings, found.file) == ("steady", (), ())


@settings(max_examples=10)
@given(st.integers(0, 10_000))
def test_drift_of_a_wave_from_itself_is_none(seed: int) -> None:
    wave = _wave(60, seed)
    found = drift(wave, wave)
    assert found.verdict == "steady" and not any(one.sure for one in found.signals)
    assert all(one.difference.value == pytest.approx(0) for one in found.signals)


def test_drift_of_shares_alone_is_no_drift_of_texts() -> None:
    found = _found(_wave(400, 1), _wave(400, 2, shares=(0.2, 0.3, 0.5)))
    assert found.verdict == "shares"
    assert {one.label for one in found.moved} == {FAMILIES[0], FAMILIES[2]}
    assert not any(one.sure for one in found.signals)


@pytest.mark.parametrize(
    ("change", "signal"),
    [
        ({"rt_language": ["fr" if place % 3 else "en" for place in range(400)]}, "french"),
        ({"rt_confidence": np.random.default_rng(5).normal(0.6, 0.1, 400)}, "confidence"),
        ({"rt_status": ["abstained" if place % 4 == 0 else "ok" for place in range(400)]}, "abstained"),
        ({"text": ["word " * (40 + place % 20) for place in range(400)]}, "length"),
    ],
    ids=["language", "confidence", "abstained", "length"],
)
def test_drift_of_texts_names_what_shows_it(change: dict[str, Any], signal: str) -> None:
    found = _found(_wave(400, 1), _wave(400, 2, **change))
    assert found.verdict == "texts"
    assert signal in {one.name for one in found.warnings}


def test_drift_sees_other_meanings_behind_the_same_labels() -> None:
    found = _found(_wave(400, 1), _wave(400, 2), shift=1.5)
    assert found.verdict == "texts" and [one.name for one in found.warnings] == ["meaning"]
    both = _found(_wave(400, 1), _wave(400, 2, shares=(0.2, 0.3, 0.5)), shift=1.5)
    assert both.verdict == "both"


def test_drift_turned_round_turns_the_signs() -> None:
    one, other = _wave(200, 1), _wave(300, 2, shares=(0.3, 0.3, 0.4))
    there, back = drift(one, other), drift(other, one)
    for first, second in zip(there.signals, back.signals, strict=True):
        if first.unit != "ratio":
            assert first.difference.value == pytest.approx(-second.difference.value)
        assert first.effect == pytest.approx(-second.effect)
        assert first.p == pytest.approx(second.p, nan_ok=True)


def test_drift_a_small_sure_difference_does_not_warn() -> None:
    language = ["fr" if place % 100 < 5 else "en" for place in range(2_000)]
    more = ["fr" if place % 100 < 8 else "en" for place in range(2_000)]
    found = drift(_wave(2_000, 1, rt_language=language), _wave(2_000, 2, rt_language=more))
    french = next(one for one in found.signals if one.name == "french")
    assert french.sure and not french.warns and found.verdict == "steady"


def test_drift_texts_by_one_customer_are_no_independent_witnesses() -> None:
    language = ["fr" if place < 200 else "en" for place in range(400)]
    alone = drift(_wave(400, 1), _wave(400, 2, rt_language=language))
    few = drift(
        _wave(400, 1, customer=[f"a{place}" for place in range(400)]),
        _wave(400, 2, rt_language=language, customer=[f"b{place // 100}" for place in range(400)]),
    )
    widths = [next(one for one in found.signals if one.name == "french").difference for found in (alone, few)]
    assert widths[1].high - widths[1].low > 3 * (widths[0].high - widths[0].low)


def test_drift_rereads_one_text_of_a_customer() -> None:
    wave = _wave(60, 1, customer=["ann", "bob", None] * 20)
    rows = rows_to_reread(wave, 50)
    named = wave.frame["customer"].to_numpy()[rows]
    assert sorted(one for one in named if one) == ["ann", "bob"] and len(rows) == 22


def test_drift_without_a_common_family_says_so() -> None:
    found = drift(table(["fling"] * 40), table(["transaction"] * 40))
    assert "no_common_family" in found.notes and found.verdict == "shares"


# ------------------------------------------------------------------------------------------------- bad input


def _by(wave: TaggedTable, **changed: str) -> TaggedTable:
    from dataclasses import replace

    taxonomy = load_taxonomy()
    told = {
        "name": "m",
        "version": "1",
        "fingerprint": "a" * 64,
        "taxonomy_version": taxonomy.version,
        "taxonomy_fingerprint": taxonomy.fingerprint,
    }
    return replace(wave, facts=ModelFacts(families=taxonomy.family_ids, **{**told, **changed}))


def test_drift_between_models_is_refused() -> None:
    with pytest.raises(ArgumentError, match=r"bbbbbbbbbbbb.*Tag both with the same one"):
        drift(_by(_wave(40, 1)), _by(_wave(40, 2), fingerprint="b" * 64))


def test_drift_between_taxonomies_is_refused() -> None:
    from dataclasses import replace

    from relationtypes.taxonomy import bundled_frames

    other = replace(_wave(40, 2), taxonomy=bundled_frames()[0])
    with pytest.raises(TaxonomyError, match="different things"):
        drift(_wave(40, 1), other)


def test_drift_of_a_wave_without_labels_is_refused() -> None:
    with pytest.raises(EmptyInputError, match="nothing to compare"):
        drift(_wave(40, 1), table([""] * 5))


# ------------------------------------------------------------------------------------------------- the command


@pytest.fixture
def hotel(tmp_path: Path) -> Path:
    path = Path(shutil.copy(HOTEL, tmp_path / "hotel.csv"))
    shutil.copy(f"{HOTEL}.run.json", f"{path}.run.json")
    return path


@pytest.mark.parametrize("language", LANGUAGES)
def test_cli_drift_says_that_shares_moved_and_texts_did_not(run: Run, hotel: Path, language: Language) -> None:
    done = run("drift", hotel, "--split", "2025-05-01", "--sample", 0, "--lang", language)
    said = {"en": "The shares moved and the texts did not", "fr": "Les parts ont bougé et les textes non"}[language]
    assert (done.code, done.err) == (0, "") and said in done.out
    golden = ROOT / f"tests/golden/drift_{language}.txt"
    shown = "\n".join(line.rstrip() for line in done.out.splitlines()[:-1]) + "\n"  # the last names the version
    if os.environ.get("RT_UPDATE_GOLDEN"):
        golden.write_text(shown, encoding="utf-8")
    assert shown == golden.read_text(encoding="utf-8")


@pytest.mark.usefixtures("fake_model")
def test_cli_drift_json_and_a_file(run: Run, hotel: Path) -> None:
    out = hotel.with_name("drift.md")
    done = run("drift", hotel, hotel, "--json", "-o", out)
    found = json.loads(done.out)["drift"]
    assert done.code == 0 and found["verdict"] == "steady"
    assert {"meaning", "pieces", "unknown"} <= {one["name"] for one in found["signals"]}
    assert out.read_text("utf-8").startswith("# Drift between two waves")
    assert all(len(text) < 40 or text not in done.out for text in pl.read_csv(HOTEL)["comment"].drop_nulls())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "a second file, or --split"),
        (("{same}", "--split", "2025-05-01"), "Got both"),
        (("--split", "May"), "--split needs a day"),
        (("--split", "1999-01-01"), "leaves one side without a text"),
        (("{same}", "-o", "{same}", "--force"), "Use one of .html"),
    ],
)
def test_cli_drift_bad_arguments_are_named(run: Run, hotel: Path, arguments: tuple[str, ...], message: str) -> None:
    done = run("drift", hotel, *(one.format(same=hotel) for one in arguments), "--sample", 0)
    assert done.code not in (0, 1) and message in done.err, done.err


@pytest.mark.parametrize("language", LANGUAGES)
def test_drift_words_hold_in_either_language(language: Language) -> None:
    found = _found(_wave(40, 1), _wave(40, 2, rt_language=["fr"] * 40), shift=3)
    shown = printed(document_view(drift_document(found, load_taxonomy(), language)), 140)
    assert {"en": "of another kind", "fr": "d’une autre nature"}[language] in shown
    assert {"en": "the later is told in", "fr": "le plus récent est reconnu dans"}[language] in shown
    assert "{" not in shown
