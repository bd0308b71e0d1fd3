"""How the regions of an election stand now."""

from pydantic import ValidationError
from rich.console import Console

from schemas.events import TallyEvent
from schemas.register import Register
from schemas.tally import Tally
from streams.keys import Partition
from tallywire.cli.screen import in_order, plain, tally_lines, write_lines
from tallywire.client.connection import Desk
from tallywire.trouble import Exit, Trouble


def show_tallies(desk: Desk, election: str | None, region: str | None, console: Console, *, as_json: bool) -> None:
    """Print how every region stands, or the one named, of one election or of all.

    Raises:
        Trouble: the election is not loaded, or nothing stands there yet, or it has no such region, or what stands
            there cannot be read.
    """
    loaded = desk.elections()
    if not loaded:
        raise Trouble("No election is loaded. Load one first: tallywire election load DIR", Exit.USAGE)
    if election is not None and election not in loaded:
        raise Trouble(f"The election {election} is not loaded. Loaded: {', '.join(loaded)}.", Exit.USAGE)
    regions: set[str] = set()
    for known in [election] if election else loaded:
        standing = desk.standing(known, "tallies")
        regions |= standing.keys()
        chosen = {name: event for name, event in standing.items() if region in (None, name)}
        if chosen:
            _show(desk, known, chosen, console, as_json=as_json)
    if not regions:
        raise Trouble("Nothing is tallied yet. Is `tallywire aggregate` running?", Exit.NO_SERVER)
    if region is not None and region not in regions:
        raise Trouble(f"There is no region {region}. There are: {', '.join(sorted(regions))}.", Exit.USAGE)


def _show(desk: Desk, election: str, standing: dict[str, bytes], console: Console, *, as_json: bool) -> None:
    register = _register(desk, election)
    tallies = {region: _tally(election, region, event) for region, event in standing.items()}
    ordered = in_order(tallies, register)
    if as_json:
        write_lines(standing[tally.region] for tally in ordered)
        return
    console.print(plain(register.name if register else election), style="bold underline")
    for tally in ordered:
        console.print()
        console.print(*tally_lines(tally, register.parties if register else {}), sep="\n")
    console.print()


def _register(desk: Desk, election: str) -> Register | None:
    try:
        return desk.register(election)
    except ValidationError as error:
        raise Trouble(
            f"The first entry on the ledger of {election} is no register. "
            "`tallywire verify` says what was changed, and what to do.",
            Exit.REFUSED,
        ) from error


def _tally(election: str, region: str, event: bytes) -> Tally:
    try:
        return TallyEvent.model_validate_json(event).data
    except ValidationError as error:
        raise Trouble(
            f"What stands for {region} in {Partition(election).key('standing:tallies')} is no tally. "
            "`tallywire verify` says what was changed, and what to do.",
            Exit.REFUSED,
        ) from error
