"""Reasons about a contest by list."""

from collections.abc import Mapping
from typing import Final

from services.ingest.rules.reasons.row import ReasonRow

LIST_ROWS: Final[Mapping[str, ReasonRow]] = {
    "elected.needed": ReasonRow(
        "a region without the lists that have its seats",
        "{contest} has {seats} seats, which depend on its constituencies. Name in data.elected the list of each seat, "
        "in the order of the seats.",
    ),
    "elected.list_used_up": ReasonRow(
        "more seats declared for a list than it has people",
        "{name} is declared to have {seats} seats, but has {people} on its list. The seat goes to the next figure.",
    ),
    "elected.individual": ReasonRow(
        "more than one seat declared for an individual",
        "{name} is declared to have {seats} seats, but is one person. The seat goes to the next figure.",
    ),
    "allocation.differs": ReasonRow(
        "seats declared that the rule does not give",
        "By the rule the {place} seat goes to {list} with {figure}, not to {instead} with {other}. Check the votes, "
        "the constituencies, and who is declared elected.",
    ),
    "lot.missing_for_list": ReasonRow(
        "equal figures at the last seat, and no lot recorded",
        "{tied} have equal figures, and only {places} more can be given. Name who was drawn by lot in data.lot.",
    ),
    "lot.not_of_equal_figures": ReasonRow(
        "a lot that does not choose among those with equal figures at the last seat",
        "The lot was between {tied}, of whom it chooses {places}. Name in data.lot only who was drawn.",
    ),
}
"""By code."""
