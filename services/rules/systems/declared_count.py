"""A count by single transferable vote as it was declared, and what is found in it. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from services.rules.systems.transferable_vote import FIRST_STAGE, Action, Position
from services.rules.verdicts import (
    STAGES_ENDED_EARLY,
    STAGES_FEWER_EXCLUDED,
    STAGES_LAST_NOT_TRANSFERRED,
    STAGES_LAST_TRANSFERRED,
    STAGES_NOT_DECLARED,
    STAGES_PART_LEFT,
    STAGES_ROUNDED,
    STAGES_SURPLUS_LEFT,
    STAGES_SURPLUS_NOT_TRANSFERRED,
    STAGES_SURPLUS_ORDER,
    STAGES_SURPLUS_TRANSFERRED,
    STAGES_VALUE_ODD,
)


@dataclass(frozen=True, slots=True)
class DeclaredStage:
    """A stage after the first, as it was declared; votes in hundred-thousandths."""

    action: Action
    of: tuple[str, ...]
    totals: Mapping[str, int]
    transfers: Mapping[str, int] | None = None
    non_transferable: int | None = None
    elected: tuple[str, ...] | None = None
    lot: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeclaredCount:
    """A count as it was declared."""

    seats: int
    votes: Mapping[str, int]
    """First preferences of every candidate, in whole votes."""
    stages: tuple[DeclaredStage, ...] | None
    """The stages after the first; None where they are not stated."""
    quota: int | None = None
    elected: tuple[str, ...] | None = None
    """Who was declared elected, or elected so far; None where it is not stated."""
    lot: tuple[str, ...] = ()
    """Who was elected by lot among candidates with equal votes at the last seat."""
    whole: bool = True
    """Whether the count is over, or these are its stages so far."""


@dataclass(frozen=True, slots=True)
class StageFinding:
    """Something that a declared count shows."""

    code: str
    """Of a reason, or of a note where it is one of ``NOTED``."""
    stage: int = FIRST_STAGE
    candidate: str | None = None
    """Whose figure it is; None where it is nobody's, or not known whose."""
    figure: str = "totals"
    """The field of the stage that it is about."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """Figures of its sentence."""
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Candidates of its sentence."""


NOTED: Final = frozenset(
    {
        STAGES_LAST_NOT_TRANSFERRED,
        STAGES_LAST_TRANSFERRED,
        STAGES_NOT_DECLARED,
        STAGES_ROUNDED,
        STAGES_SURPLUS_NOT_TRANSFERRED,
        STAGES_SURPLUS_TRANSFERRED,
        STAGES_SURPLUS_ORDER,
        STAGES_SURPLUS_LEFT,
        STAGES_ENDED_EARLY,
        STAGES_PART_LEFT,
        STAGES_FEWER_EXCLUDED,
        STAGES_VALUE_ODD,
    }
)
"""The findings that are noted: what the officer may do or did all the same, or how a sheet is printed."""


@dataclass(frozen=True, slots=True)
class Followed:
    """What a declared count comes to."""

    position: Position
    """How it stands in the end."""
    findings: tuple[StageFinding, ...]
    by_lot: bool
    """Whether a lot decided between equal votes."""

    @property
    def elected(self) -> tuple[str, ...]:
        """Who is elected, in order of election."""
        return tuple(self.position.elected)

    @property
    def refused(self) -> Iterator[StageFinding]:
        """What cannot be."""
        return (found for found in self.findings if found.code not in NOTED)

    @property
    def noted(self) -> Iterator[StageFinding]:
        """What is so in real counts."""
        return (found for found in self.findings if found.code in NOTED)
