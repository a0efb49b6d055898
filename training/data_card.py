"""Figures of the data → training/DATA_CARD.md; a test checks that it is what this renders."""

from __future__ import annotations

from typing import Any

from training.tables import number, table

NAMES = {"relation": "relation/train", "labels": "training/labels", "corpus": "training/corpus"}


def data_card(data: dict[str, Any], agreement: dict[str, Any]) -> str:
    """Return the data card as Markdown."""
    corpus, human = data["corpus"], data["human_sentiment"]
    return f"""# Data card

What relationtypes is trained on. Texts that others wrote are **not in this repository**: most of their sources state no licence,
so they serve for building and measuring only. What is kept here are labels (with the pool's id and a hash of the text),
the texts we wrote, and figures.

## How the labels came about

- **Relation, type, sentiment, breach, second family**: read by language models that followed the codebook, one text after
  the other, with no rule or model choosing. **No person labelled them.** Where two readers differed in the family, a third
  one saw both labels in random order and decided.
- **Sentiment of {human["texts"]:,} English texts**: labels given by people, found with the texts. French has none; ratings
  stand in.
- **Ratings**: what the writers themselves gave, scaled to 0–1 within a source; used for an auxiliary task only.
- **Corpus**: {corpus["texts"]:,} texts written for this project by language models, each to a label, none from a template. Two of
  them read 400 without their labels: the family agreed for 398, the type for 97.5%. 5,305 were rewritten in a plainer register;
  the first stages of the shipped model saw them as they were before. The last 1,921 were written for what misled the model
  (reported speech, quotation, irony, negation, long texts, words that stand for something else), many as pairs that share
  most of their words; read without labels, 627 of 630 had the same family, 98% the same type, 88% the same sentiment.

How well two independent readers agree on the texts that both of them read:

{_agreement(agreement)}

The first two waves were picked by a linear classifier's, the third by the model's own probabilities: a random part (of texts of
at most 2,500 characters that no earlier wave had taken), then rare families, then doubtful texts. The fourth read texts
again, blind, whose label a cross-validated linear classifier found unlikely, so its agreement is that of hard texts only; a
third reader decided where the two differed. Texts that are held out keep their first label: corrections of those alone that
a classifier doubts would flatter whatever resembles it. The fifth was picked by the model's probabilities again and took what was
left in French that is no copy: of 3,677 texts read because the model held them likeliest for best friends, buddies, fling or
master–servant, 48 were. The texts at hand hold hardly any more of these families.

## Families

{_families(data["families"])}

## Fine types

{_types(data["types"])}

## Texts that are never trained on

`relation/dev`, the golden list, `training/challenge` and `training/adversarial`. The last are texts written by us to mislead a
reader of words (negation, irony, quotation, reported speech, spelling, emoji …), with the family that the codebook gives
them, and first names, words of dialects and texts with places for names. The split drops whatever is a copy or near-copy of them,
and nothing is chosen on them. How they were checked is in `training/results/robustness.md`.

## Sources

{_sources(data["sources"])}

## The written corpus beside real texts

{_corpus(corpus)}

## Known biases

- Readers are language models: their habits (a taste for explicit markers, caution with rare families) are in every label.
- Texts to be read were mostly picked to find rare families, so the shares of families above mean nothing; only texts picked
  at random (`natural`) say how frequent a family is, only within these sources, and a little too seldom from the second wave
  on, since earlier waves had taken rare ones.
- English is reviews, tweets and forums of a few brands, many of them technology, telecom, insurance and restaurants; French is
  mostly reviews of insurers, banks, food boxes, restaurants and shops. Public posts come from people who post.
- French best friends, buddies and master–servant hardly occur in the sources; the model knows them mainly from our own texts.
- Our own texts were written in the knowledge of the codebook: they are clearer than real ones, and a classifier tells
  them from real texts more often than chance (figures above).

## Meant for

Training and measuring classifiers of customer–brand relationships in English and French.

**Not for**: training anything that identifies or profiles the writers; texts of other languages; evidence of how a brand's
customers feel, since brands and sources were taken as they were found.
"""


def _agreement(agreement: dict[str, Any]) -> str:
    head = [
        "Readers' wave",
        "Texts labelled",
        "Read twice",
        "Family",
        "Kappa",
        "Macro-F1",
        "Type",
        "Sentiment",
        "Breach",
    ]
    keys = ("family", "family_kappa", "family_macro_f1", "type_given_family", "sentiment", "breach")
    rows = [
        [
            f"`{name}`",
            f"{wave['labelled']:,}",
            f"{wave.get('texts', 0):,}",
            *(number(wave.get(key)) for key in keys),
        ]
        for name, wave in agreement.items()
    ]
    return table(head, rows)


def _families(families: dict[str, dict[str, int]]) -> str:
    head = ["Family", *(f"{NAMES[name]} {lang}" for name in NAMES for lang in ("en", "fr"))]
    keys = [f"{name}_{lang}" for name in NAMES for lang in ("en", "fr")]
    return table(head, [[f"`{family}`", *(f"{counts[key]:,}" for key in keys)] for family, counts in families.items()])


def _types(types: dict[str, dict[str, int]]) -> str:
    return table(
        ["Type", "Real texts", "Corpus"],
        [[f"`{kind}`", f"{counts['real']:,}", f"{counts['corpus']:,}"] for kind, counts in types.items()],
    )


def _sources(sources: list[dict[str, Any]]) -> str:
    head = ["Source", "Language", "Domain", "Channel", "Found at", "Licence found", "Pool", "relation", "labels"]
    rows = [
        [
            f"`{item['source']}`",
            item["lang"],
            item["domain"],
            item["channel"],
            f"github.com/{item['repository']}",
            item["licence"],
            *(f"{item[key]:,}" for key in ("pool", "relation", "labels")),
        ]
        for item in sources
    ]
    return table(head, rows)


def _corpus(corpus: dict[str, Any]) -> str:
    words, words_pool = corpus["words"], corpus["words_pool"]
    rows = [
        ["Words: tenth, half, nine tenths of the texts have at most", _lengths(words), _lengths(words_pool)],
        [
            "Openings (three words) that occur once",
            number(corpus["distinct_openings"]),
            number(corpus["distinct_openings_pool"]),
        ],
        [
            "Texts sharing six words in a row with another",
            number(corpus["texts_sharing_six_words"]),
            number(corpus["texts_sharing_six_words_pool"]),
        ],
        [
            "Mean similarity of two texts (embeddings)",
            number(corpus["mean_similarity"]),
            number(corpus["mean_similarity_pool"]),
        ],
    ]
    told, same = corpus["told_from_pool"], corpus["told_from_same_family"]
    return "\n".join(
        [
            table(["", "Corpus", "Pool"], rows),
            "",
            "A logistic regression on TF-IDF (cross-validated, chance is 0.50) tells our texts from random pool texts of the "
            f"same language with an accuracy of **{number(told['accuracy'])}** (n = {told['texts']:,}), and from real texts of "
            f"the same family and language with **{number(same['accuracy'])}** (n = {same['texts']:,}).",
        ]
    )


def _lengths(words: dict[str, int]) -> str:
    return ", ".join(str(words[key]) for key in ("p10", "p50", "p90"))
