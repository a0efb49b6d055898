"""Labels and examples → a head, with its quality measured before anyone trusts it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from relationtypes.classifiers.heads import (
    NOWHERE,
    Background,
    Floats,
    Head,
    Prior,
    log_softmax,
    none_logit,
    of_families,
    sigmoid,
    with_none,
)
from relationtypes.classifiers.learnt import EmbeddingCalibration
from relationtypes.learning.checking import check_enough, check_options
from relationtypes.learning.curves import SHARES, curve_of, given_by
from relationtypes.learning.fitting import Examples
from relationtypes.learning.labelled import Labelled, read_labelled
from relationtypes.learning.linear import Linear, learn_linear
from relationtypes.learning.reader import Reader
from relationtypes.learning.thresholds import choose_temperature, choose_threshold
from relationtypes.learning.validating import FOLDS, HeldOut, Quality, measure, with_examples
from relationtypes.learning.zero_shot import ABSTAIN_BELOW, NONE_BELOW, SHARPNESS, prototypes_of
from relationtypes.taxonomy import NONE_OF_THESE, Taxonomy, is_standard, load_taxonomy, with_none_of_these

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
    tell: Callable[[Trained], None] | None = None,
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
        tell: given what was learnt before the folder is written; what it raises keeps the folder from being written.

    Raises:
        RelationTypesError: as :func:`read_labelled`, :func:`fit`, and where *out* cannot be written.
    """
    from relationtypes.learning.writing import check_folder, write_model

    labels = taxonomy or load_taxonomy()
    check_folder(Path(out), force=force)
    labelled: Labelled | None
    if isinstance(data, (str, Path)):
        wanted = labels_for(labels, none=none, multi_label=multi_label)
        labelled = read_labelled(Path(data), wanted, text=text, label=label, multi_label=multi_label)
    else:
        labelled = data
    reader = Reader(encoder=encoder, threads=threads)
    trained = fit(labels, labelled, reader, multi_label=multi_label, none=none)
    if tell:
        tell(trained)
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
    check_options(labels, labelled, reader, standard=standard, multi_label=multi_label)
    background = reader.background()
    head = _blank(labels, reader, background, standard=standard, multi_label=multi_label)
    if labelled is None:
        calibration = _calibration(head, abstain_below=ABSTAIN_BELOW)
        return Trained(labels, head, calibration, reader.name, None, 0.0, _notes_on_words(labels), "")
    notes = (*labelled.notes, *check_enough(labels, labelled.allowed, standard=standard))
    if head.none != NOWHERE and labelled.allowed[:, head.none].any():
        head = replace(head, none=NOWHERE)  # it has examples, so it is learnt as any label
    vectors, said = reader.read(labelled.texts)
    examples = _examples(head, labelled.allowed, vectors, said)
    folds = int(min(FOLDS, len(examples)))
    shares = [one for one in SHARES if curve and one * len(examples) >= _FEWEST_OF_PART * len(labels.families)]
    linear = learn_linear(
        examples,
        labelled.texts,
        head.anchors,
        folds=folds,
        seed=seed,
        judged=judged,
        shares=shares,
        cautious=standard,
    )
    taught = examples if judged is None else examples.rows(np.setdiff1d(np.arange(len(examples)), judged))
    anchors = with_examples(head.anchors, taught)
    labelled, head = replace(labelled, notes=notes), replace(head, anchors=anchors)
    return _judged(labels, head, examples, linear, labelled, reader.name, folds if judged is None else 1)


def labels_for(taxonomy: Taxonomy, *, none: bool = True, multi_label: bool = False) -> Taxonomy:
    """Return the labels that a model of *taxonomy* tells apart: with "none of these", where they are not the standard ones."""
    return with_none_of_these(taxonomy) if none and not multi_label and not is_standard(taxonomy) else taxonomy


def _notes_on_words(labels: Taxonomy) -> tuple[str, ...]:
    """Return what is worth noting of the words that labels are told by."""
    kinds = [kind for _, kind in labels.labels() if kind and kind.id != NONE_OF_THESE]
    bare = [kind.id for kind in kinds if not kind.examples.en and not kind.examples.fr]
    if not bare:
        return ()
    return (
        f"No examples of {', '.join(bare)}: told by descriptions, labels are hardly found. Write a dozen texts of each",
    )


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
    seen = examples.rows(linear.held_out.rows)
    bears = of_families(seen.allowed, labels) > 0
    learnt = replace(
        head,
        weights=linear.weights,
        bias=linear.bias,
        words=linear.words,
        temperature=choose_temperature(linear.held_out.logits, seen),
    )
    fitted, held_out = _kept_in(learnt, linear.held_out)
    probabilities = of_families(_probabilities(fitted, held_out), labels)
    top = probabilities.argmax(axis=1)
    abstain_below = choose_threshold(probabilities.max(axis=1), bears[np.arange(len(bears)), top])
    given = [
        given_by(of_families(_probabilities(*_kept_in(learnt, one)), labels), multi_label=head.multi_label)
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


def _kept_in(head: Head, held_out: HeldOut) -> tuple[Head, HeldOut]:
    """Return both with "none of these" held back so far that it takes few of a person's own examples."""
    if head.none == NOWHERE:
        return head, held_out
    near = held_out.near
    nearest = np.delete(near, head.none, axis=1).max(axis=1)
    if 100 * float((near[:, head.none] > nearest).mean()) > _TURNED_AWAY:  # these texts are like those of no customer
        near, anchors = near.copy(), head.anchors.copy()
        near[:, head.none], anchors[head.none] = -1, 0
        head = replace(head, anchors=anchors)
    below = min(head.none_below, float(np.percentile(nearest, _TURNED_AWAY)))
    return replace(head, none_below=below), replace(held_out, near=near)


def _probabilities(head: Head, held_out: HeldOut) -> Floats:
    """Return (n, T) probabilities of texts that the fits have not seen."""
    logits = held_out.logits / head.temperature
    if head.multi_label:
        return sigmoid(logits)
    if head.none == NOWHERE:
        return np.exp(log_softmax(logits))
    return with_none(logits, none_logit(held_out.near, head.none, head.sharpness, head.none_below), head.none)


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
