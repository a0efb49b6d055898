"""Personal data: what goes, what stays, and where everything else has moved."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relationtypes.errors import ArgumentError, MissingExtraError
from relationtypes.redacting import KINDS, Redaction, redact, redact_many, redact_parts, spacy_names
from relationtypes.redacting.kinds import PLACEHOLDERS

PIECES = [
    "Marie",
    "Dupont",
    " ",
    "\n",
    ", ",
    "Merci à ",
    "thanks to ",
    "Mr ",
    "M. ",
    "Sarah B.",
    "06 12 34 56 78",
    "+33 6 12 34 56 78",
    "jo@mail.example",
    "jo at mail dot com",
    "@jo_doe",
    "@",
    "https://shop.example/a?b=1",
    "amazon.fr",
    "12 rue Victor Hugo, 75011 Paris",
    "order no 123456",
    "#98765",
    "4111 1111 1111 1111",
    "FR76 3000 6000 0112 3456 7890 189",
    "192.168.10.4",
    "fe80::1:2:3",
    "born on 12/03/1980",
    "plate AB-123-CD",
    "[name]",
    "[téléphone]",
    "[nom",
    "]",
    "1",
    "0",
    "-",
    ".",
    "(",
    "+",
    "é",
    "Cordialement,\n",
]
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=14).map("".join)
CALM = settings(max_examples=120, deadline=None, derandomize=True)

FOUND = [
    ("email", "Write to {jo.doe+shop@mail.example.com} please"),
    ("email", "Reach me: {jo dot}".replace("{jo dot}", "{jo at mail dot com}")),
    ("email", "Mon adresse : {jeanne.d (at) exemple.fr}, merci"),
    ("email", "écrivez à {jeanne arobase exemple point fr}"),
    ("phone", "Appelez le {06 12 34 56 78} demain"),
    ("phone", "Mon numéro : {0612345678}."),
    ("phone", "Rappelez au {+33 6 12 34 56 78}"),
    ("phone", "Rappelez au {+33 (0)6 12 34 56 78}"),
    ("phone", "Rappelez au {0033 6 12 34 56 78}"),
    ("phone", "Rappelez au {06.12.34.56.78}"),
    ("phone", "Ring me on {07700 900123}"),
    ("phone", "Ring me on {020 7946 0018}"),
    ("phone", "My number is {(415) 555-2671}, thanks"),
    ("phone", "My number is {415-555-2671}, thanks"),
    ("phone", "Ring {+49 30 901820} today"),
    ("phone", "I rang {1-800-555-0199} twice"),
    ("iban", "Remboursez sur {FR76 3000 6000 0112 3456 7890 189} svp"),
    ("iban", "Refund {GB82WEST12345698765432} now"),
    ("card", "They charged {4111 1111 1111 1111} twice"),
    ("card", "They charged {4111-1111-1111-1111} twice"),
    ("card", "They charged {5500005555555559} twice"),
    ("card", "my card ending in {4321} was refused"),
    ("card", "la carte **** {4321} est refusée"),
    ("link", "see {https://shop.example/orders/77?u=jo}."),
    ("link", "see {www.shop.example/jo} (again)"),
    ("link", "voir {bit.ly/abc12}"),
    ("link", "mon blog {jeanne-d.over-blog.com}"),
    ("link", "[clip](https://shop.example/a)".replace("(https", "({https").replace(")", "})")),
    ("handle", "fini\\n{@jo_doe} merci"),
    ("ip", "banned {192.0.2.44} for nothing"),
    ("ip", "banned {2001:db8:0:0:1:0:0:1} for nothing"),
    ("handle", "thanks {@jo_doe} for this"),
    ("reference", "order number {12345678} is late"),
    ("reference", "Order #{AB-12345} is late".replace("#{", "{#")),
    ("reference", "Ma commande n° {123456} est en retard"),
    ("reference", "réf. : {CMD20-4455}"),
    ("reference", "booking reference {QWERTY}"),
    ("reference", "flight cancelled {#Q7XNEM} help"),
    ("reference", "ticket no. {4455}"),
    ("reference", "numéro client : {778899}"),
    ("reference", "dossier {AZ778899}"),
    ("reference", "parcel {1Z999AA10123456784} lost"),
    ("reference", "colis {6A12345678901} perdu"),
    ("reference", "Amazon {123-1234567-1234567}"),
    ("plate", "immatriculé {AB-123-CD} depuis"),
    ("plate", "number plate {AB12 CDE} was read"),
    ("address", "J'habite {12 rue Victor Hugo, 75011 Paris}."),
    ("address", "Livré au {3 bis avenue de la République 69003 Lyon}"),
    ("address", "au {4 place Bellecour}"),
    ("address", "I live at {221B Baker Street}"),
    ("address", "Sent to {10 Long Acre Road, London SW1A 1AA}."),
    ("address", "Sent to {742 Evergreen Terrace, Springfield, IL 62704}"),
    ("birth", "I was born on {12/03/1980} in Leeds"),
    ("birth", "née le {4 mars 1975}"),
    ("birth", "date of birth: {March 4, 1975}"),
    ("identity", "my number {123-45-6789} leaked"),
    ("identity", "NI number {QQ12}".replace("{QQ12}", "{AB 12 34 56 C}")),
    ("identity", "sécu {1 84 12 76 451 089 46}"),
]


@pytest.mark.parametrize(("kind", "marked"), FOUND, ids=[marked for _, marked in FOUND])
def test_redacting_takes_out_exactly_what_leads_to_a_person(kind: str, marked: str) -> None:
    text = marked.replace("{", "").replace("}", "")
    redaction = redact(text, language="en")
    assert [text[one.start : one.end] for one in redaction.spans] == [marked[marked.index("{") + 1 : marked.index("}")]]
    assert [one.kind for one in redaction.spans] == [kind]
    before, _, after = marked.partition("{")
    assert redaction.text == before + PLACEHOLDERS["en"][kind] + after.partition("}")[2]


@pytest.mark.parametrize(
    "text",
    [
        "It cost $1,299.99 on 12/03/2024 at 10:30, 3 times the 2019 price.",
        "Payé 1 299,99 € le 12.03.2024 à 10h30, soit 20 % de plus qu’en 2019.",
        "Delivered within 24-48 h to 75011 Paris, 2 places de parking",
        "It has 16 GB, 512 GB, 5000 mAh and 120 Hz",
        "ios 14.4.0.1 and version 10.0.0.1 crash",
        "visit amazon.fr or https://www.amazon.fr/ today",
        "bought it at amazon.com, at this point my husband left",
        "order 2 pizzas, order 2019 was better, commande de 350 euros",
        "IBAN FR76 3000 6000 0112 3456 7890 188",
        "@AmazonHelp @SNCF @Freebox @SpotifyCares do something",
        "1000000000 times better",
        "3 cours de yoga et 12 routes barrées",
        "what the **** 2020",
        "",
        "10:30:20 then 10::",
        "four 4 Wheel Drive, closed at 7 PM. Way too early",
        "#ZORB19 #ZQ5120 #Z900-300 on XX/XX/2022, I always order ALWAYS",
        "XXXX XXXX XXXX 2022 and build 2001.1800.10240.5",
        "I call $71000.00 a lot, and 00319 0 too",
        "part PN 481516C",
        "Le 3949 ne répond jamais",
    ],
)
def test_redacting_leaves_the_rest_alone(text: str) -> None:
    redaction = redact(text)
    assert redaction.text is text
    assert redaction.spans == ()


def test_redacting_speaks_the_texts_language() -> None:
    french = "Je suis très déçu de votre service, appelez-moi au 06 12 34 56 78"
    assert redact(french).text.endswith("au [téléphone]")
    assert redact(french, language="en").text.endswith("au [phone]")
    assert redact("I am very disappointed, call me: 415-555-2671").text.endswith("me: [phone]")


def test_redacting_placeholders_name_every_kind() -> None:
    for words in PLACEHOLDERS.values():
        assert tuple(words) == KINDS
        assert all(word[0] == "[" and word[-1] == "]" for word in words.values())


@CALM
@given(TEXTS)
def test_redacting_twice_changes_nothing(text: str) -> None:
    once = redact(text, language="fr")
    again = redact(once.text, language="en")
    assert again == Redaction(once.text)


@CALM
@given(TEXTS, st.data())
def test_redacting_moves_offsets(text: str, data: st.DataObject) -> None:
    redaction = redact(text, language="en")
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    begin, stop = redaction.span(start, end)
    assert 0 <= begin <= stop <= len(redaction.text)
    touched = [one for one in redaction.spans if one.start < end and start < one.end]
    rebuilt, position = "", start
    for one in touched:
        rebuilt += text[position : one.start] + one.placeholder
        position = one.end
    rebuilt += text[position:end]
    if start < end:
        assert redaction.text[begin:stop] == rebuilt


@CALM
@given(TEXTS)
def test_redacting_spans_are_in_order_and_rebuild_the_text(text: str) -> None:
    redaction = redact(text, language="fr")
    pieces, position = [], 0
    for one in redaction.spans:
        assert position <= one.start < one.end <= len(text)
        pieces += [text[position : one.start], one.placeholder]
        position = one.end
    assert "".join([*pieces, text[position:]]) == redaction.text


@pytest.mark.parametrize(
    "unit",
    ["1", "1 ", "a@", "@a", "A ", "Mr X", "order 1", "www.", "[", "[name]", "12 rue de la ", "a at b dot ", "Marie ",
     "+33 ", "a.", "1-", "1:", "a:", "FR76", "né le ", "\n", "thanks to ", "*", "order number id ref ",
     "12 Aa Bb ", "A'a'", "1a", "1/"],
)  # fmt: skip
def test_redacting_takes_linear_time(unit: str) -> None:
    text = (unit * 100_000)[:100_000]
    begun = time.process_time()
    redact(text, language="en")
    assert time.process_time() - begun < 1


def test_redacting_is_fast_on_short_texts() -> None:
    texts = [f"Great shop {number % 7}, fast delivery and a friendly team, I recommend it." for number in range(2000)]
    redact_many(texts[:20])
    begun = time.process_time()
    redact_many(texts)
    assert time.process_time() - begun < 1  # 0.1 s on the slow machine of docs/redaction.md


def test_redacting_many_is_redacting_each() -> None:
    texts = ["call 415-555-2671", "", "fine"]
    assert redact_many(texts, language="en") == [redact(text, language="en") for text in texts]


NEAR = st.lists(st.sampled_from(PIECES).map(lambda piece: f" {piece} "), min_size=1, max_size=6).map("".join)


@settings(max_examples=15)
@given(NEAR, NEAR, st.integers(-200, 200), st.integers(0, 600))
def test_redacting_parts_of_a_long_text_is_redacting_it_whole(one: str, other: str, moved: int, length: int) -> None:
    """Persons stand where the part begins and ends, and where what is read around it does."""
    calm = "we like it here and shall come back " * 120  # 4,320 characters
    text = calm[: 4_096 + moved] + one + calm + other + calm[: 2_000 + moved] + one + calm + other + calm
    first, last = 4_096 + moved + len(one) + len(calm), len(text) - len(calm)
    whole = redact(text)
    spans = [(first, first + length), (last - length, last + 9), (first, last)]
    assert redact_parts(text, spans) == [whole.text[slice(*whole.span(*span))] for span in spans]


def test_redacting_parts_never_shows_what_an_edge_cuts() -> None:
    link, mail = "https://shop.example/" + "a" * 1_900, "ann.doe@mail.example"
    text = f"{'so kind ' * 2_500}{link} {mail} {'so kind ' * 2_500}"
    begin = text.index(link)
    for start, end in ((begin + 9, begin + 1_900), (begin - 20, begin + 3), (begin + 1_923, text.index("@") + 2)):
        (part,) = redact_parts(text, [(start, end)])
        assert "[" in part and not any(secret in part for secret in ("shop", "aaa", "ann", "doe", "mail.e"))


def test_redacting_asks_a_finder_of_names() -> None:
    def find(text: str) -> list[tuple[int, int]]:
        begin = text.find("zorblax")
        return [(begin, begin + 7), (-1, 3), (0, 10**6)] if begin >= 0 else []

    redaction = redact("ask zorblax about it", language="en", find_names=find)
    assert redaction.text == "ask [name] about it"


def test_redacting_refuses_what_it_cannot_read() -> None:
    with pytest.raises(ArgumentError, match="NoneType"):
        redact(None)  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="'de'"):
        redact("x", language="de")  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="list of words"):
        redact("x", keep="Amazon")
    with pytest.raises(ArgumentError, match="start <= end"):
        redact("x").span(2, 1)


def test_redacting_says_which_model_is_missing() -> None:
    with pytest.raises(MissingExtraError, match="spacy"):
        spacy_names("no_such_pipeline")
