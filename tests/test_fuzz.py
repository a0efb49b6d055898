"""Whatever comes in, texts, tables, labels, models, manifests: the right result or a user error, never anything else."""

from __future__ import annotations

import functools
import json
import random
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import strategies as st

from relationtypes import _data
from relationtypes.artefact import CALIBRATION, CONFIG, SUMS, TOKENIZER, WEIGHTS, kind_of, open_artefact, seal
from relationtypes.calibration import Logits, calibrated_scores
from relationtypes.classifiers import load_classifier
from relationtypes.classifiers.heads import Background, Head
from relationtypes.classifiers.learnt import (
    ARRAYS,
    BASE,
    STANDARD_ENCODER,
    TAXONOMY,
    EmbeddingCalibration,
    EmbeddingConfig,
    open_learnt,
    write_learnt,
)
from relationtypes.errors import ArtefactError, RelationTypesError
from relationtypes.explorer.project import open_project
from relationtypes.findings import offer_text, read_offer, read_tagged, shares
from relationtypes.hub import copy_model, fetch_model
from relationtypes.manifest import manifest_file, manifest_text, read_manifest
from relationtypes.normalising import (
    MOST_READ,
    as_read,
    as_read_with_offsets,
    is_read_whole,
    normalise,
    normalise_with_offsets,
)
from relationtypes.reading import read_table
from relationtypes.reading._profiles import load_profile
from relationtypes.redacting import Redaction, redact
from relationtypes.taxonomy import Taxonomy, read_taxonomy, taxonomy_json, with_none_of_these
from relationtypes.taxonomy._files import read_folder
from tests import learnt
from tests.conftest import ROOT
from tests.fuzzing import BOUND, FEW, MANY, Target, dice, documents_like, files_like, fuzz, spoilt_document
from tests.test_normalising import NOISE
from tests.test_reading_fuzz import fault, mutated, own_seeds, scribbled
from tests.test_redacting import PIECES

TRICKS = (
    "\u202e", "\u2066", "\u2069", "\u200d", "\u200b", "\ufeff", "\ufe0f", "\ue000", "\U0010ffff", "\ud83d", "\udc00", "\0",
    "\u0301" * 40, "\u0430\u0435\u043e", "\u01c4", "\ufb01", "\u0130", "\u1e9e", "\u212a", "\u2028", "\x85", "\x1c", "\u0661",
    "\uff11", "<script>", "=1+1", "[x](javascript:y)",
)  # fmt: skip
"""Signs that letters hide behind, are turned round by or are not."""


def texts(pieces: list[str]) -> st.SearchStrategy[str]:
    surrogates = st.text(st.characters(codec=None), max_size=4)  # lone surrogates among them
    return st.lists(st.sampled_from([*pieces, *TRICKS]) | surrogates, max_size=14).map("".join)


# Texts


def normalises(text: str, _: Path) -> None:
    found, once = normalise_with_offsets(text), normalise(text)
    assert found.text == once == normalise(once) and found == normalise_with_offsets(text)
    assert len(found.starts) == len(found.ends) == len(once)
    spans = list(zip(found.starts, found.ends, strict=True))
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert sorted(found.starts) == list(found.starts) and sorted(found.ends) == list(found.ends)
    assert not once or found.original_span(0, len(once)) == (spans[0][0], spans[-1][1])
    assert not any("\ud800" <= sign <= "\udfff" for sign in once)  # what a tokenizer cannot take
    read = as_read(text)
    assert len(read) <= MOST_READ and as_read_with_offsets(text).text.startswith(read)
    assert not is_read_whole(text) or read == once


def redacts(text: str, _: Path) -> None:
    found = redact(text)
    assert found == redact(text) and redact(found.text, language="en").text == found.text
    position, pieces = 0, []
    for removed in found.spans:
        assert position <= removed.start < removed.end <= len(text)
        pieces += [text[position : removed.start], removed.placeholder]
        position = removed.end
    assert "".join([*pieces, text[position:]]) == found.text
    for kept in range(len(text)):
        if not any(one.start <= kept < one.end for one in found.spans):
            begin, end = found.span(kept, kept + 1)
            assert found.text[begin:end] == text[kept]
    assert found.span(0, len(text)) == (0, len(found.text)) or not text or _touches_an_end(found, len(text))
    moved = [found.moved(place) for place in range(len(text) + 1)]
    assert moved == sorted(moved) and moved[0] >= 0 and moved[-1] <= len(found.text)


def _touches_an_end(found: Redaction, length: int) -> bool:
    return bool(found.spans) and (found.spans[0].start == 0 or found.spans[-1].end == length)


# Tables


@functools.cache
def packed_seeds() -> tuple[tuple[str, bytes], ...]:
    """A workbook, an OpenDocument table, a Parquet file, an SPSS file and packed texts, as small as can be."""
    import gzip
    import io
    import zipfile

    import polars
    import xlsxwriter

    frame = polars.DataFrame({"avis": ["Très bon accueil", "never again", None], "note": [5, 1, 3]})
    workbook, parquet, archive = io.BytesIO(), io.BytesIO(), io.BytesIO()
    with xlsxwriter.Workbook(workbook) as book:
        sheet = book.add_worksheet("avis")
        for number, row in enumerate((frame.columns, *frame.rows())):
            sheet.write_row(number, 0, row)
    frame.write_parquet(parquet)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("avis.csv", frame.write_csv())
        file.writestr("__MACOSX/._avis.csv", b"\0")
    packed = (
        (".xlsx", workbook.getvalue()),
        (".parquet", parquet.getvalue()),
        (".zip", archive.getvalue()),
        (".csv.gz", gzip.compress(frame.write_csv().encode(), mtime=0)),
    )
    return packed


def _spoilt_package(seed: tuple[str, bytes], draw: random.Random) -> tuple[str, bytes]:
    """Spoil the file, or a part within a package and pack it again, so that checksums fit."""
    import io
    import zipfile

    extension, content = seed
    if extension not in (".xlsx", ".zip") or draw.random() < 0.2:
        return extension, mutated(content, draw)
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        names = old.namelist()
        chosen = draw.choice(names)
        for name in names:
            part = old.read(name)
            if name == chosen:
                part = mutated(part, draw)
                name = draw.choice(
                    (name, name, name, name, f"../{name}", f"/{name}", "", name * 9, "\u202evsc.x", "a\0b")
                )
            new.writestr(zipfile.ZipInfo(name), part)
    return extension, made.getvalue()


def reads_tables(case: tuple[str, bytes], folder: Path) -> None:
    extension, content = case
    path = folder / f"t{extension}"
    path.write_bytes(content)
    assert not (problem := fault(path, content)), problem


def _table_cases() -> st.SearchStrategy[tuple[str, bytes]]:
    extensions = st.sampled_from((".csv", ".csv", ".csv", ".tsv", ".txt", ".jsonl", ".json"))
    altered = st.builds(lambda seed, draw: (seed[0], mutated(seed[1], draw)), st.sampled_from(own_seeds()), dice())
    return altered | st.tuples(extensions, dice().map(scribbled))


# Labels


STANDARD_FILES = {
    path.name: path.read_bytes()
    for path in sorted(_data.labels_dir().glob("*.toml"))
    if path.stem in ("taxonomy", "fling")
}
OFFER = (ROOT / "examples/offer.toml").read_bytes()
FRAME = b"""name = { en = "Two of them", fr = "Deux" }
version = "3"
[sources]
a = "A book"
[[labels]]
id = "fan"
name = { en = "Fan", fr = "Fan" }
definition = { en = "Loves it", fr = "Aime" }
examples = { en = ["I love it"], fr = ["J'aime"] }
provenance = { basis = "paper", source = ["a"], note = { en = "", fr = "" } }
[[labels]]
name = { en = "Foe", fr = "Adversaire" }
definition = { en = "Hates it", fr = "Deteste" }
family = { en = "Others", fr = "Autres" }
"""


def reads_labels(case: tuple[str, bytes], folder: Path) -> None:
    path = folder / f"frame{case[0]}"
    path.write_bytes(case[1])
    _is_sound(read_taxonomy(path), folder)
    assert read_taxonomy(path) == read_taxonomy(path)


def _is_sound(found: Taxonomy, folder: Path) -> None:
    ids = found.type_ids
    assert len(set(ids)) == len(ids) and len(set(found.family_ids)) == len(found.family_ids) >= 2
    for wanted in (*found.family_ids, *ids):
        found.find(wanted)
    assert with_none_of_these(with_none_of_these(found)) == with_none_of_these(found)
    again = folder / "again.json"
    again.write_text(taxonomy_json(found), encoding="utf-8")
    assert read_taxonomy(again) == found


def reads_label_folders(case: tuple[str, bytes], folder: Path) -> None:
    for name, content in STANDARD_FILES.items():
        (folder / name).write_bytes(content)
    index = (folder / "taxonomy.toml").read_text("utf-8")
    (folder / "taxonomy.toml").write_text(_only_fling(index), "utf-8")
    name, content = case
    (folder / name).write_bytes(content)
    found = read_folder(folder)
    assert found == read_folder(folder) and len(set(found.type_ids)) == len(found.type_ids)


def _only_fling(index: str) -> str:
    import re

    return re.sub(r"(?s)families = \[.*?\]", 'families = ["fling"]', index, count=1)


def _label_folder_cases() -> st.SearchStrategy[tuple[str, bytes]]:
    index = _only_fling(STANDARD_FILES["taxonomy.toml"].decode()).encode()
    traversals = [
        index.replace(b'["fling"]', json.dumps([name]).encode())
        for name in ("../fling", "/etc/passwd", "\0", "a" * 300, "", ".")
    ]
    return st.tuples(st.just("taxonomy.toml"), files_like(index, *traversals)) | st.tuples(
        st.just("fling.toml"), files_like(STANDARD_FILES["fling.toml"])
    )


def reads_offers(content: bytes, folder: Path) -> None:
    path = folder / "offer.toml"
    path.write_bytes(content)
    found = read_offer(path)
    path.write_text(offer_text(found), "utf-8")
    assert read_offer(path) == found


# Model folders


@functools.cache
def model_parts() -> dict[str, bytes]:
    """The files of a model that is opened but not run: the shipped config, and no weights."""
    shipped = {name: (_data.model_dir() / name).read_bytes() for name in (CONFIG, CALIBRATION)}
    return shipped | {WEIGHTS: b"weights", TOKENIZER: b"{}"}


def _laid(folder: Path, parts: dict[str, bytes]) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, content in parts.items():
        (folder / name).write_bytes(content)
    return folder


def opens_artefacts(case: tuple[str, bytes, bool], folder: Path) -> None:
    name, content, sealed = case
    model = _laid(folder / "model", model_parts())
    seal(model)
    (model / name).write_bytes(content)
    if sealed:
        seal(model)
    elif name != SUMS and content != model_parts()[name]:
        with pytest.raises(ArtefactError):
            open_artefact(model)
        return
    kind_of(model)
    opened = open_artefact(model)
    config = opened.config
    widths = (len(config.families), len(config.types), len(config.sentiments), 2)
    scores = calibrated_scores(
        Logits(*(np.linspace(-3, 3, 2 * width, dtype=np.float32).reshape(2, width) for width in widths)),
        opened.calibration,
        family_ids=config.families,
        type_ids=config.types,
        families_of_types=config.families_of_types,
    )
    assert np.isfinite(scores.family).all() and np.isfinite(scores.type).all() and np.isfinite(scores.breach).all()
    assert np.allclose(scores.family.sum(axis=1), 1, atol=1e-3) and 0 <= opened.calibration.abstain_below <= 1


def _artefact_cases() -> st.SearchStrategy[tuple[str, bytes, bool]]:
    parts = model_parts()
    sums = "".join(f"{'0' * 64}  {name}\n" for name in (*parts, "../x", "/etc/hostname", "a\0b", "")).encode()
    files = [(name, documents_like(parts[name])) for name in (CONFIG, CALIBRATION)]
    altered = st.one_of([st.tuples(st.just(name), made, st.booleans()) for name, made in files])
    return altered | st.tuples(st.just(SUMS), files_like(sums), st.just(False))


@functools.cache
def learnt_folder(place: Path) -> Path:
    """A model of three labels of one's own on vectors of four numbers, whose encoder is not run."""
    made = learnt.frame(place)
    folder = _laid(place / "whole", {})
    seal(_laid(folder / BASE, model_parts()))
    rng = np.random.default_rng(3)
    types, width = len(made.type_ids), 4
    head = Head(
        background=Background(np.zeros(width), np.eye(width)),
        prior="prototypes",
        prototypes=rng.normal(size=(types, width)),
        sharpness=8.0,
        weights=rng.normal(size=(types, width)),
        bias=np.zeros(types),
        units=np.arange(types),
        anchors=rng.normal(size=(types, width)),
        none=-1,
        none_below=0.0,
        temperature=1.0,
        multi_label=False,
    )
    config = EmbeddingConfig(
        name="own",
        version="1",
        taxonomy_version=made.version,
        taxonomy_fingerprint=made.fingerprint,
        families=made.family_ids,
        types=made.type_ids,
        prior="prototypes",
        multi_label=False,
        encoder=STANDARD_ENCODER,
        width=width,
    )
    calibration = EmbeddingCalibration(
        temperature=1.0, sharpness=8.0, none_below=None, abstain_below=0.3, family_prior=(0.4, 0.3, 0.3)
    )
    write_learnt(
        folder, config=config, calibration=calibration, taxonomy=made, head=head, card="# Own\n", golden=b"[]\n"
    )
    return folder


def opens_learnt_models(case: tuple[str, random.Random, int], folder: Path) -> None:
    whole = learnt_folder(folder)
    model = folder / "model"
    shutil.rmtree(model, ignore_errors=True)
    shutil.copytree(whole, model)
    name, draw, kind = case
    content = (model / name).read_bytes()
    if name == ARRAYS:
        _spoil_arrays(model / ARRAYS, draw)
    else:
        _spoil_json(model / name, content, draw)
    changed = (model / name).read_bytes() != content
    if kind and changed:
        with pytest.raises(RelationTypesError):
            open_learnt(model)
        return
    seal(model)
    head = open_learnt(model).head
    vectors = np.linspace(-1, 1, 8).reshape(2, 4)
    found = head.probabilities(["a text", "another"], vectors, np.full((2, len(head.units)), 0.1))
    assert np.isfinite(found).all() and (found >= 0).all()


def _spoil_arrays(path: Path, draw: random.Random) -> None:
    if draw.random() < 0.4:
        path.write_bytes(mutated(path.read_bytes(), draw))
        return
    with np.load(path) as loaded:
        arrays = {name: loaded[name] for name in loaded.files}
    name = draw.choice(list(arrays))
    odd = (np.nan, np.inf, 1e308, -1, 10**6, 0, "x", None, 1j)
    kind = draw.randrange(4)
    if kind == 0:
        del arrays[name]
    elif kind == 1:
        arrays[name] = np.full(arrays[name].shape, draw.choice(odd))
    elif kind == 2:
        arrays[name] = arrays[name][..., :-1]
    else:
        arrays[name] = arrays[name].astype(draw.choice(("f2", "i1", "U5", "?", "c8", "M8[s]", "O")), casting="unsafe")
    np.savez(path, **arrays)  # one of objects is pickled: reading must refuse it


def _spoil_json(path: Path, content: bytes, draw: random.Random) -> None:
    path.write_bytes(spoilt_document(content, draw))


def copies_models(case: tuple[str, list[str]], folder: Path) -> None:
    where, names = case
    home = folder / "home"
    shutil.rmtree(home, ignore_errors=True)
    model = _laid(home / "deep" / "model", {"a.txt": b"a"})
    (model / "sub").mkdir()
    (home / "deep" / "outside.txt").write_bytes(b"secret")
    lines = [f"{'0' * 64}  {name}\n" for name in names]
    (model / where).parent.mkdir(parents=True, exist_ok=True)
    (model / where).write_bytes("".join(lines).encode("utf-8", "surrogatepass"))
    target = home / "far" / "target"
    before = {path for path in home.rglob("*") if path.is_file()}
    with suppress(ArtefactError):
        copy_model(model, target)
    made = {path for path in home.rglob("*") if path.is_file()} - before
    assert all(path.is_relative_to(target) for path in made), "a file was written elsewhere"
    assert not any(path.read_bytes() == b"secret" for path in made), "a file of elsewhere was copied"


_NAME = st.just("a.txt") | st.lists(
    st.sampled_from(("..", ".", "a.txt", "sub", "outside.txt", "", "\0", "a" * 300, "é", "C:")), max_size=4
).map("/".join)


# Manifests


@functools.cache
def tagged_seed() -> tuple[bytes, bytes]:
    path = ROOT / "tests/data/tagged_hotel.csv"
    return b"".join(path.read_bytes().splitlines(keepends=True)[:8]), manifest_file(path).read_bytes()


def reads_manifests(content: bytes, folder: Path) -> None:
    out = folder / "tagged.csv"
    manifest_file(out).write_bytes(content)
    found = read_manifest(out)
    assert found is not None
    manifest_file(out).write_text(manifest_text(found), encoding="utf-8")
    assert read_manifest(out) == msgspec.structs.replace(found, format_version=read_manifest(out).format_version)  # type: ignore[union-attr]


def reads_tagged_files(content: bytes, folder: Path) -> None:
    out = folder / "tagged.csv"
    if not out.exists():
        out.write_bytes(tagged_seed()[0])
    manifest_file(out).write_bytes(content)
    found = shares(read_tagged(out))
    assert all(0 <= one.value <= 1 for one in found.estimates if one.known)


# Names


def follows_names(name: str, folder: Path) -> None:
    """Whatever stands where a name of a file, a folder, a frame or a model is asked for."""
    for read in (
        read_table,
        read_tagged,
        read_taxonomy,
        read_offer,
        load_profile,
        fetch_model,
        load_classifier,
        open_project,
    ):
        with suppress(RelationTypesError):
            read(name if read in _TAKES_NAMES else folder / "in" / name)  # type: ignore[operator]


_TAKES_NAMES = (read_taxonomy, load_profile, fetch_model, open_project)


TARGETS = (
    Target(
        "names",
        st.text(max_size=9) | texts(["../", "/", "..", ".", "~", "a" * 300, ".csv", ".json", "C:"]),
        follows_names,
    ),
    Target("normalising", texts(NOISE), normalises),
    Target("redacting", texts(PIECES), redacts),
    Target("tables", _table_cases(), reads_tables),
    Target("packages", st.builds(_spoilt_package, st.sampled_from(packed_seeds()), dice()), reads_tables),
    Target(
        "labels",
        st.tuples(st.just(".toml"), files_like(FRAME))
        | st.tuples(st.just(".csv"), files_like(learnt.FRAME.encode(), b"label,family\n=1,a\n@x,b\n"))
        | st.deferred(lambda: st.tuples(st.just(".json"), documents_like(_own_json()))),
        reads_labels,
    ),
    Target("label folders", _label_folder_cases(), reads_label_folders),
    Target("offers", files_like(OFFER), reads_offers),
    Target("artefacts", _artefact_cases(), opens_artefacts),
    Target(
        "learnt models",
        st.tuples(
            st.sampled_from((CONFIG, CALIBRATION, TAXONOMY, ARRAYS)), dice(), st.integers(0, 3).map(lambda n: n == 0)
        ),
        opens_learnt_models,
    ),
    Target(
        "copies of models",
        st.tuples(st.sampled_from((SUMS, f"sub/{SUMS}")), st.lists(_NAME, max_size=3)),
        copies_models,
    ),
    Target("manifests", documents_like(tagged_seed()[1]), reads_manifests),
    Target("tagged files", documents_like(tagged_seed()[1]), reads_tagged_files),
)


@functools.cache
def _own_json() -> bytes:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        return taxonomy_json(learnt.frame(Path(folder))).encode()


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_any_input_is_read_or_refused(target: Target, tmp_path: Path) -> None:
    fuzz(target, tmp_path, FEW)


@pytest.mark.slow
@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_any_of_many_inputs_is_read_or_refused(
    target: Target, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    record_property("ended and refused", fuzz(target, tmp_path, MANY, seconds=BOUND))
