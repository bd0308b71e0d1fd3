"""Who is declared elected, and who was drawn by lot, agrees with the votes (docs/rules.md, "Who is elected")."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from schemas.register import Contest
from services.ingest.rules.checks.candidates import name_of
from services.ingest.rules.event.figures import Figures
from services.ingest.rules.reasons.faults import Fault, fault
from services.ingest.rules.reasons.wording import listed
from services.rules.systems.count import TieWithoutLot, ranked
from services.rules.systems.first_past_the_post import first_past_the_post


@dataclass(frozen=True, slots=True)
class DecidingVotes:
    """The votes that decide who is elected."""

    votes: Mapping[str, int]
    """By candidate id, complete."""
    where: str = ""
    """In which round, for a sentence: "" or " in the final round"."""


def check_elected_without_votes(figures: Figures, contest: Contest) -> Iterator[Fault]:
    """Where no votes are stated, one is elected for each seat, as far as candidates go."""
    if figures.kind == "uncontested" and len(contest.candidates) > contest.seats:
        facts = {"candidates": f"{len(contest.candidates)}", "seats": f"{contest.seats}"}
        yield fault("kind.contested", "data", "kind", contest=contest.name, **facts)
    elif figures.elected is not None and _all_stand(figures.elected, contest):
        yield from _check_number(figures.elected, contest)


def check_elected(deciding: DecidingVotes, figures: Figures, contest: Contest) -> Iterator[Fault]:
    """Those elected, and those drawn by lot, are who the votes elect."""
    votes, lot = deciding.votes, figures.lot or ()
    try:
        count = first_past_the_post(votes, contest.seats, lot)
    except TieWithoutLot as tie:
        yield from _check_lot(tie, votes, figures, contest)
        safe = {name for name, number in votes.items() if number > votes[tie.tied[0]]}
        yield from check_elected_among(safe, safe.union(tie.tied), deciding, figures, contest)
        return
    if lot and not count.by_lot:
        yield fault("lot.no_tie", "data", "lot")
    yield from check_elected_among(count.elected, count.elected, deciding, figures, contest)


def check_elected_among(
    surely: Collection[str], possibly: Collection[str], deciding: DecidingVotes, figures: Figures, contest: Contest
) -> Iterator[Fault]:
    """Those elected are as many as there are seats, all of ``surely`` and nobody but ``possibly``."""
    if figures.elected is None or not _all_stand(figures.elected, contest):
        return
    yield from _check_number(figures.elected, contest)
    stated = set(figures.elected)
    if len(stated) > _places(contest) and stated.issuperset(possibly):
        # Too many are named, and everybody with the most votes is among them: nothing is swapped.
        return
    if stated - set(possibly) or (len(stated) >= _places(contest) and set(surely) - stated):
        most = [name for name in ranked(deciding.votes) if name in possibly]
        yield fault(
            "elected.not_most_votes",
            *("data", "elected"),
            stated=listed(name_of(name, contest) for name in figures.elected),
            counted=listed(f"{name_of(name, contest)} ({deciding.votes[name]:,})" for name in most),
            deciding=deciding.where,
        )


def _check_number(elected: Collection[str], contest: Contest) -> Iterator[Fault]:
    stated, places = len(set(elected)), _places(contest)
    if stated == places:
        return
    vacant = contest.seats - places
    elects = f"elects {places}. Name those elected, no more and no fewer."
    if vacant:
        stay = "1 seat stays" if vacant == 1 else f"{vacant} seats stay"
        elects = (
            f"has {contest.seats} seats and fewer candidates, {places}: all are elected unopposed, and {stay} vacant. "
            "Name all of them."
        )
    yield fault("elected.wrong_number", "data", "elected", stated=f"{stated}", contest=contest.name, elects=elects)


def _places(contest: Contest) -> int:
    return min(contest.seats, len(contest.candidates))


def _all_stand(elected: Collection[str], contest: Contest) -> bool:
    return contest.candidates.keys() >= set(elected)


def _check_lot(tie: TieWithoutLot, votes: Mapping[str, int], figures: Figures, contest: Contest) -> Iterator[Fault]:
    if figures.lot is None:
        return
    tied = listed(name_of(name, contest) for name in tie.tied)
    places = str(tie.places)
    if not figures.lot:
        facts = {"tied": tied, "votes": f"{votes[tie.tied[0]]:,}", "places": places}
        yield fault("lot.missing", "data", "lot", **facts)
        return
    if len(set(figures.lot)) != tie.places:
        yield fault("lot.wrong_number", "data", "lot", stated=str(len(set(figures.lot))), places=places, tied=tied)
    for place, name in enumerate(figures.lot):
        if name in contest.candidates and name not in tie.tied:
            yield fault("lot.not_tied", "data", "lot", place, name=name_of(name, contest), tied=tied)
