"""Party colours on a terminal."""

from colorsys import rgb_to_hls

import pytest

from tallywire.cli.party_colours import luminance, readable
from tallywire.packs.building.parties import bundled_parties

BUNDLED = sorted({row.colour for row in bundled_parties().rows if row.colour})


def channels(colour: str) -> tuple[float, float, float]:
    """Return red, green and blue, from 0 to 1."""
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return red, green, blue


@pytest.mark.parametrize("colour", [*BUNDLED, "#000000", "#FFFFFF", "#FFFF00", "#0000ff", "#111100", "#dd88ee"])
def test_a_party_is_readable_on_black_and_on_white(colour: str) -> None:
    """Promise: whatever the colour, its contrast is 4.5 to one at least, and its hue is the party's."""
    shown = readable(colour)
    light = luminance(*channels(shown)) + 0.05
    assert min(light / 0.05, 1.05 / light) >= 4.5  # WCAG 2.2, criterion 1.4.3
    hue, _, saturation = rgb_to_hls(*channels(colour))
    assert saturation == 0 or rgb_to_hls(*channels(shown))[0] == pytest.approx(hue, abs=0.01)
