"""How much weather a run gets: a little in every test run, all of it in ``make storm``.

``STORMS=20`` asks for twenty storms with fresh seeds and for everything else at full size; ``STORM_SEED=7`` plays one
seed again.
"""

import os
import secrets
from typing import Final

_STORMS: Final = int(os.environ.get("STORMS", "0"))
_SEED: Final = os.environ.get("STORM_SEED")

FULL: Final = _STORMS > 0
"""Whether this is ``make storm``."""

SEEDS: Final = (int(_SEED),) if _SEED else tuple(secrets.randbelow(1_000_000) for _ in range(_STORMS)) if FULL else (1,)
"""The storms of this run. The normal one is the same every time."""

FREEZES: Final = 17 if FULL else 2
"""How often each service is frozen and overtaken."""

CUTS: Final = 200 if FULL else 10
"""Places at which the log is cut."""

AWAY_S: Final = 60.0 if FULL else 1.5
"""How long the server is away."""

STOPS: Final = 7 if FULL else 2
"""How often each service is stopped under load."""

BAD: Final = 100 if FULL else 30
"""Entries that our own rules fail on."""

AMONG: Final = 10_000 if FULL else 2_000
"""Declarations with those among them."""
