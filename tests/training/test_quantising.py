"""Integer products: near fp32, and a text's numbers are the same whatever it is read with."""

from __future__ import annotations

import random
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from numpy.typing import NDArray
from transformers import BertConfig, BertModel

from training.activations import Feed, Inputs, inputs_of
from training.config import LossConfig
from training.integer_encoder import Recipe, sites
from training.lexical import LexicalBranch
from training.network import HEADS, RelationNetwork, padded
from training.quantising import encoder_inputs, quantise, store_in_int8
from training.rounding import PAIR, to_int8, to_int8_in_pairs

pytestmark = pytest.mark.filterwarnings("ignore")  # torch and transformers warn of their own affairs

SHAPE = BertConfig(vocab_size=4_000, hidden_size=32, num_hidden_layers=3, num_attention_heads=4, intermediate_size=96)
BUCKETS = 20_000
Array = NDArray[np.float32]
Run = Callable[[list[list[int]]], list[Array]]


def _rows(count: int, seed: int) -> list[list[int]]:
    rng = random.Random(seed)
    return [[0, *(rng.randrange(5, 4_000) for _ in range(rng.randrange(1, 30))), 2] for _ in range(count)]


def _feed(rows: list[list[int]]) -> Feed:
    ids, mask = padded(rows)
    return {"input_ids": ids.numpy(), "attention_mask": mask.numpy()}


def _runner(path: Path) -> Run:
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return lambda rows: session.run(list(HEADS), _feed(rows))


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network as e5's are: a normalised input far larger than the others, and scores that are far from even."""
    from training.exporting import to_onnx

    torch.manual_seed(0)
    network = RelationNetwork(
        BertModel(SHAPE, add_pooling_layer=False), (0, 0, 1, 1, 2), 4, dropout=0.0, loss=LossConfig()
    )
    network.lexical = LexicalBranch(BUCKETS, 3, 0.5)
    with torch.no_grad():
        for name, values in network.named_parameters():
            if name.endswith("bias"):
                values.normal_(0, 0.1)
            elif name.startswith(("encoder.encoder", "heads")) and "LayerNorm" not in name:
                values.mul_(6)
        for layer in network.encoder.encoder.layer:
            layer.attention.output.LayerNorm.weight[3] = 12.0
        network.lexical.squares.weight.fill_(1.0)
    path = tmp_path_factory.mktemp("full") / "full.onnx"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        to_onnx(network.eval(), path)
    return path


@pytest.fixture(scope="module")
def inputs(full: Path) -> dict[str, Inputs]:
    return encoder_inputs(full, [_feed(_rows(16, seed)) for seed in range(4)])


def _quantised(full: Path, inputs: dict[str, Inputs], out: Path, **choices: object) -> Run:
    quantise(full, out, inputs, heads=4, recipe=replace(Recipe(), **choices))  # type: ignore[arg-type]
    return _runner(out)


def _error(found: list[Array], expected: list[Array]) -> float:
    """Return the size of the difference, in shares of how much the logits differ between texts."""
    errors = [np.sqrt(np.mean((a - b) ** 2)) / b.std(axis=0).mean() for a, b in zip(found, expected, strict=True)]
    return float(np.mean(errors))


@pytest.mark.parametrize(
    "choices",
    [
        {},
        {"fixed": frozenset()},
        {"fixed": frozenset({"query", "context", "widened"})},
        {"smoothing": None},
        {"guided": False},
    ],
    ids=["shipped", "a scale a token", "constant scales", "not smoothed", "to the nearest"],
)
def test_integers_are_near_fp32(
    full: Path, inputs: dict[str, Inputs], tmp_path: Path, choices: dict[str, object]
) -> None:
    rows = _rows(60, 9)
    found = _quantised(full, inputs, tmp_path / "int8.onnx", **choices)(rows)
    assert _error(found, _runner(full)(rows)) < 0.2


def test_integers_in_the_products_and_small(full: Path, inputs: dict[str, Inputs], tmp_path: Path) -> None:
    out = tmp_path / "int8.onnx"
    _quantised(full, inputs, out)
    model = onnx.load(str(out))
    kinds = [node.op_type for node in model.graph.node]
    assert kinds.count("MatMulIntegerToFloat") == 3 * 6
    assert "MatMul" not in kinds
    assert out.stat().st_size < 0.6 * full.stat().st_size


def test_integers_of_a_text_are_the_same_in_any_company(full: Path, inputs: dict[str, Inputs], tmp_path: Path) -> None:
    out = tmp_path / "int8.onnx"
    _quantised(full, inputs, out)
    model = onnx.load(str(out))
    last = [node.output[0] for node in model.graph.node if node.op_type == "QuantizeLinear"][-1]
    model.graph.output.append(onnx.helper.make_empty_tensor_value_info(last))
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    row = _rows(1, 3)[0]
    others = [[0, *random.Random(seed).choices(range(5, 4_000), k=len(row) - 2), 2] for seed in range(6)]
    alone = session.run([last], _feed([row]))[0]
    for position in (0, 3, 6):
        company = [*others[:position], row, *others[position:]]
        together = session.run([last], _feed(company))[0]
        assert np.array_equal(together[position :: len(company)], alone)


def test_logits_of_a_text_do_not_depend_on_company_order_and_padding(
    full: Path, inputs: dict[str, Inputs], tmp_path: Path
) -> None:
    run, rows = _quantised(full, inputs, tmp_path / "int8.onnx"), _rows(20, 5)
    together = run(rows)
    backwards = run(rows[::-1])
    for i, row in enumerate(rows):
        for head, values in enumerate(run([row])):
            np.testing.assert_allclose(together[head][i], values[0], atol=1e-4)
            np.testing.assert_allclose(backwards[head][-1 - i], values[0], atol=1e-4)


def test_lexical_tables_are_looked_up_as_before(full: Path, inputs: dict[str, Inputs], tmp_path: Path) -> None:
    _quantised(full, inputs, tmp_path / "int8.onnx")
    names = [{node.name for node in onnx.load(str(path)).graph.node} for path in (full, tmp_path / "int8.onnx")]
    lexical = [{name for name in found if "lexical" in name and "Gather" in name} for found in names]
    assert lexical[0] and lexical[1]


def test_stored_integers_are_nearer_in_small_blocks(full: Path, tmp_path: Path) -> None:
    rows, expected = _rows(60, 9), _runner(full)(_rows(60, 9))
    errors = []
    for block in (16, None):
        store_in_int8(full, tmp_path / "stored.onnx", block=block)
        errors.append(_error(_runner(tmp_path / "stored.onnx")(rows), expected))
    assert errors[0] < errors[1] < 0.1


def test_inputs_leave_padding_out(full: Path) -> None:
    rows = _rows(6, 2)
    names = sites(onnx.load(str(full)))
    padding = inputs_of(full, names, [_feed([*rows, list(range(5, 60))])])
    plain = inputs_of(full, names, [_feed([row]) for row in [*rows, list(range(5, 60))]])
    for name, found in plain.items():
        np.testing.assert_allclose(padding[name].largest, found.largest, rtol=1e-3, atol=1e-4)
        np.testing.assert_allclose(padding[name].moments, found.moments, rtol=1e-2, atol=1e-3)
        assert padding[name].usual == pytest.approx(found.usual, rel=1e-3)


def test_rounding_is_symmetric_and_within_half_a_step() -> None:
    values = np.random.default_rng(0).normal(size=(40, 7)).astype(np.float32)
    rounded, scale = to_int8(values, axis=0)
    assert np.abs(rounded).max(axis=0).tolist() == [127] * 7
    assert (np.abs(rounded * scale - values) <= scale / 2 * 1.001).all()


def test_guided_rounding_errs_less_in_the_products() -> None:
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(200, 12)).astype(np.float32)
    given = rng.normal(size=(3_000, 20)) @ rng.normal(size=(20, 200)) + 0.1 * rng.normal(size=(3_000, 200))
    errors = []
    for rounded, scale in (to_int8_in_pairs(matrix), to_int8_in_pairs(matrix, given.T @ given / len(given))):
        errors.append(np.mean((given @ (rounded * scale - matrix)) ** 2))
    assert errors[1] < 0.5 * errors[0]


def test_guided_rounding_bears_inputs_that_are_never_there() -> None:
    matrix = np.ones((8, 3), np.float32)
    rounded, scale = to_int8_in_pairs(matrix, np.zeros((8, 8)))
    np.testing.assert_allclose(rounded * scale, matrix, atol=0.01)


@pytest.mark.parametrize("inputs", [64, 63])
@pytest.mark.parametrize("guided", [True, False])
def test_two_products_fit_sixteen_bits(inputs: int, guided: bool) -> None:
    rng = np.random.default_rng(inputs)
    matrix = np.abs(rng.standard_t(2, size=(inputs, 9))).astype(np.float32) * rng.choice([-1, 1], size=9)
    given = rng.normal(size=(500, 5)) @ rng.normal(size=(5, inputs))
    rounded, scale = to_int8_in_pairs(matrix.astype(np.float32), given.T @ given if guided else None)
    first, second = (rounded[start : inputs // 2 * 2 : 2].astype(int) for start in (0, 1))
    for sign in (1, -1):
        assert (np.maximum(sign * first, 0) + np.maximum(sign * second, 0)).max() <= PAIR
    assert np.abs(rounded * scale - matrix).mean() < 0.02 * np.abs(matrix).max()
