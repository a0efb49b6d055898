"""Names of persons go, brands stay."""

from __future__ import annotations

import pytest

from relationtypes.redacting import redact

FOUND = [
    "Merci à {Sylvie} pour son aide",
    "merci à {julien} pour son aide",
    "Thanks to {Sarah}'s patience it works",
    "Thanks to {Zorbla} it works",
    "Mr {Smith} was rude",
    "Mme {DUPONT-Durand} est adorable",
    "J'ai vu M. {Quillot} hier",
    "Mrs {J. Quill} called back",
    "Dr. {Okonkwo} listened",
    "my name is {Zelda Fitz}",
    "je m'appelle {marie} et je suis déçue",
    "Je m’appelle {Aïcha} et je suis déçue",
    "served by {Rose} at noon",
    "notre conseillère {Nolwenn} a tout réglé",
    "I spoke with {Priya} on Monday",
    "l'agent {Bruno} m'a rappelé",
    "Hi {Kelby}, my parcel is lost",
    "Bonjour {Sandrine}, mon colis est perdu",
    "Tout va bien.\nCordialement,\n{Xanthe Quill}",
    "Très déçu.\n{Marie D.}",
    "Never again. Regards, {J. Quill}",
    "Bravo — {Marie D.}",
    "{Marie Dupont} est venue",
    "Déçue.\n{Quillot Sandrine}",
    "C'est fini.Cordialement,Mme {Quillot}",
    "{Kevin} was great",
    "{Mark} was very helpful",
    "{Pierre Martin} est venu",
    "{Jean-Pierre} nous a reçus",
]


@pytest.mark.parametrize("marked", FOUND)
def test_redacting_takes_out_names(marked: str) -> None:
    text = marked.replace("{", "").replace("}", "")
    redaction = redact(text, language="en")
    before, _, after = marked.partition("{")
    assert redaction.text == before + "[name]" + after.partition("}")[2]
    assert [one.kind for one in redaction.spans] == ["name"]


@pytest.mark.parametrize(
    "text",
    [
        "Thanks to Amazon I got it",
        "merci à Leroy Merlin",
        "Merci à Décathlon et à la SNCF",
        "McDonald's, Denny's and Wendy's are closed",
        "Ben & Jerry's or Ben and Jerry's",
        "Marks & Spencer, Marks and Spencer",
        "Mr Bricolage et M. Bricolage",
        "Mr. Bricolage",
        "my Dr. Martens broke, my Dr Martens too",
        "Uncle Ben's rice, Trader Joe’s rice",
        "Pierre & Vacances nous a déçus",
        "Yves Rocher, Marie Claire, Louis Vuitton, Hugo Boss, Calvin Klein",
        "John Lewis and Ted Baker and Jo Malone",
        "Hello Fresh, Hello Bank",
        "Hi Team, Hi there, Dear Sir, Bonjour Madame, Monsieur,",
        "THANKS TO THE TEAM",
        "MERCI A TOUTE L'ÉQUIPE",
        "Will I pay? May I ask? Hope so, Grace period",
        "Paris, Florence, Charlotte and Orlando are nice",
        "H&M. The shop is nice",
        "12 jours. M. 3 fois",
        "Saint-Denis, St. John, hôpital Saint Louis",
        "I called Verizon and spoke to Apple",
        "le technicien Orange, le livreur Chronopost, un conseiller SFR",
        "I spoke with Zorbla Finance",
        "moved from Houston to Denver, a MAJOR mess; we can Sue, from Jan 4th",
        "Alexa and Siri do not listen",
    ],
)
def test_redacting_leaves_brands_places_and_words(text: str) -> None:
    assert redact(text, language="en").text == text


def test_redacting_keeps_the_words_given() -> None:
    text = "Merci à Zorbla et à @zorbla, Zorbla Help répond"
    assert redact(text, language="fr").text == "Merci à [nom] et à [pseudo], Zorbla Help répond"
    assert redact(text, language="fr", keep=["ZORBLA"]).text == text
