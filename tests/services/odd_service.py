"""Ingest with a rule that writes to a stream which ingest does not declare.

``python tests/services/odd_service.py NAME WORDS ...`` runs ``tallywire WORDS ...`` with a rule that writes to NAME.
"""

import sys
from collections.abc import Iterator

from services.ingest import service
from services.ingest.rules.intake import Intake
from streams.faststream_adapter import Router
from streams.fold import Effects, Emission, Entry, Rule
from tallywire.cli import main as tallywire
from tests.streams.toy import Json


def undeclared(name: str) -> Rule[Intake]:
    """Return a rule that writes to a stream of that name."""

    def stray(_intake: Intake, _entry: Entry) -> Iterator[Effects]:
        yield Effects(emissions=(Emission(name, Json(b"{}")),))

    return stray


def main() -> None:
    """Put the rule in place of ingest's, and run the command."""
    name, *words = sys.argv[1:]
    service.router = Router()
    service.router.fold(service.WIRING)(undeclared(name))
    sys.argv = ["tallywire", *words]
    tallywire()


if __name__ == "__main__":
    main()
