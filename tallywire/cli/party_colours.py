"""Colours of parties on a terminal, whose background may be black or white."""

from colorsys import hls_to_rgb, rgb_to_hls
from functools import lru_cache
from typing import Final

_LUMINANCE: Final = 0.179
"""Where the contrast with black and with white is the same, 4.6 to one; WCAG 2.2 asks for 4.5 (criterion 1.4.3)."""

_LINEAR_UP_TO: Final = 0.04045
"""The darkest values of sRGB are proportional to light."""

_STEPS: Final = 20
"""Halvings of the range of lightness: far below what eight bits of a channel can show."""


@lru_cache(maxsize=1_000)
def readable(colour: str) -> str:
    """Return a colour of the same hue, ``#rrggbb``, that is readable on black and on white.

    The SNP's yellow cannot be read on white, nor Plaid Cymru's dark green on black.
    """
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    hue, _, saturation = rgb_to_hls(red, green, blue)
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if luminance(*hls_to_rgb(hue, middle, saturation)) < _LUMINANCE:
            low = middle
        else:
            high = middle
    return "#" + "".join(f"{round(255 * channel):02x}" for channel in hls_to_rgb(hue, low, saturation))


def luminance(red: float, green: float, blue: float) -> float:
    """Return the relative luminance of a colour in sRGB, 0 for black and 1 for white (WCAG 2.2)."""
    light = [part / 12.92 if part <= _LINEAR_UP_TO else ((part + 0.055) / 1.055) ** 2.4 for part in (red, green, blue)]
    return 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]
