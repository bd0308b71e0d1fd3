"""Colours of parties: a style sheet for each election, from its register.

Each party has a class (``p-pp53``) with three custom properties: ``--p``, its colour; ``--on``, what can be read on it;
``--e``, an edge that can be seen on the page, another one in the light and in the dark theme. What is asked of contrast
is WCAG 2.2: 4.5 for text (1.4.3), 3 for what one must see to understand (1.4.11).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Final

from schemas.register import INDEPENDENT, SPEAKER, RegisterHead

INK: Final = "#14171c"
"""The colour of text in ``tallywire.css``."""

WHITE: Final = "#ffffff"
BLACK: Final = "#000000"

LIGHT_PAPERS: Final = ("#ffffff", "#f6f5f2")
"""What edges are seen on in the light theme: ``--paper`` and ``--paper-2``."""

DARK_PAPERS: Final = ("#14161a", "#1d2025")
"""The same in the dark theme."""

TEXT_MIN: Final = 4.5
"""Least contrast of text with what is behind it."""

EDGE_MIN: Final = 3.0
"""Least contrast of an edge with the page."""

UNNAMED: Final = "#b9b7b1"
"""Of a party for which the register has no colour."""

WITHOUT_PARTY: Final = {INDEPENDENT: "#8d9097", SPEAKER: "#5d6067"}
"""Greys of those who are no party, unless the register says otherwise."""

EMPTY: Final = "none"
"""Digest of the style sheet of an election without a register."""

_STEP: Final = 0.01
_OUTLINE: Final = 0.05
"""By how much an edge is darker or lighter than its field at least: fields of one colour lie side by side."""

_DARKEST: Final = 0.04045
_DARKEST_LINEAR: Final = 0.0031308
"""Up to where sRGB is a straight line (IEC 61966-2-1): the encoded channel, and its light."""

_ROUNDING: Final = 0.0001
"""By how much a channel may leave the screen's range: the matrices have ten digits."""

Rgb = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Colours:
    """How a party is shown. All are ``#rrggbb``."""

    fill: str
    on: str
    """Text on the fill."""
    light: str
    """Edge in the light theme."""
    dark: str
    """Edge in the dark theme."""


def party_class(party: str) -> str:
    """Return the class of a party: ``p-`` and its id in small letters, all but letters and digits as hyphens."""
    return f"p-{code(party)}"


def code(party: str) -> str:
    """Return a party's id as classes and ids of elements have it: ``pp53``."""
    return re.sub(r"[^a-z0-9]", "-", party.lower())


def colour_of(head: RegisterHead, party: str) -> str:
    """Return the colour of a party: that of the one as which it counts, or a grey."""
    main = head.main_party(party)
    for each in (main, party):
        registered = head.parties[each].colour if each in head.parties else None
        if registered is not None:
            return registered.lower()
    return WITHOUT_PARTY.get(main, UNNAMED)


def party_colours(head: RegisterHead, party: str) -> Colours:
    """Return how a party is shown."""
    return colours(colour_of(head, party))


@cache
def colours(fill: str) -> Colours:
    """Return the text colour and the edges for a fill."""
    return Colours(fill, readable(fill), _edge(fill, LIGHT_PAPERS, -1), _edge(fill, DARK_PAPERS, +1))


def readable(fill: str) -> str:
    """Return the colour of text on a fill: white or ink; black on the few on which neither can be read well."""
    best = max((WHITE, INK), key=lambda each: contrast(each, fill))
    return best if contrast(best, fill) >= TEXT_MIN else BLACK


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21 (WCAG 2.2, contrast ratio)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def stylesheet(head: RegisterHead) -> str:
    """Return the style sheet of an election: its parties, and the choices of its map that are about a party."""
    alike: dict[Colours, dict[str, None]] = {}
    for party in head.parties:
        alike.setdefault(party_colours(head, party), {})[code(party)] = None
    mains = dict.fromkeys(code(head.main_party(party)) for party in head.parties)
    light = "".join(
        f"{_classes('p', codes)}{{--p:{each.fill};--on:{each.on};--e:{each.light}}}\n"
        f"{_classes('f', codes)}{{--fp:{each.fill};--fe:{each.light}}}\n"
        for each, codes in alike.items()
    )

    def dark(root: str) -> str:
        return "".join(
            f"{_classes('p', codes, root)}{{--e:{each.dark}}}\n{_classes('f', codes, root)}{{--fe:{each.dark}}}\n"
            for each, codes in alike.items()
        )

    shown = ",\n".join(
        f".opts:has(#show-{each}:checked)~:is(.hexes,.tiles) a:not(.p-{each},.e-{each})" for each in mains
    )
    return (
        f"{light}@media (prefers-color-scheme:dark){{\n{dark(':root:not([data-theme=light])')}}}\n"
        f"{dark(':root[data-theme=dark]')}{shown}{{--dim:.18}}\n"
    )


def stylesheet_digest(head: RegisterHead) -> str:
    """Return what tells this style sheet from others."""
    return sha256(stylesheet(head).encode()).hexdigest()[:12]


def stylesheet_address(election: str, head: RegisterHead | None) -> str:
    """Return where an election's style sheet is served; an empty one before the register is there."""
    digest = EMPTY if head is None else stylesheet_digest(head)
    return f"/elections/{election}/parties-{digest}.css"


def _classes(prefix: str, codes: Iterable[str], root: str = "") -> str:
    before = f"{root} " if root else ""
    return ",".join(f"{before}.{prefix}-{each}" for each in codes)


def _edge(fill: str, papers: tuple[str, ...], way: int) -> str:
    """Return a colour of the same hue, darker or lighter, that can be seen on these papers."""
    lightness, a, b = _oklab(fill)
    if 0 < lightness + way * _OUTLINE < 1:
        lightness += way * _OUTLINE
    while 0 < lightness < 1:
        edge = _of_oklab(lightness, a, b)
        if all(contrast(edge, paper) >= EDGE_MIN for paper in papers):
            return edge
        lightness += way * _STEP
    return BLACK if way < 0 else WHITE


def _channels(colour: str) -> Rgb:
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return red, green, blue


def _linear(colour: str) -> Rgb:
    """Return the light of each channel (sRGB, IEC 61966-2-1)."""
    red, green, blue = (one / 12.92 if one <= _DARKEST else ((one + 0.055) / 1.055) ** 2.4 for one in _channels(colour))
    return red, green, blue


def _luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _oklab(colour: str) -> Rgb:
    """Return a colour in Oklab, in which equal steps look equal (B. Ottosson, 2020)."""
    red, green, blue = _linear(colour)
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    middle = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def _of_oklab(lightness: float, a: float, b: float) -> str:
    """Return a colour of Oklab; as much paler as it must be to exist on a screen."""
    strength = 1.0
    linear = _linear_of_oklab(lightness, a, b)
    while strength > 0 and not all(-_ROUNDING <= one <= 1 + _ROUNDING for one in linear):
        strength -= 0.02
        linear = _linear_of_oklab(lightness, a * strength, b * strength)
    return "#" + "".join(f"{round(255 * _encoded(min(1, max(0, one)))):02x}" for one in linear)


def _linear_of_oklab(lightness: float, a: float, b: float) -> Rgb:
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )


def _encoded(linear: float) -> float:
    return linear * 12.92 if linear <= _DARKEST_LINEAR else 1.055 * linear ** (1 / 2.4) - 0.055
