"""spaCy: ``nlp.add_pipe("relationtypes")``, and sentences by a spaCy pipeline. Needs the extra ``spacy``.

The component sets ``doc._.relation`` (a :class:`~relationtypes.Tag`), ``doc.cats`` (the probability of each family; empty
where there is no label), ``doc.spans["relationtypes"]`` (the evidence, labelled with the family) and, when it knows
brands, ``doc._.brand_relations``. A saved pipeline holds its settings and the path of the model, not the model.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from relationtypes.errors import ArgumentError, InputNotFoundError, MissingExtraError
from relationtypes.normalising import normalise_with_offsets
from relationtypes.records import Evidence, Tag
from relationtypes.segmenting import Span, sentences
from relationtypes.tagger import RelationTagger

try:
    from spacy.language import Language
    from spacy.matcher import PhraseMatcher
    from spacy.tokens import Doc
    from spacy.util import filter_spans
except ModuleNotFoundError:
    raise MissingExtraError("spacy", "spacy") from None

NAME = "relationtypes"
_RELATION, _BRANDS = (
    "relationtypes.relation",
    "relationtypes.brands",
)  # in doc.user_data, as plain values that spaCy can save


@dataclass(frozen=True, slots=True)
class BrandRelation:
    """What a text says about the relationship with one of the brands that it names.

    Attributes:
        brand: as the list of brands names it first.
        tag: of the sentences that speak of it, read as a text of their own; without evidence.
        mentions: where it is named, in characters of the text.
        sentences: the sentences that were read, in characters of the text.
    """

    brand: str
    tag: Tag
    mentions: tuple[Evidence, ...]
    sentences: tuple[Evidence, ...]


class RelationComponent:
    """The pipeline component; see :func:`make_component` for its settings."""

    def __init__(
        self,
        nlp: Language,
        tagger: RelationTagger,
        *,
        brands: dict[str, list[str]],
        evidence: bool,
        abstain_below: float | None,
        spacy_sentences: bool,
    ) -> None:
        self.tagger = tagger
        self.evidence = evidence
        self.abstain_below = abstain_below
        self.spacy_sentences = spacy_sentences
        self._matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
        for brand, spellings in brands.items():
            self._matcher.add(brand, [nlp.make_doc(spelling) for spelling in dict.fromkeys([brand, *spellings])])

    def __call__(self, doc: Doc) -> Doc:
        """Tag one text."""
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 256) -> Iterator[Doc]:
        """Tag texts, *batch_size* at once."""
        waiting = iter(stream)
        while batch := list(islice(waiting, batch_size)):
            self._tag(batch)
            yield from batch

    def _tag(self, docs: list[Doc]) -> None:
        texts = [doc.text for doc in docs]
        split = _splitter(docs) if self.spacy_sentences else sentences
        tags = self.tagger.tag(texts, evidence=self.evidence, abstain_below=self.abstain_below, split=split)
        families = self.tagger.classifier.family_ids
        for doc, tag in zip(docs, tags, strict=True):
            doc.user_data[_RELATION] = msgspec.to_builtins(tag)
            doc.cats.update(zip(families, tag.probabilities, strict=False))
            found = (
                doc.char_span(span.start, span.end, label=tag.family or "", alignment_mode="expand")
                for span in tag.evidence
            )
            doc.spans[NAME] = [span for span in found if span is not None]
        if len(self._matcher):
            self._tag_brands(docs)

    def _tag_brands(self, docs: list[Doc]) -> None:
        spoken = [(doc, *item) for doc in docs for item in self._brands(doc)]
        passages = [" ".join(doc.text[begin:end] for begin, end in spans) for doc, _, _, spans in spoken]
        tags = self.tagger.tag(passages, evidence=False, abstain_below=self.abstain_below)
        for doc in docs:
            doc.user_data[_BRANDS] = []
        for (doc, brand, mentions, spans), tag in zip(spoken, tags, strict=True):
            relation = BrandRelation(brand, tag, _as_evidence(mentions), _as_evidence(spans))
            doc.user_data[_BRANDS].append(msgspec.to_builtins(relation))

    def _brands(self, doc: Doc) -> list[tuple[str, list[Span], list[Span]]]:
        """Return each brand named, in order, with its mentions and with the sentences that speak of it.

        A sentence that names brands speaks of these; one that names none goes on about those of the one before it.
        """
        mentions: dict[str, list[Span]] = {}
        for found in filter_spans(self._matcher(doc, as_spans=True)):  # of names within names the longest
            mentions.setdefault(found.label_, []).append((found.start_char, found.end_char))
        if len(mentions) < 2:  # all that is said is said of it
            return [(brand, spans, _sentences(doc)) for brand, spans in mentions.items()]
        spoken: dict[str, list[Span]] = {brand: [] for brand in mentions}
        current: list[str] = []
        for begin, end in _sentences(doc):
            named = [
                brand for brand, spans in mentions.items() if any(start < end and stop > begin for start, stop in spans)
            ]
            current = named or current
            for brand in current:
                spoken[brand].append((begin, end))
        return [(brand, mentions[brand], spoken[brand]) for brand in mentions]


@Language.factory(
    NAME,
    assigns=["doc._.relation", "doc._.brand_relations", "doc.cats", "doc.spans"],
    default_config={
        "model": None,
        "brands": [],
        "evidence": True,
        "abstain_below": None,
        "spacy_sentences": False,
        "threads": None,
    },
)
def make_component(
    nlp: Language,
    name: str,
    model: str | None,
    brands: list[str] | dict[str, list[str]] | str,
    evidence: bool,
    abstain_below: float | None,
    spacy_sentences: bool,
    threads: int | None,
) -> RelationComponent:
    """Build the component of a pipeline.

    Args:
        nlp: the pipeline.
        name: of the component in it.
        model: a model folder; by default the model shipped with the package.
        brands: names, or names with their other spellings, or a text file with a brand a line, its other spellings behind it
            after commas. Upper and lower case are one.
        evidence: whether to find the sentences that a family rests on, for about one more reading a sentence.
        abstain_below: as for :meth:`RelationTagger.tag`.
        spacy_sentences: whether evidence is made of the sentences of the pipeline, which needs a component before this one
            that sets them; by default our own rules cut them.
        threads: how many cores one call may use; all by default.
    """
    return RelationComponent(
        nlp,
        RelationTagger.load(model, threads=threads),
        brands=_read_brands(brands),
        evidence=evidence,
        abstain_below=abstain_below,
        spacy_sentences=spacy_sentences,
    )


def spacy_splitter(nlp: Language) -> Callable[[str], list[Span]]:
    """Return a cutter into sentences by *nlp*, for ``tagger.tag(…, split=…)``; it needs a parser, senter or sentencizer."""

    def split(text: str) -> list[Span]:
        return _stripped(nlp(text))

    return split


def _relation(doc: Doc) -> Tag | None:
    return msgspec.convert(doc.user_data[_RELATION], Tag) if _RELATION in doc.user_data else None


def _brand_relations(doc: Doc) -> tuple[BrandRelation, ...]:
    return msgspec.convert(doc.user_data.get(_BRANDS, []), tuple[BrandRelation, ...])


Doc.set_extension("relation", getter=_relation, force=True)
Doc.set_extension("brand_relations", getter=_brand_relations, force=True)


def _read_brands(brands: Any) -> dict[str, list[str]]:
    if isinstance(brands, str):
        try:
            lines = Path(brands).read_text(encoding="utf-8").splitlines()
        except OSError:
            raise InputNotFoundError(
                f"There is no readable file of brands {brands!r}. Give a text file with a brand a line, or a list of names."
            ) from None
        rows = [[cell.strip() for cell in line.split(",") if cell.strip()] for line in lines]
        return {row[0]: row[1:] for row in rows if row}
    named = brands if isinstance(brands, dict) else {brand: [] for brand in brands}
    if not all(isinstance(word, str) and word.strip() for brand, other in named.items() for word in (brand, *other)):
        raise ArgumentError("A name of a brand is empty. Give names of at least one character.")
    return {brand: list(other) for brand, other in named.items()}


def _as_evidence(spans: Sequence[Span]) -> tuple[Evidence, ...]:
    return tuple(Evidence(*span) for span in spans)


def _sentences(doc: Doc) -> list[Span]:
    return _stripped(doc) if doc.has_annotation("SENT_START") else sentences(doc.text)


def _stripped(doc: Doc) -> list[Span]:
    spans = []
    for sent in doc.sents:
        words = sent.text.strip()
        begin = sent.start_char + sent.text.find(words)
        if words:
            spans.append((begin, begin + len(words)))
    return spans


def _splitter(docs: Sequence[Doc]) -> Callable[[str], list[Span]]:
    """Return what cuts the normalised texts of *docs* where the sentences of *docs* begin."""
    known: dict[str, list[Span]] = {}
    for doc in docs:
        if not doc.has_annotation("SENT_START"):
            raise ArgumentError(
                "spacy_sentences needs sentences, and the pipeline sets none before 'relationtypes'. Put a parser, a senter "
                "or a sentencizer before it: nlp.add_pipe('sentencizer', before='relationtypes')."
            )
        mapped = normalise_with_offsets(doc.text)
        cuts = [bisect_left(mapped.starts, sent.start_char) for sent in doc.sents]
        pieces = zip([0, *cuts], [*cuts, len(mapped.text)], strict=True)
        known.setdefault(mapped.text, [span for begin, end in pieces if (span := _trim(mapped.text, begin, end))])
    return lambda text: known.get(text) or sentences(text)


def _trim(text: str, begin: int, end: int) -> Span | None:
    words = text[begin:end].strip()
    start = text.find(words, begin)
    return (start, start + len(words)) if words else None
