"""E-mail addresses, links, IP addresses and handles."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from relationtypes.redacting.brands import BRANDS
from relationtypes.redacting.kinds import Found

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_SPELT_EMAIL = re.compile(
    r"""(?<![\w.+-])[\w.+-]{1,64}
        (?:\s?[(\[{]\s?(?:at|arobase)\s?[)\]}]\s?[\w-]{1,63}(?:\s?(?:\.|[(\[{]\s?(?:dot|point)\s?[)\]}]|\bdot\b|\bpoint\b)\s?[\w-]{1,63}){1,3}
        |\s(?:at|arobase|@)\s[\w-]{1,63}\s?(?:[(\[{]\s?)?\b(?:dot|point)\b(?:\s?[)\]}])?\s?(?:com|fr|net|org|eu|be|ch|ca|io|uk|co(?:\s?dot\s?uk)?)
        |\s?(?:@|\barobase\b)\s?(?:gmail|hotmail|outlook|yahoo|orange|free|wanadoo|laposte|icloud|live|sfr)\s?\.\s?(?:com|fr|net|co\.uk)
        )(?!\w)""",
    re.VERBOSE | re.IGNORECASE,
)
_LINK = re.compile(
    r"""(?<![\w@.-])(?:
          (?:https?://|www\.)(?:(?!\]\()[^\s<>"]){1,2000}
        | (?:[a-z0-9-]{1,63}\.){1,4}(?:com|fr|net|org|co|io|uk|eu|be|ch|ca|us|me|ly|gl|gle|info|shop|app|gd|tv|de|es|it|ma)/[^\s<>"]{1,2000}
        | (?:[a-z0-9-]{1,63}\.){1,2}(?:blogspot|wordpress|tumblr|wixsite|over-blog|canalblog|substack|github)\.(?:com|fr|io)\b
        )""",
    re.VERBOSE | re.IGNORECASE,
)
_LINK_TAIL = ".,;:!?)]}»'\"’…*"
_BARE_LINK = re.compile(r"(?:https?://)?(?:[a-z0-9-]+\.)*([a-z0-9-]+\.[a-z]{2,10})/?", re.IGNORECASE)
_HOSTS = re.compile(r"(?:blogspot|wordpress|tumblr|wixsite|over-blog|canalblog|substack|github)\.\w+", re.IGNORECASE)
_IPV4 = re.compile(r"(?<![\w.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\w.]*\w)", re.ASCII)
_IPV6 = re.compile(
    r"(?<![\w:])(?:(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|(?:[0-9a-f]{1,4}:){2,6}(?::[0-9a-f]{1,4}){1,5}|[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,5}::[0-9a-f]{0,4})(?![\w:])",
    re.IGNORECASE,
)
_VERSION = re.compile(
    r"(?:\bv|version|ios|android|firmware|build|release|app|windows|macos|maj|mise à jour|(?:updated?|upgraded?|downgraded?) to|pass[ée]e? (?:en|à))\W{0,3}\Z",
    re.IGNORECASE,
)
_HANDLE = re.compile(
    r"(?:(?<![\w@.])|(?<=\\n))@(?=[\w.]{0,30}[^\W_])\w{2,40}(?:\.[a-z0-9_]\w{0,30}){0,3}|(?<![\w/.])/?u/[A-Za-z0-9_-]{3,20}\b"
)
_ANONYMOUS = ("user", "mention")
_SERVICE_ALONE = re.compile(r"_?(?:cares?|help|support|assistance|sav|services?|conseil)\Z")
_SERVICE = re.compile(
    r"(?:_?(?:cares?|help|helps|support|supports|service|services|sav|official|officiel|fr|france|uk|us|usa|ca|hq|"
    r"app|team|clients?|conseil|assistance|sos|bank|news|media|tech|store|air|airways|airlines))+"
)


def online(text: str, keep: Set[str]) -> Iterator[Found]:
    """Yield e-mail addresses, links with a path or a user, IP addresses, and handles that are no brand's or of *keep*."""
    if "." in text:
        yield from _links(text)
        yield from _addresses(text)
    if "@" in text or "u/" in text:
        yield from _handles(text, keep)
    lowered = text.lower()
    spelt = "dot" in lowered or "point" in lowered or "arobase" in lowered
    if spelt or "@" in text or "(at)" in lowered or "[at]" in lowered:
        for match in _SPELT_EMAIL.finditer(text):
            yield *match.span(), "email"


def _addresses(text: str) -> Iterator[Found]:
    for match in _IPV4.finditer(text):
        if not _VERSION.search(text, max(0, match.start() - 20), match.start()):
            yield *match.span(), "ip"
    if "@" in text:
        for match in _EMAIL.finditer(text):
            yield *match.span(), "email"


def ipv6(text: str) -> Iterator[Found]:
    """Yield IP addresses of version 6."""
    for match in _IPV6.finditer(text):
        if sum(sign not in ":" for sign in match.group()) > 3:
            yield *match.span(), "ip"


def _links(text: str) -> Iterator[Found]:
    if "/" not in text and "www." not in text and not _HOSTS.search(text):
        return
    for match in _LINK.finditer(text):
        address = match.group().rstrip(_LINK_TAIL)
        bare = _BARE_LINK.fullmatch(address)
        if not bare or _HOSTS.fullmatch(bare.group(1)):
            yield match.start(), match.start() + len(address), "link"


def _handles(text: str, keep: Set[str]) -> Iterator[Found]:
    for match in _HANDLE.finditer(text):
        name = match.group().lstrip("@").lower()
        if name not in _ANONYMOUS and not of_brand(name, keep):
            yield *match.span(), "handle"


def of_brand(handle: str, keep: Set[str]) -> bool:
    """Return whether *handle* (lower case) is a brand's, perhaps with what marks its service: ``amazonhelp``, ``sncf_fr``."""
    if handle.replace("_", "") in BRANDS or handle in keep or handle.replace("_", "") in keep:
        return True
    if _SERVICE_ALONE.search(handle):
        return True
    for cut in range(len(handle) - 1, 2, -1):
        if _SERVICE.fullmatch(handle, cut) and (handle[:cut].rstrip("_").replace("_", "") in BRANDS | keep):
            return True
    return False
