"""What the training data are: counts and licences of every source, how labels came about. Rendered as the data card."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from relationtypes.taxonomy import load_taxonomy
from training.baselines import Encoder
from training.diversity import corpus_report
from training.sources import Example, read_corpus, read_human_sentiment, read_labels, read_pool, read_relation

_LICENCE = "licence found"


def describe(shared: Path, labels: Path, corpus_folder: Path, encoder: Encoder) -> dict[str, Any]:
    """Return counts by source, family, type and language, and how varied the written corpus is."""
    pool = list(read_pool(shared / "pool"))
    read = list(read_labels(labels, pool))
    again = {example.id for example in read}
    relation = [example for example in read_relation(shared / "relation/train.jsonl") if example.id not in again]
    corpus = list(read_corpus(corpus_folder))
    human = list(read_human_sentiment(shared / "sentiment/en_human.jsonl.gz"))
    return {
        "sources": _sources(shared / "SOURCES.tsv", pool, relation, read),
        "human_sentiment": {
            "texts": len(human),
            "sources": dict(Counter(example.source for example in human).most_common()),
        },
        "families": {
            family: {
                f"{name}_{lang}": sum(example.family == family and example.lang == lang for example in examples)
                for name, examples in (("relation", relation), ("labels", read), ("corpus", corpus))
                for lang in ("en", "fr")
            }
            for family in load_taxonomy().family_ids
        },
        "types": {
            kind: {"real": _of_type(kind, [*relation, *read]), "corpus": _of_type(kind, corpus)}
            for kind in load_taxonomy().type_ids
        },
        "corpus": corpus_report(corpus, [*relation, *read], pool, encoder),
    }


def _sources(
    path: Path, pool: Sequence[Example], relation: Sequence[Example], read: Sequence[Example]
) -> list[dict[str, Any]]:
    header, *lines = path.read_text(encoding="utf-8").splitlines()
    columns = header.split("\t")
    counts = [Counter(example.source for example in examples) for examples in (pool, relation, read)]
    kinds = {example.source: (example.domain, example.channel) for example in pool}
    found = []
    for line in lines:
        row = dict(zip(columns, line.split("\t"), strict=True))
        domain, channel = kinds.get(row["source"], ("", ""))
        found.append(
            {
                "source": row["source"],
                "lang": row["lang"],
                "domain": domain,
                "channel": channel,
                "repository": row["repository"],
                "licence": row[_LICENCE],
                "pool": counts[0][row["source"]],
                "relation": counts[1][row["source"]],
                "labels": counts[2][row["source"]],
            }
        )
    return found


def _of_type(kind: str, examples: Sequence[Example]) -> int:
    return sum(example.type == kind for example in examples)
