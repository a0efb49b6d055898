"""The moving average of the weights: follows, survives an interruption, and is what remains."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import nn

from training.averaging import MovingAverage, mean_weights

pytestmark = pytest.mark.filterwarnings("ignore")


def _steps(average: MovingAverage, network: nn.Linear, begin: int, end: int) -> None:
    for step in range(begin, end):
        with torch.no_grad():
            network.weight.fill_(float(step))
        average.on_step_end(*_state(step, Path()))


def _state(step: int, folder: Path) -> Any:
    return SimpleNamespace(output_dir=folder), SimpleNamespace(global_step=step), None


def test_average_lags_behind_and_is_left_in_the_network() -> None:
    network = nn.Linear(1, 1, bias=False)
    average = MovingAverage(network, 0.9)
    _steps(average, network, 0, 200)
    average.on_train_end(*_state(200, Path()))
    assert network.weight.item() == pytest.approx(190, abs=0.5)  # a mean lag of decay / (1 - decay) steps


def test_average_goes_on_after_an_interruption(tmp_path: Path) -> None:
    whole, broken = nn.Linear(1, 1, bias=False), nn.Linear(1, 1, bias=False)
    one = MovingAverage(whole, 0.95)
    _steps(one, whole, 0, 60)
    first = MovingAverage(broken, 0.95)
    _steps(first, broken, 0, 30)
    (tmp_path / "checkpoint-30").mkdir()
    first.on_save(*_state(30, tmp_path))
    second = MovingAverage(broken, 0.95)
    second.on_train_begin(*_state(30, tmp_path))
    _steps(second, broken, 30, 60)
    for average in (one, second):
        average.on_train_end(*_state(60, tmp_path))
    assert whole.weight.item() == pytest.approx(broken.weight.item())


def test_mean_of_runs_is_the_mean_of_each_weight() -> None:
    one, other = nn.Linear(2, 1), nn.Linear(2, 1)
    found = mean_weights([one, other])
    torch.testing.assert_close(found["weight"], (one.weight.detach() + other.weight.detach()) / 2)
    torch.testing.assert_close(found["bias"], (one.bias.detach() + other.bias.detach()) / 2)
