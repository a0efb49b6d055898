"""A Spark data frame → the same with the tag columns, computed where its partitions lie."""

from __future__ import annotations

import functools
import hashlib
import os
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relationtypes.errors import ArgumentError, ColumnError, MissingExtraError, did_you_mean
from relationtypes.records import Tag
from relationtypes.tabulating import PREFIX, tag_columns
from relationtypes.tagger import RelationTagger

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import StructType

ERROR_COLUMN = PREFIX + "error"
"""Holds the class of the exception that a row's text caused; null when all went well."""

_KNOWN_TEXTS = 20_000  # different texts whose tags are kept: a machine has as many Python workers as cores


def tag(
    df: DataFrame,
    text: str = "review",
    *,
    evidence: bool = False,
    abstain_below: float | None = None,
    model: str | Path | None = None,
) -> DataFrame:
    """Return *df* with the columns of :meth:`RelationTagger.tag_frame` and ``rt_error`` behind its own.

    Rows and other columns stay as they are; columns of these names from an earlier run are replaced. A text that fails
    gets the status ``error``, and ``rt_error`` names the class of the exception, never its message, which may quote the
    text; the job goes on. Nothing is computed before Spark needs it.

    The package must be installed on the executors. Each Python worker opens the model once, and uses as many threads as
    ``spark.task.cpus`` gives a task.

    Args:
        df: a data frame of Spark 4, classic or Connect.
        text: name of the column of strings to read; null counts as empty.
        evidence: whether to find the sentences that each family rests on, for about one more reading a sentence.
        abstain_below: as for :meth:`RelationTagger.tag`.
        model: a model folder, at this path on every executor; by default the one shipped with the package.

    Raises:
        MissingExtraError: pyspark is not installed.
        ColumnError: there is no column *text*, or more than one.
        ArgumentError: an argument is of the wrong kind, or the column holds no strings.
    """
    try:
        from pyspark.sql import DataFrame as SparkDataFrame
        from pyspark.sql.types import ArrayType, DoubleType, LongType, StringType, StructField, StructType
    except ModuleNotFoundError:
        raise MissingExtraError("pyspark", "spark") from None
    if not isinstance(df, SparkDataFrame):
        raise ArgumentError(f"spark.tag needs a Spark DataFrame. Got {type(df).__name__}.")
    if not (abstain_below is None or (isinstance(abstain_below, int | float) and 0 <= abstain_below <= 1)):
        raise ArgumentError(f"abstain_below must be between 0 and 1. Got {abstain_below!r}.")
    schema = df.schema
    types = _types(StringType(), DoubleType(), LongType(), ArrayType)
    settings = _Settings(
        bool(evidence), abstain_below, str(model) if model else None, _cores_of_a_task(df.sparkSession)
    )
    kept = [position for position, field in enumerate(schema.fields) if field.name not in types]
    result = StructType([schema.fields[position] for position in kept] + [StructField(*item) for item in types.items()])
    work = functools.partial(_tag_batches, position=_position(schema, text), kept=kept, settings=settings)
    # mapInArrow rather than mapInPandas: pandas would make floats of integers with nulls and shift time stamps, Arrow hands
    # the other columns back untouched. It asks for columns by name, which fails on dots and twins: hence numbers as names.
    return df.toDF(*(f"c{position}" for position in range(len(schema)))).mapInArrow(work, result)


@dataclass(frozen=True, slots=True)
class _Settings:
    """All that a worker is told; small enough to be sent with every task."""

    evidence: bool
    abstain_below: float | None
    model: str | None
    threads: int


@functools.cache
class _Reader:
    """Tags texts, whatever one of them does to the model, and remembers the last ones; one a worker and settings."""

    def __init__(self, settings: _Settings) -> None:
        self._tagger = _tagger(settings.model, settings.threads)
        self._tag = functools.partial(
            self._tagger.tag, evidence=settings.evidence, abstain_below=settings.abstain_below
        )
        self._known: OrderedDict[bytes, tuple[Tag, str | None]] = OrderedDict()

    def read(self, texts: Sequence[str]) -> list[tuple[Tag, str | None]]:
        """Return the tag of each text, with the class of the exception that the text caused."""
        digests = [hashlib.blake2b(text.encode(), digest_size=16).digest() for text in texts]
        fresh = {digest: text for digest, text in zip(digests, texts, strict=True) if digest not in self._known}
        here = {digest: self._known[digest] for digest in digests if digest not in fresh}
        here.update(zip(fresh, self._read(list(fresh.values())), strict=True))
        for digest in here:
            self._known[digest] = here[digest]
            self._known.move_to_end(digest)
        while len(self._known) > _KNOWN_TEXTS:
            self._known.popitem(last=False)
        return [here[digest] for digest in digests]

    def _read(self, texts: list[str]) -> list[tuple[Tag, str | None]]:
        try:
            found = zip(texts, self._tag(texts), strict=True)
        except Exception:
            return [self._read_one(text) for text in texts]
        return [self._read_one(text) if tag.status == "error" else (tag, None) for text, tag in found]

    def _read_one(self, text: str) -> tuple[Tag, str | None]:
        tag = Tag(status="error")
        try:
            tag = self._tag([text])[0]
            if tag.status == "error":
                self._tagger.scores([text])  # raises what the tagger kept to itself
        except Exception as error:
            return tag, type(error).__name__
        return tag, None


@functools.cache
def _tagger(model: str | None, threads: int) -> RelationTagger:
    return RelationTagger.load(model, threads=threads)


def _tag_batches(batches: Iterator[Any], *, position: int, kept: list[int], settings: _Settings) -> Iterator[Any]:
    """Turn each Arrow batch of a partition into one with as many rows; runs in the Python workers."""
    for pool in ("RAYON_NUM_THREADS", "POLARS_MAX_THREADS"):  # else every worker takes all cores of its machine
        os.environ.setdefault(pool, str(settings.threads))
    import pyarrow

    types = _types(pyarrow.string(), pyarrow.float64(), pyarrow.int64(), pyarrow.list_)
    for batch in batches:
        values = batch.column(position).cast(pyarrow.binary()).to_pylist()  # Spark's strings need not be valid UTF-8
        found = _Reader(settings).read([(value or b"").decode("utf-8", "replace") for value in values])
        columns = tag_columns([tag for tag, _ in found]).to_dict(as_series=False)
        columns[ERROR_COLUMN] = [error for _, error in found]
        yield pyarrow.RecordBatch.from_arrays(
            [batch.column(i) for i in kept] + [pyarrow.array(columns[name], types[name]) for name in types],
            schema=pyarrow.schema([batch.schema.field(i) for i in kept] + list(types.items())),
        )


def _types(string: Any, number: Any, integer: Any, list_of: Callable[[Any], Any]) -> dict[str, Any]:
    """Return the types of the added columns, in the terms of Spark or of Arrow."""
    kinds = {
        "String": string,
        "Float64": number,
        "List(Float64)": list_of(number),
        "List(List(Int64))": list_of(list_of(integer)),
    }
    return {name: kinds[str(kind)] for name, kind in tag_columns([]).schema.items()} | {ERROR_COLUMN: string}


def _position(schema: StructType, text: str) -> int:
    from pyspark.sql.types import StringType

    if not isinstance(text, str):
        raise ArgumentError(f"text must be the name of a column. Got {type(text).__name__}.")
    if schema.names.count(text) != 1:
        found, hint = ("more than one", "") if text in schema.names else ("no", did_you_mean(text, schema.names))
        raise ColumnError(f"There is {found} column {text!r}.{hint} The columns are: {', '.join(schema.names)}.")
    kind = schema[text].dataType
    if not isinstance(kind, StringType):
        raise ArgumentError(f"The column {text!r} must hold strings; cast it. Got {kind.simpleString()}.")
    position: int = schema.names.index(text)
    return position


def _cores_of_a_task(session: SparkSession) -> int:
    from pyspark.errors import PySparkException

    try:
        return int(session.conf.get("spark.task.cpus", "1") or 1)
    except PySparkException:  # serverless services may refuse to tell
        return 1
