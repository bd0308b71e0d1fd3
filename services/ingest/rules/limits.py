"""How much of anything we take from a stranger, and why that much."""

from typing import Final

DECLARATION_BYTES_MAX: Final = 256 * 1024
"""A declaration of 12 candidates has 1.2 KB; the longest British ballot paper would stay under 64 KB."""

REGISTER_BYTES_MAX: Final = 32 * 1024 * 1024
"""10,000 contests (every seat of every council polling on one day) of 1.5 KB, twice over."""

REGISTER_VALUES_MAX: Final = 1_000_000
"""Values in a register, counted by its commas and brackets before it is parsed. 10,000 contests have 500,000;
32 MiB of nothing but brackets would otherwise unfold into gigabytes."""

FAULTS_MAX: Final = 50_000
"""What the schema may find in one entry, and more than any mistake of a person makes. Whoever has more is told how
many, and none of them: a million, each with its place, would take gigabytes and twenty seconds."""

REASONS_MAX: Final = 50
"""Nobody reads further, and a receipt must stay small whatever was sent; the last one says how many more."""

PATH_LENGTH_MAX: Final = 200
"""Characters of a path in a reason: whole for every field that we know, cut for what a stranger invents."""

SHOWN_LENGTH_MAX: Final = 60
"""Characters of a sender's value repeated in a sentence: enough to recognise it by."""

SHOWN_DIGITS_MAX: Final = 20
"""Digits of a sender's number repeated in a sentence."""

NAMES_LISTED_MAX: Final = 6
"""Names in one sentence; of more, only the number is told."""

NEAREST_AMONG_MAX: Final = 1_000
"""Known names among which the nearest to an unknown one is looked for: it takes up to 40 microseconds a name."""

KEPT_BYTES_MAX: Final = 2 * 1024 * 1024
"""Of a refused entry's names and values, each is kept up to so many bytes: twice what anybody sends by mistake. The
whole of it stays on the declarations stream."""
