"""Numbers and intervals as English and French readers write them."""

from __future__ import annotations

import math
import re
from datetime import date

from relationtypes.findings.estimates import Estimate
from relationtypes.reporting.document import Unit, Value
from relationtypes.taxonomy import Language

DASH = "–"
_THIN = "\u202f"  # narrow no-break space, which French sets between thousands and before the percent sign
_SMALLEST_P = 0.001
_BREAKS = re.compile(r"[ \t-\r\x1c-\x1f\x85\u2028\u2029]+")
_KEPT = "\u00a0\u202f\u200c\u200d\u2060"  # unlike others that are not printable, they neither steer a terminal nor hide text


def written(value: Value, unit: Unit, language: Language, digits: int = 1, *, interval: bool = True) -> str:
    r"""Return *value* as text; an estimate with its interval in brackets unless *interval* is false.

    >>> written(0.1234, "percent", "fr")
    '12,3\u202f%'
    >>> written(Estimate(0.5, 0.41, 0.58, 120), "percent", "en", 0)
    '50% (41–58)'
    """
    if isinstance(value, Estimate):
        shown = written(value.value, unit, language, digits)
        if not interval or not value.known or math.isnan(value.low):
            return shown
        ends = [_bare(end, unit, language, digits) for end in (value.low, value.high)]
        between = " to " if language == "en" else " à "
        return f"{shown} ({(between if unit == 'points' or value.low < 0 else DASH).join(ends)})"
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return DASH
    if isinstance(value, str):
        return value
    if isinstance(value, date):
        return value.isoformat() if language == "en" else value.strftime("%d/%m/%Y")
    if unit == "p":
        return _p(float(value), language)
    bare = _bare(float(value), unit, language, digits)
    if unit == "percent":
        return f"{bare}%" if language == "en" else f"{bare}{_THIN}%"
    return bare


def _bare(value: float, unit: Unit, language: Language, digits: int) -> str:
    if unit in ("percent", "points"):
        return number(100 * value, language, digits, signed=unit == "points")
    return number(value, language, 0 if unit == "count" else digits)


def _p(value: float, language: Language) -> str:
    shown = f"< {_SMALLEST_P}" if value < _SMALLEST_P else f"{value:.3f}"
    return shown if language == "en" else shown.replace(".", ",")


def number(value: float, language: Language, digits: int = 0, *, signed: bool = False) -> str:
    r"""Return *value* with *digits* decimals and with thousands set apart; minus as a minus sign.

    >>> number(-1234.5, "fr", 1)
    '−1\u202f234,5'
    """
    rounded = round(value, digits) + 0.0
    shown = f"{abs(rounded):,.{digits}f}"
    if language == "fr":
        shown = shown.replace(",", _THIN).replace(".", ",")
    if rounded < 0:
        return f"−{shown}"
    return f"+{shown}" if signed and rounded > 0 else shown


def one_line(text: str) -> str:
    r"""Return *text* on one line, without characters that steer a terminal or reverse a line; no-break spaces stay.

    >>> one_line("Bien\u202f!\n\x1b[31mVraiment ")
    'Bien\u202f! [31mVraiment'
    """
    flat = _BREAKS.sub(" ", text).strip(" ")
    return "".join(one for one in flat if one.isprintable() or one in _KEPT)
