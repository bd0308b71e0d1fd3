"""How much a register may describe: what each message about it costs depends on that."""

from collections.abc import Iterator, Mapping
from typing import Final

from services.ingest.rules.event.readable import Readable
from services.ingest.rules.limits import (
    AREAS_MAX,
    BODIES_MAX,
    CANDIDATES_MAX,
    CONSTITUENCIES_MAX,
    CONTEST_REGIONS_MAX,
    CONTESTS_MAX,
    LANDMARKS_MAX,
    LISTED_PEOPLE_MAX,
    LISTS_PEOPLE_MAX,
    LOCAL_COUNTS_MAX,
    PARTIES_MAX,
    REGIONS_MAX,
)
from services.ingest.rules.reasons.faults import Fault, fault
from services.ingest.rules.reasons.wording import path_of

_REGISTER: Final = {"contests": CONTESTS_MAX, "parties": PARTIES_MAX, "regions": REGIONS_MAX, "bodies": BODIES_MAX}
_CONTEST: Final = {
    "candidates": CANDIDATES_MAX,
    "regions": CONTEST_REGIONS_MAX,
    "areas": AREAS_MAX,
    "constituencies": CONSTITUENCIES_MAX,
}
_LIST: Final = {"people": LISTED_PEOPLE_MAX}
_BODY: Final = {"landmarks": LANDMARKS_MAX}


def check_register_size(sent: Readable) -> Iterator[Fault]:
    """A register describes no more than an election may have."""
    yield from _check_sizes(sent, _REGISTER, "data")
    for name, limits in (("contests", _CONTEST), ("bodies", _BODY)):
        for key in sent.members("data", name):
            yield from _check_sizes(sent, limits, "data", name, key)
    for ballot_id, contest in sent.members("data", "contests").items():
        if isinstance(contest, dict):
            yield from _check_together(sent, ballot_id, contest)


def _check_together(sent: Readable, ballot_id: str, contest: Mapping[str, object]) -> Iterator[Fault]:
    """Check what is bounded for a contest as a whole: its local counts, and the people on its lists."""
    loc = ("data", "contests", ballot_id)
    stand, areas = contest.get("candidates"), contest.get("areas")
    if not isinstance(stand, dict):
        return
    if isinstance(areas, list):
        yield from check_local_counts(path_of(loc[1:]), len(stand), len(areas), *loc, "areas")
    people = 0
    for candidate, one in stand.items():
        listed = one.get("people") if isinstance(one, dict) else None
        if isinstance(listed, dict | list):
            yield from _check_sizes(sent, _LIST, *loc, "candidates", candidate)
            people += len(listed)
    if people > LISTS_PEOPLE_MAX:
        size, limit = f"{people:,}", f"{LISTS_PEOPLE_MAX:,}"
        yield fault("register.too_many_listed", *loc, "candidates", ballot=ballot_id, size=size, limit=limit)


def _check_sizes(sent: Readable, limits: Mapping[str, int], *loc: str) -> Iterator[Fault]:
    members = sent.members(*loc)
    for field, limit in limits.items():
        within = members.get(field)
        if isinstance(within, dict | list) and len(within) > limit:
            place = path_of((*loc, field))
            yield fault("register.too_many", *loc, field, place=place, size=f"{len(within):,}", limit=f"{limit:,}")


def check_local_counts(contest: str, candidates: int, areas: int, *loc: str) -> Iterator[Fault]:
    """A declaration of a contest has no more local counts than are looked into, when every area has all candidates."""
    if candidates * areas > LOCAL_COUNTS_MAX:
        size, limit = f"{candidates * areas:,}", f"{LOCAL_COUNTS_MAX:,}"
        yield fault("register.too_many_local_counts", *loc, contest=contest, size=size, limit=limit)
