"""A referendum: the answer declared is the one with the most votes (docs/rules.md, "Who is elected")."""

from collections.abc import Iterator

from schemas.register import Contest
from services.ingest.rules.checks.candidates import name_of
from services.ingest.rules.checks.elected import DecidingVotes, check_elected_among
from services.ingest.rules.event.figures import Figures
from services.ingest.rules.reasons.faults import Fault, fault
from services.ingest.rules.reasons.wording import listed
from services.rules.systems.count import ranked
from services.rules.systems.referendum import referendum


def check_referendum(figures: Figures, contest: Contest) -> Iterator[Fault]:
    """The answer declared has the most votes; with equal votes there is none, and no lot."""
    if figures.lot:
        yield fault("lot.not_for_contest", "data", "lot", contest=contest.name)
    if figures.votes is None or not figures.complete(contest):
        return
    votes = figures.votes.counts
    won = referendum(votes).elected
    if won:
        yield from check_elected_among(won, won, DecidingVotes(votes), figures, contest)
    elif figures.elected:
        most = max(votes.values())
        level = listed(name_of(answer, contest) for answer in ranked(votes) if votes[answer] == most)
        yield fault("elected.no_answer", "data", "elected", tied=level, votes=f"{most:,}")
