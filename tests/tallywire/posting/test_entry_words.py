"""The catalogues of the entry pages' words."""

import json
import re
from typing import Final

from tallywire.pages.files import content
from tallywire.posting.entry.pages import ENTER
from tallywire.posting.entry.words import DEFAULT, Words, catalogues

SCRIPTS: Final = (*ENTER, "enrol.js", "post.js")
PLURAL: Final = {"zero", "one", "two", "few", "many", "other"}


def _values(words: Words, name: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", json.dumps(words[name])))


def test_every_language_has_the_same_words() -> None:
    """Promise: another language is a file with the same names, each with the same values in it."""
    english = catalogues()[DEFAULT]
    assert "cy" in catalogues()
    for language, words in catalogues().items():
        assert words.keys() == english.keys(), language
        for name in english:
            assert _values(words, name) == _values(english, name), (language, name)
            forms = words[name]
            if isinstance(forms, dict):
                assert "other" in forms, (language, name)
                assert forms.keys() <= PLURAL, (language, name)


def test_every_word_that_a_page_says_is_in_the_catalogue() -> None:
    """Promise: no page asks for words that are not there."""
    scripts = "".join(content(name).decode() for name in SCRIPTS)
    said = set(re.findall(r"\bt\(\s*'([a-z_.-]+)'", scripts))
    assert len(said) > 200
    assert said <= catalogues()[DEFAULT].keys()
