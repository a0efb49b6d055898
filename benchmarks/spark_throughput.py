"""Spark beside one process: `python -m benchmarks.spark_throughput [--rows 1000000] [--distinct 20000]`, on the pool's texts.

Tags a Parquet of distinct texts, and one of many rows of these texts, each on Spark (a task and a worker a core) and without it,
Parquet in, Parquet out, without evidence. Sessions are warm: a first small job has started the Python workers.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import polars
from pyspark.sql import SparkSession

from benchmarks.throughput import sample
from relationtypes import RelationTagger, spark
from relationtypes.runs import tag_file

PARTITIONS_A_CORE = 5


def spark_job(session: SparkSession, cores: int) -> Callable[[Path, Path], None]:
    """Return what tags a Parquet on Spark, equal texts in one partition."""

    def job(source: Path, target: Path) -> None:
        rows = session.read.parquet(str(source)).repartition(PARTITIONS_A_CORE * cores, "review")
        spark.tag(rows).write.parquet(str(target))

    return job


def local_job(source: Path, target: Path) -> None:
    """Tag a Parquet in this process."""
    tag_file(source, target, tagger=RelationTagger.load(), text="review", evidence=False)


def main() -> None:
    """Make the inputs, run every job once, print rows a second."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--distinct", type=int, default=20_000)
    parser.add_argument("--memory", default="3g", help="Of the JVM.")
    given = parser.parse_args()
    cores = len(os.sched_getaffinity(0))
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    session = (
        SparkSession.builder.master(f"local[{cores}]")
        .config("spark.driver.memory", given.memory)
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    texts = sample(given.distinct)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        inputs = {"warm": texts[:200], "distinct": texts, "rows": texts + random.Random(0).choices(texts, k=given.rows)}
        inputs["rows"] = inputs["rows"][: given.rows]
        for name, rows in inputs.items():
            polars.DataFrame({"id": range(len(rows)), "review": rows}).write_parquet(folder / f"{name}.parquet")
        jobs = {"Spark": spark_job(session, cores), "one process": local_job}
        for name in inputs:
            for system, job in jobs.items():
                begun = time.perf_counter()
                job(folder / f"{name}.parquet", folder / f"{name} {system}.parquet")
                seconds = time.perf_counter() - begun
                done = session.read.parquet(str(folder / f"{name} {system}.parquet")).count()
                print(
                    f"{name:9} {system:12} {seconds:8,.1f} s {done / seconds:10,.0f} rows/s, {done:,} rows", flush=True
                )
    session.stop()


if __name__ == "__main__":
    main()
