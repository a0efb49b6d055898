"""Texts with personal data whose places are known: the hand-written sentences, and templates filled with generated values.

Marked texts hold their personal data as ``⟦kind:value⟧``. Nothing here is anybody's: telephone numbers are from the ranges
kept for fiction, addresses of machines and mail from those kept for documentation, everything else is drawn by lot.
"""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from relationtypes.redacting import Kind

SENTENCES = Path(__file__).parent.parent / "tests" / "data" / "redaction" / "sentences.tsv"

Half = Literal["mend", "measure"]
HALVES: tuple[Half, ...] = ("mend", "measure")
"""Rules are mended on the first; the second is only measured. No sentence and no template is in both."""

_MARKED = re.compile(r"⟦(\w+):([^⟧]*)⟧")


@dataclass(frozen=True, slots=True)
class Case:
    """A text and the spans ``(start, end, kind)`` of the personal data in it, in characters; ``name`` says which it is."""

    name: str
    half: str
    language: str
    text: str
    spans: tuple[tuple[int, int, str], ...]


def unmarked(name: str, half: str, language: str, marked: str) -> Case:
    """Return the case that *marked* writes down."""
    text, spans, position = "", [], 0
    for match in _MARKED.finditer(marked):
        text += marked[position : match.start()]
        spans.append((len(text), len(text) + len(match.group(2)), match.group(1)))
        text += match.group(2)
        position = match.end()
    return Case(name, half, language, text + marked[position:], tuple(spans))


def written(half: Half) -> Iterator[Case]:
    """Yield the hand-written sentences of *half*."""
    with SENTENCES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["half"] == half:
                yield unmarked(row["id"], half, row["language"], row["text"].replace("\\n", "\n"))


def generated(half: Half, each: int, *, seed: int = 8) -> Iterator[Case]:
    """Yield *each* texts of every template of *half*, the same for the same *seed*."""
    for language, templates in TEMPLATES.items():
        for number, template in enumerate(templates):
            if HALVES[number % 2] != half:
                continue
            for turn in range(each):
                dice = random.Random(f"{seed} {language} {number} {turn}")
                yield unmarked(f"{language}-{number}-{turn}", half, language, _filled(dice, template, language))


def _filled(dice: random.Random, template: str, language: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda slot: _value(dice, slot.group(1), language), template)


def _value(dice: random.Random, slot: str, language: str) -> str:
    kind: dict[str, Kind] = {"first": "name", "full": "name", "surname": "name"}
    value = MAKERS[slot](dice, language)
    return value if slot.startswith("no_") else f"⟦{kind.get(slot, slot)}:{value}⟧"


def _digits(dice: random.Random, count: int) -> str:
    return "".join(dice.choice("0123456789") for _ in range(count))


def _spaced(dice: random.Random, signs: str, size: int) -> str:
    gap = dice.choice(("", " ", " ", "-"))
    return gap.join(signs[place : place + size] for place in range(0, len(signs), size))


_BBAN = {"FR": "9" * 20 + "X99", "GB": "AAAA" + "9" * 14, "DE": "9" * 18, "BE": "9" * 12, "ES": "9" * 20, "IT": "A" + "9" * 22, "NL": "AAAA" + "9" * 10, "IE": "AAAA" + "9" * 14, "CH": "9" * 17, "LU": "9" * 16, "PT": "9" * 21}  # fmt: skip


def iban(dice: random.Random, language: str, *, wrong: int = 0) -> str:
    """Return an account number whose check digits (ISO 13616) hold, or are off by *wrong*."""
    country = dice.choice(("FR", "FR", "BE", "CH", "LU") if language == "fr" else ("GB", "GB", "IE")) if dice.random() < 0.5 else dice.choice(tuple(_BBAN))  # fmt: skip
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
    body = "".join(dice.choice(letters) if sign in "AX" else dice.choice("0123456789") for sign in _BBAN[country])
    rest = int("".join(str(int(sign, 36)) for sign in f"{body}{country}00")) % 97
    check = (98 - rest + wrong - 2) % 96 + 2 if wrong else 98 - rest
    gap = dice.choice(("", " ", " "))
    whole = f"{country}{check:02d}{body}"
    return gap.join(whole[place : place + 4] for place in range(0, len(whole), 4))


def card(dice: random.Random, _: str, *, wrong: int = 0) -> str:
    """Return a payment card's number whose check digit (Luhn) holds, or is off by *wrong*."""
    prefix, length = dice.choice((("4", 16), ("4", 16), ("51", 16), ("55", 16), ("6011", 16), ("37", 15)))
    body = prefix + _digits(dice, length - len(prefix) - 1)
    total = sum(sum(divmod(2 * int(digit), 10)) for digit in body[::-2]) + sum(map(int, body[-2::-2]))
    return _spaced(dice, f"{body}{(-total + wrong) % 10}", 4)


def phone(dice: random.Random, language: str) -> str:
    """Return a telephone number of a range kept for fiction, spaced in one of many ways."""
    country = dice.choice(("fr", "fr", "fr", "uk", "be") if language == "fr" else ("uk", "uk", "us", "us", "fr"))
    if country == "be":
        return f"+32 {dice.choice(('470', '485'))} {_digits(dice, 2)} {_digits(dice, 2)} {_digits(dice, 2)}"
    if country == "us":
        area, line = dice.choice(("212", "415", "312", "646", "804")), f"01{_digits(dice, 2)}"
        return dice.choice(("({0}) 555-{1}", "{0}-555-{1}", "{0}.555.{1}", "+1 {0} 555 {1}", "+1-{0}-555-{1}", "{0} 555 {1}", "1-{0}-555-{1}")).format(area, line)  # fmt: skip
    if country == "uk":
        line = _digits(dice, 3)
        return dice.choice(("07700 900{0}", "07700900{0}", "07700 900 {0}", "+44 7700 900{0}", "+447700900{0}", "0044 7700 900{0}", "+44 (0)7700 900{0}", "020 7946 0{0}", "0161 496 0{0}", "(020) 7946 0{0}", "07700-900-{0}")).format(line)  # fmt: skip
    start = dice.choice(("6 39 98", "1 99 00", "2 61 91", "3 53 01", "4 65 71", "5 36 49")).split()
    parts = [*start, _digits(dice, 2), _digits(dice, 2)]
    gap = dice.choice((" ", " ", "", ".", "-", "\u00a0"))
    return dice.choice(("0", "0", "0", "+33 ", "+33", "0033 ", "+33 (0)")) + gap.join(parts)


_FIRST = {"fr": "Camille Aurélie Mohamed Fanny Jean-Marc Léa Hugo Inès Sébastien Fatoumata Yann Maëva Rodolphe Thibault Capucine Amandine Bernard Corinne Nadège Loïc Salima Gaëlle".split(), "en": "Olivia Jack Amelia Mohammed Sophie Callum Shanice Rhys Deepak Niamh Ethan Grace Tyrone Isabella Fergus Mei Curtis Harriet Samir Poppy Rosalind Kwame".split()}  # fmt: skip
_LAST = {"fr": "Lemaire Fontaine Benali Le Goff Roussel de Souza Chevallier Pham Morvan Diallo Giraud Texier Mbaye Vasseur Rousselot".replace("Le Goff", "Le_Goff").replace("de Souza", "de_Souza").split(), "en": "Thornton Patel O'Brien Mensah Whitaker Singh Castellanos Ng Fairweather McAllister Hargreaves Ibrahim Petrov Blackwood Pritchard".split()}  # fmt: skip
_CASE: tuple[Callable[[str], str], ...] = (str, str, str, str, str.lower, str.upper)


def _first(dice: random.Random, language: str) -> str:
    return dice.choice(_FIRST[language])


def _surname(dice: random.Random, language: str) -> str:
    return dice.choice(_LAST[language]).replace("_", " ")


def _full(dice: random.Random, language: str) -> str:
    return dice.choice(_CASE)(f"{_first(dice, language)} {_surname(dice, language)}")


def _email(dice: random.Random, language: str) -> str:
    first, last = _first(dice, language).lower(), _surname(dice, language).lower().replace(" ", "").replace("'", "")
    plain = first.translate(str.maketrans("éèëïç", "eeeic"))
    local = dice.choice(("{0}.{1}", "{0}{2}", "{0}_{1}", "{1}{2}", "{0}-{1}+shop")).format(plain, last, dice.randint(1, 99))  # fmt: skip
    return f"{local}@{dice.choice(('example.com', 'mail.example.org', 'example.fr', 'example.co.uk'))}"


def _address(dice: random.Random, language: str) -> str:
    number = dice.randint(1, 240)
    if language == "fr":
        street = dice.choice(("rue des Lilas", "avenue du Général Leclerc", "boulevard Voltaire", "chemin de la Fontaine", "impasse des Roses", "allée Jean Moulin", "place du Marché", "quai de la Loire", "rue de l'Abbé Grégoire", "route de Vannes"))  # fmt: skip
        town = dice.choice(("75011 Paris", "69007 Lyon", "35000 Rennes", "13006 Marseille", "59800 Lille", "44000 Nantes"))  # fmt: skip
        return dice.choice(("{0} {1}", "{0} {1}, {2}", "{0} bis {1}, {2}", "{0}, {1}, {2}", "{0} {1} {2}")).format(number, street, town)  # fmt: skip
    street = dice.choice(("Orchard Street", "Kingsley Road", "Elm Avenue", "Church Lane", "Mill Close", "Harbour View Drive", "Queen's Crescent", "Oak Park Boulevard", "St Mary's Terrace", "Old Mill Way"))  # fmt: skip
    town = dice.choice(("Leeds LS6 2AB", "London SE15 4QN", "Austin, TX 78704", "Portland, OR 97205", "Cardiff CF10 3AT"))  # fmt: skip
    return dice.choice(("{0} {1}", "{0} {1}, {2}", "Flat 4, {0} {1}, {2}", "{0} {1}, Apt 6, {2}")).format(number, street, town)  # fmt: skip


def _reference(dice: random.Random, _: str) -> str:
    letters = "".join(dice.choice("ABCDEFGHJKLMNPQRSTUVWXYZ") for _ in range(4))
    return dice.choice(("{1}", "{0}-{1}", "{0}{1}", "{2}-{3}", "{0}/{2}/{3}", "{2} {3}")).format(letters[: dice.randint(1, 3)], _digits(dice, dice.randint(6, 10)), dice.randint(100, 999), _digits(dice, 5))  # fmt: skip


def _ip(dice: random.Random, _: str) -> str:
    if dice.random() < 0.3:
        return ":".join(["2001", "db8", *(f"{dice.randint(1, 65535):x}" for _ in range(6))])
    return f"{dice.choice(('192.0.2', '198.51.100', '203.0.113'))}.{dice.randint(1, 254)}"


def _handle(dice: random.Random, language: str) -> str:
    name = _first(dice, language).lower().replace("-", "")
    return "@" + dice.choice(("{0}{1}", "{0}_{1}", "the_{0}_{1}", "{0}.loves.tea", "x{0}x")).format(name, dice.randint(2, 99))  # fmt: skip


_MONTHS = {"fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split(), "en": "January February March April May June July August September October November December".split()}  # fmt: skip


def _date(dice: random.Random, language: str, years: tuple[int, int]) -> str:
    day, month, year = dice.randint(1, 28), dice.randint(1, 12), dice.randint(*years)
    word = _MONTHS[language][month - 1]
    forms = ["{0:02d}/{1:02d}/{2}", "{0:02d}.{1:02d}.{2}", "{0} {3} {2}", "{0:02d}-{1:02d}-{2}", "{2}-{1:02d}-{0:02d}"]
    if language == "en":
        forms += ["{3} {0}, {2}", "{0}th of {3} {2}"]
    return dice.choice(forms).format(day, month, year, word)


def _price(dice: random.Random, language: str) -> str:
    whole, cents = dice.randint(1, 12_999), dice.randint(0, 99)
    if language == "fr":
        return f"{whole:,}".replace(",", dice.choice((" ", "\u202f", ""))) + f",{cents:02d} €"
    return f"{dice.choice('£$€')}{whole:,}.{cents:02d}"


_MODELS = ("Galaxy S23 Ultra", "QE55Q60B", "iPhone 14 Pro", "RTX 4070", "Roomba 692", "Pegasus 40", "WH-1000XM5", "XPS 13 9310", "HP 302 XL", "Clio 5 TCe 90")  # fmt: skip
_PLACES = {"fr": ("la gare Saint-Lazare", "la place Victor Hugo", "l'hôpital Bichat", "la rue de Rivoli", "l'aéroport Charles-de-Gaulle", "le stade Marcel-Picot", "la station Jean Jaurès"), "en": ("Victoria station", "St James's Park", "JFK", "the John Radcliffe hospital", "King's Cross", "Charles de Gaulle airport", "Albert Square")}  # fmt: skip
_HOUSES = {"fr": ("Mr Bricolage", "Ben & Jerry's", "Leroy Merlin", "Yves Rocher", "Jean Louis David", "Marie Blachère", "Paul", "Michel et Augustin"), "en": ("Ben & Jerry's", "Dr. Martens", "John Lewis", "Trader Joe's", "Jack Daniel's", "Marks & Spencer", "Papa John's", "Tommy Hilfiger")}  # fmt: skip

MAKERS: dict[str, Callable[[random.Random, str], str]] = {
    "iban": iban,
    "card": card,
    "phone": phone,
    "email": _email,
    "address": _address,
    "reference": _reference,
    "ip": _ip,
    "handle": _handle,
    "birth": lambda dice, language: _date(dice, language, (1935, 2004)),
    "first": _first,
    "full": _full,
    "surname": _surname,
    "no_iban": lambda dice, language: iban(dice, language, wrong=dice.randint(1, 90)),
    "no_card": lambda dice, language: card(dice, language, wrong=dice.randint(1, 9)),
    "no_date": lambda dice, language: _date(dice, language, (2015, 2024)),
    "no_price": _price,
    "no_version": lambda dice, _: ".".join(str(dice.randint(0, 30)) for _ in range(dice.randint(2, 4))),
    "no_model": lambda dice, _: dice.choice(_MODELS),
    "no_place": lambda dice, language: dice.choice(_PLACES[language]),
    "no_house": lambda dice, language: dice.choice(_HOUSES[language]),
    "no_hours": lambda dice, language: (
        f"{dice.randint(7, 11)}{'h' if language == 'fr' else ':'}{dice.choice(('00', '30'))}"
    ),
    "no_postcode": lambda dice, language: dice.choice(
        ("75011", "69003", "33000") if language == "fr" else ("SW1", "90210", "LS6")
    ),
    "no_count": lambda dice, _: str(dice.randint(2, 9_999)),
}
"""What fills a slot of a template; what begins with ``no_`` is no personal data."""

TEMPLATES: dict[str, tuple[str, ...]] = {
    "en": (
        "Refund the money to {iban} as agreed.",
        "The bank sent it back, account {iban}, and nobody can say why.",
        "You charged {card} twice in one week!",
        "card no {card}, declined again at checkout",
        "Call me on {phone} before noon.",
        "my number is {phone} and my old one was {phone}, please update both",
        "Still nothing. You can reach {first} at {phone}.",
        "Write to {email}, I check it daily.",
        "login: {email} (password reset never arrives)",
        "The parcel went to {address} instead.",
        "I live at {address} and the courier cannot find it.",
        "Order {reference} has been stuck for a week.",
        "My booking reference is {reference}, seats were not together.",
        "Account number: {reference}. Closed without notice.",
        "The firewall blocked {ip} again",
        "Sign-in from {ip} on a Sunday was me, unlock it please.",
        "More pictures on {handle}, have a look.",
        "{handle} told me to complain here, so I do.",
        "I was born on {birth} and cannot prove my age to your robot.",
        "DOB {birth}. How many more times?",
        "My name is {full} and I am furious.",
        "Thanks to {first} for the quick help in store.",
        "Spoke with {full} who could not care less.",
        "Mr {surname} from the Leeds branch called back the same day.",
        "Great visit. {first} was so kind to my mum.",
        "Kind regards,\n{full}",
        "We were served by {first} and {first}, both brilliant.",
        "Never again. {full}",
        "The IBAN you printed, {no_iban}, is not even valid.",
        "It came to {no_price} instead of {no_price}, on {no_date}.",
        "A test card such as {no_card} is refused, as it should be.",
        "Since version {no_version} my {no_model} freezes.",
        "Bought a {no_model} at {no_house} for {no_price}.",
        "The branch at {no_place} opens at {no_hours}, not earlier.",
        "Nobody delivers to {no_postcode} after {no_hours}.",
        "{no_house} near {no_place} had {no_count} of them in stock.",
        "Updated to {no_version} on {no_date}, {no_count} crashes since.",
        "I prefer {no_house} to you, and it is {no_price} cheaper.",
    ),
    "fr": (
        "Remboursez sur {iban} comme convenu.",
        "La banque l'a renvoyé, compte {iban}, et personne ne sait pourquoi.",
        "Vous avez débité {card} deux fois en une semaine !",
        "carte n° {card}, encore refusée au paiement",
        "Appelez-moi au {phone} avant midi.",
        "mon numéro est le {phone} et l'ancien le {phone}, merci de corriger",
        "Toujours rien. Vous pouvez joindre {first} au {phone}.",
        "Écrivez à {email}, je le lis chaque jour.",
        "identifiant : {email} (le mot de passe n'arrive jamais)",
        "Le colis est parti au {address} par erreur.",
        "J'habite {address} et le livreur ne trouve pas.",
        "La commande {reference} est bloquée depuis une semaine.",
        "Ma réservation porte la référence {reference}, places séparées.",
        "Numéro de contrat : {reference}. Résilié sans préavis.",
        "Le pare-feu a encore bloqué {ip}",
        "La connexion depuis {ip} un dimanche, c'était moi, débloquez.",
        "D'autres photos sur {handle}, allez voir.",
        "{handle} m'a dit de me plaindre ici, alors voilà.",
        "Je suis née le {birth} et votre robot ne me croit pas.",
        "Date de naissance : {birth}. Combien de fois encore ?",
        "Je m'appelle {full} et je suis furieux.",
        "Merci à {first} pour son aide en magasin.",
        "J'ai parlé avec {full}, qui s'en moquait bien.",
        "M. {surname} de l'agence de Lille a rappelé le jour même.",
        "Belle visite. {first} a été adorable avec ma mère.",
        "Bien cordialement,\n{full}",
        "Nous avons été servis par {first} et {first}, au top.",
        "Plus jamais. {full}",
        "L'IBAN imprimé, {no_iban}, n'est même pas valable.",
        "J'ai payé {no_price} au lieu de {no_price}, le {no_date}.",
        "Une carte d'essai comme {no_card} est refusée, normal.",
        "Depuis la version {no_version} mon {no_model} se fige.",
        "Acheté un {no_model} chez {no_house} à {no_price}.",
        "L'agence près de {no_place} ouvre à {no_hours}, pas avant.",
        "Personne ne livre au {no_postcode} après {no_hours}.",
        "{no_house} vers {no_place} en avait {no_count} en stock.",
        "Passé en {no_version} le {no_date}, {no_count} plantages depuis.",
        "Je préfère {no_house}, et c'est {no_price} moins cher.",
    ),
}
