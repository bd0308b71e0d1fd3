"""What is odd about a declaration that can be true: reasons for which it waits for a second person."""

from collections.abc import Mapping
from typing import Final

from services.ingest.rules.reasons.row import ReasonRow

ODD_ROWS: Final[Mapping[str, ReasonRow]] = {
    "papers.not_counted": ReasonRow(
        "papers verified that are not among the votes, more than are usually rejected",
        "{missing} papers verified and not counted, as far as the figures say: {valid} votes from {papers} papers. "
        "Check for a figure left out, and state the rejected papers.",
    ),
    "turnout.beyond_limits": ReasonRow(
        "a turnout that there hardly ever is",
        "{votes} of {electorate} electors are a turnout of {turnout}; below {least} or above {most} it hardly ever is. "
        "Check that these are the figures of the count, and all of them.",
    ),
    "turnout.far_from_others": ReasonRow(
        "a turnout far from that of the contests around it",
        "{votes} of {electorate} electors are a turnout of {turnout}; of {number} contests around it, the middle one "
        "has {middle}. Check for figures left out or counted twice.",
    ),
    "turnout.far_from_last": ReasonRow(
        "votes far from last time's",
        "{votes} are {change} of last time's {last}; {beside}. Check for figures left out or counted twice.",
    ),
    "swing.beyond_limit": ReasonRow(
        "a swing beyond the limit",
        "The swing from {from} to {to} is {points} points{beside}, more than {limit}. "
        "Check that every figure stands beside the right name.",
    ),
    "winner.changed": ReasonRow(
        "another winner than was declared before",
        "Declared elected before: {before}; by this: {now}. Check that every figure stands beside the right name.",
    ),
    "votes.far_above_others": ReasonRow(
        "votes far above those of every other contest, where the electorate is unknown",
        "{votes} are more than {times} times those of the largest of {number} other contests, {most}. "
        "Check for a digit too many, or a figure counted twice.",
    ),
    "votes.far_below_others": ReasonRow(
        "votes far below those of every other contest, where the electorate is unknown",
        "{votes} are less than 1/{part} of those of the smallest of {number} other contests, {least}. "
        "Check that these are the figures of the count, and all of them.",
    ),
}
"""By code."""
