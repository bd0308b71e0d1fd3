"""Circular garbage: looked for when nothing is in hand, and not while an election's state grows.

What an election of 10,000 contests keeps is a million objects, and Python by itself looks through them as they come.
"""

import gc
from typing import Final

OBJECTS: Final = 200_000
"""Made and not freed since the last look. Before that a look, of a tenth of a second and more, is not worth it: what is
lost meanwhile is less than 100 MB."""


def tidy() -> None:
    """Collect circular garbage, if enough was made since the last time that there may be some."""
    if gc.get_count()[0] > OBJECTS:
        gc.collect()
