"""Deciding on a declaration that is held: what the second person sees of it, and the message that says the decision."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from schemas import tables
from schemas.declaration import Declaration
from schemas.events import DeclarationEvent, ResultEvent
from schemas.hold import Decision
from schemas.receipt import Reason
from schemas.register import Contest
from services.ingest.rules.signed_state import HoldState
from tallywire.client.connection import Connection
from tallywire.client.errors import NotThereError, UnreadableError
from tallywire.client.signing import SigningKey
from tallywire.client.snapshot import HEAD
from tallywire.client.submissions import Submission, signed_submission
from tallywire.desk.stored import read_with_private
from tallywire.desk.words import MOST_VOTES

SOURCE: Final = "/tallywire/desk"


@dataclass(frozen=True, slots=True)
class HeldMessage:
    """A declaration that is held, as a second person sees it before deciding."""

    election: str
    test: bool
    hold: int
    ballot_id: str
    contest: Contest
    state: HoldState
    """What the ledger says of the hold, and how it ended."""
    declared: Declaration | None
    """What it says; None where the user may not read it, or it waits no longer."""
    person: str | None
    role: str | None
    reasons: tuple[Reason, ...]
    """What is odd about it."""
    published: ResultEvent | None
    """The result of the contest that stands now, published."""

    def most_votes(self) -> tuple[str, ...]:
        """Return who has most votes by the figures that are held, as many as there are seats.

        Empty without figures, and where who is elected does not follow from the votes alone: lists, counts by stages.

        Beside who is declared elected these are the two readings of a declaration whose elected are others.
        """
        if self.declared is None or self.contest.voting_system not in MOST_VOTES:
            return ()
        votes = self.declared.final_round or self.declared.votes or {}
        return tuple(sorted(votes, key=lambda one: (-votes[one], one))[: self.contest.seats])


def look(connection: Connection, election: str, hold: int) -> HeldMessage:
    """Return a declaration that is held, as far as the user of the server may read it.

    Raises:
        NotThereError: there is no such hold.
        UnreadableError: what is stored cannot be read.
    """
    names = (tables.REGISTER.name, tables.CONTESTS.name, tables.RESULTS.name)
    reading, stored = read_with_private(connection, election, names)
    state = stored.holds.get(hold)
    if state is None:
        still_open = ", ".join(str(place) for place, one in sorted(stored.holds.items()) if one.end is None)
        raise NotThereError(f"The election {election} has no hold {hold}. Open: {still_open or 'none'}.")
    head, contests, results = (reading.tables[name] for name in names)
    if HEAD not in head or state.ballot_id not in contests:
        raise UnreadableError(f"The tables of {election} do not have the contest of hold {hold} yet. Try again.")
    waiting = (stored.held or {}).get(hold)
    result = results.get(state.ballot_id)
    return HeldMessage(
        election=election,
        test=tables.REGISTER.read(head[HEAD]).test,
        hold=hold,
        ballot_id=state.ballot_id,
        contest=tables.CONTESTS.read(contests[state.ballot_id]),
        state=state,
        declared=None if waiting is None else DeclarationEvent.model_validate_json(waiting.sent).data,
        person=None if waiting is None else waiting.person,
        role=None if waiting is None else stored.roles().get(waiting.person),
        reasons=() if waiting is None else waiting.reasons,
        published=None if result is None else tables.RESULTS.read(result),
    )


def decision(held: HeldMessage, decided: Decision, reason: str | None, key: SigningKey) -> Submission:
    """Return the message that decides on a hold, signed.

    The same decision for the same reason has the same id, so that a repeat after a lost receipt is a duplicate, and
    whoever decides again is told how the hold ended.
    """
    why = "" if reason is None else f"-{sha256(reason.encode()).hexdigest()[:8]}"
    said: Mapping[str, object] = {"ballot_id": held.ballot_id, "hold": held.hold, "decision": decided}
    return signed_submission(
        json.dumps(said if reason is None else {**said, "reason": reason}, ensure_ascii=False).encode(),
        key,
        id=f"{decided}-hold-{held.hold}{why}",
        source=SOURCE,
        type="tallywire.confirmation.v1",
        subject=held.ballot_id,
        election=held.election,
        test=held.test,
    )
