"""Texts a second, side by side: `python benchmarks/throughput.py [--texts 10000] [--rounds 3]`, on the pool's texts.

Each system runs in a process of its own, in turn, several rounds; the best round of each counts, so that a busy moment spoils
none. Ours goes from file to file, detection of language and all, and reads long texts to their end; the others get the texts
as a list in memory and cut them at 192 tokens, which favours them. They have our architecture and our tokenizer with random
weights, which change nothing about speed: with twelve layers, as the shipped model has, and with the six of a student. The
zero-shot pipeline, which reads a text once for each of the 29 types, is measured on 20 texts, as is its tokens a second.
SetFit takes part if it is installed (`pip install setfit`).
"""

from __future__ import annotations

import argparse
import functools
import gzip
import importlib.util
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
from typing import Any

POOL = Path("../shared/data/pool")
MODEL = Path("relationtypes/model")
MAX_TOKENS = 192
ZERO_SHOT_TEXTS = 20
LAYERS = (6, 12)
HIDDEN, INNER = 384, 1536
STARTED = "BENCHMARK_STARTED"
"""Environment variable with the time at which the process was started."""

Run = Callable[[list[str]], object]
"""Labels texts; what a system has loaded returns."""


def sample(count: int) -> list[str]:
    """Return distinct pool texts of both languages, always the same."""
    texts: list[str] = []
    for path in sorted(POOL.glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            texts += [json.loads(line)["text"] for line in lines]
    return random.Random(0).sample(sorted(set(texts)), count)


def relationtypes_file_to_file() -> Run:
    """Tag a JSONL file into a Parquet file, without evidence."""
    from relationtypes import RelationTagger
    from relationtypes.runs import tag_file

    tagger = RelationTagger.load()

    def run(texts: list[str]) -> None:
        with tempfile.TemporaryDirectory() as scratch:
            source = Path(scratch) / "in.jsonl"
            source.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), encoding="utf-8")
            tag_file(source, Path(scratch) / "out.parquet", tagger=tagger, evidence=False)

    return run


def _saved_encoder(folder: str, layers: int, *, labels: int) -> str:
    """Save a BERT of our shape with random weights, and our tokenizer, as transformers reads them."""
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(MODEL / "tokenizer.json"), pad_token="<pad>", model_max_length=MAX_TOKENS
    )
    shape = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=HIDDEN,
        num_hidden_layers=layers,
        num_attention_heads=12,
        intermediate_size=INNER,
        pad_token_id=tokenizer.pad_token_id,
        num_labels=labels,
    )
    BertForSequenceClassification(shape).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def _sentence_transformer(layers: int) -> Any:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Pooling, Transformer

    with tempfile.TemporaryDirectory() as scratch:
        encoder = Transformer(_saved_encoder(scratch, layers, labels=8), max_seq_length=MAX_TOKENS)
        return SentenceTransformer(modules=[encoder, Pooling(HIDDEN, "mean")], device="cpu")


def sentence_transformers_fp32(layers: int) -> Run:
    """Encode with a sentence-transformers model and put a linear head on top."""
    import numpy as np

    model = _sentence_transformer(layers)
    head = np.random.default_rng(0).normal(size=(HIDDEN, 8))
    return lambda texts: (model.encode(texts, batch_size=32, show_progress_bar=False) @ head).argmax(axis=1)


def setfit_predict(layers: int) -> Run:
    """Predict with a SetFit model: a sentence-transformers body, a logistic regression on top."""
    import numpy as np
    from setfit import SetFitModel
    from sklearn.linear_model import LogisticRegression

    random_vectors = np.random.default_rng(0).normal(size=(80, HIDDEN))
    head = LogisticRegression().fit(random_vectors, np.arange(80) % 8)
    model = SetFitModel(model_body=_sentence_transformer(layers), model_head=head)
    return lambda texts: model.predict(texts, batch_size=32, show_progress_bar=False)


def transformers_pipeline_fp32(layers: int) -> Run:
    """Run the text-classification pipeline in batches of 16."""
    from transformers import pipeline

    with tempfile.TemporaryDirectory() as scratch:
        classify = pipeline("text-classification", model=_saved_encoder(scratch, layers, labels=8), device="cpu")
    return lambda texts: classify(texts, batch_size=16, truncation=True, max_length=MAX_TOKENS)


def zero_shot_nli() -> Run:
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
    return lambda texts: classify(texts, names, batch_size=16)


def int8_rate() -> float:
    """Return the operations a second of one large int8 product."""
    import numpy as np
    import onnxruntime
    from onnx import TensorProto, helper

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
    return repeats * 2 * size**3 / (time.perf_counter() - begun)


def int8_ceiling(layers: int) -> Run:
    """Wait as long as the products of an encoder take at the rate of one large int8 product."""
    lengths_of, rate = _lengths, int8_rate()

    def run(texts: list[str]) -> None:
        weights = layers * (4 * HIDDEN * HIDDEN + 2 * HIDDEN * INNER)
        operations = sum(
            2 * weights * length + layers * 4 * HIDDEN * length * min(length, MAX_TOKENS)
            for length in lengths_of(texts)
        )
        time.sleep(operations / rate)

    return run


def _lengths(texts: list[str]) -> list[int]:
    from tokenizers import Tokenizer

    return [len(e.ids) for e in Tokenizer.from_file(str(MODEL / "tokenizer.json")).encode_batch(texts)]


OURS, ZERO_SHOT = "relationtypes", "zero-shot NLI, 29 types"


def _systems() -> dict[str, Callable[[], Run]]:
    encoders = {
        "sentence-transformers fp32": sentence_transformers_fp32,
        "SetFit": setfit_predict,
        "transformers pipeline fp32": transformers_pipeline_fp32,
        "ceiling of int8": int8_ceiling,
    }
    if not importlib.util.find_spec("setfit"):
        del encoders["SetFit"]
    of_both = {
        f"{name}, {layers} layers": functools.partial(system, layers)
        for name, system in encoders.items()
        for layers in LAYERS
    }
    return {OURS: relationtypes_file_to_file, **of_both, ZERO_SHOT: zero_shot_nli}


SYSTEMS = _systems()


def measured(name: str, count: int) -> dict[str, float]:
    """Load system *name* and label *count* texts in this process; return its figures, those of time in seconds."""
    label = SYSTEMS[name]()
    label(["They remember my name."])
    first_label = time.time() - float(os.environ[STARTED])
    texts = sample(count)
    label(texts[:50])
    if name == ZERO_SHOT:
        texts = texts[:ZERO_SHOT_TEXTS]
    begun = time.perf_counter()
    label(texts)
    seconds = time.perf_counter() - begun
    cut = None if name == OURS else MAX_TOKENS
    return {
        "texts_per_second": len(texts) / seconds,
        "tokens_per_second": sum(min(length, cut or length) for length in _lengths(texts)) / seconds,
        "first_label": first_label,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 if sys.platform == "darwin" else 1024),
    }


def main() -> None:
    """Run every system in turn and print the best round of each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--systems", nargs="+", default=[""], help="Only those whose names begin so. [default: all]")
    parser.add_argument("--only", choices=list(SYSTEMS), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.only:
        print(json.dumps(measured(given.only, given.texts)))
        return
    chosen = [name for name in SYSTEMS if name.startswith(tuple(given.systems))]
    best: dict[str, dict[str, float]] = {}
    for number in range(given.rounds):
        for name in chosen:
            found = _in_a_process(name, given.texts)
            print(f"round {number + 1}: {_line(name, found)}", file=sys.stderr)
            if name not in best or found["texts_per_second"] > best[name]["texts_per_second"]:
                best[name] = found
    print(f"{'':38} {'texts/s':>9} {'tokens/s':>10} {'first label':>12} {'peak memory':>12}")
    for name, found in best.items():
        print(_line(name, found))


def _line(name: str, found: dict[str, float]) -> str:
    return (
        f"{name:38} {found['texts_per_second']:9,.2f} {found['tokens_per_second']:10,.0f} "
        f"{found['first_label']:10.1f} s {found['megabytes']:9,.0f} MB"
    )


def _in_a_process(name: str, texts: int) -> dict[str, float]:
    command = [sys.executable, __file__, "--only", name, "--texts", str(texts)]
    settings = {
        "PYTHONPATH": f".:{os.environ.get('PYTHONPATH', '')}",
        "HF_HUB_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "true",
    }
    environment = {**os.environ, **settings, STARTED: str(time.time())}
    done = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    main()
