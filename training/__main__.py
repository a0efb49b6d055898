"""`python -m training fit | export | evaluate | compare | crossvalidate | baselines | card`."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Annotated

import typer

import relationtypes
from relationtypes import _data
from relationtypes.errors import RelationTypesError

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None)
RESULTS = Path("training/results")

_Config = Annotated[Path, typer.Argument(help="A TOML file of training/configs/.")]
_Model = Annotated[Path, typer.Option(help="The model folder.")]
_Results = Annotated[Path, typer.Option(help="Folder of the JSON results.")]


@app.command()
def fit(config: _Config, out: Annotated[Path | None, typer.Option(help="[default: runs/NAME]")] = None) -> None:
    """Train as CONFIG says; interrupted, the same command goes on from the last checkpoint."""
    from training.config import load_config
    from training.fitting import fit as fit_model

    loaded = load_config(config)
    print(fit_model(loaded, out or Path("runs") / loaded.name))


@app.command()
def export(
    run: Annotated[Path, typer.Argument(help="What `fit` wrote.")],
    out: Annotated[Path, typer.Option(help="The model folder to write.")] = _data.model_dir(),  # noqa: B008
) -> None:
    """Turn a trained network into a model folder: ONNX, int8, calibrated, sealed."""
    from training.exporting import export as export_model

    print(export_model(run, out, version=relationtypes.__version__))


@app.command()
def evaluate(
    model: _Model = _data.model_dir(),  # noqa: B008
    run: Annotated[Path | None, typer.Option(help="The run it was exported from, to compare int8 with fp32.")] = None,
    shared: Annotated[Path, typer.Option(help="Folder of the annotated texts.")] = Path("../shared/data"),
    out: _Results = RESULTS,
) -> None:
    """Measure a model folder on texts it was not trained on; writes OUT/metrics.json."""
    from training.measuring import measure_model

    print(measure_model(model, run, shared, out / "metrics.json"))


@app.command()
def compare(
    runs: Annotated[list[Path], typer.Argument(help="Folders that `fit` wrote.")],
    out: _Results = RESULTS,
) -> None:
    """Measure trained runs on texts that none of them saw; adds them to OUT/ablation.json."""
    from training.ablating import measure_run

    for run in runs:
        print(measure_run(run, out / "ablation.json"))


@app.command()
def crossvalidate(
    config: _Config,
    folds: Annotated[int, typer.Option(min=2, help="Models to train.")] = 4,
    runs: Annotated[Path, typer.Option(help="Folder of the folds' runs.")] = Path("runs"),
    out: _Results = RESULTS,
) -> None:
    """Measure the recipe of CONFIG on sources it never saw; writes OUT/crossvalidation.json."""
    from training.config import load_config
    from training.crossvalidating import cross_validate

    print(cross_validate(load_config(config), folds, runs, out / "crossvalidation.json"))


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
def card(model: _Model = _data.model_dir(), results: _Results = RESULTS) -> None:  # noqa: B008
    """Render MODEL_CARD.md and the README's table from the results, and seal the model folder again."""
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
