"""What a person or a program is told about a count from ballot papers: its stages, and how a declaration differs."""

from collections.abc import Iterator, Mapping, Sequence

from rich.console import Console
from rich.text import Text

from services.rules.systems.ballots_count import Counted, Difference
from services.rules.systems.transferable_vote import FIRST_STAGE, as_decimal, spoken
from tallywire.cli.screen import plain, write_values
from tallywire.cli.table import Column, FittedTable


def print_count(console: Console, counted: Counted, names: Mapping[str, str]) -> None:
    """Print a count as a table, a column for each stage, and what was done at each."""
    position, stages = counted.position, counted.count.stages or ()
    columns = [Column("candidate"), *(Column(str(stage), figures=True) for stage in range(1, position.stage + 1))]
    rows = []
    for one in sorted(position.votes, key=lambda each: (position.elected.get(each, 10**6), -position.history[0][each])):
        end = ""
        if one in position.elected:
            end = f"elected at stage {position.elected[one]}"
        elif one in position.excluded:
            end = f"excluded at stage {position.excluded[one]}"
        cells = [spoken(votes[one]) for votes in position.history]
        rows.append(tuple(Text(plain(text)) for text in (_name(one, names), *cells, end)))
    console.print(f"Quota {counted.count.quota:,}, valid votes {sum(counted.count.votes.values()):,}")
    console.print(FittedTable([*columns, Column("")], rows))
    for number, stage in enumerate(stages, FIRST_STAGE + 1):
        what = "surplus" if stage.action == "surplus" else "exclusion"
        lost = spoken(stage.non_transferable or 0)
        by_lot = ", by lot" if stage.lot else ""
        done = f"Stage {number}: {what} of {_listed(stage.of, names)}{by_lot}; not transferable so far {lost}"
        console.print(plain(done))
    console.print(plain(f"Elected: {_listed(counted.count.elected or (), names)}"))


def print_differences(console: Console, found: Sequence[Difference], names: Mapping[str, str]) -> None:
    """Print every figure that was declared otherwise."""
    if not found:
        console.print("The declaration says the same.")
        return
    columns = (Column("stage", figures=True), Column("figure"), Column("declared"), Column("counted"))
    rows = [
        tuple(
            Text(plain(text))
            for text in (
                str(each.stage),
                each.what if each.candidate is None else f"{each.what} of {_name(each.candidate, names)}",
                _said(each.declared, each, names),
                _said(each.counted, each, names),
            )
        )
        for each in found
    ]
    console.print(FittedTable(columns, rows))


def write_count(counted: Counted, found: Sequence[Difference] | None) -> None:
    """Write the stages, and the differences if a declaration was compared, as JSON, one value a line."""
    write_values(_values(counted, found))


def _values(counted: Counted, found: Sequence[Difference] | None) -> Iterator[dict[str, object]]:
    count, position = counted.count, counted.position
    elected = [one for one, stage in position.elected.items() if stage == FIRST_STAGE]
    yield {"stage": FIRST_STAGE, "quota": count.quota, "votes": dict(count.votes), "elected": elected}
    for number, stage in enumerate(count.stages or (), FIRST_STAGE + 1):
        yield {
            "stage": number,
            "action": stage.action,
            "of": list(stage.of),
            "totals": {one: as_decimal(votes) for one, votes in stage.totals.items()},
            "transfers": {one: as_decimal(votes) for one, votes in (stage.transfers or {}).items()},
            "non_transferable": as_decimal(stage.non_transferable or 0),
            "elected": list(stage.elected or ()),
            "lot": list(stage.lot),
        }
    yield {"elected": list(count.elected or ())}
    for each in found or ():
        yield {
            "difference": each.what,
            "stage": each.stage,
            "candidate": each.candidate,
            "declared": _said(each.declared, each, {}),
            "counted": _said(each.counted, each, {}),
        }


def _said(figure: int | tuple[str, ...] | None, of: Difference, names: Mapping[str, str]) -> str:
    if isinstance(figure, tuple):
        return _listed(figure, names)
    if figure is None:
        return ""
    return f"{figure:,}" if of.what in {"quota", "stages"} else spoken(figure)


def _name(candidate: str, names: Mapping[str, str]) -> str:
    return names.get(candidate, candidate)


def _listed(candidates: Sequence[str], names: Mapping[str, str]) -> str:
    return ", ".join(_name(one, names) for one in candidates) or "nobody"
