"""What is printed of a rehearsal: what is asked of count centres, how mischief was answered, and who is ready."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from rich.console import Console, RenderableType
from rich.text import Text

from schemas.register import Register
from tallywire.cli.demo_show import PeopleShow
from tallywire.cli.desk import SHOWN_MAX, as_json
from tallywire.cli.screen import plain, write_values
from tallywire.cli.table import Column, FittedTable, Hanging
from tallywire.client.connection import shown
from tallywire.client.follow import Published
from tallywire.demo.examples import invented_figures
from tallywire.demo.rehearsal import Report, Wish
from tallywire.desk.readiness import Centre, State

_CENTRES: Final = (Column("contest"), Column("test declaration"), Column("signed by"), Column("ready"))

_MEANT: Final[dict[State, str]] = {
    "ready": "accepted",
    "own key missing": "accepted",
    "held": "held, waits for the desk",
    "typed": "typed, waits for a second person",
    "refused": "refused",
    "not yet": "not yet",
}


class ProgramsAudience:
    """Says nothing but that the server is away: programs read the report.

    Args:
        notes: where that is said.
    """

    def __init__(self, notes: Console) -> None:
        self._notes = notes

    def begins(self, register: Register, url: str, wish: Wish) -> None:
        """Print nothing."""

    def published(self, entry: Published) -> None:
        """Print nothing."""

    def waits(self, holds: tuple[int, ...]) -> None:
        """Print nothing."""

    def away(self) -> None:
        """Say that the server is waited for."""
        self._notes.print(Text("The server is away: waiting for it; Ctrl-C ends this.", "bold yellow"))

    def back(self) -> None:
        """Say that the night goes on."""
        self._notes.print(Text("The server is back: what was not answered is sent again.", "green"))


class PeopleAudience(ProgramsAudience):
    """Prints headlines as they come, and what a person at the desk has to know.

    Args:
        console: where it is printed.
        notes: where else something is said.
    """

    def __init__(self, console: Console, notes: Console) -> None:
        super().__init__(notes)
        self._console = console
        self._show = PeopleShow(console, notes)

    def begins(self, register: Register, url: str, wish: Wish) -> None:
        """Print the name of the rehearsal, and where to sit down at its desk."""
        self._console.print(Text(plain(register.name), "bold underline"))
        if wish.keys is not None:
            # Where a password would stand no URL is printed: it comes from where this command has it.
            at = (
                f"--election {register.election}"
                if shown(url) != url
                else f"--redis {url} --election {register.election}"
            )
            self._console.print(Hanging("", Text(plain(f"The desk, in another terminal: tallywire desk {at}"))))
            decide = f"tallywire desk return HOLD {at} --key {wish.keys / 'desk.pem'} --reason TEXT"
            self._console.print(Hanging("", Text(plain(f"To decide on what is held: {decide}"))))
        self._console.print()
        self._show.begin(register)

    def published(self, entry: Published) -> None:
        """Print a headline."""
        self._show.published(entry)

    def waits(self, holds: tuple[int, ...]) -> None:
        """Say what is still to be decided."""
        listed = ", ".join(map(str, holds))
        text = f"All is played. Waiting for somebody to decide on what is held (hold {listed}); Ctrl-C ends this."
        self._console.print(Hanging("", Text(text, "bold yellow")))


def print_report(report: Report, console: Console, *, programs: bool) -> None:
    """Print who is ready, and how mischief was answered.

    Args:
        report: how the rehearsal went.
        console: where people read it.
        programs: write it as one JSON value instead.
    """
    if programs:
        write_values([as_json(report) | {"went_well": report.went_well}])
        return
    console.print()
    console.print(*_mischief_lines(report), sep="\n")
    console.print()
    print_centres(report.election, report.centres, console, programs=False)


def _mischief_lines(report: Report) -> Iterator[RenderableType]:
    yield Text("Mischief, and how it was answered", "bold")
    alike: dict[tuple[str, str, bool], list[str]] = {}
    for each in report.mischief:
        answers = ", ".join(f"{count:,} {answer}" for answer, count in each.answers.items()) or "nothing to answer"
        alike.setdefault((each.what, answers, each.as_it_should), []).append(each.contest)
    for (what, answers, well), contests in alike.items():
        each_one = "" if len(contests) == 1 else "each "
        line = Text.assemble((plain("; ".join(contests)), "bold"), plain(f"  {what}: {each_one}{answers};"))
        ended = Text(" as it should", "green") if well else Text(" NOT as it should", "bold red")
        yield Hanging("  ", line.append_text(ended))
    if report.held:
        listed = ", ".join(map(str, report.held))
        yield Hanging("  ", Text(f"Nobody has decided on what is held: hold {listed}.", "bold yellow"))
    if not report.signed:
        yield Hanging("  ", Text("Unsigned: this rehearsal asked for no signatures.", "yellow"))


def print_centres(election: str, centres: Sequence[Centre], console: Console, *, programs: bool) -> None:
    """Print how far each count centre is.

    Args:
        election: the rehearsal.
        centres: the centres.
        console: where people read it.
        programs: write one JSON value for each instead.
    """
    if programs:
        write_values({"election": election} | as_json(each) for each in centres)
        return
    ready = sum(each.state == "ready" for each in centres)
    console.print(Text(plain(f"{ready} of {len(centres)} count centres are ready ({election})"), "bold"))
    # Who is not ready is to be rung up; of a general election the others fill eleven screens.
    rows = sorted(centres, key=lambda each: each.state == "ready")
    shortened = len(centres) > 2 * SHOWN_MAX
    shown_rows = [each for each in rows if each.state != "ready"] if shortened else rows
    if shown_rows:
        console.print(FittedTable(_CENTRES, [_row(each) for each in shown_rows]))
    if shortened and ready:
        console.print(Text(f"and {ready:,} that are ready: --json has them all", "dim"))


def _row(each: Centre) -> tuple[Text, ...]:
    what = _MEANT[each.state] + (f": {each.code}" if each.code and each.state == "refused" else "")
    what += " (played)" if each.played else ""
    own = "its own key" if each.own_key else "no key of its own is enrolled" if not each.keys else ""
    by = own or each.person or ""
    ready = Text("yes", "green") if each.state == "ready" else Text("no", "bold red")
    return Text(plain(each.contest)), Text(plain(what)), Text(plain(by)), ready


def print_asked(election: str, register: Register, console: Console, *, programs: bool) -> None:
    """Print what is asked of each count centre: one test declaration.

    Args:
        election: the rehearsal.
        register: of the election that it rehearses: its contests.
        console: where people read it.
        programs: write one JSON value for each centre instead, with a declaration that it could send.
    """
    base = f"/v1/elections/{election}"
    if programs:
        write_values(
            {
                "election": election,
                "ballot_id": ballot_id,
                "contest": contest.name,
                "form": f"{base}/contests/{ballot_id}/form",
                "declarations": f"{base}/declarations",
                "example": _example(election, ballot_id, register),
            }
            for ballot_id, contest in register.contests.items()
        )
        return
    lines = (
        f"Each count centre sends one test declaration of its contest to {election}: invented figures, with "
        '"test": true and "election": "' + election + '" beside id.',
        f"Over HTTP: POST {base}/declarations; what to fill in: GET {base}/contests/BALLOT_ID/form",
        f"From a file: tallywire declare FILE --election {election} --key KEY",
        "Where signatures are asked for, it is signed with a key that is enrolled for rehearsals.",
    )
    for line in lines:
        console.print(Hanging("", Text(plain(line))))


def _example(election: str, ballot_id: str, register: Register) -> dict[str, Any]:
    """Return a declaration that a centre could send."""
    return {
        "specversion": "1.0",
        "id": f"test-{ballot_id}",
        "source": f"/count-centres/{ballot_id}",
        "type": "tallywire.declaration.v1",
        "subject": ballot_id,
        "election": election,
        "test": True,
        "data": {**invented_figures(ballot_id, register.contests, register), "revision": 1},
    }
