"""What others have said, on one line."""

from typing import Final

CHARACTERS: Final = 300
"""Characters of it that are shown: a page of HTML has thousands."""


def one_line(text: str, most: int = CHARACTERS) -> str:
    """Return the beginning of a text on one line: every run of white space, line ends included, is one blank."""
    return " ".join(text[: 10 * most].split())[:most]
