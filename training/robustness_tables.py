"""The tables of ``robustness.md`` and what they share with the model card's section."""

from __future__ import annotations

from typing import Any

from training.tables import table

LANGUAGES = {"en": "English", "fr": "French"}


def dialects_table(dialects: dict[str, Any]) -> str:
    """Return how often what is said in each dialect is read rightly, as Markdown."""
    return table(
        ["Dialect", "Texts", "Family, accuracy"],
        [[title(name), str(one["n"]), percent(one)] for name, one in dialects.items()],
    )


def brands_in_words(brands: dict[str, Any]) -> str:
    """Return a sentence a language on readings under other brands."""
    return " ".join(
        f"{name}: {percent(brands[lang]['flips'])} of the readings differ from the one most brands get, "
        f"most under {max(brands[lang]['by_brand'].items(), key=lambda item: item[1]['value'])[0]}."
        if brands[lang]["flips"]["value"]
        else f"{name}: no reading differs."
        for lang, name in LANGUAGES.items()
    )


def worst_first(hard: dict[str, Any]) -> list[tuple[str, Any]]:
    """Return the phenomena, the worst first."""
    return sorted(hard["phenomena"].items(), key=lambda item: item[1]["family"]["value"])


def phenomena_table(hard: dict[str, Any]) -> str:
    """Return accuracy by phenomenon, the worst first, as Markdown."""
    head = ["Phenomenon", "Texts", "Family, accuracy", "English", "French", "Type", "Signed", "Signed and wrong"]
    rows = [["all", hard["all"], hard["en"]["family"], hard["fr"]["family"]]]
    rows += [[title(name), one, one["en"], one["fr"]] for name, one in worst_first(hard)]
    return table(
        head,
        [
            [
                name,
                str(one["family"]["n"]),
                percent(one["family"]),
                _plain(en),
                _plain(fr),
                *(_plain(one[key]) for key in ("type", "signed", "signed_and_wrong")),
            ]
            for name, one, en, fr in rows
        ],
    )


def changes_table(changes: dict[str, Any]) -> str:
    """Return what each change flips, as Markdown."""
    head = ["Change", "", "Texts", "Flips", "Flips, signed", "Moved", "Right before", "Right after"]
    return table(
        head,
        [
            [
                title(change),
                LANGUAGES[lang],
                str(one["flips"]["n"]),
                percent(one["flips"]),
                percent(one["signed_flips"]),
                f"{one['moved']:.3f}",
                _plain(one["right_before"]),
                _plain(one["right_after"]),
            ]
            for change, by_lang in changes.items()
            for lang, one in by_lang.items()
        ],
    )


def swaps_table(figures: dict[str, Any]) -> str:
    """Return what swaps of names, brands and dialects flip, as Markdown."""
    titles = {"names": "Names in the text", "signatures": "Signatures", "brands": "Brands", "dialects": "Dialects"}
    return table(
        ["", "", "Texts", "Readings a text", "Flips", "Flips, signed"],
        [
            [
                title,
                LANGUAGES[lang],
                str(one["texts"]),
                str(one["variants"]),
                percent(one["flips"]),
                percent(one["signed_flips"]),
            ]
            for key, title in titles.items()
            for lang, one in figures[key].items()
        ],
    )


def gaps_table(figures: dict[str, Any]) -> str:
    """Return the two groups of each kind that differ most, as Markdown."""
    kinds = [
        ("names", "origins"),
        ("names", "genders"),
        ("signatures", "origins"),
        ("signatures", "genders"),
        ("dialects", "groups"),
    ]
    rows = []
    for key, kind in kinds:
        for lang, one in figures[key].items():
            gap = (one if kind == "groups" else one[kind])["largest_gap"]
            what = f"{title(kind)}, {key}" if kind != "groups" else "Dialects"
            between = f"{title(gap['more'])} over {title(gap['less'])}"
            rows.append([what, LANGUAGES[lang], f"`{gap['family']}`", between, percent(gap)])
    return table(["Groups", "", "Family", "More often for", "Gap of shares"], rows)


def origins_table(figures: dict[str, Any]) -> str:
    """Return flips by origin of the name, as Markdown."""
    names, signed = figures["names"], figures["signatures"]
    origins = names["en"]["origins"]["by_group"]

    def cell(origin: str, lang: str) -> str:
        both = (one[lang]["origins"]["by_group"][origin]["value"] for one in (names, signed))
        return " / ".join(f"{value:.1%}" for value in both)

    return table(
        ["Origin", *LANGUAGES.values()],
        [[title(name), *(cell(name, lang) for lang in LANGUAGES)] for name in origins],
    )


def confusions_in_words(confusions: list[dict[str, Any]]) -> str:
    """Return the commonest errors in one line."""
    return ", ".join(f"`{one['is']}` read as `{one['read_as']}` ({one['texts']})" for one in confusions[:6])


def title(name: str) -> str:
    """Return *name* as a heading of a row."""
    known = {
        "sms": "SMS spelling",
        "pair": "Minimal pairs",
        "quebec": "Québec",
        "south_asian": "South Asian",
        "east_asian": "East Asian",
    }
    known |= {"african_american": "African American", "west_african": "West African"}
    words = known.get(name, name.replace("_", " "))
    return words[:1].upper() + words[1:]


def inline(name: str) -> str:
    """Return *name* as it stands within a sentence."""
    words = title(name)
    return words if words[:2].isupper() else words[:1].lower() + words[1:]


def percent(figure: dict[str, Any]) -> str:
    """Return a share with its interval."""
    if figure["value"] is None:
        return "–"
    return f"{figure['value']:.1%} ({figure['low']:.1%}–{figure['high']:.1%})"


def _plain(figure: dict[str, Any]) -> str:
    return "–" if figure["value"] is None else f"{figure['value']:.0%}"
