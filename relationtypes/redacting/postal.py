"""Postal addresses, French and English."""

from __future__ import annotations

import re
from collections.abc import Iterator

from relationtypes.redacting.kinds import Found

_PARTICLE = r"(?:de[ ]la|de[ ]l['’]|de|du|des|d['’]|l['’]|la|le|les|aux?|saint|sainte|st|ste)"
_PLACE = r"[A-ZÀ-ÖØ-Þ][\w'’]*(?:-[\w'’]+){0,6}"
_FRENCH = re.compile(
    rf"""(?<![\w.,/])[0-9]{{1,4}}[ ]?(?:bis|ter|quater|[A-Da-d](?=[ ,]))?,?[ ]
    (?:(?P<sure>(?i:rue|avenue|av\.?|bd|bld|blvd|boulevard|chemin|all[ée]es?|impasse|quai|faubourg|lotissement|sentier|ruelle))
      |(?i:place|route|cours|square|passage|r[ée]sidence|villa|rte|pl\.?|cit[ée]|hameau))(?![\w])
    (?P<name>(?:[ ]?{_PARTICLE}[ ]?){{0,3}}[ ]?(?:{_PLACE}|(?<=[ '’])[\wà-ÿ'’-]+)(?:[ ](?:(?:de|du|des|d['’]|la|le|les)[ ]?){{0,2}}{_PLACE}){{0,4}})
    (?:[ ]?[,\n–-]?[ ]?(?:[ÀàA][ ])?(?<![0-9])[0-9]{{2}}[ ]?[0-9]{{3}}(?![0-9])(?:[ ]{_PLACE}(?:[ ](?:sur|sous|en|le|la|les|de|du)?[ ]?{_PLACE}){{0,2}})?)?(?!\w)""",
    re.VERBOSE,
)
_ENGLISH = re.compile(
    r"""(?:\b(?:Flat|Apartment|Apt|Unit|Suite)\.?[ ]?\w{1,4},?[ ])?(?<![\w.,/$£€])[0-9]{1,5}[A-Za-z]?,?[ ](?!Wheel|[AP]M\b)(?:(?:N|S|E|W|NE|NW|SE|SW|North|South|East|West)\.?[ ])?(?:(?:[A-Z][\w'’.-]*|[0-9]{1,3}(?:st|nd|rd|th))[ ]){1,3}
    (?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Court|Ct|Boulevard|Blvd|Close|Crescent|Terrace|Way|Gardens|Square|Place|Parkway|Pkwy|Highway|Hwy|Grove|Circle|Trail)\b\.?
    (?:,?[ ](?:Apt|Apartment|Unit|Suite|Flat|\#)\.?[ ]?\w{1,5})?
    (?:,?[ ][A-Z][\w'’-]*(?:[ ][A-Z][\w'’-]*){0,2}(?=,?[ ](?:[A-Z]{2}\b|[A-Z]{1,2}[0-9]))|,[ ](?!I\b)[A-Z][a-z'’-]{2,}(?=[ ](?:[a-z]|$)|[.,;!?)]|\Z))?
    (?:,?[ ][A-Z]{2}[ ][0-9]{5}(?:-[0-9]{4})?|,?[ ][A-Z]{1,2}[0-9][A-Z0-9]?[ ]?[0-9][ABD-HJLNP-UW-Z]{2})?(?!\w)""",
    re.VERBOSE,
)
_POSTCODE = re.compile(r"(?i:\bpost[ ]?code\W{1,3}(?:is[ ])?)([A-Z]{1,2}[0-9][A-Z0-9]?[ ]?[0-9][A-Z]{2})(?!\w)")
_LEAST_DIGITS_OF_A_CODE = 5


def postal(text: str) -> Iterator[Found]:
    """Yield addresses: number, kind and name of the street, with the postcode and the town that follow."""
    for match in _FRENCH.finditer(text):
        name = match.group("name")
        if match.group("sure") or any(sign.isupper() for sign in name):
            yield *match.span(), "address"
    for match in _ENGLISH.finditer(text):
        yield *match.span(), "address"
    for match in _POSTCODE.finditer(text):
        yield *match.span(1), "address"
