"""Slugs made of names."""

import pytest
from pydantic import TypeAdapter

from schemas.slugs import slug
from schemas.wire import NAME_LENGTH_MAX, RegionSlug


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("police and crime commissioner", "police-and-crime-commissioner"),
        (" Aelod o'r Senedd (Ynys Môn) ", "aelod-o-r-senedd-ynys-mon"),
        ("市長", ""),
    ],
)
def test_a_slug_is_the_name_in_small_letters_digits_and_hyphens(name: str, expected: str) -> None:
    """Promise: accents and punctuation go; a name in other letters has no slug."""
    assert slug(name) == expected


def test_a_slug_is_never_longer_than_a_name() -> None:
    """Promise: a character that unfolds into several does not make a slug that no event may carry."""
    long = slug("㎏ " * (NAME_LENGTH_MAX // 2))
    assert len(long) <= NAME_LENGTH_MAX
    assert TypeAdapter(RegionSlug).validate_python(long) == long
