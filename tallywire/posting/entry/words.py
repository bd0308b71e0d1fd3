"""The words of the pages: a catalogue for each language, `words/LANGUAGE.json`, all with the same names.

Another language is added by adding a file. Words may have values in curly brackets; where the number ``n`` decides
between forms, they are an object with the forms of that language (one, two, few, many, other: CLDR's plural rules).
"""

import json
from functools import cache
from importlib.resources import files
from typing import Final

FOLDER: Final = files("tallywire.posting.entry") / "words"

DEFAULT: Final = "en"
"""The language where nothing else is asked for; what another one lacks is said in it."""

Words = dict[str, str | dict[str, str]]


@cache
def catalogues() -> dict[str, Words]:
    """Return every catalogue by its language, English first."""
    found = sorted(each.name.removesuffix(".json") for each in FOLDER.iterdir() if each.name.endswith(".json"))
    order = sorted(found, key=lambda language: (language != DEFAULT, language))
    return {language: json.loads((FOLDER / f"{language}.json").read_text(encoding="utf-8")) for language in order}


def say(language: str, name: str) -> str:
    """Return words that have one form and no values, in a language."""
    words = catalogues()[language][name]
    assert isinstance(words, str)  # noqa: S101  # for words that are
    return words
