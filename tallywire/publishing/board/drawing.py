"""Words, fields and signs of still pictures, as SVG."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from tallywire.publishing.board.colours import INK
from tallywire.publishing.board.contest_mark import Mark, signs

FONT: Final = "Noto Sans, Noto Sans Arabic, Segoe UI, Roboto, Helvetica Neue, Arial, sans-serif"

HEAVY: Final = 600
"""Font weight from which letters are taken as bold, and so as wider."""

TIGHT: Final = 0.75
"""Part of its room from which a text says how long it is: in another font it might be longer."""

NARROW: Final = frozenset("fijlrtI.,:;'’|!()[] -/")
BROAD: Final = frozenset("mwMW%@—…")
"""Letters that are narrower, and broader, than others."""

Room = tuple[float, float, float, float]
"""Left, top, width and height."""


_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def written(words: str) -> str:
    """Return words without the few characters that XML cannot have (XML 1.0, 2.2), which a name may."""
    return _NOT_XML.sub("\ufffd", words)


def width_of(words: str, size: float, weight: int = 400) -> float:
    """Return about how wide words are, in pixels; rather too much than too little."""
    ems = sum(0.36 if one in NARROW else 0.94 if one in BROAD else 0.70 if one.isupper() else 0.60 for one in words)
    return ems * size * (1.07 if weight >= HEAVY else 1)


def fitted(words: str, size: float, room: float, weight: int = 400) -> str:
    """Return words, cut where they have no room."""
    if width_of(words, size, weight) <= room:
        return words
    while words and width_of(words + "…", size, weight) > room:
        words = words[:-1]
    return words.rstrip() + "…"


def lines_of(words: str, size: float, room: float, weight: int, most: int) -> list[str]:
    """Return words in lines; what has no room in the last one is cut."""
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if width_of(longer, size, weight) <= room or not lines[-1] or len(lines) == most:
            lines[-1] = longer
        else:
            lines.append(word)
    return [fitted(line, size, room, weight) for line in lines]


@dataclass(frozen=True, slots=True)
class Text:
    """Words in a picture."""

    words: str
    x: float
    y: float
    size: float
    room: float
    """How wide they may be."""
    weight: int = 400
    fill: str = INK
    anchor: str = "start"

    def svg(self) -> Markup:
        """Return them as SVG. Where another font is used, they still have no more room."""
        words = fitted(written(self.words), self.size, self.room, self.weight)
        length = min(self.room, width_of(words, self.size, self.weight))
        tight = length > self.room * TIGHT
        said = Markup(' textLength="{:.0f}" lengthAdjust="spacingAndGlyphs"').format(length * 0.94) if tight else ""
        return Markup(
            '<text x="{x:g}" y="{y:g}" font-size="{size:g}" font-weight="{weight}" fill="{fill}" text-anchor="{anchor}"'
            "{length}>{words}</text>"
        ).format(
            x=self.x,
            y=self.y,
            size=self.size,
            weight=self.weight,
            fill=self.fill,
            anchor=self.anchor,
            length=said,
            words=words,
        )


def rect(room: Room, fill: str, edge: str = "") -> Markup:
    """Return a field, with an edge where one is named."""
    outline = Markup(' stroke="{}"').format(edge) if edge else ""
    return Markup('<rect x="{:g}" y="{:g}" width="{:g}" height="{:g}" fill="{}"{}/>').format(*room, fill, outline)


_SIGNS: Final[Mapping[str, str]] = {
    "d": "M0-2.1 1.8 1h-3.6z",
    "u": "M-1.6-1.9h1.1v3.8h-1.1zM.5-1.9h1.1v3.8h-1.1z",
}


def sign(mark: Mark, at: tuple[float, float], colours: tuple[str, str], scale: float = 1) -> Markup:
    """Return the sign of a contest, if it bears one.

    Args:
        mark: the contest.
        at: where its middle is.
        colours: its own, and what is behind it.
        scale: how large it is.
    """
    name = signs(mark)
    if not name:
        return Markup("")
    if name == "o":
        return Markup('<circle cx="{:g}" cy="{:g}" r="{:g}" fill="none" stroke="{}" stroke-width="{:g}"/>').format(
            *at, 1.9 * scale, INK, 0.7 * scale
        )
    return Markup(
        '<path transform="translate({:g} {:g}) scale({:g})" d="{}" fill="{}" stroke="{}" stroke-width=".25"/>'
    ).format(*at, scale, _SIGNS[name], *colours)
