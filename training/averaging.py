"""Means of weights: over the last steps of a training, whose noise is smoothed out, and over runs that went apart.

Over steps: Polyak & Juditsky 1992; with a decay as in Tarvainen & Valpola 2017, "Mean teachers are better role models". Over
runs: Wortsman et al. 2022, "Model soups".
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

_FILE = "average.safetensors"
TensorList = list[Tensor] | tuple[Tensor, ...]


def mean_weights(networks: Sequence[nn.Module]) -> dict[str, Tensor]:
    """Return the mean of each weight of *networks*, which have the same shape and were trained further from one network."""
    states = [network.state_dict() for network in networks]
    return {
        name: torch.stack([state[name].float() for state in states]).mean(0).to(states[0][name].dtype)
        for name in states[0]
    }


class MovingAverage(TrainerCallback):
    """Follows *network* from step to step and puts the averaged weights in it when training ends.

    The average lies beside each checkpoint, so that an interrupted training goes on with it. Early in training the decay is
    lower, that the average may not stick to where it began.
    """

    def __init__(self, network: nn.Module, decay: float) -> None:
        self._network = network
        self._decay = decay
        self._average = AveragedModel(network, multi_avg_fn=self._blend)

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        """Take up the average of the checkpoint that training resumes from, when there is one."""
        path = self._folder(args, state) / _FILE
        if state.global_step and path.exists():
            self._average.load_state_dict(load_file(path))

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any) -> None:
        """Move the average a little towards the weights."""
        self._average.update_parameters(self._network)

    def on_save(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any) -> None:
        """Keep the average with the checkpoint."""
        save_file(self._average.state_dict(), self._folder(args, state) / _FILE)

    def on_train_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        """Leave the average in the network."""
        self._network.load_state_dict(self._average.module.state_dict())

    def _blend(self, averaged: TensorList, current: TensorList, steps: Tensor | int) -> None:
        decay = min(self._decay, (1 + int(steps)) / (10 + int(steps)))
        torch._foreach_lerp_(averaged, current, 1 - decay)

    @staticmethod
    def _folder(args: TrainingArguments, state: TrainerState) -> Path:
        return Path(str(args.output_dir)) / f"checkpoint-{state.global_step}"
