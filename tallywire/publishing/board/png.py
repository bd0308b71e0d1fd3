"""SVG in, PNG out: a program of its own, for a picture takes a fifth of a second in which nothing else would run.

python -m tallywire.publishing.board.png < map.svg > map.png
"""

import os
import sys
from importlib.resources import files
from typing import Final

FONTS: Final = (
    ("fontpkg_noto_sans", "NotoSans[wdth,wght].ttf"),
    ("fontpkg_noto_sans_arabic", "NotoSansArabic[wdth,wght].ttf"),
)
"""Packages and files of the fonts: Latin with Welsh, Greek and Cyrillic letters, and Arabic."""

NICE: Final = 10
"""How far a picture stands behind everything else that the machine does."""


def drawn(svg: str) -> bytes:
    """Return a picture as PNG, with fonts of our own only: it is the same on every machine."""
    import resvg_py  # noqa: PLC0415  # only the program that draws loads it

    fonts = [str(files(package) / "files" / name) for package, name in FONTS]
    return resvg_py.svg_to_bytes(
        svg_string=svg, skip_system_fonts=True, font_files=fonts, font_family="Noto Sans", sans_serif_family="Noto Sans"
    )


def main() -> None:
    """Draw the picture on standard input."""
    os.nice(NICE)
    sys.stdout.buffer.write(drawn(sys.stdin.buffer.read().decode()))


if __name__ == "__main__":
    main()
