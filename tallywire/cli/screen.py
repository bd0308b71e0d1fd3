"""What people see: headlines, receipts and tables, on a terminal or as plain lines."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final
from unicodedata import category

from rich.console import Console, RenderableType
from rich.style import Style
from rich.text import Text

from schemas.headline import Headline, PartySeats
from schemas.receipt import Reason, Receipt
from schemas.register import Party, RegisterHead
from schemas.result import PartyName
from schemas.tally import Tally
from schemas.wire import NATIONAL
from tallywire.cli.party_colours import readable
from tallywire.cli.table import Column, FittedTable, Hanging

PLAIN_WIDTH: Final = 100
"""Columns of what is written to a file or a pipe, which has no width of its own."""

_TALLY_COLUMNS: Final = (
    # Widths that let the tables of one election align, within the 80 columns of a small terminal.
    Column("party", width_min=29),
    Column("won", figures=True, width_min=4),
    Column("held", figures=True),
    Column("gained", figures=True),
    Column("lost", figures=True),
    Column("net", figures=True, width_min=4),
    Column("votes", figures=True, width_min=10),
    Column("list votes", figures=True),
)
_AGAINST_BEFORE: Final = ("held", "gained", "lost", "net")
_ON_LISTS: Final = ("list votes",)

_STATUS: Final = {"accepted": "green", "duplicate": "yellow", "refused": "bold red"}
_DECISIONS: Final = {
    "confirm": "confirmed by",
    "reject": "rejected by",
    "return": "returned by",
    "superseded": "overtaken by a higher revision",
}


class _Console(Console):
    """A console whose reader may leave."""

    def on_broken_pipe(self) -> None:
        """Let the error through to where commands end; rich would end with exit code 1, which has a meaning here."""
        raise BrokenPipeError


def open_console(*, stderr: bool = False) -> Console:
    """Return a console for standard output or standard error."""
    console = _Console(stderr=stderr, highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = PLAIN_WIDTH
    return console


def write_lines(lines: Iterable[bytes]) -> None:
    """Write lines for programs to standard output, at once: events as published, one a line."""
    for line in lines:
        sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


def write_values(values: Iterable[object]) -> None:
    """Write values for programs to standard output: JSON, one a line."""
    write_lines(json.dumps(value, ensure_ascii=False).encode() for value in values)


def print_lines(console: Console, lines: Iterable[str]) -> None:
    """Print lines, none of which can steer a terminal; long ones are wrapped by the terminal alone."""
    for line in lines:
        console.print(plain(line), soft_wrap=True)


def plain(text: str) -> str:
    """Return ``text`` with every character that could steer a terminal or turn its writing made visible."""
    steers = {"C", "Zl", "Zp"}  # Unicode categories: control, format, unassigned; line and paragraph separators
    return "".join(
        "\N{REPLACEMENT CHARACTER}" if {category(character), category(character)[0]} & steers else character
        for character in text
    )


def party_style(party: Party | PartySeats | PartyName | None) -> Style:
    """Return bold, in the party's colour where the register knows one, as it is readable on a terminal."""
    return Style(bold=True, color=readable(party.colour) if party and party.colour else None)


def headline_lines(headline: Headline, counted: str | None = None) -> Sequence[RenderableType]:
    """Return what is printed for one headline.

    Args:
        headline: what is said.
        counted: how far the count is, printed before the text: ``9 of 14``.
    """
    party = next(iter((*headline.winners, *headline.losers)), None)
    style = party_style(party) + Style(reverse=headline.kind == "correction")
    text = Text(plain(headline.text), style)
    first = Hanging("", text)
    if counted:
        # A headline that is too long for the line goes on under its own first letter.
        first = Hanging(f"{counted}  ", text, lead_style="dim")
    indent = len(counted) + 2 if counted else 2
    return first, Hanging(" " * indent, Text(plain(headline.detail), "dim"))


def receipt_lines(receipt: Receipt, subject: str, place: str, *, safe: bool = True) -> Sequence[RenderableType]:
    """Return what is printed for one receipt: a line, and a bullet for each reason.

    Args:
        receipt: the receipt.
        subject: what it is about.
        place: where in the file the entry stood (``line 3``); empty when it was the whole file.
        safe: whether it is on a stand-by too, where there is to be one; else it is not called accepted.
    """
    known = {
        "accepted": f"number {receipt.ledger_sequence} on the ledger",
        "duplicate": f"already number {receipt.ledger_sequence} on the ledger",
        "refused": "",
        "held": f"waits for a second person, hold {receipt.hold}",
        "entered": _entered(receipt),
    }
    meaning = known.get(receipt.status, "this version does not know what that means")
    higher = receipt.stands
    stands = "" if higher is None else f"revision {higher.revision} stands, number {higher.ledger_sequence}"
    unsigned = "" if receipt.signed or receipt.status not in ("accepted", "duplicate") else "unsigned"
    told = (place, meaning, stands, _decided(receipt), unsigned, "" if safe else "not on a stand-by yet")
    remarks = ", ".join(filter(None, told))
    status = "taken" if receipt.status in ("accepted", "duplicate") and not safe else plain(receipt.status)
    line = Text.assemble((f"{status:<9}", _STATUS.get(status, "yellow")), "  ", plain(subject))
    if remarks:
        line.append(f"  ({remarks})", "dim")
    return line, *(reason_line(reason) for reason in receipt.reasons)


def _decided(receipt: Receipt) -> str:
    """Return what was decided about a declaration that was held."""
    decided = receipt.decided
    return "" if decided is None else f"{_DECISIONS[decided.decision]} {plain(decided.person or '')}".strip()


def _entered(receipt: Receipt) -> str:
    """Return what has become of figures that one person has typed."""
    entered = receipt.entered
    if entered is None or entered.agrees is None:
        return "waits for another person's figures"
    if entered.agrees:
        return f"agrees with the other entry, {receipt.digest} and {entered.other}"
    return f"differs from the other entry at {', '.join(map(plain, entered.differences))}: look at the paper again"


def reason_line(reason: Reason) -> Hanging:
    """Return one reason as a bullet."""
    where = f"{reason.code} at {reason.path}" if reason.path else reason.code
    return Hanging("  - ", Text(plain(reason.message)).append(f"  [{plain(where)}]", "dim"))


def election_title(election: str, register: RegisterHead | None) -> RenderableType:
    """Return the name of an election, or its id, and whether what is declared in it is unsigned."""
    title = Text(plain(register.name if register else election), "bold underline")
    if register is not None and register.signatures == "none":
        return Text.assemble(title, "  (declarations are unsigned)")
    return title


def tally_tables(tallies: Sequence[Tally], parties: Mapping[str, Party]) -> Iterator[Sequence[RenderableType]]:
    """Yield the standing of each region: how much is declared, and a row for each party, most seats first.

    Where no seat of these regions is held, gained or lost, as under a list system or where nobody knows who won last
    time, these columns are left out; list votes have a column where there are any. Regions that have every contest of
    the election stand in one table, with their names.

    Args:
        tallies: the standings, in the order in which they are printed.
        parties: the register's parties, by id.
    """
    hidden = {name for names in (_AGAINST_BEFORE, _ON_LISTS) for name in names if not _is_told(names, tallies)}
    columns = [column for column in _TALLY_COLUMNS if column.name not in hidden]
    contests = max((_contests(tally) for tally in tallies), default=0)
    has_nation = any(tally.region == NATIONAL for tally in tallies)
    whole = [tally for tally in tallies if has_nation and _contests(tally) == contests]
    for tally in tallies:
        if tally in whole[1:]:
            continue
        names = [one.name for one in whole] if tally in whole else [tally.name]
        yield Text(plain(f"{', '.join(names)} - {_how_much(tally)}"), "bold"), _tally_table(tally, parties, columns)


def _contests(tally: Tally) -> int:
    return tally.expected + tally.postponed


def _is_told(columns: Sequence[str], tallies: Sequence[Tally]) -> bool:
    """Whether any party has a figure in one of these columns; who has won nothing yet has those of every election."""
    counts = [count for tally in tallies for count in tally.parties.values()]
    if columns == _ON_LISTS:
        return any(tally.lists_expected for tally in tallies) or any(count.list_votes for count in counts)
    return not any(count.won for count in counts) or any(count.held or count.gained or count.lost for count in counts)


def _how_much(tally: Tally) -> str:
    """Return how much of a region is declared: its contests, and the seats where a contest has several."""
    if tally.lists_expected:
        first, of = tally.declared - tally.lists_declared, tally.expected - tally.lists_expected
        lists = f"{tally.lists_declared:,} of {tally.lists_expected:,} region{'s' * (tally.lists_expected != 1)}"
        said = f"{first:,} of {of:,} {'constituency' if of == 1 else 'constituencies'} and {lists} declared"
    else:
        said = f"{tally.declared:,} of {tally.expected:,} declared"
    if tally.seats_expected != tally.expected:
        said += f", {tally.seats_declared:,} of {tally.seats_expected:,} seats"
    return said + (f", {tally.under_review:,} under review" if tally.under_review else "")


def _tally_table(tally: Tally, parties: Mapping[str, Party], columns: Sequence[Column]) -> FittedTable:
    rows = []
    ranked = sorted(
        tally.parties.items(), key=lambda item: (-item[1].won, -item[1].votes, -item[1].list_votes, item[0])
    )
    for party_id, count in ranked:
        party = parties.get(party_id)
        figures = {
            "party": Text(plain(party.spoken if party else party_id), party_style(party)),
            "won": Text(with_lists(count.won, count.won_on_lists) if tally.lists_expected else f"{count.won:,}"),
            "held": Text(f"{count.held:,}"),
            "gained": Text(f"{count.gained:,}"),
            "lost": Text(f"{count.lost:,}"),
            "net": Text(f"{count.net:+,}" if count.net else "0"),
            "votes": Text(f"{count.votes:,}"),
            "list votes": Text(f"{count.list_votes:,}"),
        }
        rows.append([figures[column.name] for column in columns])
    return FittedTable(columns, rows)


def with_lists(seats: int, on_lists: int) -> str:
    """Return seats, and how many of them are from constituencies and from lists: ``64 (62 + 2)``."""
    return f"{seats:,} ({seats - on_lists:,} + {on_lists:,})" if seats else "0"


def in_order(tallies: Mapping[str, Tally], register: RegisterHead | None) -> list[Tally]:
    """Return tallies in the register's order of regions, what it does not list (the nation) last."""
    ranks = {region: rank for rank, region in enumerate(register.regions if register else ())}
    return sorted(tallies.values(), key=lambda tally: (ranks.get(tally.region, len(ranks)), tally.region))


def fault_table(faults: Iterable[tuple[str, str, str]]) -> FittedTable:
    """Return the faults of a pack, each as file, path and reason."""
    columns = (Column("file"), Column("path"), Column("what is wrong"))
    return FittedTable(columns, [tuple(Text(plain(text)) for text in fault) for fault in faults])
