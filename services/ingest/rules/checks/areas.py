"""Local counts: known areas, each once, which add up to the whole where there is a whole."""

from collections.abc import Iterator, Mapping
from operator import itemgetter

from schemas.register import Contest
from services.ingest.rules.checks.candidates import check_complete, check_known, name_of, required_candidates
from services.ingest.rules.checks.papers import check_voters
from services.ingest.rules.event.figures import Figures, LocalCounts, Votes
from services.ingest.rules.reasons.faults import Fault, fault
from services.ingest.rules.reasons.wording import DidYouMean, Loc, Shown


def check_areas(local: LocalCounts, figures: Figures, contest: Contest) -> Iterator[Fault]:
    """Check the local counts: those of all areas beside the votes, those of some areas in a message of progress."""
    yield from _check_names(local, contest)
    # Thousands of votes: one comparison says that nobody is a stranger.
    if not set[str]().union(*(named or () for named in local.named)) <= contest.candidates.keys():
        for place, named in enumerate(local.named):
            yield from check_known(named, _votes_of(place), contest)
    if figures.votes is None:
        valid = sum(Votes(counts, None).total(contest) for counts in local.counts)
        rejected = sum(number or 0 for number in local.rejected)
        yield from check_voters(valid, rejected, ("data", "areas"), contest)
        return
    places = _places(local, contest)
    if None not in local.areas:
        for name in contest.areas:
            if name not in places:
                yield fault("area.left_out", "data", "areas", area=name)
    yield from _check_same_candidates(local, places, figures.votes, figures, contest)
    if len(places) == len(local.areas) == len(set(contest.areas)):
        yield from _check_sums(local, figures.votes, contest)
        yield from _check_rejected_sum(local, figures)


def _votes_of(place: int) -> Loc:
    return ("data", "areas", place, "votes")


def _check_names(local: LocalCounts, contest: Contest) -> Iterator[Fault]:
    known, seen = frozenset(contest.areas), set[str]()
    for place, name in enumerate(local.areas):
        if name is None:
            continue
        if name not in known:
            facts = {"value": Shown(name), "hint": DidYouMean(name, contest.areas)}
            yield fault("area.unknown", "data", "areas", place, "area", contest=contest.name, **facts)
        elif name in seen:
            yield fault("area.twice", "data", "areas", place, "area", value=Shown(name))
        seen.add(name)


def _places(local: LocalCounts, contest: Contest) -> dict[str, int]:
    """Return where the count of each of the contest's areas is, the last one if there are several."""
    place_of = {name: place for place, name in enumerate(local.areas)}
    return {name: place_of[name] for name in contest.areas if name in place_of}


def _check_same_candidates(
    local: LocalCounts, places: Mapping[str, int], whole: Votes, figures: Figures, contest: Contest
) -> Iterator[Fault]:
    """Every area counts votes for the same candidates as the whole."""
    counted = set[str]().union(*(local.named[place] or () for place in places.values()))
    required = [name for name in contest.candidates if name in counted or name in (whole.named or ())]
    everybody = set(required)
    for area, place in places.items():
        named = local.named[place]
        if named is not None and not named.keys() >= everybody:
            yield from check_complete(named, required, _votes_of(place), contest, area)
    checked = required_candidates(figures, contest)
    unchecked = [name for name in required if name not in checked]
    yield from check_complete(whole.named, unchecked, ("data", "votes"), contest)


def _check_sums(local: LocalCounts, whole: Votes, contest: Contest) -> Iterator[Fault]:
    for name, votes in whole.counts.items():
        try:
            total = sum(map(itemgetter(name), local.counts))
        except KeyError:
            continue  # an area has no count of theirs, which is told already
        if total != votes:
            facts = {"name": name_of(name, contest), "areas": f"{total:,}", "whole": f"{votes:,}"}
            yield fault("areas.do_not_add_up", "data", "votes", name, **facts)


def _check_rejected_sum(local: LocalCounts, figures: Figures) -> Iterator[Fault]:
    """Rejected papers add up when every area states them; those of some areas are no more than all."""
    rejected = figures.rejected_papers
    stated = [number for number in local.rejected if number is not None]
    if rejected is None or not stated:
        return
    if sum(stated) > rejected or (len(stated) == len(local.areas) and sum(stated) != rejected):
        facts = {"areas": f"{sum(stated):,}", "whole": f"{rejected:,}"}
        yield fault("areas.rejected_do_not_add_up", "data", "areas", **facts)
