"""Who is declared elected, and who was drawn by lot, must agree with the votes (domain.md, "Gain and hold")."""

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from schemas.register import Contest
from services.ingest.rules.checks.candidates import name_of
from services.ingest.rules.event.figures import Figures
from services.ingest.rules.reasons.faults import Fault, fault
from services.ingest.rules.reasons.wording import listed
from services.rules.counting import TieWithoutLot, first_past_the_post, ranked


class Deciding:
    """The votes that decide who is elected."""

    def __init__(self, votes: Mapping[str, int], where: str = "") -> None:
        self.votes: Final = votes
        """By candidate id, complete."""
        self.where: Final = where
        """In which round, for a sentence: "" or " in the final round"."""


def unvoted(figures: Figures, contest: Contest) -> Iterator[Fault]:
    """Check who is elected where no votes are stated: one for each seat, as far as candidates go."""
    if figures.kind == "uncontested" and len(contest.candidates) > contest.seats:
        facts = {"candidates": f"{len(contest.candidates)}", "seats": f"{contest.seats}"}
        yield fault("kind.contested", "data", "kind", contest=contest.name, **facts)
    elif figures.elected is not None and _all_stand(figures.elected, contest):
        yield from _wrong_number(figures.elected, contest)


def contradicted(deciding: Deciding, figures: Figures, contest: Contest) -> Iterator[Fault]:
    """Check who is elected, and who was drawn by lot, against the votes that decide."""
    votes, lot = deciding.votes, figures.lot or ()
    try:
        count = first_past_the_post(votes, contest.seats, lot)
    except TieWithoutLot as tie:
        yield from _misdrawn(tie, votes, figures, contest)
        safe = {name for name, number in votes.items() if number > votes[tie.tied[0]]}
        yield from unelected(safe, safe.union(tie.tied), deciding, figures, contest)
        return
    if lot and not count.by_lot:
        yield fault("lot.no_tie", "data", "lot")
    yield from unelected(count.elected, count.elected, deciding, figures, contest)


def unelected(
    surely: Collection[str], possibly: Collection[str], deciding: Deciding, figures: Figures, contest: Contest
) -> Iterator[Fault]:
    """Check that those declared elected are as many as there are seats, all of ``surely`` and none but ``possibly``."""
    if figures.elected is None or not _all_stand(figures.elected, contest):
        return
    yield from _wrong_number(figures.elected, contest)
    stated = set(figures.elected)
    if stated - set(possibly) or (len(stated) >= _places(contest) and set(surely) - stated):
        most = [name for name in ranked(deciding.votes) if name in possibly]
        yield fault(
            "elected.not_most_votes",
            *("data", "elected"),
            stated=listed(name_of(name, contest) for name in figures.elected),
            counted=listed(f"{name_of(name, contest)} ({deciding.votes[name]:,})" for name in most),
            deciding=deciding.where,
        )


def _wrong_number(elected: Collection[str], contest: Contest) -> Iterator[Fault]:
    stated, places = len(set(elected)), _places(contest)
    if stated != places:
        facts = {"stated": f"{stated}", "contest": contest.name, "seats": f"{places}"}
        yield fault("elected.wrong_number", "data", "elected", **facts)


def _places(contest: Contest) -> int:
    return min(contest.seats, len(contest.candidates))


def _all_stand(elected: Collection[str], contest: Contest) -> bool:
    return contest.candidates.keys() >= set(elected)


def _misdrawn(tie: TieWithoutLot, votes: Mapping[str, int], figures: Figures, contest: Contest) -> Iterator[Fault]:
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
