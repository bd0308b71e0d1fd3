"""Ingest with another rule than its own, for tests that need a service in trouble.

``python tests/services/odd_service.py RULE ARGUMENT WORDS ...`` runs ``tallywire WORDS ...`` with that rule:

``held FILE``        holds the event loop at each entry, as a rule does that computes, until there is such a file
``undeclared NAME``  writes to a stream that ingest does not declare
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from services.ingest import service
from services.ingest.rules.intake import Intake
from streams.faststream_adapter import Router
from streams.fold import Effects, Emission, Entry, Rule
from tallywire.cli import main as tallywire
from tests.streams.toy import Json


def held(file: str) -> Rule[Intake]:
    """Return ingest's rule, which goes on with an entry when the file is there."""

    def hold(intake: Intake, entry: Entry) -> Iterator[Effects]:
        while not Path(file).exists():
            sum(range(1_000))
        yield from service.ingest_declarations(intake, entry)

    return hold


def undeclared(name: str) -> Rule[Intake]:
    """Return a rule that writes to a stream of that name."""

    def stray(_intake: Intake, _entry: Entry) -> Iterator[Effects]:
        yield Effects(emissions=(Emission(name, Json(b"{}")),))

    return stray


RULES: Final[dict[str, Callable[[str], Rule[Intake]]]] = {"held": held, "undeclared": undeclared}


def main() -> None:
    """Put the rule in place of ingest's, and run the command."""
    rule, argument, *words = sys.argv[1:]
    service.router = Router()
    service.router.fold(service.WIRING)(RULES[rule](argument))
    sys.argv = ["tallywire", *words]
    tallywire()


if __name__ == "__main__":
    main()
