"""Labels and examples → a head, with its quality measured before anyone trusts it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from relationtypes import _data
from relationtypes.artefact import GOLDEN, open_artefact
from relationtypes.classifiers.encoders import SentenceEncoder, TunedEncoder
from relationtypes.classifiers.finetuned import FinetunedClassifier
from relationtypes.classifiers.heads import (
    NOWHERE,
    Background,
    Floats,
    Head,
    Prior,
    background_of,
    log_softmax,
    of_families,
    sigmoid,
    with_none,
)
from relationtypes.classifiers.learnt import STANDARD_ENCODER, TUNED_ENCODER, EmbeddingCalibration
from relationtypes.errors import ArgumentError, MalformedInputError
from relationtypes.learning.curves import SHARES, curve_of, given_by
from relationtypes.learning.fitting import Examples
from relationtypes.learning.labelled import Labelled, read_labelled
from relationtypes.learning.linear import Linear, learn_linear
from relationtypes.learning.thresholds import choose_temperature, choose_threshold
from relationtypes.learning.validating import FOLDS, HeldOut, Quality, measure, with_examples
from relationtypes.learning.zero_shot import ABSTAIN_BELOW, NONE_BELOW, SHARPNESS, prototypes_of
from relationtypes.taxonomy import NONE_OF_THESE, Taxonomy, is_standard, load_taxonomy, with_none_of_these

FEWEST = 8
"""Examples of a label from which on it is learnt."""
FEWEST_CORRECTIONS = 20
"""Labelled texts from which on the standard labels are adapted."""
_TURNED_AWAY = 5.0
"""Percentage of a person's own examples that "none of these" may take at most."""
_FEWEST_FOR_CONFUSION = 20
_FEWEST_OF_PART = 2
"""Texts a label, on average, with which a part of the labels is worth learning from."""
_RULED_OUT = -1e6


@dataclass(frozen=True, slots=True)
class Trained:
    """A head and what is known of it; :func:`relationtypes.learning.writing.write_model` makes a folder of it.

    Attributes:
        taxonomy: its labels.
        head: its arithmetic.
        calibration: thresholds, and how its labels err.
        encoder: where the encoder was had from; ``standard`` for the one of the standard model.
        quality: by cross-validation; ``None`` where nothing was learnt.
        penalty: that held the fit back; 0 where nothing was learnt.
        notes: for the person who trains, such as which labels have no examples.
        source: name of the labelled file; empty without one.
    """

    taxonomy: Taxonomy
    head: Head
    calibration: EmbeddingCalibration
    encoder: str
    quality: Quality | None
    penalty: float
    notes: tuple[str, ...]
    source: str


class Reader:
    """Reads texts with the standard model, and with another encoder where one was chosen."""

    def __init__(
        self, *, encoder: str | Path | None = None, base: Path | None = None, threads: int | None = None
    ) -> None:
        self.base = FinetunedClassifier(open_artefact(base or _data.model_dir()), threads=threads)
        self.encoder: SentenceEncoder | TunedEncoder | None = SentenceEncoder(encoder) if encoder else None
        self.name = str(encoder) if encoder else STANDARD_ENCODER

    def use(self, encoder: TunedEncoder) -> None:
        """Take vectors from *encoder* from now on."""
        self.encoder, self.name = encoder, TUNED_ENCODER

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a vector for each of the normalised *texts*, (n, width)."""
        return self.encoder.embed(texts) if self.encoder else self.base.embed(texts)

    def read(self, texts: Sequence[str]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return vectors, and the standard model's probabilities of its types, (n, 29)."""
        said, vectors = self.base.scores_and_vectors(texts)
        return self.encoder.embed(texts) if self.encoder else vectors, said.type

    def background(self) -> Background:
        """Return where texts lie in general: the texts written by us in the standard model's folder."""
        golden = msgspec.json.decode((self.base.artefact.folder / GOLDEN).read_bytes(), type=list[dict[str, object]])
        return background_of(self.vectors([str(one["text"]) for one in golden]))


def train(
    out: str | Path,
    data: str | Path | Labelled | None = None,
    *,
    taxonomy: Taxonomy | None = None,
    text: str | None = None,
    label: str | None = None,
    multi_label: bool = False,
    none: bool = True,
    encoder: str | Path | None = None,
    force: bool = False,
    threads: int | None = None,
) -> Trained:
    """Learn labels and write the model folder *out*; tag with it by ``RelationTagger.load(out)``.

    Args:
        out: the folder to write.
        data: texts and labels, see :func:`read_labelled`; ``None`` tells labels by their descriptions and examples alone.
        taxonomy: of the labels; by default the standard one, whose labels are then adapted to the texts.
        text: column of the texts.
        label: column of the labels.
        multi_label: whether a text may have several labels.
        none: whether a text may be none of the labels, where they are not the standard ones.
        encoder: a sentence-transformers model, by folder or hub id; by default the standard model's own encoder.
        force: overwrite a model folder.
        threads: how many cores to use; all by default.

    Raises:
        RelationTypesError: as :func:`read_labelled`, :func:`fit`, and where *out* cannot be written.
    """
    from relationtypes.learning.writing import check_folder, write_model

    labels = taxonomy or load_taxonomy()
    check_folder(Path(out), force=force)
    labelled = data
    if isinstance(data, (str, Path)):
        labelled = read_labelled(
            Path(data),
            labels_for(labels, none=none, multi_label=multi_label),
            text=text,
            label=label,
            multi_label=multi_label,
        )
    reader = Reader(encoder=encoder, threads=threads)
    trained = fit(labels, labelled, reader, multi_label=multi_label, none=none)  # type: ignore[arg-type]
    write_model(trained, Path(out), reader, force=force)
    return trained


def fit(
    taxonomy: Taxonomy,
    labelled: Labelled | None,
    reader: Reader,
    *,
    multi_label: bool = False,
    none: bool = True,
    seed: int = 0,
    judged: NDArray[np.intp] | None = None,
    curve: bool = True,
) -> Trained:
    """Return a head for the labels of *taxonomy*, learnt from *labelled* texts where there are any.

    Args:
        taxonomy: of the labels.
        labelled: texts with labels of :func:`labels_for`.
        reader: gives vectors.
        multi_label: whether a text may have several labels.
        none: whether a text may be none of them.
        seed: of the folds.
        judged: places of the labelled texts by which the quality is measured, instead of cross-validation: those that the
            reader's encoder was not tuned on. They are not learnt from.
        curve: whether to measure what parts of the labels would have taught.

    Raises:
        ArgumentError: there is nothing to learn: the standard labels without examples, or the options contradict each other.
        MalformedInputError: there are too few examples to learn from.
        MissingExtraError: there are examples, and scipy is not installed.
    """
    standard = is_standard(taxonomy)
    labels = labels_for(taxonomy, none=none, multi_label=multi_label)
    _check_options(labels, labelled, reader, standard=standard, multi_label=multi_label)
    background = reader.background()
    head = _blank(labels, reader, background, standard=standard, multi_label=multi_label)
    if labelled is None:
        calibration = _calibration(head, abstain_below=ABSTAIN_BELOW)
        return Trained(labels, head, calibration, reader.name, None, 0.0, (), "")
    notes = (*labelled.notes, *check_enough(labels, labelled.allowed, standard=standard))
    if head.none != NOWHERE and labelled.allowed[:, head.none].any():
        head = replace(head, none=NOWHERE)  # it has examples, so it is learnt as any label
    vectors, said = reader.read(labelled.texts)
    examples = _examples(head, labelled.allowed, vectors, said)
    folds = int(min(FOLDS, len(examples)))
    shares = [one for one in SHARES if curve and one * len(examples) >= _FEWEST_OF_PART * len(labels.families)]
    linear = learn_linear(examples, labelled.texts, head.anchors, folds=folds, seed=seed, judged=judged, shares=shares)
    taught = examples if judged is None else examples.rows(np.setdiff1d(np.arange(len(examples)), judged))
    anchors = with_examples(head.anchors, taught)
    labelled, head = replace(labelled, notes=notes), replace(head, anchors=anchors)
    return _judged(labels, head, examples, linear, labelled, reader.name, folds if judged is None else 1)


def labels_for(taxonomy: Taxonomy, *, none: bool = True, multi_label: bool = False) -> Taxonomy:
    """Return the labels that a model of *taxonomy* tells apart: with "none of these", where they are not the standard ones."""
    return with_none_of_these(taxonomy) if none and not multi_label and not is_standard(taxonomy) else taxonomy


def _blank(labels: Taxonomy, reader: Reader, background: Background, *, standard: bool, multi_label: bool) -> Head:
    """Return the head that has learnt nothing yet: its prior alone."""
    types, width = len(labels.type_ids), len(background.centre)
    prior: Prior = "standard" if standard else "prototypes"
    prototypes = np.zeros((types, width)) if standard else prototypes_of(labels, reader.vectors, background)
    # The standard labels are adapted family by family: within one, types stay as the standard model tells them apart.
    units = np.asarray(labels.families_of_types, np.intp) if standard else np.arange(types)
    by_distance = not standard and not multi_label and NONE_OF_THESE in labels.type_ids
    return Head(
        background=background,
        prior=prior,
        prototypes=prototypes,
        sharpness=SHARPNESS,
        weights=np.zeros((int(units.max()) + 1, width)),
        bias=np.zeros(int(units.max()) + 1),
        units=units,
        anchors=prototypes,
        none=labels.type_ids.index(NONE_OF_THESE) if by_distance else NOWHERE,
        none_below=NONE_BELOW,
        temperature=1.0,
        multi_label=multi_label,
    )


def _examples(
    head: Head, allowed: NDArray[np.bool_], vectors: NDArray[np.floating], said: NDArray[np.floating]
) -> Examples:
    features = head.background.features(vectors)
    prior = head.prior_logits(features, said)
    if head.none != NOWHERE:
        prior[:, head.none] = _RULED_OUT
    return Examples(features, prior, allowed, head.units, head.multi_label)


def _judged(
    labels: Taxonomy, head: Head, examples: Examples, linear: Linear, labelled: Labelled, reader: str, folds: int
) -> Trained:
    """Return the *head* with what was learnt, calibrated and measured on what fits said of texts that they had not seen."""
    held_out = linear.held_out
    seen = examples.rows(held_out.rows)
    bears = of_families(seen.allowed, labels) > 0
    below = head.none_below
    if head.none != NOWHERE:
        below = min(below, float(np.percentile(held_out.nearest, _TURNED_AWAY)))
    fitted = replace(
        head,
        weights=linear.weights,
        bias=linear.bias,
        words=linear.words,
        none_below=below,
        temperature=choose_temperature(held_out.logits, seen),
    )
    probabilities = of_families(_probabilities(fitted, held_out), labels)
    top = probabilities.argmax(axis=1)
    abstain_below = choose_threshold(probabilities.max(axis=1), bears[np.arange(len(bears)), top])
    given = [
        given_by(of_families(_probabilities(fitted, one), labels), multi_label=head.multi_label)
        for _, one in linear.parts
    ]
    quality = measure(
        probabilities,
        bears,
        labels.family_ids,
        multi_label=head.multi_label,
        abstain_below=abstain_below,
        held_out=held_out,
        folds=folds,
        curve=curve_of([size for size, _ in linear.parts], given, bears) if given else None,
    )
    calibration = _calibration(fitted, abstain_below=abstain_below)
    if not head.multi_label and head.prior == "prototypes":
        calibration = _with_errors(calibration, bears, top)
    return Trained(labels, fitted, calibration, reader, quality, held_out.penalty, labelled.notes, labelled.source)


def _probabilities(head: Head, held_out: HeldOut) -> Floats:
    """Return (n, T) probabilities of texts that the fits have not seen."""
    logits = held_out.logits / head.temperature
    if head.multi_label:
        return sigmoid(logits)
    if head.none == NOWHERE:
        return np.exp(log_softmax(logits))
    return with_none(logits, head.sharpness * (head.none_below - held_out.nearest), head.none)


def _calibration(head: Head, *, abstain_below: float) -> EmbeddingCalibration:
    return EmbeddingCalibration(
        temperature=head.temperature,
        sharpness=head.sharpness,
        none_below=None if head.none == NOWHERE else head.none_below,
        abstain_below=abstain_below,
    )


def _with_errors(
    calibration: EmbeddingCalibration, bears: NDArray[np.bool_], top: NDArray[np.intp]
) -> EmbeddingCalibration:
    """Add how labels err and which shares they take for granted, where every label has examples enough to tell."""
    counts = bears.sum(axis=0)
    if counts.min() < _FEWEST_FOR_CONFUSION:
        return calibration
    width = bears.shape[1]
    confusion = np.zeros((width, width))
    np.add.at(confusion, (bears.argmax(axis=1), top), 1)
    return msgspec.structs.replace(
        calibration,
        family_prior=tuple(round(float(share), 6) for share in counts / counts.sum()),
        confusion=tuple(tuple(row) for row in confusion.tolist()),
    )


def _check_options(
    labels: Taxonomy, labelled: Labelled | None, reader: Reader, *, standard: bool, multi_label: bool
) -> None:
    if standard and labelled is None:
        raise ArgumentError(
            "There is nothing to train: the standard labels have a model, which is shipped. Give texts that you"
            " labelled to adapt it,"
            " or the taxonomy of your own labels."
        )
    if standard and (multi_label or reader.encoder):
        raise ArgumentError(
            "The standard labels are adapted with their own encoder, one label a text. Got"
            f" {'several labels' if multi_label else 'another encoder'}."
            " Leave that out, or give a taxonomy of your own."
        )
    if multi_label and len(labels.families) != len(labels.type_ids):
        raise ArgumentError(
            "Where a text may have several labels, these must stand side by side; the taxonomy has"
            f" {len(labels.families)} families"
            f" of {len(labels.type_ids)} labels. Leave the families out."
        )


def check_enough(labels: Taxonomy, allowed: NDArray[np.bool_], *, standard: bool) -> tuple[str, ...]:
    """Return what is worth noting of the numbers of examples.

    Raises:
        MalformedInputError: there are too few.
    """
    examples = (of_families(allowed, labels) > 0).sum(axis=0)
    seen = int((examples > 0).sum())
    counts = ", ".join(f"{name} {int(n)}" for name, n in zip(labels.family_ids, examples, strict=True) if n)
    if seen < 2:
        found = f"all {len(allowed):,} bear one label ({counts})" if seen else "none has a label and a text"
        raise MalformedInputError(
            f"A model learns to tell labels apart, so examples of two labels at least are needed; {found}. Add texts"
            " with other labels."
        )
    if standard:
        if len(allowed) < FEWEST_CORRECTIONS:
            raise MalformedInputError(
                f"There are {len(allowed)} labelled texts ({counts}); {FEWEST_CORRECTIONS} are the fewest from which"
                " the standard labels"
                " can be adapted. Label more."
            )
        return ()
    few = [f"{name} {int(n)}" for name, n in zip(labels.family_ids, examples, strict=True) if 0 < n < FEWEST]
    if few:
        raise MalformedInputError(
            f"There are too few examples of {', '.join(few[:20])}; {FEWEST} of a label are the fewest. Label more"
            " texts, put labels"
            " together, take those texts out, or train without examples, from the descriptions alone."
        )
    bare = [name for name, n in zip(labels.family_ids, examples, strict=True) if not n and name != NONE_OF_THESE]
    if not bare:
        return ()
    return (f"No examples of {', '.join(bare)}: told by their descriptions alone, they will hardly ever be named",)
