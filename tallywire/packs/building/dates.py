"""Days and times of the tables that cannot be."""

from collections.abc import Iterator, Mapping

from tallywire.packs.building.ballots import Ballot
from tallywire.packs.building.columns import ContestRow, CorrectionRow
from tallywire.packs.building.history import DECLARED
from tallywire.packs.building.tables import Table
from tallywire.packs.building.time_order import is_earlier
from tallywire.packs.pack_fault import PackFault
from tallywire.packs.times import before_the_poll, day_of, not_on_the_night, polling_day, won_after_the_poll


def check_contest_dates(
    election: str, ballots: Mapping[str, Ballot], contests: Table[ContestRow]
) -> Iterator[PackFault]:
    """Yield days and times of contests that cannot be."""
    polled = polling_day(election)
    for ballot in ballots.values():
        row = ballot.contest
        if row.declared_at is not None and ballot.poll == "held":
            reason = not_on_the_night(row.declared_at, polled)
            if reason:
                yield contests.fault(row, "declared_at", reason)
        if row.expected_at is not None and (reason := before_the_poll(row.expected_at, polled)):
            yield contests.fault(row, "expected_at", reason)
        for year, _ in row.past_winners or ():
            if reason := won_after_the_poll(year, polled):
                yield contests.fault(row, "past_winners", reason)


def check_correction_dates(
    election: str, ballots: Mapping[str, Ballot], corrections: Table[CorrectionRow]
) -> Iterator[PackFault]:
    """Yield corrections of a declaration that are earlier than it, or than the poll."""
    polled = polling_day(election)
    for row in corrections.rows:
        if row.column not in DECLARED or row.ballot_paper_id not in ballots:
            continue
        ballot = ballots[row.ballot_paper_id]
        declared_at = ballot.contest.declared_at
        day = day_of(row.corrected_on)
        if declared_at is not None and is_earlier(row.corrected_on, declared_at):
            reason = f"is {row.corrected_on}, before {ballot.contest.contest_name} was declared, {declared_at}"
            yield corrections.fault(row, "corrected_on", reason)
        elif day is not None and polled is not None and day < polled and ballot.poll == "held":
            yield corrections.fault(row, "corrected_on", f"is {row.corrected_on}, before polling day, {polled}")
