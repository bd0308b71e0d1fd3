"""A night whose names are as long, as broad and as strange as they may be."""

from functools import cache
from typing import Final

from schemas.register import Candidate, Contest, Party, Region
from tallywire.publishing.history import History
from tests.services.registers import PARTIES, synthetic_contest, synthetic_register
from tests.tallywire.publishing.histories import Played, event

ELECTION: Final = "local.2031-05-01"

BROAD: Final = "W" * 200
NAMES: Final = (BROAD, "محمد الأمين " * 16, "Llanfairpwllgwyngyll ŴŶ " * 8, "<b>&'\" \ufffe\uffff" * 16)


@cache
def long_night() -> History:
    """Return that night: a rehearsal of four contests, two of them declared."""
    parties = {
        party: Party(name=BROAD, spoken=BROAD, abbreviation=BROAD, colour=known.colour)
        for party, known in PARTIES.items()
    }
    contests: dict[str, Contest] = {
        f"local.long.place-{place}.2031-05-01": synthetic_contest(
            name=name.strip(),
            candidates={"one": Candidate(name=BROAD, party="PP52"), "two": Candidate(name=BROAD, party="PP53")},
            regions=("north-testing",),
        )
        for place, name in enumerate(NAMES)
    }
    register = synthetic_register(
        election=ELECTION,
        name=BROAD,
        test=True,
        parties=parties,
        contests=contests,
        regions={"north-testing": Region(name=BROAD, kind="official")},
        sources=(BROAD, BROAD),
    )
    night = Played(ELECTION, event("register", ELECTION, register.model_dump(mode="json"), "register", test=True))
    for number, ballot_id in enumerate(list(contests)[:2]):
        data = {"ballot_id": ballot_id, "revision": 1, "votes": {"one": 1_000 + number, "two": 3_000}}
        night.send(event("declaration", ELECTION, data, f"d-{number}", test=True))
    return night.history
