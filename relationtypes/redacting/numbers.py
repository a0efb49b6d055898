"""Numbers that lead to a person: telephones, cards, accounts, national numbers, references, plates, dates of birth."""

from __future__ import annotations

import re
from collections.abc import Iterator

from relationtypes.redacting.kinds import Found

_GAP = r"[ \u00a0\u202f.\-/]?"
_GROUP = re.compile(r"(?<![\w])(?:\+[ ]?|\((?=[+0-9]))?[0-9](?:[ \u00a0\u202f.()/-]{0,3}[0-9]){4,39}+(?!\w)")
_PHONE = re.compile(
    rf"""(?<![\w.,+])(?:
      (?:\+[ ]?|00[ ]?)33{_GAP}(?:\(0\){_GAP}|0)?[1-9](?:{_GAP}[0-9]{{2}}){{4}}
    | \(?0[1-9]\)?(?:{_GAP}[0-9]{{2}}){{4}}
    | (?:\(?\+[ ]?|\b00(?=[1-9]))[0-9]{{1,3}}\)?(?:[ \u00a0.\-]?\(?[0-9]{{1,5}}\)?){{2,6}}
    | \(?0[0-9]{{4}}\)?[ -]?[0-9]{{3}}[ -]?[0-9]{{3}} | \(?0[0-9]{{3}}\)?[ -][0-9]{{3}}[ -][0-9]{{3,4}} | \(?02[0-9]\)?[ -][0-9]{{4}}[ -]?[0-9]{{4}}
    | 0[89][0-9]{{2}}[ ][0-9]{{2,3}}[ ][0-9]{{2,3}}(?:[ ][0-9]{{2,3}})? | 0[ ]8[0-9]{{2}}[ ][0-9]{{3}}[ ][0-9]{{3}} | 08[0-9]{{2}}[ .][0-9]{{3}}[ .][0-9]{{3}} | 0[3789][0-9]{{9}}
    | (?:\+?1[ .-]?)?(?:\([2-9][0-9]{{2}}\)[ ]?|[2-9][0-9]{{2}}[.\- ])[2-9][0-9]{{2}}[.\- ][0-9]{{4}} | 1[ -]8(?:00|33|44|55|66|77|88)[ -][0-9]{{3}}[ -]?[0-9]{{4}}
    )(?![\w]|[.,/-][0-9])""",
    re.VERBOSE,
)
_VANITY = re.compile(r"(?<![\w])1?-?8(?:00|33|44|55|66|77|88)-(?=[A-Z0-9-]{7,9}\b)[A-Z0-9]{3,4}-?[A-Z0-9]{3,4}\b")
_PHONE_CUE = re.compile(
    r"(?:\b(?:tel|tél|téléphone|telephone|phone|mobile|cell|portable|fixe|whatsapp|call(?:ed)?|ring|text|txt|sms|appel(?:er|ez|é|ez-moi)?|joindre|joignable|rappeler|contact(?:er|ez)?|ligne|fax)\b"
    r"[^0-9\n]{0,24})\Z",
    re.IGNORECASE,
)
_CARD_CUE = re.compile(
    r"\b(?:card|carte|visa|mastercard|cb)\b[^0-9\n]{0,30}\b(?:ending|ends|finissant|terminant|termine|finit|last)[^0-9\n]{0,25}\Z",
    re.IGNORECASE,
)
_MASKED_CARD = re.compile(
    r"(?<![\w*])(?:(?:[0-9]{4}|[Xx*•#]{4})[ -]?)?(?:[Xx*•#]{4}[ -]?){2}(?:[Xx*•#]{4}[ -]?|(?<=[*•][ -]))(?!(?:19|20)[0-9]{2}(?!\w))[0-9]{3,4}(?!\w)|(?i:\b(?:card|carte|visa|mastercard|cb|account|compte)\b[^0-9*•\n]{0,30})[*•]{2,4}[ ]?([0-9]{4})(?!\w)"
)
_IBAN = re.compile(r"(?<![\w])[A-Za-z]{2}[0-9]{2}(?=[ \u00a0-]?[A-Za-z0-9]{3})")
_IBAN_LENGTHS = {
    "AD": 24, "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20, "ES": 24, "FI": 18, "FR": 27, "GB": 22, "GI": 23,
    "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IS": 26, "IT": 27, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MA": 28, "MC": 27, "MT": 31, "NL": 18,
    "NO": 15, "PL": 28, "PT": 25, "RO": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TN": 24, "TR": 26,
}  # fmt: skip
_NIR = re.compile(
    r"(?<!\w)([12])[ .]?([0-9]{2})[ .]?([0-9]{2})[ .]?([0-9]{2}|2[ABab])[ .]?([0-9]{3})[ .]?([0-9]{3})[ .]?([0-9]{2})(?!\w)"
)
_INSURANCE = re.compile(
    r"(?<!\w)(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z](?:[0-9]{6}[A-D]|(?: [0-9]{2}){3} [A-D])(?!\w)"
)
_DOCUMENT = re.compile(
    r"\b(?:passeports?|passports?|carte d['’]identité|cni|identity card|id card|driving licen[cs]e|permis(?: de conduire)?)\b"
    r"(?:[ ](?:number|numéro|num|no|n°|nº|is|est)\.?){0,2}[ :#]{1,3}(?=[A-Z0-9]*[0-9]{4})([A-Z0-9]{7,18})(?!\w)",
    re.IGNORECASE,
)
_SSN = re.compile(r"(?<![\w-])(?!000|666|9)[0-9]{3}-(?!00)[0-9]{2}-(?!0000)[0-9]{4}(?![\w-])")
_CARRIER = re.compile(
    r"(?<!\w)(?:1Z[0-9A-Z]{16}|[A-Z]{2}[0-9]{9}[A-Z]{2}|[0-9][A-Z][0-9]{11}|JJ?D[0-9]{16,20}|TBA[0-9]{12}|[A-Z]{2}[0-9]{11,13}[A-Z]{0,2}"
    r"|[0-9]{3}-[0-9]{7}-[0-9]{7})(?!\w)"
)
_TOKEN = re.compile(r"(?<![\w])#?(?=[A-Za-z_/-]{0,12}[0-9])[A-Za-z0-9]+(?:[-_/.][A-Za-z0-9]+){0,6}(?![\w])")
_REFERENCE_CUE = re.compile(
    r"""\b(?:order|commande|cmd|booking|reservation|réservation|réf|ref|reference|référence|confirmation|ticket|dossier|case|claim|sinistre|tracking|suivi|colis|parcel|package
    |invoice|facture|account|compte|policy|contrat|contract|customer|client|cliente|adhérent|abonné|member|membership|complaint|réclamation|incident|devis|quote|pnr|imei|serial|série|id|identifiant|numéro|billet)
    (?:[ \u00a0]?[.:])?
    (?:[ \u00a0](?:de\ (?:la\ )?)?(?:order|commande|booking|client|suivi|dossier|facture|colis|réservation|contrat|compte|reference|référence|ref|réf|confirmation|tracking|customer|account|ticket|case|claim|policy)\b[.:]?){0,2}
    (?P<sign>[ \u00a0]?(?:\(|:|=|\#|n[°º]|n\.?|no\.?|nº|nr|num|num[eé]ro|number|id|code|ref|réf|is|was|est|was|le|suivant|\.|-){1}[ \u00a0]?(?:\(|:|=|\#|n[°º]|is|est)?){0,3}[ \u00a0:#(]{0,3}\Z""",
    re.IGNORECASE | re.VERBOSE,
)
_SPACED = re.compile(r"[0-9]{3,}(?:[ ][0-9]{2,}){1,4}")
_RECORD = re.compile(r"#(?![A-Z]+[0-9]+\b)(?=[A-Z]*[0-9])(?=[0-9]*[A-Z])[A-Z0-9]{6}")
"""An airline's record of a booking."""
_UNIT_AFTER = re.compile(
    r"[ \u00a0]?(?:€|\$|£|%|eur|euro|gb|go|mb|mo|mbps|kg|km|m²|days?|jours?|months?|mois|years?|ans?|times?|fois|h\b|min|weeks?|semaines?|people|personnes|points?|miles|dh|mad)",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"(?:XX/XX/(?:[0-9]{4}|XXXX)|[0-3]?[0-9][/.-][0-3]?[0-9](?:[/.-](?:19|20)?[0-9]{2})?|(?:19|20)[0-9]{2}(?:[-/.][01]?[0-9](?:[-/.][0-3]?[0-9])?)?)"
)
_DATE_WITHIN = re.compile(
    r"(?<![0-9])(?:[0-3]?[0-9][/.-][01]?[0-9][/.-](?:19|20)[0-9]{2}|(?:19|20)[0-9]{2}-[01][0-9]-[0-3][0-9])(?![0-9])"
)
_CODE = re.compile(
    r"\b(?:booking|reservation|réservation|confirmation|pnr)(?:[ ](?:reference|référence|ref|réf|code|number|no|n°|numéro)\.?){0,2}(?:[ ](?:is|est))?[ ]?[:#]?[ ]?\(?([A-Z0-9]{5,8})(?!\w)",
    re.IGNORECASE,
)
_MONTH = (
    r"(?:jan(?:uary|vier|\.)?|feb(?:ruary)?|f[ée]v(?:rier)?|mar(?:ch|s)?|apr(?:il)?|avr(?:il)?|may|mai|june?|juin|july?|juillet|aug(?:ust)?|ao[uû]t|"
    r"sep(?:t|tember|tembre)?|oct(?:ober|obre)?|nov(?:ember|embre)?|d[ée]c(?:ember|embre)?)\.?"
)
_BIRTH = re.compile(
    rf"""\b(?:born|n[ée]e?(?:\(e\))?|dob|d\.o\.b\.?|date\ of\ birth|birth\ ?date|birthday|date\ de\ naissance|anniversaire)
    \W{{0,3}}(?:(?:on|is|the|le|est|was)\b[ :]{{1,3}}){{0,2}}(?:le[ ])?
    ([0-3]?[0-9][/.\- ][01]?[0-9][/.\- ](?:19|20)?[0-9]{{2}}|(?:19|20)[0-9]{{2}}[-/][01]?[0-9][-/][0-3]?[0-9]
    |[0-3]?[0-9](?:st|nd|rd|th|er)?\ (?:of\ )?{_MONTH}(?:,?\ (?:19|20)[0-9]{{2}})?|{_MONTH}\ [0-3]?[0-9](?:st|nd|rd|th)?(?:,?\ (?:19|20)[0-9]{{2}})?)(?!\w)""",
    re.IGNORECASE | re.VERBOSE,
)
_PLATE = re.compile(
    r"""\b(?:immatricul\w{1,7}|plaque|licen[cs]e\ plate|number\ plate|plate|registration|reg|vrn)\b(?:[ ](?:number|no|n°|numéro|est|is|d['’]immatriculation)\.?){0,3}[ :#]{0,3}
    ((?-i:[A-Z]{2}[ -]?[0-9]{3}[ -]?[A-Z]{2}|[A-Z]{2}[0-9]{2}[ ]?[A-Z]{3}|[A-Z][0-9]{1,3}[ ]?[A-Z]{3}|[0-9]{1,4}[ -]?[A-Z]{2,3}[ -]?[0-9]{2}|[0-9][A-Z]{3}[0-9]{3}|[A-Z]{3}[ -]?[0-9]{3,4}))(?!\w)""",
    re.IGNORECASE | re.VERBOSE,
)
_FRENCH_PLATE = re.compile(r"(?<![\w-])[A-HJ-NP-TV-Z]{2}-[0-9]{3}-[A-HJ-NP-TV-Z]{2}(?![\w-])")
"""As on French cars since 2009: without I, O and U, with hyphens; nothing need announce it."""
_PRODUCT_CUE = re.compile(r"\b(?:sku|ean|gtin|upc|isbn|asin|modèle|model)\b[^0-9\n]{0,12}\Z", re.IGNORECASE)
_NO_CARD = re.compile(r"[./()+]")
_CARD_DIGITS = range(13, 20)
_LONG = 9
"""So many digits in a row without a separator are nobody's price and nobody's count."""


def numbers(text: str) -> Iterator[Found]:
    """Yield the numbers of *text* that lead to a person."""
    lowered = text.lower()
    yield from _national(text)
    yield from _digit_groups(text)
    yield from _references(text)
    if "*" in text or "•" in text or "xx" in lowered:
        for match in _MASKED_CARD.finditer(text):
            yield *match.span(1 if match.group(1) else 0), "card"
    if any(sign in lowered for sign in ("born", "né", "birth", "dob", "d.o.b", "naiss", "annivers", "nee le")):
        for match in _BIRTH.finditer(text):
            yield *match.span(1), "birth"
    if "-" in text:
        for match in _FRENCH_PLATE.finditer(text):
            yield *match.span(), "plate"
    if any(sign in lowered for sign in ("immat", "plaque", "plate", "reg", "vrn")):
        for match in _PLATE.finditer(text):
            yield *match.span(1), "plate"


def _national(text: str) -> Iterator[Found]:
    for match in _IBAN.finditer(text):
        if stop := _iban_end(text, match.start()):
            yield match.start(), stop, "iban"
    for match in _NIR.finditer(text):
        if _is_nir(match.groups()):
            yield *match.span(), "identity"
    for match in _DOCUMENT.finditer(text):
        yield *match.span(1), "identity"
    for pattern in (_INSURANCE, _SSN):
        for match in pattern.finditer(text):
            yield *match.span(), "identity"


def _iban_end(text: str, begin: int) -> int:
    """Return where the IBAN ends whose check digits hold, 0 when there is none."""
    length = _IBAN_LENGTHS.get(text[begin : begin + 2].upper(), 0)
    signs: list[str] = []
    for place in range(begin, min(len(text), begin + 2 * length)):
        sign = text[place]
        if sign.isascii() and sign.isalnum():
            signs.append(sign)
            if len(signs) == length:
                whole = "".join(signs[4:] + signs[:4])
                following = text[place + 1 : place + 2]
                return (
                    place + 1
                    if int("".join(str(int(one, 36)) for one in whole)) % 97 == 1 and not following.isalnum()
                    else 0
                )
        elif sign not in " \u00a0-":
            return 0
    return 0


def _is_nir(parts: tuple[str, ...]) -> bool:
    body = "".join(parts[:-1]).upper()
    number = int(body.replace("2A", "19").replace("2B", "18") if parts[3].upper() in ("2A", "2B") else body)
    return 97 - number % 97 == int(parts[-1])


def is_luhn(digits: str) -> bool:
    """Return whether the check digit of a payment card holds (Luhn 1960, US patent 2,950,048)."""
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(doubled) + sum(map(int, digits[-1::-2]))) % 10 == 0 and len(set(digits)) > 1


def _digit_groups(text: str) -> Iterator[Found]:
    for match in _VANITY.finditer(text):
        yield *match.span(), "phone"
    for match in _GROUP.finditer(text):
        begin, stop = match.span()
        digits = re.sub(r"[^0-9]", "", match.group())
        if len(digits) in _CARD_DIGITS and is_luhn(digits) and not _NO_CARD.search(text, begin, stop):
            yield begin, stop, "card"
            continue
        found = False
        for phone in _PHONE.finditer(text, begin, stop):
            if sum(map(str.isdigit, phone.group())) > 8 and not _DATE_WITHIN.search(phone.group()):
                found = True
                yield *phone.span(), "phone"
        if not found:
            yield from _other_group(text, begin, stop, digits)


def _other_group(text: str, begin: int, stop: int, digits: str) -> Iterator[Found]:
    near = max(0, begin - 60)
    written = text[begin:stop]
    if (
        7 <= len(digits) <= 15
        and text[begin - 1 : begin] not in ("$", "€", "£")
        and not _DATE_WITHIN.search(written)
        and _PHONE_CUE.search(text, near, begin)
    ):
        if not _UNIT_AFTER.match(text, stop):
            yield begin, stop, "phone"
    elif written.isdigit():
        if len(digits) >= _LONG and len(set(digits)) > 2 and not _PRODUCT_CUE.search(text, near, begin):
            yield begin, stop, "reference"
    elif (
        _SPACED.fullmatch(written)
        and (cue := _REFERENCE_CUE.search(text, near, begin))
        and ((cue.group("sign") or "").strip() or (len(digits) > 7 and not _DATE.match(written)))
        and not _UNIT_AFTER.match(text, stop)
    ):
        yield begin, stop, "reference"


def _references(text: str) -> Iterator[Found]:
    for match in _CARRIER.finditer(text):
        yield *match.span(), "reference"
    for match in _TOKEN.finditer(text):
        begin, stop = match.span()
        written = match.group()
        count = sum(sign.isdigit() for sign in written)
        if (
            (count < 3 and not _RECORD.fullmatch(written))
            or _DATE.fullmatch(written.lstrip("#"))
            or _UNIT_AFTER.match(text, stop)
        ):
            continue
        if _CARD_CUE.search(text, max(0, begin - 60), begin) and written.isdigit() and count in (3, 4):
            yield begin, stop, "card"
        elif cue := _REFERENCE_CUE.search(text, max(0, begin - 60), begin):
            if count >= (3 if cue.group("sign") or "#" in written else 5):
                yield begin, stop, "reference"
        elif written[0] == "#" and ((count >= 5 and not any(map(str.isalpha, written))) or _RECORD.fullmatch(written)):
            yield begin, stop, "reference"


def codes(text: str) -> Iterator[Found]:
    """Yield booking codes, which may be of letters alone."""
    for match in _CODE.finditer(text):
        code = match.group(1)
        if code.isupper() and (any(map(str.isdigit, code)) or len(code) == 6) and not text.isupper():
            yield *match.span(1), "reference"
