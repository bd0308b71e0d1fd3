"""A row of the table of reasons."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """One reason for which an entry is refused or held."""

    meaning: str
    """What it means, for docs/reasons.md."""
    sentence: str
    """For the sender: what is wrong and what to do; the names in braces are the facts of the fault."""
