"""Small models of labels of one's own, for tests: texts invented for them."""

from __future__ import annotations

from pathlib import Path

from relationtypes.learning import Labelled, labelled_of, labels_for, train
from relationtypes.taxonomy import Taxonomy, load_taxonomy, read_taxonomy

FRAME = """label,description,examples
fan,A customer who loves the brand and says so,I adore this shop and tell all my friends
foe,A customer who feels cheated and wants to harm the brand,They lied to me and I will warn everybody
buyer,A customer who looks at price and delivery only,Fair price and delivered on time
"""
SAID = {
    "fan": ("I love {}.", "{} makes me happy each time.", "My heart beats for {}!"),
    "foe": ("{} lied to me.", "Never again {}, crooks.", "{} cheated us, boycott them!"),
    "buyer": ("{} delivered on time.", "The price at {} was fair.", "Ordered at {}, it works."),
}
FAMILIES = {"fan": "best_friends", "foe": "broken_bond", "buyer": "transaction"}
SHOPS = ("Ada", "Bo", "Cy", "Dee")


def frame(folder: Path) -> Taxonomy:
    """Return a frame of three labels, written to *folder* as a table."""
    path = folder / "frame.csv"
    path.write_text(FRAME, encoding="utf-8")
    return read_taxonomy(path)


def rows(names: dict[str, str] | None = None) -> list[tuple[int, str, str]]:
    """Return twelve texts of each label, numbered; *names* says what the labels are called."""
    texts = [(text.format(shop), label) for label, said in SAID.items() for text in said for shop in SHOPS]
    return [(number, text, (names or {}).get(label, label)) for number, (text, label) in enumerate(texts, 1)]


def examples(taxonomy: Taxonomy, **options: bool) -> Labelled:
    """Return those texts, labelled with labels of *taxonomy*."""
    return labelled_of(rows(), labels_for(taxonomy, **options), **{k: v for k, v in options.items() if k != "none"})


def build(kind: str, folder: Path) -> Path:
    """Train a model of *kind* (zero-shot, few-shot, multi-label, adapted) in *folder*, and return where it is."""
    out = folder / kind
    labels = frame(folder)
    if kind == "zero-shot":
        train(out, taxonomy=labels)
    elif kind == "few-shot":
        train(out, examples(labels), taxonomy=labels)
    elif kind == "multi-label":
        train(out, examples(labels, multi_label=True), taxonomy=labels, multi_label=True)
    else:
        train(out, labelled_of(rows(FAMILIES), load_taxonomy()))
    return out
