"""Events for the tests of the rules, as they stand on the ledger."""

from schemas.declaration import Declaration
from schemas.events import ConfirmationEvent, DeclarationEvent, HoldEvent, RegisterEvent
from schemas.hold import Confirmation, Decision, Hold
from schemas.register import Register

ACCEPTED = "2030-05-03T02:00:00.000Z"


def register_event(register: Register, sequence: int = 1) -> RegisterEvent:
    """Return the register as the ledger's first entry."""
    return RegisterEvent(
        id="register",
        source="/synthetic",
        subject=register.election,
        acceptedtime=ACCEPTED,
        sequence=sequence,
        data=register,
    )


def declaration_event(
    ballot_id: str,
    votes: dict[str, int] | None,
    *,
    revision: int = 1,
    sequence: int = 2,
    group_end: bool | None = True,
    **figures: object,
) -> DeclarationEvent:
    """Return a declaration as the ledger holds it."""
    data = Declaration.model_validate({"ballot_id": ballot_id, "revision": revision, "votes": votes, **figures})
    return DeclarationEvent(
        id=f"{ballot_id}-{revision}",
        source="/synthetic",
        subject=ballot_id,
        acceptedtime=ACCEPTED,
        sequence=sequence,
        groupend=group_end,
        data=data,
    )


def hold_event(ballot_id: str, *, revision: int = 2, sequence: int, under_review: bool = True) -> HoldEvent:
    """Return what ingest writes of a declaration that waits for a second person."""
    data = Hold(ballot_id=ballot_id, revision=revision, digest="0" * 64, event="0" * 32, under_review=under_review)
    return HoldEvent(
        id=f"{ballot_id}-hold-{sequence}",
        source="/tallywire/ingest",
        subject=ballot_id,
        acceptedtime=ACCEPTED,
        sequence=sequence,
        groupend=True,
        data=data,
    )


def confirmation_event(
    ballot_id: str, decision: Decision, *, hold: int, sequence: int, group_end: bool | None = True
) -> ConfirmationEvent:
    """Return what a second person has decided; ``hold`` is the sequence of what it is about."""
    data = Confirmation(ballot_id=ballot_id, hold=hold, decision=decision, reason="Synthetic reason")
    return ConfirmationEvent(
        id=f"{ballot_id}-decided-{sequence}",
        source="/synthetic",
        subject=ballot_id,
        acceptedtime=ACCEPTED,
        sequence=sequence,
        groupend=group_end,
        data=data,
    )
