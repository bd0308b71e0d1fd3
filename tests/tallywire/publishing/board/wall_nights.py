"""A county night: many councils, some of them with names that hardly fit."""

from functools import cache
from typing import Final

from schemas.register import Body, Candidate, Contest
from tallywire.publishing.history import History
from tests.services.registers import PARTIES, synthetic_contest, synthetic_register
from tests.tallywire.publishing.histories import Played, event

COUNTY_ELECTION: Final = "local.2030-05-02"
COUNCILS: Final = 23


@cache
def county_night() -> History:
    """Return a night with 23 councils of three wards each, of which the first half has been declared."""
    parties = tuple(PARTIES)[:3]
    contests: dict[str, Contest] = {}
    bodies: dict[str, Body] = {}
    for number in range(COUNCILS):
        name = f"Synthshire {number}" if number % 5 else f"The Royal and Ancient County Borough of Synthshire {number}"
        bodies[f"council-{number}"] = Body(name=name, seats=3, before={"PP52": 2, "PP53": 1}, control_before="PP52")
        for ward in range(3):
            stand = {
                f"c{place}": Candidate(name=f"Candidate {number} {ward} {place}", party=party)
                for place, party in enumerate(parties)
            }
            contests[f"local.synthshire-{number}.ward-{ward}.2030-05-02"] = synthetic_contest(
                name=f"Ward {ward}, Synthshire {number}", candidates=stand, body=f"council-{number}"
            )
    register = synthetic_register(
        election=COUNTY_ELECTION, name="County councils, 2 May 2030", contests=contests, bodies=bodies
    )
    night = Played(COUNTY_ELECTION, event("register", COUNTY_ELECTION, register.model_dump(mode="json"), "register"))
    for number, ballot_id in enumerate(list(contests)[: len(contests) // 2]):
        votes = {"c0": 900 + number % 7 * 50, "c1": 1_000, "c2": 700 + number % 11 * 40}
        votes["c0"] += 1 if votes["c0"] in (votes["c1"], votes["c2"]) else 0
        votes["c2"] += 3 if votes["c2"] == votes["c1"] else 0
        data = {"ballot_id": ballot_id, "revision": 1, "votes": votes, "declared_at": "2030-05-03T03:00:00+01:00"}
        night.send(event("declaration", COUNTY_ELECTION, data, f"d-{number}"))
    return night.history
