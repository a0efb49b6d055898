"""What stands behind the worst errors: texts for a reader to sort into causes, and the sorted ids as a report.

The texts go to a folder outside the repository; what is kept is the id, the label, what the model said and the cause.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from relationtypes.classifiers.finetuned import FinetunedClassifier
from relationtypes.errors import ArgumentError
from relationtypes.normalising import normalise
from relationtypes.records import Scores
from training.datasets import load_split, unseen
from training.labelling import folder_for_texts, line_for_reader
from training.runs import load_checkpoint_config, model_of, seen_by
from training.sources import NONE, Example, read_relation
from training.tables import table

CAUSES = {
    "label": "the label is mistaken by the codebook; the model is right",
    "both": "both families can be defended",
    "weak_cue": "the cue that decides is there, but short, implicit or in passing; the model missed it",
    "word": "the model followed a word or an opening that stands for something else here",
    "irony": "irony, sarcasm or a joke",
    "target": "the tie is with an employee, another brand, a product or other customers",
    "context": "needs what the text does not say: the thread, the brand, the news",
    "long": "the point lies in one place of a long text about other things",
    "threshold": "a matter of degree: how angry, how warm, how much of the text",
    "other": "none of these",
}
ERROR_COLUMNS = ("id", "label", "model", "confidence", "cause", "run")
_KEY, _BATCH, _FIRST = "key.json", "errors_{}.txt", 1


class Error(msgspec.Struct, frozen=True):
    """A text whose family the model got wrong."""

    id: str
    label: str
    model: str
    confidence: float
    run: str
    """Name of the model's run."""


def write_errors(run: Path, model: Path, folder: Path, *, most: int, batches: int) -> int:
    """Write the *most* confident errors of the *model* of *run* on held-out and dev texts, in *batches*; return how many."""
    folder_for_texts(folder)
    config = load_checkpoint_config(run)
    path = Path(config.data.shared) / "relation/dev.jsonl"
    examples, scores = answers_on_unseen(run, model, list(read_relation(path)) if path.exists() else [])
    errors = []
    for example, row in zip(examples, scores.family, strict=True):
        found = scores.family_ids[int(row.argmax())]
        if found not in (example.family, example.second):
            errors.append(
                (Error(example.id, str(example.family), found, round(float(row.max()), 3), config.name), example)
            )
    errors.sort(key=lambda item: -item[0].confidence)
    errors = errors[:most]
    for batch in range(batches):
        lines = [_line(number, *errors[number]) for number in range(batch, len(errors), batches)]
        (folder / _BATCH.format(batch + 1)).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    (folder / _KEY).write_bytes(msgspec.json.encode([error for error, _ in errors]))
    return len(errors)


def answers_on_unseen(run: Path, model: Path, more: Sequence[Example] = ()) -> tuple[tuple[Example, ...], Scores]:
    """Return the texts held out, and *more*, that *run* did not see, and what the *model* exported from it says of them."""
    config, classifier = load_checkpoint_config(run), FinetunedClassifier(model_of(run, model))
    examples = unseen([*load_split(config.data, seed=config.seed).held_out, *more], seen_by(run))
    return examples, classifier.scores([normalise(example.text) for example in examples])


def collect_errors(folder: Path, out: Path) -> Path:
    """Read the causes that readers wrote to ``folder/causes_*.tsv`` (number, cause) and keep them by id in *out*."""
    try:
        errors = msgspec.json.decode((folder / _KEY).read_bytes(), type=list[Error])
    except FileNotFoundError:
        raise ArgumentError(f"{folder} holds no errors that `errors` wrote: there is no {_KEY}.") from None
    causes: dict[int, str] = {}
    for path in sorted(folder.glob("causes_*.tsv")):
        for line_number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            number, _, cause = line.partition("\t")
            if cause not in CAUSES or not number.isdigit() or not _FIRST <= int(number) < _FIRST + len(errors):
                raise ArgumentError(
                    f"{path}, line {line_number}: a number from {_FIRST} to {len(errors)}, a tab and one of {', '.join(CAUSES)} "
                    "is needed."
                )
            causes[int(number)] = cause
    rows = [
        (error.id, error.label, error.model, f"{error.confidence:.3f}", causes.get(number, NONE), error.run)
        for number, error in enumerate(errors, _FIRST)
    ]
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text("".join("\t".join(row) + "\n" for row in (ERROR_COLUMNS, *rows)), encoding="utf-8")
    return out


def error_report(path: Path, confusions: dict[str, dict[str, Any]]) -> str:
    """Return the sorted errors in *path*, and of *confusions* of the dev texts that of the run they are of, as Markdown."""
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    causes = Counter(row[4] for row in rows if row[4] != NONE)
    pairs = Counter((row[1], row[2]) for row in rows)
    by_pair = {pair: Counter(row[4] for row in rows if (row[1], row[2]) == pair) for pair in pairs}
    return f"""# What stands behind the errors

The {len(rows):,} errors of `{rows[0][5]}` on held-out and dev texts that it was surest of (and that are not the reader's second
family either); {causes.total():,} of them were read one by one by a language model that saw the text, the label and the model's
answer. By id, without texts, in `errors.tsv`.

{table(["Cause", "Errors", "Share"], _cause_rows(causes))}

The commonest confusions, and their commonest causes:

{table(["Label", "Model", "Errors", "Causes"], _pair_rows(pairs, by_pair))}
{_confusion(confusions.get(rows[0][5]))}"""


def _line(number: int, error: Error, example: Example) -> str:
    second = f" (second {example.second})" if example.second else ""
    return (
        f"{line_for_reader(str(number + _FIRST), example)} || label {error.label}{second}, type {example.type} "
        f"|| model {error.model} ({error.confidence:.2f})"
    )


def _cause_rows(causes: Counter[str]) -> Iterable[Sequence[str]]:
    for cause, count in causes.most_common():
        yield f"`{cause}`: {CAUSES[cause]}", str(count), f"{count / causes.total():.0%}"


def _pair_rows(
    pairs: Counter[tuple[str, str]], by_pair: dict[tuple[str, str], Counter[str]]
) -> Iterable[Sequence[str]]:
    for (label, model), count in pairs.most_common(12):
        found = ", ".join(f"{cause} {number}" for cause, number in by_pair[label, model].most_common(3))
        yield f"`{label}`", f"`{model}`", str(count), found


def _confusion(confusion: dict[str, Any] | None) -> str:
    if confusion is None:
        return ""
    families, counts = confusion["families"], confusion["rows_true_columns_predicted"]
    matrix = table(
        ["", *(f"`{family}`" for family in families)],
        [[f"`{family}`", *map(str, row)] for family, row in zip(families, counts, strict=True)],
    )
    return f"""
All dev texts, labels in rows, the model's answers in columns:

{matrix}
"""
