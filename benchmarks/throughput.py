"""Texts a second, side by side: `python benchmarks/throughput.py [--texts 10000] [--rounds 3]`, on the pool's texts.

Each system runs in a process of its own, in turn, several rounds; the best round of each counts, so that a busy moment spoils
none. Ours goes from file to file, detection of language and all; the others get the texts as a list in memory, which favours
them. They have our architecture and our tokenizer with random weights: speed does not depend on the weights. The zero-shot
pipeline, which reads a text once for each of the 29 types, is measured on 20 texts.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

POOL = Path("../shared/data/pool")
MODEL = Path("relationtypes/model")
MAX_TOKENS = 192
ZERO_SHOT_TEXTS = 20
LAYERS, HIDDEN, INNER = 12, 384, 1536


def sample(count: int) -> list[str]:
    """Return distinct pool texts of both languages, always the same."""
    texts: list[str] = []
    for path in sorted(POOL.glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            texts += [json.loads(line)["text"] for line in lines]
    return random.Random(0).sample(sorted(set(texts)), count)


def relationtypes_file_to_file(texts: list[str]) -> float:
    """Tag a JSONL file into a Parquet file, without evidence."""
    from relationtypes import RelationTagger
    from relationtypes.runs import tag_file

    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch) / "in.jsonl"
        source.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), encoding="utf-8")
        tagger = RelationTagger.load()
        tagger.tag(texts[:50])
        begun = time.perf_counter()
        tag_file(source, Path(scratch) / "out.parquet", tagger=tagger, evidence=False)
        return time.perf_counter() - begun


def _saved_encoder(folder: str, *, labels: int) -> str:
    """Save a BERT of our shape with random weights, and our tokenizer, as transformers reads them."""
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(MODEL / "tokenizer.json"), pad_token="<pad>", model_max_length=MAX_TOKENS
    )
    shape = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=HIDDEN,
        num_hidden_layers=LAYERS,
        num_attention_heads=12,
        intermediate_size=INNER,
        pad_token_id=tokenizer.pad_token_id,
        num_labels=labels,
    )
    BertForSequenceClassification(shape).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def sentence_transformers_fp32(texts: list[str]) -> float:
    """Encode with a sentence-transformers model and put a linear head on top."""
    import numpy as np
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Pooling, Transformer

    with tempfile.TemporaryDirectory() as scratch:
        encoder = Transformer(_saved_encoder(scratch, labels=8), max_seq_length=MAX_TOKENS)
        model = SentenceTransformer(modules=[encoder, Pooling(HIDDEN, "mean")], device="cpu")
    head = np.random.default_rng(0).normal(size=(HIDDEN, 8))
    model.encode(texts[:50])
    begun = time.perf_counter()
    (model.encode(texts, batch_size=32, show_progress_bar=False) @ head).argmax(axis=1)
    return time.perf_counter() - begun


def transformers_pipeline_fp32(texts: list[str]) -> float:
    """Run the text-classification pipeline in batches of 16."""
    from transformers import pipeline

    with tempfile.TemporaryDirectory() as scratch:
        classify = pipeline("text-classification", model=_saved_encoder(scratch, labels=8), device="cpu")
    classify(texts[:16], batch_size=16, truncation=True, max_length=MAX_TOKENS)
    begun = time.perf_counter()
    classify(texts, batch_size=16, truncation=True, max_length=MAX_TOKENS)
    return time.perf_counter() - begun


def zero_shot_nli(texts: list[str]) -> float:
    """Ask a natural-language-inference model of the size of mDeBERTa-base for each of the 29 types."""
    from transformers import DebertaV2Config, DebertaV2ForSequenceClassification, PreTrainedTokenizerFast, pipeline

    from relationtypes import load_taxonomy

    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(MODEL / "tokenizer.json"), pad_token="<pad>", model_max_length=MAX_TOKENS
    )
    shape = DebertaV2Config(
        vocab_size=len(tokenizer),
        hidden_size=768,
        num_hidden_layers=12,
        num_attention_heads=12,
        intermediate_size=3072,
        relative_attention=True,
        pos_att_type=["p2c", "c2p"],
        position_biased_input=False,
        pad_token_id=tokenizer.pad_token_id,
        label2id={"contradiction": 0, "neutral": 1, "entailment": 2},
        id2label={0: "contradiction", 1: "neutral", 2: "entailment"},
    )
    model = DebertaV2ForSequenceClassification(shape)
    classify = pipeline("zero-shot-classification", model=model, tokenizer=tokenizer, device="cpu")
    names = [kind.name["en"] for _, kind in load_taxonomy().labels() if kind]
    classify(texts[0], names)
    begun = time.perf_counter()
    classify(texts[:ZERO_SHOT_TEXTS], names, batch_size=16)
    return (time.perf_counter() - begun) * len(texts) / ZERO_SHOT_TEXTS


def int8_ceiling(texts: list[str]) -> float:
    """The seconds that the products of the encoder would take at the rate of one large int8 product."""
    import numpy as np
    import onnxruntime
    from onnx import TensorProto, helper
    from tokenizers import Tokenizer

    size, repeats = 2048, 20
    a = helper.make_tensor_value_info("a", TensorProto.UINT8, [size, size])
    b = helper.make_tensor_value_info("b", TensorProto.INT8, [size, size])
    c = helper.make_tensor_value_info("c", TensorProto.INT32, [size, size])
    graph = helper.make_graph([helper.make_node("MatMulInteger", ["a", "b"], ["c"])], "product", [a, b], [c])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    feeds = {"a": np.ones((size, size), np.uint8), "b": np.ones((size, size), np.int8)}
    session.run(None, feeds)
    begun = time.perf_counter()
    for _ in range(repeats):
        session.run(None, feeds)
    rate = repeats * 2 * size**3 / (time.perf_counter() - begun)
    lengths = [len(e.ids) for e in Tokenizer.from_file(str(MODEL / "tokenizer.json")).encode_batch(texts)]
    weights = LAYERS * (4 * HIDDEN * HIDDEN + 2 * HIDDEN * INNER)
    return (
        sum(2 * weights * length + LAYERS * 4 * HIDDEN * length * min(length, MAX_TOKENS) for length in lengths) / rate
    )


SYSTEMS: dict[str, Callable[[list[str]], float]] = {
    system.__name__: system
    for system in (
        relationtypes_file_to_file,
        sentence_transformers_fp32,
        transformers_pipeline_fp32,
        zero_shot_nli,
        int8_ceiling,
    )
}


def main() -> None:
    """Run every system in turn and print the best round of each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=list(SYSTEMS), help=argparse.SUPPRESS)
    given = parser.parse_args()
    texts = sample(given.texts)
    if given.only:
        seconds = SYSTEMS[given.only](texts)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 if sys.platform == "darwin" else 1024)
        print(json.dumps({"seconds": seconds, "megabytes": peak}))
        return
    best: dict[str, dict[str, float]] = {}
    for _ in range(given.rounds):
        for name in SYSTEMS:
            found = _in_a_process(name, given.texts)
            if name not in best or found["seconds"] < best[name]["seconds"]:
                best[name] = found
    for name, found in best.items():
        print(f"{name:28} {given.texts / found['seconds']:9,.1f} texts/s {found['megabytes']:7,.0f} MB")


def _in_a_process(name: str, texts: int) -> dict[str, float]:
    command = [sys.executable, __file__, "--only", name, "--texts", str(texts)]
    environment = {**os.environ, "PYTHONPATH": ".", "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "true"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    main()
