"""Labels told by their own words alone: what is named, and what is none of these. All texts are invented for these tests."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from relationtypes.classifiers.heads import none_logit, similarities
from relationtypes.learning import Reader, Trained, fit
from relationtypes.learning.training import _notes_on_words
from relationtypes.learning.zero_shot import words_of
from relationtypes.normalising import normalise
from relationtypes.taxonomy import NONE_OF_THESE, frame_of, read_taxonomy, with_none_of_these

NOTHING = [
    "Granite is an igneous rock that forms below the ground.",
    "The committee meets on the second Tuesday of March.",
    "Water boils at a hundred degrees at sea level.",
    "Shares of the group rose by two per cent in early trading.",
    "The river is 412 kilometres long and flows into the North Sea.",
    "La pierre de taille est extraite dans trois carrières du département.",
    "Le groupe publiera ses comptes le 12 mars, avant l'ouverture des marchés.",
    "La tour a été achevée en 1889 et mesure plus de trois cents mètres.",
]
CLEAR = {
    "service_modes": [
        ("The lady at the desk was so kind and sorted it all out.", "personal_assistance"),
        ("Le monsieur au téléphone a été très patient avec moi.", "personal_assistance"),
        ("The staff could not have been friendlier.", "personal_assistance"),
        ("My adviser Helen has followed our family for fifteen years.", "dedicated_personal_assistance"),
        ("C'est toujours le même conseiller qui me reçoit, il connaît mon dossier.", "dedicated_personal_assistance"),
        ("I did the whole return myself on the website, so easy.", "self_service"),
        ("J'ai tout réglé moi-même sur l'appli en trois minutes.", "self_service"),
        ("The bot answers by itself and misses the point each time.", "automated_services"),
        ("L'application me rappelle toute seule mes échéances.", "automated_services"),
        ("The other members of the forum helped me out.", "communities"),
        ("On s'entraide entre clients dans le groupe, quelle ambiance.", "communities"),
        ("They built the feature that I had proposed.", "co_creation"),
        ("Mon idée de recette a été retenue et ils l'ont fabriquée.", "co_creation"),
    ],
    "relation_aims": [
        ("Arrived on time, works, good price.", "transactional"),
        ("Livré hier, conforme, prix correct.", "transactional"),
        ("The waiter was slow and unfriendly.", "service"),
        ("Le personnel a été aux petits soins du début à la fin.", "service"),
        ("The pharmacist took the time to explain which cream suits my skin.", "advice"),
        ("Le vendeur m'a bien conseillé et tout expliqué.", "advice"),
        ("We have been coming here for twenty years and will keep coming.", "loyalty"),
        ("Cliente fidèle depuis toujours, je ne changerai jamais.", "loyalty"),
        ("We worked on the new design together with their team.", "collaborative"),
        ("On a mis au point le produit ensemble, eux et nous.", "collaborative"),
    ],
    "fournier_15": [
        ("My mother bought it, her mother bought it, and so do I.", "kinship"),
        ("Un goût de mon enfance, je me revois chez ma grand-mère.", "childhood_friendship"),
        ("Crooks! I will warn everybody I know about them.", "enmity"),
        ("Je suis bloquée chez eux, pas d'autre choix, et ils en profitent.", "enslavement"),
        ("I hide it from my colleagues, they would laugh at me.", "secret_affair"),
        ("J'ai quitté mon ancienne banque, je suis venu chez vous par dépit.", "rebound"),
        ("I panic when I run out of it, I cannot be without it.", "dependency"),
        ("First month with them, we shall see whether I stay.", "courtship"),
    ],
}


@functools.cache
def reader() -> Reader:
    return Reader(threads=1)


def named(trained: Trained, texts: list[str]) -> list[str]:
    """Return the likeliest label of each of *texts*."""
    vectors = reader().vectors([normalise(text) for text in texts])
    found = trained.head.probabilities(texts, vectors, np.zeros((len(texts), 1)))
    return [trained.taxonomy.type_ids[place] for place in found.argmax(axis=1)]


@pytest.mark.parametrize(
    "name", ["relation_aims", *(pytest.param(one, marks=pytest.mark.slow) for one in ("service_modes", "fournier_15"))]
)
def test_bundled_frame_names_clear_cases_and_sets_aside_what_is_about_nothing(name: str) -> None:
    trained = fit(read_taxonomy(name), None, reader())
    texts, labels = zip(*CLEAR[name], strict=True)
    right = np.mean([said == label for said, label in zip(named(trained, list(texts)), labels, strict=True)])
    aside = np.mean([said == NONE_OF_THESE for said in named(trained, NOTHING)])
    assert (right >= 0.75, aside >= 0.75) == (True, True), (right, aside)


def test_no_example_of_a_bundled_frame_stands_under_two_labels() -> None:
    for name in ("service_modes", "relation_aims", "fournier_15", "ten_dimensions"):
        kinds = [kind for _, kind in read_taxonomy(name).labels() if kind]
        said = [text for kind in kinds for text in (*kind.examples.en, *kind.examples.fr)]
        assert len(said) == len(set(said))
        assert not set(said) & {text for text, _ in CLEAR.get(name, [])} and not set(said) & set(NOTHING)


def test_prototype_weighs_each_example_as_much_as_the_whole_definition() -> None:
    kind = next(kind for _, kind in read_taxonomy("relation_aims").labels() if kind)
    definition, *examples = words_of(kind)
    assert len(definition) == 2  # in both languages
    assert [len(group) for group in examples] == [1] * len({*kind.examples.en, *kind.examples.fr})


def test_none_of_these_lies_where_nobody_speaks_as_a_customer_and_its_definition_does_not_count() -> None:
    frame = with_none_of_these(read_taxonomy("relation_aims"))
    none = next(kind for _, kind in frame.labels() if kind and kind.id == NONE_OF_THESE)
    assert words_of(none) == tuple((text,) for text in map(normalise, (*none.examples.en, *none.examples.fr)))
    assert not {*none.examples.en, *none.examples.fr} & set(NOTHING)


def test_labels_without_examples_are_noted() -> None:
    noted = _notes_on_words(with_none_of_these(frame_of(["Cat", "Dog"])))
    assert len(noted) == 1 and "cat, dog:" in noted[0]
    assert _notes_on_words(with_none_of_these(read_taxonomy("fournier_15"))) == ()


def test_frame_of_names_keeps_their_order_and_tells_all_apart() -> None:
    assert frame_of(["b", "A b", "0"]).type_ids == ("b", "a_b", "0")
    assert frame_of(["-1", "1"]).type_ids == frame_of(["!", "a"]).type_ids == ("label_0", "label_1")


def test_none_logit_goes_by_the_nearer_of_its_own_anchor_and_the_threshold() -> None:
    near = np.array([[0.5, 0.1, -1.0], [0.5, 0.1, 0.9], [0.0, -0.2, 0.1]])
    assert none_logit(near, 2, 10.0, 0.3).tolist() == pytest.approx([-2.0, 4.0, 3.0])
    assert similarities(np.eye(2), np.array([[1.0, 0.0], [0.0, 0.0]])).tolist() == [[1.0, -1.0], [0.0, -1.0]]
