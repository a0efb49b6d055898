"""Names of persons: by what stands before them, by a list of given names, and against brands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from relationtypes.redacting.brands import NO_NAMES, PHRASES, is_brand
from relationtypes.redacting.given_names import GIVEN_NAMES, SURE, SURNAMES, TOWNS
from relationtypes.redacting.kinds import Found

_CAPITAL = "A-ZÀ-ÖØ-ÞŒŠŽ"
_CAPITALISED = re.compile(rf"(?<![\w@#/&])[{_CAPITAL}](?:[^\W\d_]|['’-](?=[^\W\d_]))*(?![\w@])")
_NEXT = re.compile(
    rf"[ \u00a0]((?:(?:de la|de|du|des|da|van der|van|von|el|ben|bin|le|la|d['’]|DE|DA|VAN)[ ]?)?"
    rf"[{_CAPITAL}](?:['’][{_CAPITAL}])?[^\W\d_]+(?:['’-][{_CAPITAL}][^\W\d_]*)*)(?![\w@])"
)
_INITIAL = re.compile(rf"[ \u00a0][{_CAPITAL}](?:\.|(?=[ ,;:!?)\n]|\Z))")
_INITIAL_FIRST = re.compile(rf"(?!M\.)[{_CAPITAL}]\.[ ]?[{_CAPITAL}][^\W\d_]+(?![\w@])")
_JOINED = re.compile(r"[.,:;!?(]")
_AND = frozenset((" and ", " & ", " et "))
_POSSESSIVE = re.compile(r"['’][sS]\Z")
_HELP = re.compile(
    r"\s+(?:\w+\s)?(?:help|service|patience|kindness|attitude|professionalism|advice|work|support|assistance|expertise|smile)",
    re.IGNORECASE,
)
_WORD_BEFORE = re.compile(r"([^\s(\"«“*]+)[\s(\"«“*]*\Z")

_TITLE = re.compile(
    r"(?:\b(?:[Mm]r|MR|[Mm]rs|MRS|Ms|Miss|[Dd]r|DR|Prof|Mme|MME|mme|Mlle|mlle|MLLE|Melle|melle|Monsieur|monsieur|MONSIEUR|"
    r"Madame|madame|MADAME|Mademoiselle|mademoiselle|Docteur|docteur|Maître)\.?|(?<![\w&.'’])M\.)[ \u00a0]\Z"
)
_OWN_NAME = re.compile(
    r"(?:\b(?:my|his|her|whose|agent['’]?s|employee['’]?s) (?:first |last |full )?name(?: is|['’]s| was|:)|\bname:|\bnom ?:|\bprénom ?:|"
    r"\b(?:je|il|elle|qui) (?:m|s)['’]appell(?:e|ait)(?: donc)?|\bmon (?:pré)?nom est|\bson (?:pré)?nom est|\bje me (?:nomme|prénomme)|"
    r"\b(?:(?:in|under) (?:the )?name of|au nom de)|\bsurname:?|\bnom de famille|(?:^|[,;:(]\s?)nom|\bsoussignée?|\b(?:colis pour|(?:parcel|package) for)|"
    r"\bsigned:?|\bsigné:?|\b(?:pré)?nommée?|\ba (?:man|woman|lady|guy|gentleman|certain) (?:named|called)|\bnamed|\bun(?:e)? certaine?)\s\Z",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"(?:\b(?:regards|sincerely|cheers|yours truly|best wishes|cordialement|bien à vous|sincèrement|salutations|respectueusement)[ ]?[,.:;!-]*\s+"
    r"|[—–][ ]?|\n-[ ]?|\n)\Z",
    re.IGNORECASE,
)
_SERVICE = re.compile(
    r"""\b(?:thanks?(?:\ you)?(?:\ so\ much|\ very\ much|\ a\ lot)?\ to(?:\ our\ \w+)?|(?:served|helped|assisted|greeted|welcomed|looked\ after)\ by
    |(?:spoke|speaking|spoken|talked|talking|chatted|chatting|dealt|dealing)\ (?:to|with)|(?:shout[ -]?out|kudos|props|credit)\ to|special\ thanks\ to
    |merci\ (?:beaucoup\ |infiniment\ |encore\ )?[àa]|(?:grâce|bravo|félicitations|chapeau|mention\ spéciale|big\ up)\ [àa]
    |(?:servi|accueilli|reçu|conseillé|accompagné|aidé|renseigné|dépanné|guidé|contacté|pris\ en\ charge|suivi)(?:e|s|es)?\ par|(?:en\ ligne|par\ téléphone|échangé|échanges?|parlé|rendez-vous|rdv)\ avec
    |(?:agent|advis[eo]r|rep|representative|associate|assistant|waiter|waitress|server|driver|technician|salesman|saleswoman|salesperson|clerk|cashier|hostess|guide|instructor
       |nurse|supervisor|barista|bartender|consultant|colleague|friend|husband|wife|son|daughter|brother|sister|stylist|hairdresser|trainer|receptionist|concierge)
    |(?:conseill(?:er|[eè]re)|(?:l['’]|une?\ )agente?|vendeu(?:r|se)|technicien(?:ne)?|serveu(?:r|se)|liv?reu(?:r|se)|chauffeur|hôtesse|interlocut(?:eur|rice)|collaborat(?:eur|rice)|employée?
       |caissi(?:er|ère)|coiffeu(?:r|se)|gérante?|opérat(?:eur|rice)|format(?:eur|rice)|chargée?\ de\ client[eè]le|monit(?:eur|rice)|esthéticienne|réceptionniste|mari|collègue|copain|copine)
    )\ (?:(?:is|was|est|était)\ )?\Z""",
    re.IGNORECASE | re.VERBOSE,
)
_GREETING = re.compile(
    r"(?:\A|[\n.!?]\s*)(?:hi|hello|hey|dear|bonjour|bonsoir|salut|coucou|cher|chère)[ \u00a0]\Z", re.IGNORECASE
)
_TO_THE_END = re.compile(r"[ .!,;:)\n\r\t]{0,9}\Z")
_AFTER_GREETING = re.compile(r"[ ]?(?:[,!:]|\n)")
_LAST_WORDS = frozenset(
    """surname famille soussigné soussignée of de for pour mr mrs ms miss dr prof mme mlle melle monsieur madame mademoiselle docteur maître m is name's was name nom prénom appelle m'appelle s'appelle appelait s'appelait donc est nomme prénomme signed signé nommé nommée prénommé prénommée named called certain
    certaine regards sincerely cheers truly wishes cordialement vous sincèrement salutations respectueusement — – - to by with à a par avec agent l'agent agente adviser advisor rep representative associate assistant waiter waitress server driver technician salesman saleswoman salesperson clerk cashier hostess guide instructor nurse
    supervisor barista bartender consultant colleague friend husband wife son daughter brother sister stylist hairdresser trainer receptionist concierge conseiller conseillère conseillere vendeur vendeuse technicien technicienne serveur serveuse livreur livreuse chauffeur hôtesse interlocuteur interlocutrice collaborateur collaboratrice employé employée caissier
    caissière coiffeur coiffeuse gérant gérante opérateur opératrice formateur formatrice clientèle clientele moniteur monitrice esthéticienne réceptionniste mari collègue copain copine était hi hello hey dear bonjour bonsoir salut coucou cher chère""".split()
)
_LOOSE = frozenset(
    """to by with from à a par avec de et thanks thank you merci hi hello hey dear bonjour bonsoir salut coucou cher chère pour for our notre ask called agent manager
    de d' from love as merci reach joindre""".split()
)
_SAID_OF_PERSONS = frozenset(
    "with by thanks thank merci hi hello hey dear bonjour bonsoir salut agent manager avec par".split()
)
_PLACES = frozenset(
    """rue avenue av boulevard bd place square hôpital hopital lycée collège école gare aéroport airport station quartier clinique stade saint sainte st ste san santa mont fort lake port street
    north south brasserie restaurant hotel hôtel café cafe guide mc mac the la le les une un cette ce des ma mon sa son""".split()
)
_NO_PERSON_AFTER = frozenset(
    "zoo name terrier finance insurance assurance beach bank sleep mattress street road avenue airport bakery store app shop card café cafe restaurant hotel hôtel hospital airlines arena stadium park cathedral city".split()
)
_LIKE_A_PERSON = re.compile(
    r"""\s(?:(?:was|is|were|has\ been|a\ été|est|était|étaient)\s(?:\w+\s){0,2}(?:helpful|kind|patient|friendly|professional|polite|courteous|knowledgeable|rude|lovely
    |sympa\w*|gentil\w*|aimable|à\ l['’]écoute|patiente|professionnel\w*|adorable|serviable|accueillant\w*|souriant\w*)
    |(?:helped|assisted|took\ care|answered|explained|listened|who|m['’]a|nous\ a|qui\ (?:m['’]a|nous\ a|a))\b)""",
    re.VERBOSE,
)
_LOWER = re.compile(
    r"(?:\b(?:thanks? to|merci (?:à|a)|grâce à|served by|conseill(?:er|ère)|vendeu(?:r|se)|technicien(?:ne)?|une? certaine?"
    r"|ring|call|appele[rz]|joindre)|(?P<own>\bmy name is|\bsp(?:oke|eaking|oken) (?:to|with)|\bparlé (?:à|avec)|\bje m['’]appelle|\b(?:regards|cheers|sincerely|cordialement|cdt|bien à vous)[,.:;]?))\s"
    r"(?P<given>[a-zà-ÿ]+(?:-[a-zà-ÿ]+)?)(?!\w)(?:[ ](?P<surname>[a-zà-ÿ][a-zà-ÿ'’-]+)(?=[ ]?(?:[,.;:!\n)]|and\b|et\b|qui\b|who\b|\Z)))?",
    re.IGNORECASE,
)
_LOWER_SIGNS = (
    "thank",
    "merci",
    "appelle",
    "my name",
    "grâce",
    "served",
    "onseill",
    "endeu",
    "echnicien",
    "certain",
    "parl",
    "appele",
    "joindre",
    "call",
    "ring",
    "spe",
    "spoke",
    "regards",
    "cheers",
    "sincerely",
    "cordialement",
    "cdt",
    "bien à",
)


def _by_word() -> dict[str, tuple[tuple[tuple[str, ...], int], ...]]:
    places: dict[str, list[tuple[tuple[str, ...], int]]] = {}
    for phrase in PHRASES:
        words = tuple(phrase.split())
        for place, word in enumerate(words):
            places.setdefault(word, []).append((words, place))
    return {word: tuple(found) for word, found in places.items()}


_PHRASES = _by_word()


def names(text: str, keep: Set[str]) -> Iterator[Found]:
    """Yield names of persons in *text* that are neither brands known nor of *keep* (lower case)."""
    reached = 0
    for match in _CAPITALISED.finditer(text):
        begin = match.start()
        if begin < reached:
            continue
        token = match.group().lower()
        before = _before(text, begin)
        if reached and text[reached:begin] in _AND and _beside_a_name(text, begin, match.end(), token, keep):
            reached = _extended(text, match.end())
            yield begin, reached, "name"
        elif token in GIVEN_NAMES or before in _LAST_WORDS or _first(token) in GIVEN_NAMES or _alone(text, begin):
            stop = _judged(text, begin, match.end(), before, keep)
            if stop:
                yield begin, stop, "name"
                reached = stop
    lowered = text.lower()
    if any(sign in lowered for sign in _LOWER_SIGNS):
        for match in _LOWER.finditer(text):
            if match["given"].lower() in SURE - keep:
                yield match.start("given"), _lower_end(match), "name"


def _beside_a_name(text: str, begin: int, end: int, token: str, keep: Set[str]) -> bool:
    """Return whether the word is a name too, since one stands before it and an "and" between them."""
    word = token.replace("’", "'")
    common = word in NO_NAMES or word in keep or is_brand(word) or _of_phrase(text, begin, end)
    return not common and text[begin + 1 : end].islower() and len(word) > 2


def _lower_end(match: re.Match[str]) -> int:
    """Return where a name in lower case ends: with the surname that is known as one, or that ends the introduction."""
    surname = (match["surname"] or "").lower()
    with_it = surname in SURNAMES or (match["own"] and surname and surname not in NO_NAMES)
    return match.end("surname" if with_it else "given")


def _alone(text: str, begin: int) -> bool:
    return begin > 1 and (text[begin - 1] == "\n" or text[begin - 2] == "\n")


def _first(token: str) -> str:
    return re.split(r"['’-]", token, maxsplit=1)[0]


def _before(text: str, begin: int) -> str:
    pieces = text[max(0, begin - 20) : begin].split()
    if not pieces:
        return ""
    last = pieces[-1].lower().rstrip('.,:;!?("«').replace("’", "'")
    return _JOINED.split(last)[-1] or last


def _judged(text: str, begin: int, end: int, before: str, keep: Set[str]) -> int:
    """Return where the name that begins at *begin* ends, 0 when it is none."""
    token = text[begin:end]
    if possessive := _POSSESSIVE.search(token):
        end = begin + possessive.start()
    elif initial := _INITIAL_FIRST.match(text, begin):
        end = initial.end()
        token = text[begin:end]
    plain = text[begin:end].lower().replace("’", "'")
    if (
        plain in NO_NAMES
        or not set(plain) - {"x"}
        or plain in keep
        or token.lower() in keep
        or _of_phrase(text, begin, end)
    ):
        return 0
    stop = _extended(text, end)
    if text[end:stop].lower().rpartition(" ")[2] in _NO_PERSON_AFTER:
        return 0
    tail_from = max(0, begin - 60)
    given = plain in GIVEN_NAMES or (_first(plain) in GIVEN_NAMES and "-" in plain)
    if _TITLE.search(text, tail_from, begin) or _OWN_NAME.search(text, tail_from, begin):
        sure = not is_brand(plain) and (
            given or (len(plain) > 1 and set(plain) != {"x"} and not (token.isupper() and len(token) < 4))
        )
    elif _is_signature(text, begin, stop, given):
        sure = True
    elif _SERVICE.search(text, tail_from, begin):
        sure = given or (not token.isupper() and not is_brand(plain) and not possessive and token[1:].islower())
    elif _GREETING.search(text, tail_from, begin):
        sure = given or (bool(_AFTER_GREETING.match(text, stop)) and token[1:].islower() and not is_brand(plain))
    else:
        sure = _unprompted(text, plain, before, end, stop, possessive is not None)
    return stop if sure else 0


def _is_signature(text: str, begin: int, stop: int, given: bool) -> bool:
    if not _TO_THE_END.match(text, stop) or not (cue := _CLOSING.search(text, max(0, begin - 40), begin)):
        return False
    if cue.group() == "\n":
        return (given or text[begin:stop].lower().split()[-1] in SURE) and stop - begin > 2
    return given or len(cue.group()) > 3


def _unprompted(text: str, plain: str, before: str, end: int, stop: int, possessive: bool) -> bool:
    """Return whether a given name is a person's though nothing announces it."""
    if before in _PLACES and not (before in ("la", "le", "une", "un") and plain in SURE and stop > end):
        return False
    following = text[stop : stop + 24].split()
    if following and following[0].lower().strip(".,!?") in _NO_PERSON_AFTER:
        return False
    if possessive and not _HELP.match(text, end + 2):
        return False
    if plain in SURE or ("-" in plain and _first(plain) in SURE and plain.rsplit("-", 1)[1] in GIVEN_NAMES):
        return True
    surname = text[end:stop].strip().lower()
    announced = before in _LOOSE and not is_brand(plain) and not (plain in TOWNS and before not in _SAID_OF_PERSONS)
    if plain.upper() == text[end - len(plain) : end] and len(plain) > 1 and not surname:
        return False
    return plain in GIVEN_NAMES and (
        announced
        or (before in ("and", "et", "&") and _given_before_and(text, end - len(plain)))
        or surname in SURNAMES
        or surname in SURE
        or bool(_LIKE_A_PERSON.match(text, stop))
        or (len(following) > 1 and following[0] in ("and", "et", "&") and following[1].strip(".,!").lower() in SURE)
    )


def _given_before_and(text: str, begin: int) -> bool:
    pieces = text[max(0, begin - 30) : begin].split()
    return len(pieces) > 1 and pieces[-2].lower() in SURE


def _extended(text: str, end: int) -> int:
    """Return the end of the name with the surname or the initial that follows."""
    if _POSSESSIVE.match(text[end : end + 2] or " "):
        return end
    for _ in range(2):
        if initial := _INITIAL.match(text, end):
            if initial.group().strip() in ("I", "A", "À", "Y"):
                return end
            return initial.end()
        following = _NEXT.match(text, end)
        if not following:
            return end
        word = following.group(1).lower()
        if (
            word in NO_NAMES
            or is_brand(word)
            or word.split()[-1] in NO_NAMES
            or _of_phrase(text, following.start(1), following.end(1))
        ):
            return end
        end = following.end()
    return end


def _of_phrase(text: str, begin: int, end: int) -> bool:
    """Return whether the word is part of a brand's name of several words."""
    word = _folded(text[begin:end])
    places = _PHRASES.get(word) or _PHRASES.get(f"{word}'s")
    if not places:
        return False
    ahead = _folded(text[begin : begin + 50]).split()
    behind = _folded(text[max(0, begin - 40) : begin]).split()
    return any(
        tuple(behind[len(behind) - place :] if place else []) == words[:place]
        and tuple(ahead[: len(words) - place]) == words[place:]
        for words, place in places
    )


def _folded(text: str) -> str:
    return re.sub(r"[.,!?;:()\"«»]", " ", text.lower().replace("’", "'"))
