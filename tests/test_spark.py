"""Spark: the rows and tags that the tagger gives, whatever breaks on the way."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars
import pytest

import relationtypes.tagger
from relationtypes import RelationTagger, Scores
from relationtypes.errors import ArgumentError, ColumnError, MissingExtraError
from relationtypes.spark import ERROR_COLUMN, tag
from tests.conftest import ROOT, HashingClassifier

pytestmark = pytest.mark.filterwarnings("ignore")  # pyspark warns of versions and leaves sockets to the collector

TEXTS = [
    "I have bought my bread here since I was a girl, and now my daughter does. It feels like home.",
    "Item as described, arrived on Tuesday. Nothing more to say.",
    "You promised me a refund three weeks ago. You lied, and I will never set foot in your shop again.",
    "Would it be possible to add a search box to the order page? It would save us all a lot of time.",
    "We had one wild weekend together, that boat and I. No regrets, and no plans to come back.",
    "Always a pleasure to drop by on a Friday. The lads at the counter know what I want.",
    "Bring the bill when I ask for it, not when it suits you. I pay, you serve.",
    "The lamp works. The box was a little dented.",
    "I trusted this bank with everything we had, and it sold us out without a word.",
    "Fair price, quick till, clean floor.",
    "Ten years with the same van from the same garage. They would tell me if something was wrong.",
    "My order came without the screws. I wrote twice. Then the screws came, with a note to say sorry!",
    "Honestly the best friend a hiker can have: these boots have crossed four countries with me.",
    "The app logs me out every morning. Please fix it, we use it with our whole team.",
    "Bought it on a whim, wore it once, loved every minute.",
    "Good.",
    "Waited forty minutes for a cold soup. Staff could not care less.",
    "They know my dog's name and ask after my mother. Where else do you find that?",
    "Second pair I buy. Same size, same comfort.",
    "How dare you send me a reminder? I am the customer here.",
    "I used to recommend you to everybody. After what happened in May I warn them instead.",
    "The manual is wrong on page 4: the red cable goes left. Tell your people so that others do not lose an evening.",
    "Cheap and cheerful. Does what it should.",
    "We laugh together every time, she pours the coffee before I have sat down.",
    "Parcel left in the rain. Content wet. Money back, please.",
    "J'achète mon pain ici depuis toute petite, et ma fille fait pareil. On s'y sent chez soi.",
    "Livraison rapide, conforme à la description. Rien à redire.",
    "Vous m'aviez promis un remboursement. Vous avez menti, je ne reviendrai jamais.",
    "Serait-il possible d'ajouter un filtre par taille ? Cela aiderait tout le monde.",
    "Une folle soirée, sans lendemain, et c'est très bien ainsi.",
    "Toujours un plaisir de passer le vendredi, on rigole bien avec l'équipe.",
    "Je paie, donc on me sert, et vite. Apportez-moi la carte et taisez-vous.",
    "La lampe fonctionne, le carton était un peu abîmé.",
    "Nous avions confiance en cette banque depuis vingt ans, elle nous a trahis sans un mot.",
    "Prix correct, caisse rapide, magasin propre.",
    "Dix ans de fidélité au même garage : ils me le diraient, si quelque chose n'allait pas.",
    "Il manquait les vis. J'ai écrit deux fois. Elles sont arrivées avec un mot d'excuse !",
    "Ces chaussures ont traversé quatre pays avec moi, ce sont mes meilleures amies.",
    "L'application me déconnecte tous les matins, merci de corriger, toute notre équipe l'utilise.",
    "Achetée sur un coup de tête, portée une fois, adorée.",
    "Bien.",
    "Quarante minutes d'attente pour une soupe froide, et personne ne s'excuse.",
    "Ils connaissent le nom de mon chien et demandent des nouvelles de ma mère.",
    "Deuxième paire, même taille, même confort.",
    "Je vous conseillais à tout le monde. Depuis le mois de mai, je préviens les gens.",
    "Colis déposé sous la pluie, contenu trempé. Remboursez-moi.",
    "Das Paket ist leider viel zu spät angekommen und ich bin wirklich enttäuscht.",
    "El pedido llegó tarde y nadie contestó a mis mensajes durante toda la semana.",
    "Het eten was koud en de bediening was heel erg onvriendelijk tegen ons.",
    None,
    "",
    "   \n\t ",
    "😀😀",
    "https://example.org/a",
    "a\u0000b: the room was clean &amp; quiet ❤️",
    "Good.",
    "Livraison rapide, conforme à la description. Rien à redire.",
    "Item as described, arrived on Tuesday. Nothing more to say.",
    None,
    "word " * 900,
]


def _rows(texts: Sequence[str | None]) -> polars.DataFrame:
    """Rows with columns that must come back untouched, and some of an earlier run that must not."""
    return polars.DataFrame(
        {
            "rt_family": ["stale"] * len(texts),
            "id": range(len(texts)),
            "review": texts,
            "shop.name": ["north", None, "south"] * (len(texts) // 3),
            "stars": [None, 5, 1] * (len(texts) // 3),
            "rt_error": [1] * len(texts),
        },
        schema_overrides={"review": polars.String},
    )


def _expected(
    frame: polars.DataFrame, tagger: RelationTagger, *, evidence: bool = False, abstain_below: float | None = None
) -> polars.DataFrame:
    tagged = tagger.tag_frame(frame.drop("rt_error"), "review", evidence=evidence, abstain_below=abstain_below)
    return tagged.with_columns(polars.lit(None, polars.String).alias(ERROR_COLUMN))


# Without a cluster: a Spark frame that maps Arrow batches here.


@pytest.fixture
def framed() -> Callable[..., Any]:
    """Return a maker of Spark frames of some batches; what `tag` makes of one is a polars frame."""
    sql, types = pytest.importorskip("pyspark.sql"), pytest.importorskip("pyspark.sql.types")
    kinds = {"large_string": types.StringType(), "string": types.StringType(), "int64": types.LongType()}

    class Frame(sql.DataFrame):  # type: ignore[misc, name-defined]
        def __new__(cls, *_arguments: Any) -> Any:
            return object.__new__(cls)

        def __init__(self, table: Any, rows_of_a_batch: int, cores: str | Exception | None) -> None:
            self._table, self._rows, self._cores = table, rows_of_a_batch, cores

        @property
        def schema(self) -> Any:
            return types.StructType([types.StructField(one.name, kinds[str(one.type)]) for one in self._table.schema])

        @property
        def sparkSession(self) -> Any:
            return SimpleNamespace(conf=self)

        def get(self, _name: str, default: str) -> str:
            if isinstance(self._cores, Exception):
                raise self._cores
            return self._cores or default

        def toDF(self, *names: str) -> Any:
            return Frame(self._table.rename_columns(list(names)), self._rows, None)

        def mapInArrow(self, func: Any, schema: Any) -> polars.DataFrame:
            found = polars.from_arrow(list(func(iter(self._table.to_batches(max_chunksize=self._rows)))))
            assert isinstance(found, polars.DataFrame)
            found.columns = schema.names
            return found

    def make(rows: Any, *, rows_of_a_batch: int = 7, cores: str | Exception | None = None) -> Any:
        table = rows.to_arrow() if isinstance(rows, polars.DataFrame) else rows
        return Frame(table, rows_of_a_batch, cores)

    return make


class FailingClassifier(HashingClassifier):
    """Cannot read what is cursed; counts what it reads."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def scores(self, texts: Sequence[str]) -> Scores:
        if any("cursed" in text for text in texts):
            raise FloatingPointError(f"a secret of the customer: {texts}")
        self.read += texts
        return super().scores(texts)


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Make `RelationTagger.load` return a tagger with the classifier of this fixture, and note how it was called."""
    seen = SimpleNamespace(classifier=FailingClassifier(), loads=[])

    def load(*arguments: Any, **options: Any) -> RelationTagger:
        seen.loads.append((*arguments, options))
        return RelationTagger(seen.classifier)

    monkeypatch.setattr(RelationTagger, "load", load)
    return seen


@pytest.fixture
def fresh(tmp_path: Path) -> str:
    """Name a model that no other test has used: workers keep theirs."""
    return str(tmp_path)


def test_spark_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "pyspark"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(MissingExtraError, match=r"relationtypes\[spark\]"):
        tag(object())  # type: ignore[arg-type]


def test_spark_rows_are_those_of_tag_frame(framed: Callable[..., Any], failing: SimpleNamespace, fresh: str) -> None:
    rows = _rows(TEXTS)
    found = tag(framed(rows), model=fresh, evidence=True, abstain_below=0.5)
    assert found.equals(_expected(rows, RelationTagger(HashingClassifier()), evidence=True, abstain_below=0.5))


def test_spark_model_is_opened_once_a_worker_with_the_cores_of_a_task(
    framed: Callable[..., Any], failing: SimpleNamespace, fresh: str
) -> None:
    for evidence in (False, True, False):
        tag(framed(_rows(TEXTS), cores="3"), model=fresh, evidence=evidence)
    assert failing.loads == [(fresh, {"threads": 3})]


def test_spark_cores_of_a_task_are_one_where_none_are_told(
    framed: Callable[..., Any], failing: SimpleNamespace, fresh: str
) -> None:
    refusal = pytest.importorskip("pyspark.errors").PySparkException("not here")
    for name, cores in (("unset", None), ("refused", refusal)):
        tag(framed(_rows(TEXTS), cores=cores), model=fresh + name)
    assert failing.loads == [(fresh + name, {"threads": 1}) for name in ("unset", "refused")]


def test_spark_same_text_is_read_once_a_worker(
    framed: Callable[..., Any], failing: SimpleNamespace, fresh: str
) -> None:
    for _ in range(2):
        tag(framed(_rows(TEXTS)), model=fresh)
    assert len(failing.classifier.read) == len(set(failing.classifier.read)) > 40


def test_spark_text_that_breaks_the_model_breaks_nothing_else(
    framed: Callable[..., Any], failing: SimpleNamespace, fresh: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def as_read(text: str) -> str:
        if "hexed" in text:
            raise RecursionError(text)
        return usual(text)

    usual = relationtypes.tagger.as_read
    monkeypatch.setattr(relationtypes.tagger, "as_read", as_read)
    texts = [*TEXTS, "This is a cursed delivery service.", "This is a hexed delivery service.", "It was fine, thanks."]
    found = tag(framed(_rows(texts), rows_of_a_batch=100), model=fresh)
    good, bad = found.head(len(TEXTS)), found.slice(len(TEXTS), 2)
    assert good.equals(_expected(_rows(TEXTS), RelationTagger(HashingClassifier())))
    assert bad["rt_status"].to_list() == ["error", "error"] and bad["rt_family"].to_list() == [None, None]
    assert found[ERROR_COLUMN].to_list() == [None] * len(TEXTS) + ["FloatingPointError", "RecursionError", None]


def test_spark_invalid_utf8_is_a_text_like_others(
    framed: Callable[..., Any], failing: SimpleNamespace, fresh: str
) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    broken = pyarrow.array([b"The \xc3( service was good today.", None]).view(pyarrow.string())
    found = tag(framed(pyarrow.table({"review": broken, "rt_family": broken})), model=fresh)
    assert found["rt_language"].to_list() == ["en", None] and found[ERROR_COLUMN].to_list() == [None, None]


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        ({"text": "revieu"}, ColumnError, "Did you mean 'review'"),
        ({"text": "id"}, ArgumentError, "must hold strings"),
        ({"text": 3}, ArgumentError, "name of a column"),
        ({"abstain_below": 1.5}, ArgumentError, "between 0 and 1"),
        ({"abstain_below": "0.5"}, ArgumentError, "between 0 and 1"),
    ],
)
def test_spark_wrong_arguments_are_named_before_anything_runs(
    framed: Callable[..., Any], arguments: dict[str, Any], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        tag(framed(_rows(TEXTS)), **arguments)


def test_spark_other_frames_are_refused() -> None:
    pytest.importorskip("pyspark")
    with pytest.raises(ArgumentError, match=r"needs a Spark DataFrame\. Got DataFrame"):
        tag(_rows(TEXTS))  # type: ignore[arg-type]


# With a cluster: a master, two executors and their Python workers, all processes of their own.


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A session on a cluster of this machine, with two executors of one core that have nothing but the package."""
    pyspark = pytest.importorskip("pyspark")
    _need_java()
    home = tmp_path_factory.mktemp("spark")  # executors work within Spark's home, hence in one of our own
    for part in Path(pyspark.__file__).parent.iterdir():
        (home / part.name).symlink_to(part)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**ENVIRONMENT, "SPARK_HOME": str(home)}.items():
            patch.setenv(name, value)
        session = _configured(pyspark.sql.SparkSession.builder.master("local-cluster[2,1,1024]")).getOrCreate()
        gateway = pyspark.SparkContext._gateway
        try:
            yield session
        finally:
            session.stop()
            gateway.shutdown()
            gateway.proc.stdin.close()
            gateway.proc.wait(60)
            pyspark.SparkContext._gateway = pyspark.SparkContext._jvm = None


ENVIRONMENT = {
    "PYSPARK_PYTHON": sys.executable,
    "SPARK_LOCAL_IP": "127.0.0.1",
    "PYTHONPATH": str(ROOT),
    "PYTHONWARNINGS": "ignore",
}


def _configured(builder: Any) -> Any:
    settings = {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.log.level": "ERROR",
        "spark.sql.shuffle.partitions": "4",
        **{f"spark.executorEnv.{name}": value for name, value in ENVIRONMENT.items()},
    }
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder


def _need_java() -> None:
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        pytest.skip("Spark needs Java")


def _executors(session: Any) -> list[int]:
    """Return the processes of the executors of *session*, and of no other."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_text(errors="replace").split("\0")
        except OSError:  # it has just ended
            continue
        if {"org.apache.spark.executor.CoarseGrainedExecutorBackend", session.sparkContext.applicationId} <= set(words):
            found.append(int(folder.name))
    return sorted(found)


def _sorted(table: Any) -> polars.DataFrame:
    frame = polars.from_arrow(table)
    assert isinstance(frame, polars.DataFrame)
    return frame.sort("id")


@pytest.mark.slow
@pytest.mark.enable_socket
def test_spark_cluster_gives_what_tag_frame_gives(cluster: Any, tagger: RelationTagger) -> None:
    rows = _rows(TEXTS)
    frame = cluster.createDataFrame(rows.to_arrow()).repartition(5)
    found = _sorted(tag(frame, evidence=True).toArrow())
    assert found.equals(_expected(rows, tagger, evidence=True))
    assert not found["rt_evidence"].list.len().eq(0).all()


@pytest.mark.slow
@pytest.mark.enable_socket
@pytest.mark.skipif(not Path("/proc").is_dir(), reason="finds the executors in /proc")
def test_spark_killed_executor_loses_and_doubles_nothing(cluster: Any, tagger: RelationTagger, tmp_path: Path) -> None:
    def slowly(batches: Iterator[Any]) -> Iterator[Any]:
        for batch in batches:
            time.sleep(1)
            yield batch

    rows = _rows([f"{text} No. {number}." for number in range(3) for text in TEXTS]).drop("shop.name")
    frame = cluster.createDataFrame(rows.to_arrow()).repartition(24)
    job = tag(frame.mapInArrow(slowly, frame.schema)).write.parquet
    with ThreadPoolExecutor(1) as pool:
        written = pool.submit(_in_group, cluster, lambda: job(str(tmp_path / "out")))
        _wait(lambda: written.done() or _last_stage(cluster).numCompletedTasks >= 4)
        _wait(lambda: written.done() or _last_stage(cluster).numActiveTasks == 2)
        assert not written.done()
        victim = _executors(cluster)[0]
        os.kill(victim, signal.SIGKILL)
        written.result()
    assert victim not in _executors(cluster)
    last = _last_stage(cluster)
    assert last.numFailedTasks or last.currentAttemptId, "the executor had nothing to do"
    found = polars.read_parquet(tmp_path / "out" / "*.parquet").sort("id")
    assert found.equals(_expected(rows, tagger))


def _in_group(session: Any, work: Callable[[], None]) -> None:
    session.sparkContext.setJobGroup("killed", "the job whose executor is killed")
    work()


def _last_stage(session: Any) -> Any:
    """Return what is known of the newest stage of the job whose executor is killed."""
    tracker = session.sparkContext.statusTracker()
    stages = [stage for job in tracker.getJobIdsForGroup("killed") for stage in tracker.getJobInfo(job).stageIds]
    info = tracker.getStageInfo(max(stages)) if stages else None
    return info or SimpleNamespace(numCompletedTasks=0, numActiveTasks=0)


def _wait(until: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 900
    while not until():
        assert time.monotonic() < deadline, "Spark did not get there"
        time.sleep(0.05)


CONNECTED = """
import json, sys
from pyspark.sql import SparkSession
from relationtypes.spark import tag
from tests.test_spark import TEXTS, _configured, _rows

session = _configured(SparkSession.builder.remote("local[2]")).getOrCreate()
assert "connect" in type(session).__module__
frame = session.createDataFrame(_rows(TEXTS).to_arrow())
tagged = tag(frame.repartition(3), evidence=True)
tagged.write.parquet(sys.argv[1])
session.stop()
"""


@pytest.mark.slow
def test_spark_connect_gives_what_tag_frame_gives(tagger: RelationTagger, tmp_path: Path) -> None:
    pytest.importorskip("grpc", reason="Spark Connect needs pyspark[connect]")
    pytest.importorskip("pyspark.sql.connect.session")
    _need_java()
    done = subprocess.run(
        [sys.executable, "-c", CONNECTED, str(tmp_path / "out")],
        env={**os.environ, **ENVIRONMENT},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-5_000:]
    found = polars.read_parquet(tmp_path / "out" / "*.parquet").sort("id")
    assert found.equals(_expected(_rows(TEXTS), tagger, evidence=True))
