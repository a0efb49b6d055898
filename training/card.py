"""Results → MODEL_CARD.md and the README's quality table; a test checks that both are what this renders."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from relationtypes.artefact import CARD, seal
from relationtypes.errors import ArgumentError
from relationtypes.taxonomy import load_taxonomy
from training.ablation_report import ablation_report
from training.card_tables import (
    challenge_table,
    coverage_table,
    family_table,
    language_table,
    plain,
    quality_table,
    sentiment_table,
    stages_table,
    types_table,
    unlearnt,
    unseen_table,
    where_table,
    with_interval,
)
from training.data_card import data_card
from training.erring import error_report
from training.figures import read_figures
from training.quantisation_report import quantisation_report
from training.rereading import rereading_report
from training.robustness_report import robustness_report, robustness_section

FULL_MODEL = Path("models/full")
"""Where the larger model lies that can take the default's place."""
BEGIN, END = "<!-- quality: rendered by `python -m training card` -->", "<!-- /quality -->"


def model_card(
    metrics: dict[str, Any],
    baselines: dict[str, Any],
    cross: dict[str, Any],
    full: dict[str, Any],
    robustness: dict[str, Any],
    again: dict[str, Any],
) -> str:
    """Return the model card as Markdown.

    *cross* are the figures of `crossvalidate`, *full* those of the larger model, *robustness* those of `robustness`, *again*
    those of `sides`; each is empty when there is none.
    """
    taxonomy, languages, speed = load_taxonomy(), metrics["language_identification"], metrics["speed"]
    parity, signed, natural = metrics["int8_against_fp32"], metrics["signed"], metrics["dev"]["natural"]
    return f"""# Model card: relationtypes {metrics["model"]["version"]}

One multilingual encoder of {metrics["model"]["layers"]} layers ({metrics["model"]["base_model"]}; vocabulary trimmed to English and
French), fine-tuned for family, fine type, sentiment and breach in one pass; ONNX, int8, {metrics["artefact_megabytes"]} MB. Labels: taxonomy
{taxonomy.version} (fingerprint `{taxonomy.fingerprint}`), {len(taxonomy.families)} families, {len(taxonomy.type_ids)} types.

## What it is for

Reading many customer texts (verbatims, reviews, posts) in English or French and saying which relationship each casts
customer and brand into: to explore them, to compare groups, to find texts worth reading. A text is a signal of a
relationship, not the relationship: readers without the codebook agree with it on {metrics["agreement_ceiling"]["without_codebook_family_accuracy"]:.0%}
of the families. Look at the runner-up and the confidence.

It was not made for other languages than English and French, nor for texts that are not about a company or its offer.

## What it must not be used for

- **Profiling, scoring or ranking persons.** A label says what one text sounds like, often wrongly (below), never what its
  writer is like. Do not keep it as a property of a customer, nor infer character, health, mood, vulnerability, opinions
  or origin from it.
- **Decisions about a person**: credit, insurance, prices, refunds, complaints, eligibility, access to a service, benefits,
  housing, education, policing or migration. Nor whom to drop, to retain or to put at the end of a queue.
- **Employment**: hiring, appraising, paying, monitoring or dismissing those who wrote or are named in texts, such as the
  staff of a shop or a call centre.
- **Targeting the vulnerable, or manipulating**: messages aimed at persons because a text casts them as devoted, dependent,
  hurt or easily led.
- **Finding out who wrote something**, joining texts of one person across places, or watching persons. Journeys take
  pseudonymous ids; `tag --hash-ids` makes them.
- **Deciding without a person.** A person reads the texts before anything follows from them for a customer.
- **Children**, and texts that are private or were not meant for the company, such as letters, therapy or direct messages
  between others.

Laws on personal data and on automated decisions (in the European Union the GDPR, among others its articles 9 and 22, and
the AI Act) may forbid more than this list. Figures for groups of texts, with their intervals, are what it is for.

## Data

{stages_table(metrics["data"])}

`corpus` was written for this project by language models; `relation` are public reviews and posts labelled by **language
models following the codebook, not by people**; `sentiment` are tweets and product snippets with sentiment labels by
people; `labels` were picked from the pool and read in the same way as `relation`; of `rating` texts only the stars that their
writers gave are known. {metrics["data"][-1]["held_out"]:,} more labelled texts were held out; those that no stage saw serve for
calibration and the abstention threshold. Counts, licences and biases are in the data card, `training/DATA_CARD.md` of the repository.

## Quality

On {metrics["dev"]["all"]["n"]} texts that were not trained on, from the same sources (drawn partly to find rare families); 95%
bootstrap intervals. The two baselines learnt from as many texts as
their columns say. Texts from sources never seen are harder: expect less.

{quality_table(metrics, baselines, full)}

English alone:

{language_table("en", metrics, baselines, full)}

French alone:

{language_table("fr", metrics, baselines, full)}

{family_table(metrics)}

{coverage_table(metrics)}

- On the {natural["n"]} texts drawn at random: macro-F1 {with_interval(natural["family_macro_f1"])}, accuracy
  {with_interval(natural["family_accuracy"])}; the shares of the families are off by {plain(natural["family_share_error"])} (total variation) as they are counted, by
  {plain(natural["family_share_error_of_mean_probabilities"])} as the mean of the probabilities, and by {plain(natural["family_share_error_corrected"])} when corrected by
  expectation–maximisation (Saerens et al. 2002), which the product therefore does not do.
- A tag is signed from a confidence of {metrics["abstain_below"]:.2f} on, chosen on the held-out texts: {signed["share"]:.0%} of the
  texts are signed, {signed["accuracy"]:.0%} of these rightly.
- int8 against fp32: {parity["family_flips"]:.1%} of the families change (English {parity["family_flips_en"]:.1%},
  French {parity["family_flips_fr"]:.1%}); macro-F1 in fp32 {parity["fp32_family_macro_f1"]:.3f}.
  A text's probabilities alone and among others differ by at most {parity["batch_against_single_largest_difference"]:.4f}.
- Language: {languages["pool_en"]:.1%} of English and {languages["pool_fr"]:.1%} of French pool texts are recognised
  ({languages["pool_en_under_60_characters"]:.1%} and {languages["pool_fr_under_60_characters"]:.1%} below 60 characters),
  {languages["other_languages_flagged"]:.1%} of our sentences in 18 other languages are flagged. Haitian Creole passes for French.
- Speed: {speed["texts_per_second"]} texts a second without evidence on {speed["processor"]}, pool texts of about 40 tokens{_speed_of(full)}.

{_unseen(cross)}## Fine types

Precision, recall and F1 over {_type_texts(metrics, cross)}; a type counts as found only when its family is.

{types_table(_measured(metrics, cross)["per_type"])}

{_unlearnt(metrics, cross)}

## Where it is better and worse

{where_table(metrics["where"])}

## Texts written to be hard

{metrics["challenge"]["all"]["n"]} texts of our own over all types: irony, negation, minimal pairs that differ in the one cue that decides. None was
trained on, nor were they used to choose anything.

{challenge_table(metrics["challenge"])}
{robustness_section(robustness)}{_sentiment(metrics["human_sentiment"])}
## Known weaknesses

Families with few labelled texts are weakest; their intervals are wide. Fine types with few real examples were learnt mostly
from texts we wrote. Labels by language models share the habits of language models. Irony, quotation and ties with one
employee rather than the brand mislead it. Offsets of evidence are sentences, not words.
{_beside_a_reader(again, metrics["model"]["name"])}"""


def _beside_a_reader(again: dict[str, Any], name: str) -> str:
    if again.get("run") != name:
        return ""
    label, model = again["label_agreement"], again["model_agreement"]
    return f"""
It is not yet as good as a careful reader: one who saw neither the label nor the model's answer named the label's family on
{with_interval(label)} of the held-out texts and the model's on {with_interval(model)}.
"""


def _speed_of(full: dict[str, Any]) -> str:
    return f"; the full model {full['speed']['texts_per_second']}" if full else ""


def _unseen(cross: dict[str, Any]) -> str:
    if not cross:
        return ""
    return f"""## Sources never seen

The recipe ({cross["recipe"]}) trained {cross["folds"]} times, each time without a part of the sources, and measured on the sources
left out, at most {cross["most_of_a_source"]} texts of each: what to expect of texts from elsewhere. These texts were mostly picked to find rare families, so they
are harder than most, and the recipe is far shorter than that of the shipped model, since every fold starts anew: read
them beside those of runs as short (`no-ratings` in `training/results/ablation.md`), not beside the shipped model's.

{unseen_table(cross)}

"""


def _measured(metrics: dict[str, Any], cross: dict[str, Any]) -> dict[str, Any]:
    """Return the figures with the most texts of each type."""
    figures: dict[str, Any] = (cross["unseen_sources"] if cross else metrics["dev"])["all"]
    return figures


def _type_texts(metrics: dict[str, Any], cross: dict[str, Any]) -> str:
    n = _measured(metrics, cross)["n"]
    return (
        f"the {n:,} texts of unseen sources (by the models trained without them)" if cross else f"the {n:,} texts above"
    )


def _unlearnt(metrics: dict[str, Any], cross: dict[str, Any]) -> str:
    found = _measured(metrics, cross)["per_type"]
    names = ", ".join(f"`{name}`" for name in unlearnt(found))
    absent = ", ".join(f"`{name}`" for name, values in found.items() if not values["support"])
    return (
        f"Hardly learnt (F1 below 0.3): {names or 'none'}. Not among these texts, so unmeasured on real ones: {absent or 'none'}. "
        "They stay in the taxonomy; read the family where one of them is named."
        f"{_stand_ins(metrics['model'].get('stand_ins', {}))}"
    )


def _stand_ins(stand_ins: dict[str, str]) -> str:
    if not stand_ins:
        return " Of the types named often enough on the held-out texts, none was right less often than its family's commonest would be."
    named = ", ".join(f"`{kind}` (`{other}` instead)" for kind, other in sorted(stand_ins.items()))
    return f" The model does not name those that it tells apart so badly that the commonest type of the family is right more often: {named}."


def _sentiment(human: dict[str, Any]) -> str:
    if not human:
        return ""
    return f"""
## Sentiment beside people's labels

{human["n"]:,} English tweets and product snippets labelled by people, none of them trained on. No lexicon knows `mixed`, so the
model chooses among three classes here.

{sentiment_table(human)}
"""


def write_card(model: Path, results: Path, *, readme: Path) -> list[Path]:
    """Write every document that is rendered from results; seal the model folders, which hold some of them, again."""
    documents = rendered_documents(model, results, readme=readme)
    for path, text in documents.items():
        path.write_text(text, encoding="utf-8")
        if path.name == CARD:
            seal(path.parent)
    return list(documents)


def rendered_documents(model: Path, results: Path, *, readme: Path) -> dict[Path, str]:
    """Return the documents that follow from *results*: model cards, README, and those whose results there are."""
    metrics, baselines = read_results(results)
    cross, full, robustness, again = (
        read_figures(results / f"{name}.json")
        for name in ("crossvalidation", "metrics_full", "robustness", "rereading")
    )
    table = quality_table(metrics, baselines, full)
    documents = {
        model / CARD: model_card(metrics, baselines, cross, full, robustness, again),
        readme: with_table(readme.read_text(encoding="utf-8"), table),
    }
    if full:
        documents[readme.parent / FULL_MODEL / CARD] = model_card(full, baselines, cross, {}, {}, again)
    if (results / "ablation.json").exists():
        documents[results / "ablation.md"] = ablation_report(read_figures(results / "ablation.json"))
    if (results / "errors.tsv").exists():
        rereading = rereading_report(again) if again else ""
        confusions = {one["model"]["name"]: one["dev"]["all"]["confusion"] for one in (metrics, full) if one}
        documents[results / "errors.md"] = error_report(results / "errors.tsv", confusions) + rereading
    if (results / "quantisation.json").exists():
        documents[results / "quantisation.md"] = quantisation_report(read_figures(results / "quantisation.json"))
    if robustness:
        documents[results / "robustness.md"] = robustness_report(robustness)
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
