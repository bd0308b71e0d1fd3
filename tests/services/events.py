"""Events for the tests of the rules, as they stand on the ledger."""

from schemas.declaration import Declaration
from schemas.events import DeclarationEvent, RegisterEvent
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
