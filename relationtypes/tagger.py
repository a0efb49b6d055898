"""The one place where the stages meet: normalise → classify → decide, for lists and for data frames."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from relationtypes import _data
from relationtypes.classifiers import Classifier, load_classifier, positions_of_stand_ins
from relationtypes.deciding import Decisions, decide
from relationtypes.errors import ArgumentError, TaggingError
from relationtypes.evidence import find_evidence
from relationtypes.hub import copy_model, fetch_model, push_model
from relationtypes.languages import detect_language
from relationtypes.normalising import as_read, as_read_with_offsets, is_read_whole
from relationtypes.records import SENTIMENTS, Evidence, Scores, Status, Tag, TextLanguage
from relationtypes.segmenting import Span, sentences
from relationtypes.tabulating import tag_columns, texts_of
from relationtypes.taxonomy import Taxonomy

EVIDENCE_UP_TO = 10_000
"""Evidence costs about one more reading a sentence: by default only up to this many texts."""
_CHUNK = 2_000
_LIKELY = 0.5
_DIGITS = 4  # of the probabilities of all families: enough to weigh a text, and short in text files
_log = logging.getLogger(__name__)
Frame = TypeVar("Frame")
Progress = Callable[[int], None]
"""Called with the number of texts finished since the last call."""
KeepVectors = Callable[[Sequence[str], NDArray[np.float32]], None]
"""Called with different raw texts, some of which come again, and a vector of length 1 for each, (n, width)."""
Split = Callable[[str], Sequence[Span]]
"""Cuts a text into sentences: spans in order that do not overlap."""
_Read = tuple[Scores, NDArray[np.float32] | None]


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A text on its way: what the model reads, or why it does not."""

    normalised: str
    language: TextLanguage | None
    status: Status | None
    cut: bool


class RelationTagger:
    """Says which relationship each text casts customer and brand into.

    Attributes:
        classifier: reads the texts.
        taxonomy: of the labels.
        keep_vectors: given the vectors that the classifier's encoder makes of texts as they are tagged, by whoever needs them;
            they cost nothing more. By default nobody.

    >>> tagger = RelationTagger.load()
    >>> tagger.tag(["Been coming here since I was six, they feel like family to me."])[0].family
    'best_friends'
    """

    def __init__(self, classifier: Classifier, taxonomy: Taxonomy | None = None) -> None:
        self.classifier = classifier
        self.keep_vectors: KeepVectors | None = None
        self.taxonomy = taxonomy or classifier.taxonomy
        self.folder: Path | None = None
        family_of = {kind.id: family.id for family, kind in self.taxonomy.labels() if kind}
        self._families_of_types = tuple(classifier.family_ids.index(family_of[kind]) for kind in classifier.type_ids)
        self._stand_ins = positions_of_stand_ins(classifier)
        self.multi_label = classifier.facts.multi_label

    @classmethod
    def load(cls, folder: str | Path | None = None, *, threads: int | None = None) -> RelationTagger:
        """Open the model in *folder*, by default the one shipped with the package.

        Args:
            folder: a model folder as `relationtypes train` or `python -m training export` writes it.
            threads: how many cores one call may use; all by default.

        Raises:
            ArtefactError: the folder is incomplete, altered, or of another version.
        """
        place = Path(folder) if folder else _data.model_dir()
        tagger = cls(load_classifier(place, threads=threads))
        tagger.folder = place
        return tagger

    @classmethod
    def from_pretrained(
        cls, source: str | Path, *, revision: str | None = None, threads: int | None = None
    ) -> RelationTagger:
        """Open the model in a folder, or one of the Hugging Face hub; a folder goes first, and then nothing is fetched.

        Args:
            source: a model folder, or the id of a repository on the hub, ``owner/name``.
            revision: branch, tag or commit of that repository; by default its main branch.
            threads: as for :meth:`load`.

        Raises:
            MissingExtraError: the hub is needed and ``huggingface_hub`` is not installed.
            ArtefactError: there is no such folder or repository, or what is there is no whole model.
        """
        return cls.load(fetch_model(source, revision=revision), threads=threads)

    def save_pretrained(self, folder: str | Path) -> Path:
        """Copy the model folder to the new folder *folder*, which :meth:`load` opens, and return it.

        Raises:
            ArgumentError: this tagger was not loaded from a folder.
            OutputExistsError: there is something in *folder*.
        """
        return copy_model(self._folder(), Path(folder))

    def push_to_hub(self, repo_id: str, *, private: bool = True, revision: str | None = None) -> str:
        """Upload the model folder to the Hugging Face hub and return the address of the commit.

        Whoever may read the repository may read the taxonomy of the model with its examples.

        Args:
            repo_id: ``owner/name``; made when there is none.
            private: whether a repository that is made is for its owner alone.
            revision: an existing branch to upload to; by default the main one.

        Raises:
            MissingExtraError: ``huggingface_hub`` is not installed.
            ArgumentError: this tagger was not loaded from a folder, or *repo_id* is no id.
            OutputNotWritableError: the hub cannot be reached or refuses.
        """
        return push_model(self._folder(), repo_id, private=private, revision=revision)

    def _folder(self) -> Path:
        if self.folder is None:
            raise ArgumentError(
                "This tagger was made from a classifier in memory, not loaded from a model folder. "
                "Save the model first and open it with RelationTagger.load(folder)."
            )
        return self.folder

    def __reduce__(self) -> tuple[Any, ...]:
        own = None if self.taxonomy is self.classifier.taxonomy else self.taxonomy
        return RelationTagger, (self.classifier, own), {"folder": self.folder}

    def tag(
        self,
        texts: Sequence[str | None],
        *,
        evidence: bool | None = None,
        abstain_below: float | None = None,
        split: Split = sentences,
        progress: Progress | None = None,
    ) -> list[Tag]:
        """Return one tag a text, in order; identical texts are read once.

        Args:
            texts: raw texts; ``None`` counts as empty.
            evidence: whether to find the sentences that each family rests on; by default up to 10,000 texts.
            abstain_below: confidence (0 to 1) under which a tag is not signed; by default the model's own threshold.
            split: cuts a normalised text into the sentences that evidence is made of.
            progress: told how many texts were finished since its last call.
        """
        _check_texts(texts)
        with_evidence = len(texts) <= EVIDENCE_UP_TO if evidence is None else evidence
        threshold = self.classifier.abstain_below if abstain_below is None else abstain_below
        if not 0 <= threshold <= 1:
            raise ArgumentError(f"abstain_below must be between 0 and 1. Got {abstain_below!r}.")
        tags: list[Tag] = []
        known: dict[str, Tag] = {}
        for begin in range(0, len(texts), _CHUNK):
            chunk = [text or "" for text in texts[begin : begin + _CHUNK]]
            fresh = [text for text in dict.fromkeys(chunk) if text not in known]
            known.update(zip(fresh, self._tag_distinct(fresh, with_evidence, threshold, split), strict=True))
            tags += (known[text] for text in chunk)
            if progress:
                progress(len(chunk))
        return tags

    def tag_frame(
        self,
        frame: Frame,
        text: str,
        *,
        evidence: bool | None = None,
        abstain_below: float | None = None,
        progress: Progress | None = None,
    ) -> Frame:
        """Return *frame* (pandas or polars) with the tag columns behind its own; rows, order and index are kept.

        The columns are ``rt_family``, ``rt_type``, ``rt_confidence``, ``rt_status``, ``rt_second_family``,
        ``rt_second_confidence``, ``rt_sentiment``, ``rt_sentiment_score``, ``rt_breach``, ``rt_language``,
        ``rt_probabilities`` (of every family, in the taxonomy's order) and ``rt_evidence`` (a list of [start, end] offsets
        into the text, in characters); of a model that may give several labels also ``rt_labels``, a list. Columns of these
        names from an earlier run are replaced.

        Args:
            frame: any pandas or polars data frame.
            text: name of the column that holds the texts; missing values count as empty.
            evidence: as for :meth:`tag`.
            abstain_below: as for :meth:`tag`.
            progress: as for :meth:`tag`.
        """
        import polars

        texts = texts_of(frame, text)
        tags = self.tag(texts, evidence=evidence, abstain_below=abstain_below, progress=progress)
        columns = tag_columns(tags, labels=self.multi_label)
        result: Any = frame
        if isinstance(result, polars.DataFrame):
            return cast(Frame, result.drop(columns.columns, strict=False).hstack(columns))
        result = result.drop(columns=[name for name in columns.columns if name in result.columns])
        for name in columns.columns:
            result[name] = columns[name].to_list()
        return cast(Frame, result)

    def scores(self, texts: Sequence[str | None]) -> Scores:
        """Return the full probability matrices of raw *texts*, whatever their language; one row each, in order."""
        _check_texts(texts)
        normalised = [as_read(text or "") for text in texts]
        distinct = {text: i for i, text in enumerate(dict.fromkeys(normalised))}
        return self.classifier.scores(list(distinct)).rows(np.array([distinct[text] for text in normalised], np.intp))

    def _tag_distinct(self, texts: list[str], with_evidence: bool, threshold: float, split: Split) -> list[Tag]:
        prepared = [_prepare(text) for text in texts]
        tags = [Tag(status=item.status or "error", language=item.language, cut=item.cut) for item in prepared]
        index, (scores, vectors) = self._score([i for i, item in enumerate(prepared) if item.status is None], prepared)
        if self.keep_vectors and vectors is not None:
            self.keep_vectors([texts[i] for i in index], vectors)
        readable = [prepared[i].normalised for i in index]
        decisions = decide(
            scores, families_of_types=self._families_of_types, abstain_below=threshold, stand_ins=self._stand_ins
        )
        spans: list[tuple[Span, ...]] = [()] * len(readable)
        if with_evidence:
            spans = self._spans(readable, decisions.family, split)
        for row, i in enumerate(index):
            found = _evidence(texts[i], spans[row])
            tags[i] = self._tag_of(decisions, row, prepared[i], scores.family[row], found)
        return tags

    def _score(self, index: list[int], prepared: list[_Prepared]) -> tuple[list[int], _Read]:
        """Score the texts at *index*; when the model fails on them, one by one, leaving out those it fails on.

        Raises:
            TaggingError: it fails on each of several, which is not one text's fault.
        """
        try:
            return index, self._read([prepared[i].normalised for i in index])
        except Exception as error:
            scored = [i for i in index if self._can_score(prepared[i].normalised)] if len(index) > 1 else []
            cause = type(error).__name__  # not its message, which may quote a text
            if len(index) > 1 and not scored:
                raise TaggingError(
                    f"The model failed on each of {len(index):,} texts ({cause}). Check it with: relationtypes doctor. If"
                    " that finds nothing, it is the texts: take them out, and tag them in a file of their own."
                ) from None
            _log.warning(
                "The model failed on %d of %d texts (%s); their status is 'error'.",
                len(index) - len(scored),
                len(index),
                cause,
            )
            return scored, self._read([prepared[i].normalised for i in scored])

    def _read(self, texts: list[str]) -> _Read:
        return self.classifier.scores_and_vectors(texts) if self.keep_vectors else (self.classifier.scores(texts), None)

    def _spans(self, readable: list[str], families: NDArray[np.intp], split: Split) -> list[tuple[Span, ...]]:
        """Find evidence; when the model fails on it, text by text: a label stands without its evidence."""
        try:
            return find_evidence(readable, families, self.classifier, split=split)
        except Exception as error:
            cause = type(error).__name__
        spans: list[tuple[Span, ...]] = []
        failed = 0
        for row, text in enumerate(readable):
            try:
                spans += find_evidence([text], families[[row]], self.classifier, split=split)
            except Exception:
                spans.append(())
                failed += 1
        _log.warning(
            "The model failed on parts of %d of %d texts (%s); they have no evidence.", failed, len(readable), cause
        )
        return spans

    def _can_score(self, text: str) -> bool:
        try:
            self.classifier.scores([text])
        except Exception:
            return False
        return True

    def _tag_of(
        self,
        decisions: Decisions,
        row: int,
        read: _Prepared,
        probabilities: NDArray[np.float32],
        evidence: tuple[Evidence, ...],
    ) -> Tag:
        families = self.classifier.family_ids
        return Tag(
            status="ok" if decisions.signed[row] else "abstained",
            language=read.language,
            family=families[decisions.family[row]],
            type=self.classifier.type_ids[decisions.type[row]],
            confidence=_rounded(decisions.confidence[row]),
            second_family=families[decisions.second[row]],
            second_confidence=_rounded(decisions.second_confidence[row]),
            sentiment=SENTIMENTS[decisions.sentiment[row]],
            sentiment_score=_rounded(decisions.sentiment_score[row]),
            breach=_rounded(decisions.breach[row]),
            probabilities=tuple(np.round(probabilities.astype(np.float64), _DIGITS).tolist()),
            evidence=evidence,
            labels=self._labels(probabilities) if self.multi_label else (),
            cut=read.cut,
        )

    def _labels(self, probabilities: NDArray[np.float32]) -> tuple[str, ...]:
        ranked = np.argsort(-probabilities, kind="stable")
        return tuple(self.classifier.family_ids[place] for place in ranked[probabilities[ranked] >= _LIKELY])


def _prepare(text: str) -> _Prepared:
    normalised = as_read(text)
    if not normalised:
        return _Prepared("", None, "empty", cut=False)
    language = detect_language(normalised)
    status: Status | None = "unsupported_language" if language == "other" else None
    return _Prepared(normalised, language, status, cut=not is_read_whole(text))


def _evidence(original: str, spans: tuple[Span, ...]) -> tuple[Evidence, ...]:
    if not spans:
        return ()
    mapped = as_read_with_offsets(original)
    return tuple(Evidence(*mapped.original_span(start, end)) for start, end in spans)


def _check_texts(texts: Sequence[str | None]) -> None:
    if isinstance(texts, str):
        raise ArgumentError("A list of texts is needed. Got one string; put it in a list: tag([text]).")
    if not hasattr(texts, "__len__"):  # arrays and series are no Sequence, and will do
        raise ArgumentError(f"A list of texts is needed. Got {type(texts).__name__}; put texts in a list.")
    for position, text in enumerate(texts):
        if text is not None and not isinstance(text, str):
            raise ArgumentError(f"Texts must be strings or None. Got {type(text).__name__} at position {position}.")


def _rounded(value: NDArray[np.float32] | np.float32) -> float:
    """Six decimals: more than any figure here deserves, and stable in text files."""
    return round(float(value), 6)
