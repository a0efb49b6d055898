"""Results → MODEL_CARD.md and the README's quality table; a test checks that both are what this renders."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from relationtypes.artefact import CARD, seal
from relationtypes.errors import ArgumentError
from relationtypes.taxonomy import load_taxonomy
from training.ablation_report import ablation_report
from training.data_card import data_card
from training.figures import read_figures
from training.tables import interval, number, table

BEGIN, END = "<!-- quality: rendered by `python -m training card` -->", "<!-- /quality -->"

_BASELINES = {"tfidf": "TF-IDF + LR", "embedding": "Embeddings + LR"}
_ROWS: tuple[tuple[str, str, str | None], ...] = (
    ("Family, macro-F1", "family_macro_f1", "family_macro_f1"),
    ("Family, accuracy", "family_accuracy", "family_accuracy"),
    ("Family, right in the reader's first or second choice", "family_or_second_accuracy", None),
    ("Fine type, given the right family", "type_accuracy_given_family", "type_accuracy_given_family"),
    ("Sentiment, macro-F1 of four classes", "sentiment_macro_f1", None),
    ("Sentiment, accuracy without mixed texts", "sentiment_accuracy_without_mixed", None),
    ("Breach, F1", "breach_f1", None),
    ("Family confidence, calibration error", "family_calibration_error", None),
    ("Family accuracy when the surest 80% are answered", "family_accuracy_at_80_coverage", None),
)


def quality_table(metrics: dict[str, Any], baselines: dict[str, Any]) -> str:
    """Return the figures on the dev texts beside the baselines' and the readers' agreement, as Markdown."""
    ceiling = metrics["agreement_ceiling"]
    rows = []
    for title, key, ceiling_key in _ROWS:
        agreed = f"{ceiling[ceiling_key]:.2f}" if ceiling_key else "–"
        rows.append([title, *_beside_baselines("all", key, metrics, baselines), agreed])
    for group, name in (("en", "English"), ("fr", "French")):
        for title, key, _ in _ROWS[:2]:
            rows.append([f"{title}, {name} alone", *_beside_baselines(group, key, metrics, baselines), "–"])
    return table([*_head("all", metrics), "Two readers"], rows)


def language_table(group: str, metrics: dict[str, Any], baselines: dict[str, Any]) -> str:
    """Return the figures on the dev texts of one language beside the baselines', as Markdown."""
    return table(
        _head(group, metrics), [[title, *_beside_baselines(group, key, metrics, baselines)] for title, key, _ in _ROWS]
    )


def _head(group: str, metrics: dict[str, Any]) -> list[str]:
    return ["", f"**Model** (n = {metrics['dev'][group]['n']})", *_BASELINES.values()]


def _beside_baselines(group: str, key: str, metrics: dict[str, Any], baselines: dict[str, Any]) -> list[str]:
    return [_with_interval(metrics["dev"][group][key]), *(_plain(baselines[name][group][key]) for name in _BASELINES)]


def family_table(metrics: dict[str, Any]) -> str:
    """Return precision, recall and F1 of each family, as Markdown."""
    return table(
        ["Family", "Precision", "Recall", "F1", "Texts"],
        [
            [f"`{name}`", *(number(figures[key]) for key in ("precision", "recall", "f1")), str(figures["support"])]
            for name, figures in metrics["dev"]["all"]["per_family"].items()
        ],
    )


def coverage_table(metrics: dict[str, Any]) -> str:
    """Return how accurate the family is when only the surest texts are answered, as Markdown."""
    points = metrics["dev"]["all"]["coverage_curve"]
    return table(
        ["Texts answered", *(f"{point['coverage']:.0%}" for point in points)],
        [["Accuracy", *(_plain(point["accuracy"]) for point in points)]],
    )


def stages_table(stages: list[dict[str, Any]]) -> str:
    """Return how many texts of each source and language each stage of training used, as Markdown."""
    names = sorted({name for stage in stages for name in stage["train"]})
    head = ["Source", *(f"Stage {number}" if len(stages) > 1 else "Texts" for number in range(1, len(stages) + 1))]
    return table(head, [[f"`{name}`", *(f"{stage['train'].get(name, 0):,}" for stage in stages)] for name in names])


def model_card(metrics: dict[str, Any], baselines: dict[str, Any]) -> str:
    """Return the model card as Markdown."""
    taxonomy, languages, speed = load_taxonomy(), metrics["language_identification"], metrics["speed"]
    parity, signed, natural = metrics["int8_against_fp32"], metrics["signed"], metrics["dev"]["natural"]
    return f"""# Model card: relationtypes {metrics["model"]["version"]}

One multilingual encoder ({metrics["model"]["base_model"]}; vocabulary trimmed to English and French), fine-tuned for
family, fine type, sentiment and breach in one pass; ONNX, weights stored in int8, {metrics["artefact_megabytes"]} MB. Labels: taxonomy
{taxonomy.version} (fingerprint `{taxonomy.fingerprint}`), {len(taxonomy.families)} families, {len(taxonomy.type_ids)} types.

## What it is for

Reading many customer texts (verbatims, reviews, posts) in English or French and saying which relationship each casts
customer and brand into: to explore them, to compare groups, to find texts worth reading. A text is a signal of a
relationship, not the relationship: readers without the codebook agree with it on {metrics["agreement_ceiling"]["without_codebook_family_accuracy"]:.0%}
of the families. Look at the runner-up and the confidence.

Not for: judging, scoring or targeting single persons; deciding on credit, prices, employment or access to a service;
other languages than English and French; texts that are not about a company or its offer.

## Data

{stages_table(metrics["data"])}

`corpus` was written for this project by language models; `relation` are public reviews and posts labelled by **language
models following the codebook, not by people**; `sentiment` are tweets and product snippets with sentiment labels by
people; `labels` were picked from the pool and read in the same way as `relation`; of `rating` texts only the stars that their
writers gave are known. {metrics["data"][-1]["held_out"]:,} more labelled texts were held out for calibration and the abstention
threshold. Counts, licences and biases are in the data card, `training/DATA_CARD.md` of the repository.

## Quality

On {metrics["dev"]["all"]["n"]} texts that were not trained on, from the same sources (drawn partly to find rare families); 95%
bootstrap intervals. The two baselines were trained on the same texts. Texts from sources never seen are harder: expect less.

{quality_table(metrics, baselines)}

English alone:

{language_table("en", metrics, baselines)}

French alone:

{language_table("fr", metrics, baselines)}

{family_table(metrics)}

{coverage_table(metrics)}

- On the {natural["n"]} texts drawn at random: macro-F1 {_with_interval(natural["family_macro_f1"])}, accuracy
  {_with_interval(natural["family_accuracy"])}; uncorrected shares are off by {_plain(natural["family_share_error"])} (total variation).
- A tag is signed from a confidence of {metrics["abstain_below"]:.2f} on, chosen on the held-out texts: {signed["share"]:.0%} of the
  texts are signed, {signed["accuracy"]:.0%} of these rightly.
- int8 against fp32 weights: {parity["family_flips"]:.1%} of the families change (English {parity["family_flips_en"]:.1%},
  French {parity["family_flips_fr"]:.1%}); macro-F1 in fp32 {parity["fp32_family_macro_f1"]:.3f}. The computation itself is
  in fp32: a text's probabilities alone and among others differ by at most {parity["batch_against_single_largest_difference"]:.4f}.
- Language: {languages["pool_en"]:.1%} of English and {languages["pool_fr"]:.1%} of French pool texts are recognised
  ({languages["pool_en_under_60_characters"]:.1%} and {languages["pool_fr_under_60_characters"]:.1%} below 60 characters),
  {languages["other_languages_flagged"]:.1%} of our sentences in 18 other languages are flagged. Haitian Creole passes for French.
- Speed: {speed["texts_per_second"]} texts a second without evidence on {speed["processor"]}, pool texts of about 40 tokens.

## Known weaknesses

Families with few labelled texts are weakest; their intervals are wide. Fine types with few real examples were learnt mostly
from texts we wrote. Labels by language models share the habits of language models. Irony, quotation and ties with one
employee rather than the brand mislead it. Offsets of evidence are sentences, not words.
{_stand_ins(metrics["model"].get("stand_ins", {}))}"""


def _stand_ins(stand_ins: dict[str, str]) -> str:
    if not stand_ins:
        return ""
    named = ", ".join(f"`{kind}` (`{other}` instead)" for kind, other in sorted(stand_ins.items()))
    return f"\nFine types that the model cannot tell apart and does not name: {named}.\n"


def write_card(model: Path, results: Path, *, readme: Path) -> list[Path]:
    """Write every document that is rendered from results; seal the model folder, which holds one of them, again."""
    documents = rendered_documents(model, results, readme=readme)
    for path, text in documents.items():
        path.write_text(text, encoding="utf-8")
    seal(model)
    return list(documents)


def rendered_documents(model: Path, results: Path, *, readme: Path) -> dict[Path, str]:
    """Return the documents that follow from *results*: model card, README, and those whose results there are."""
    metrics, baselines = read_results(results)
    table = quality_table(metrics, baselines)
    documents = {
        model / CARD: model_card(metrics, baselines),
        readme: with_table(readme.read_text(encoding="utf-8"), table),
    }
    if (results / "ablation.json").exists():
        documents[results / "ablation.md"] = ablation_report(read_figures(results / "ablation.json"))
    if (results / "data.json").exists():
        documents[results.parent / "DATA_CARD.md"] = data_card(
            read_figures(results / "data.json"), read_figures(results / "agreement.json")
        )
    return documents


def read_results(results: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read what `evaluate` and `baselines` wrote."""
    try:
        return tuple(
            json.loads((results / f"{name}.json").read_text(encoding="utf-8")) for name in ("metrics", "baselines")
        )
    except FileNotFoundError as error:
        raise ArgumentError(
            f"The results {error.filename!r} are missing. Run `python -m training evaluate` and `baselines` first."
        ) from None


def with_table(text: str, rendered: str) -> str:
    """Return *text* with what stands between the two marks replaced by *rendered*."""
    if BEGIN not in text or END not in text:
        raise ArgumentError(f"The README lacks the marks {BEGIN!r} and {END!r}.")
    return f"{text.partition(BEGIN)[0]}{BEGIN}\n{rendered}\n{END}{text.partition(END)[2]}"


def _with_interval(figure: dict[str, float | None]) -> str:
    return f"**{_plain(figure)}** {interval(figure)}"


def _plain(figure: dict[str, float | None]) -> str:
    return number(figure["value"])
