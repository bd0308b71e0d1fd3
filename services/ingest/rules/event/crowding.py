"""More members, or more strangers, than any contest could need: they are counted, and not looked into."""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Final

from schemas.declaration import AreaCount
from schemas.register import Contest
from services.ingest.rules.event.extensions import extensions
from services.ingest.rules.limits import (
    AREAS_MAX,
    ATTRIBUTES_MAX,
    CANDIDATES_MAX,
    FAULTS_MAX,
    LOCAL_COUNTS_MAX,
    STAGE_FIGURES_MAX,
)
from services.ingest.rules.reasons.faults import Fault, fault

FEWEST_TOO_MANY: Final = min(ATTRIBUTES_MAX, CANDIDATES_MAX, AREAS_MAX)
"""A message with fewer commas than this has nowhere too many members."""

_AREA_FIELDS: Final = len(AreaCount.model_fields)


def check_crowding(event: Mapping[str, Any], contest: Contest | None) -> Iterator[Fault]:
    """A message about a contest has no more members anywhere than it could have candidates, areas and counts in them.

    Local counts are as many as the contest has candidates in all of its areas, up to a limit; where it has no areas, or
    is not known, as many as a contest may have candidates. Those of more people who do not stand there than faults are
    looked for are not looked into either.
    """
    extra = len(extensions(event))
    if extra > ATTRIBUTES_MAX:
        yield fault("attribute.too_many", count=f"{extra:,}", limit=f"{ATTRIBUTES_MAX:,}")
    data = event.get("data")
    if _size(data) > CANDIDATES_MAX:
        yield _too_many(CANDIDATES_MAX, _size(data), "data")
    elif isinstance(data, dict):
        for name, held in data.items():
            limit = AREAS_MAX if name == "areas" else CANDIDATES_MAX
            if _size(held) > limit:
                yield _too_many(limit, _size(held), "data", name)
            elif name == "areas":
                yield from _check_local_counts(held, contest)
            elif name == "stages":
                yield from _check_stage_figures(held)


def _check_local_counts(areas: object, contest: Contest | None) -> Iterator[Fault]:
    if not isinstance(areas, list):
        return
    candidates = contest.candidates.keys() if contest is not None else frozenset[str]()
    possible = len(contest.areas) * len(candidates) if contest is not None else 0
    limit = max(CANDIDATES_MAX, min(possible, LOCAL_COUNTS_MAX))
    counts, held = 0, []
    for area in areas:
        if isinstance(area, dict):
            held.append(area.get("votes"))
            if len(area) > _AREA_FIELDS:
                counts += len(area) - _AREA_FIELDS
        else:
            counts += _size(area)
    sizes = [_size(votes) for votes in held]
    counts, crowded = counts + sum(sizes), max(sizes, default=0)
    if crowded > CANDIDATES_MAX:
        yield _too_many(CANDIDATES_MAX, crowded, "data", "areas")
    elif counts > limit:
        yield _too_many(limit, counts, "data", "areas")
    elif _strangers(held, candidates) > FAULTS_MAX:
        yield fault("entry.too_many_faults", limit=f"{FAULTS_MAX:,}")


def _check_stage_figures(stages: object) -> Iterator[Fault]:
    held = [stage for stage in stages if isinstance(stage, dict)] if isinstance(stages, list) else []
    size = sum(_size(stage.get("totals")) + _size(stage.get("transfers")) for stage in held)
    if size > STAGE_FIGURES_MAX:
        yield fault("stages.too_many", "data", "stages", size=f"{size:,}", limit=f"{STAGE_FIGURES_MAX:,}")


def _strangers(held: Iterable[object], candidates: AbstractSet[str]) -> int:
    """Return how many are named in local counts who do not stand, each as often as there are counts of them."""
    counts = [votes for votes in held if isinstance(votes, dict)]
    # Of thousands of counts, one comparison says that there are none.
    if set[str]().union(*counts) <= candidates:
        return 0
    return sum(len(votes.keys() - candidates) for votes in counts)


def _size(held: object) -> int:
    return len(held) if isinstance(held, (dict, list)) else 0


def _too_many(limit: int, size: int, *loc: str) -> Fault:
    return fault("field.too_many", *loc, size=f"{size:,}", limit=f"{limit:,}")
