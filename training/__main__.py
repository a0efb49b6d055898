"""`training`: pick, collect, describe; pretrain, fit, restore, export; evaluate, compare, few, robustness, errors, card."""

from __future__ import annotations

import json
import logging
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import relationtypes
from relationtypes import _data
from relationtypes.errors import RelationTypesError

if TYPE_CHECKING:
    from training.config import TrainConfig
    from training.datasets import Split

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None)
RESULTS, LABELS, SHARED = Path("training/results"), Path("training/labels"), Path("../shared/data")

_Config = Annotated[Path, typer.Argument(help="A TOML file of training/configs/.")]
_Run = Annotated[Path, typer.Argument(help="What `fit` wrote.")]
_RunOut = Annotated[Path | None, typer.Option(help="[default: runs/NAME]")]
_Model = Annotated[Path, typer.Option(help="The model folder.")]
_Shared = Annotated[Path, typer.Option(help="Folder of the texts that others wrote.")]
_Results = Annotated[Path, typer.Option(help="Folder of the JSON results.")]


@app.command()
def fit(config: _Config, out: _RunOut = None) -> None:
    """Train as CONFIG says; interrupted, the same command goes on from the last checkpoint."""
    from training.fitting import fit as fit_model

    _run(fit_model, config, out)


@app.command()
def pretrain(config: _Config, out: _RunOut = None) -> None:
    """Let the base model of CONFIG guess hidden words of its texts first; `fit` starts from the folder this writes."""
    from training.pretraining import pretrain as pretrain_model

    _run(pretrain_model, config, out)


def _run(way: Callable[[TrainConfig, Split, Path], Path], path: Path, out: Path | None) -> None:
    from training.config import load_config
    from training.datasets import load_split

    config = load_config(path)
    print(way(config, load_split(config.data, seed=config.seed), out or Path("runs") / config.name))


@app.command()
def restore(
    model: Annotated[Path, typer.Argument(help="A model folder that computes in integers.")],
    configs: Annotated[list[Path], typer.Argument(help="The configs of all stages that it was trained in.")],
    out: _RunOut = None,
    results: _Results = RESULTS,
) -> None:
    """Turn a model folder into a run again, to train it further when the run it was exported from is gone."""
    from relationtypes.artefact import open_artefact
    from training.config import load_config
    from training.datasets import load_split
    from training.duplicates import copy_hash
    from training.figures import read_figures
    from training.restoring import restore as restore_run

    name = open_artefact(model).config.name
    figures = [read_figures(path) for path in sorted(results.glob("metrics*.json"))]
    stages: list[dict[str, Any]] = next(
        (one["data"] for one in figures if one.get("model", {}).get("name") == name), []
    )
    seen: set[str] = set()
    for path in configs:
        loaded = load_config(path)
        seen |= {copy_hash(example.text) for example in load_split(loaded.data, seed=loaded.seed).train}
    print(restore_run(model, out or Path("runs") / name, seen=seen, stages=stages))


@app.command()
def export(
    run: _Run,
    out: Annotated[Path, typer.Option(help="The model folder to write.")] = _data.model_dir(),  # noqa: B008
) -> None:
    """Turn a trained network into a model folder: ONNX, int8, calibrated, sealed."""
    from training.datasets import load_split
    from training.exporting import export as export_model
    from training.runs import load_checkpoint_config

    config = load_checkpoint_config(run)
    split = load_split(config.data, seed=config.seed)
    print(export_model(run, split, out, version=relationtypes.__version__))


@app.command()
def recount(
    config: _Config,
    model: _Model = _data.model_dir(),  # noqa: B008
    out: _Results = RESULTS,
) -> None:
    """Measure how a model folder errs in counting and write it into its calibration; adds to OUT/counting.json."""
    from training.config import load_config
    from training.counting import recount as recount_model
    from training.datasets import load_split
    from training.figures import read_figures, write_figures

    loaded = load_config(config)
    split = load_split(loaded.data, seed=loaded.seed)
    path = out / "counting.json"
    print(write_figures(path, read_figures(path) | {loaded.name: recount_model(model, split.held_out)}))


@app.command()
def evaluate(
    run: Annotated[Path, typer.Argument(help="The run that the model was exported from.")],
    model: _Model = _data.model_dir(),  # noqa: B008
    shared: _Shared = SHARED,
    out: _Results = RESULTS,
    full: Annotated[bool, typer.Option("--full", help="It is the larger model; writes OUT/metrics_full.json.")] = False,
) -> None:
    """Measure a model folder on texts it was not trained on; writes OUT/metrics.json."""
    from training.measuring import measure_model

    print(measure_model(model, run, shared, out / ("metrics_full.json" if full else "metrics.json")))


@app.command()
def compare(
    runs: Annotated[list[Path], typer.Argument(help="Folders that `fit` wrote.")],
    together: Annotated[str | None, typer.Option(help="Measure the mean of all of them, under this name.")] = None,
    shared: _Shared = SHARED,
    out: _Results = RESULTS,
) -> None:
    """Measure trained runs on texts that none of them saw; adds them to OUT/ablation.json."""
    from training.ablating import measure_runs, yardstick

    stick = yardstick(shared)
    for group in [runs] if together else [[run] for run in runs]:
        print(measure_runs(group, stick, out / "ablation.json", name=together))


@app.command()
def crossvalidate(
    config: _Config,
    folds: Annotated[int, typer.Option(min=2, help="Models to train.")] = 3,
    most: Annotated[int, typer.Option(min=1, help="Texts to measure on, of each source.")] = 250,
    runs: Annotated[Path, typer.Option(help="Folder of the folds' runs.")] = Path("runs"),
    out: _Results = RESULTS,
) -> None:
    """Measure the recipe of CONFIG on sources it never saw; writes OUT/crossvalidation.json."""
    from training.config import load_config
    from training.crossvalidating import cross_validate

    print(cross_validate(load_config(config), folds, runs, out / "crossvalidation.json", most=most))


@app.command()
def pick(
    out: Annotated[Path, typer.Argument(help="Folder of the batches, outside the repo: they hold texts.")],
    texts: Annotated[int, typer.Option(help="How many, half of them French.")] = 2_000,
    readers: Annotated[int, typer.Option(min=1)] = 2,
    doubled: Annotated[float, typer.Option(min=0, max=1, help="Share of the texts that two readers get.")] = 0.1,
    seed: int = 1,
    tagged: Annotated[
        Path | None,
        typer.Option(help="Parquet that `relationtypes tag` made of the pool, to look where its model does."),
    ] = None,
    shared: _Shared = SHARED,
) -> None:
    """Choose unlabelled pool texts by active learning and write them as batches for readers."""
    from training import selecting
    from training.config import DataConfig
    from training.datasets import evaluation_texts, load_split
    from training.labelling import write_batches
    from training.sources import read_labels, read_pool

    pool = {example.id: example for example in read_pool(shared / "pool")}
    split = load_split(DataConfig(shared=str(shared)), seed=1)
    apart = [*evaluation_texts(shared), *(example.text for example in split.held_out)]
    read = {example.id for example in read_labels(LABELS, pool.values())}
    unread = [example for example in pool.values() if example.id not in read]
    known = selecting.read_tagged(tagged) if tagged else None
    chosen = selecting.pick(split.train, unread, texts, seed=seed, apart_from=apart, tagged=known)
    lines = write_batches(chosen, pool, out, readers=readers, doubled=doubled, seed=seed)
    print(json.dumps({"lines": lines, **Counter(chosen.values())}))


@app.command()
def collect(
    batches: Annotated[list[Path], typer.Argument(help="Folders that `pick` wrote and readers filled.")],
    shared: _Shared = SHARED,
    out: _Results = RESULTS,
) -> None:
    """Check what readers wrote, keep their labels in training/labels/ and their agreement in OUT/agreement.json."""
    from relationtypes.taxonomy import load_taxonomy
    from training import labelling
    from training.figures import read_figures, write_figures
    from training.sources import read_pool

    pool = {example.id: example for example in read_pool(shared / "pool")}
    path = out / "agreement.json"
    figures = read_figures(path)
    for folder in batches:
        collected = labelling.collect(folder, pool, load_taxonomy())
        labelling.write_labels(collected.rows, LABELS / f"{folder.name}.tsv")
        labelling.write_disputed(collected, pool, folder)
        figures[folder.name] = {"labelled": len(collected.rows), **collected.agreement}
        print(f"{folder}: {len(collected.rows):,} texts labelled, {len(collected.disputed):,} to adjudicate")
    write_figures(path, figures)


@app.command()
def baselines(
    config: _Config,
    only: Annotated[str | None, typer.Option(help="tfidf or embedding. [default: both]")] = None,
    out: _Results = RESULTS,
) -> None:
    """Train and measure the two baselines on the data of CONFIG; writes OUT/baselines.json."""
    from training.config import load_config
    from training.measuring import measure_baselines

    print(measure_baselines(load_config(config), out / "baselines.json", only=only))


@app.command()
def few(
    cache: Annotated[Path, typer.Argument(help="Folder that keeps vectors, outside the repo.")],
    only: Annotated[str | None, typer.Option(help="One task, corrections or frames. [default: all]")] = None,
    tuned: Annotated[bool, typer.Option(help="Fine-tune the encoder as well; an hour of a core.")] = True,
    shared: _Shared = SHARED,
    out: _Results = RESULTS,
) -> None:
    """Compare ways of learning labels from few examples; adds to OUT/few.json and renders OUT/few.md."""
    from relationtypes.learning.reader import Reader
    from relationtypes.taxonomy import load_taxonomy
    from training.few import measure_few, merged
    from training.few_report import few_report
    from training.figures import read_figures, write_figures
    from training.framing import measure_frames
    from training.sources import read_corpus

    path, reader = out / "few.json", Reader()
    figures = read_figures(path)
    if only != "frames":
        for found in measure_few(shared, cache, reader, only=only, tuned=tuned):
            figures = merged(figures, found)
            write_figures(path, figures)
    if only in (None, "frames"):
        figures["frames"] = measure_frames(list(read_corpus(Path("training/corpus"))), load_taxonomy(), reader)
    print(write_figures(path, figures))
    (out / "few.md").write_text(few_report(figures), encoding="utf-8")


@app.command()
def finetune(
    labelled: Annotated[Path, typer.Argument(help="A table of texts and labels.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The model folder to write.")],
    taxonomy: Annotated[str, typer.Option(help="A taxonomy's file, or the name of a bundled one.")],
    text: Annotated[str | None, typer.Option(help="Column that holds the texts. [default: found out]")] = None,
    label: Annotated[str | None, typer.Option(help="Column that holds the labels. [default: found out]")] = None,
    multi_label: Annotated[bool, typer.Option("--multi-label", help="A text may have several labels.")] = False,
    pairs: Annotated[bool, typer.Option("--pairs", help="Learn from pairs of texts, for few labels (SetFit).")] = False,
    curve: Annotated[bool, typer.Option("--curve", help="Learn from parts of the labels as well.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite a model folder.")] = False,
) -> None:
    """Fine-tune the standard model's encoder on labels of one's own; prints the quality, then writes a model folder."""
    import tempfile

    from rich.console import Console

    from relationtypes.cli_training import view
    from relationtypes.learning import Reader, read_labelled
    from relationtypes.learning.writing import check_folder, write_model
    from relationtypes.taxonomy import read_taxonomy
    from training.finetuning import finetune as tune

    check_folder(out, force=force)
    labels = read_taxonomy(taxonomy)
    data, reader = read_labelled(labelled, labels, text=text, label=label, multi_label=multi_label), Reader()
    with tempfile.TemporaryDirectory() as scratch:
        way: Any = "pairs" if pairs else "labels"
        trained, tuned = tune(data, labels, reader, Path(scratch), multi_label=multi_label, way=way, curve=curve)
        Console(width=None if sys.stdout.isatty() else 140, highlight=False).print(view(trained), markup=False)
        write_model(trained, out, tuned, force=force)
    print(out)


@app.command()
def quantise(
    run: _Run,
    model: _Model = _data.model_dir(),  # noqa: B008
    out: _Results = RESULTS,
) -> None:
    """Measure ways of making the network of RUN small and fast; writes OUT/quantisation.json."""
    from training.quantisation_study import study

    print(study(run, model, out / "quantisation.json"))


@app.command()
def errors(
    run: _Run,
    out: Annotated[Path, typer.Argument(help="Folder of the texts to sort, outside the repo.")],
    model: _Model = _data.model_dir(),  # noqa: B008
    most: Annotated[int, typer.Option(min=1, help="How many of the surest errors.")] = 300,
    batches: Annotated[int, typer.Option(min=1)] = 2,
) -> None:
    """Write the worst errors of RUN's model on texts it did not see, for readers to sort into causes."""
    from training.erring import write_errors

    print(write_errors(run, model, out, most=most, batches=batches))


@app.command()
def causes(
    folder: Annotated[Path, typer.Argument(help="What `errors` wrote and readers sorted.")],
    out: _Results = RESULTS,
) -> None:
    """Keep what readers said of the errors, by id; writes OUT/errors.tsv."""
    from training.erring import collect_errors

    print(collect_errors(folder, out / "errors.tsv"))


@app.command()
def reread(
    run: _Run,
    out: Annotated[Path, typer.Argument(help="Folder of the texts, outside the repo.")],
    model: _Model = _data.model_dir(),  # noqa: B008
    differing: Annotated[int, typer.Option(min=1, help="Texts on which label and model differ.")] = 300,
    agreeing: Annotated[int, typer.Option(min=1, help="Texts on which they agree.")] = 160,
    readers: Annotated[int, typer.Option(min=1)] = 2,
) -> None:
    """Write texts on which RUN's model and the label differ, or not, for readers who see neither."""
    from training.rereading import write_again

    print(write_again(run, model, out, differing=differing, agreeing=agreeing, readers=readers, seed=1))


@app.command()
def sides(
    folder: Annotated[Path, typer.Argument(help="What `reread` wrote and readers read.")],
    out: _Results = RESULTS,
) -> None:
    """Keep with whom these readers side, label or model; writes OUT/rereading.json."""
    from training.figures import write_figures
    from training.rereading import collect_again

    print(write_figures(out / "rereading.json", collect_again(folder)))


@app.command()
def robustness(model: _Model = _data.model_dir(), out: _Results = RESULTS) -> None:  # noqa: B008
    """Measure a model folder on adversarial texts and on swaps that must not matter; writes OUT/robustness.json."""
    from relationtypes.tagger import RelationTagger
    from training.figures import write_figures
    from training.robustness import measure_robustness

    print(write_figures(out / "robustness.json", measure_robustness(RelationTagger.load(model))))


@app.command()
def describe(shared: _Shared = SHARED, out: _Results = RESULTS) -> None:
    """Count the data and compare the written corpus with real texts; writes OUT/data.json."""
    from training.baselines import SentenceEncoder
    from training.describing import describe as describe_data
    from training.figures import write_figures

    figures = describe_data(shared, LABELS, Path("training/corpus"), SentenceEncoder())
    print(write_figures(out / "data.json", figures))


@app.command()
def card(model: _Model = _data.model_dir(), results: _Results = RESULTS) -> None:  # noqa: B008
    """Render model card, data card, ablation report and the README's table from the results; seal the model again."""
    from training.card import write_card

    for path in write_card(model, results, readme=Path("README.md")):
        print(path)


def main() -> None:
    """Run a command; errors the user can mend are one line."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    try:
        app()
    except RelationTypesError as error:
        print(f"training: {error}", file=sys.stderr)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
