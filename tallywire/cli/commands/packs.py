"""Commands about election packs."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from tallywire.cli.exit_codes import Exit
from tallywire.cli.group import Commands
from tallywire.cli.options import JsonValues, PackFolder, json_alone
from tallywire.client.errors import UsageError, file_error

pack_app = typer.Typer(
    cls=Commands, callback=json_alone, help="Make election packs and look after them.", no_args_is_help=True
)


@pack_app.command(epilog="Example: tallywire pack check pcc.2024-05-02")
def check(
    pack: PackFolder,
    as_json: JsonValues = False,
) -> None:
    """Name every fault of an election pack by file, path and reason. Exit code 1 when there are any."""
    from tallywire.cli.pack_report import print_faults, write_faults
    from tallywire.cli.screen import open_console
    from tallywire.packs.pack import check_pack, find_pack

    faults = check_pack(find_pack(pack))
    if as_json:
        write_faults(faults)
    else:
        print_faults(open_console(), faults)
    raise typer.Exit(Exit.REFUSED if faults else Exit.DONE)


VotingSystemChoice = Literal[
    "first-past-the-post",
    "supplementary-vote",
    "single-transferable-vote",
    "additional-member",
    "closed-list",
    "referendum",
]
"""Those of ``schemas.register.VotingSystem``, which is not loaded for the help."""


def _table(words: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(help=words, metavar="CSV")
    return option


@pack_app.command(
    epilog="Example: tallywire pack build candidates.csv contests.csv --out pcc.2024-05-02",
)
def build(
    candidates: Annotated[Path, typer.Argument(metavar="CANDIDATES.csv", help="Who stands, and with what result.")],
    contests: Annotated[
        Path | None,
        typer.Argument(
            metavar="[CONTESTS.csv]",
            show_default=False,
            help="What is contested, and what was before. May be left out where CANDIDATES.csv has post_label and "
            "seats_contested, as Democracy Club's exports do.",
        ),
    ] = None,
    *,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder of the pack; its name is the election's id.")],
    bodies: Annotated[Path | None, _table("Councils and parliaments.")] = None,
    regions: Annotated[Path | None, _table("Regions that are neither official ones nor countries.")] = None,
    parties: Annotated[Path | None, _table("Parties, besides those that Tallywire knows.")] = None,
    corrections: Annotated[Path | None, _table("What was said otherwise first.")] = None,
    people: Annotated[Path | None, _table("Who is on parties' lists.")] = None,
    stages: Annotated[Path | None, _table("Stages of counts by single transferable vote.")] = None,
    announcements: Annotated[Path | None, _table("When which stage was announced.")] = None,
    name: Annotated[str | None, typer.Option(help="The election's name as printed; its id when not given.")] = None,
    source: Annotated[list[str] | None, typer.Option(help="Where the facts come from; may be repeated.")] = None,
    voting_system: Annotated[
        VotingSystemChoice | None,
        typer.Option(help="How votes become winners, where CONTESTS.csv is left out."),
    ] = None,
    headline_baseline: Annotated[
        Literal["previous_election", "sitting"], typer.Option(help="What headlines compare a winner with.")
    ] = "previous_election",
    test: Annotated[bool, typer.Option("--test", help="It is a rehearsal.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Write over the pack in that folder.")] = False,
    as_json: JsonValues = False,
) -> None:
    """Make an election pack of tables, and tell what they leave open. The columns are in docs/packs.md.

    When there are faults they are all named, nothing is written, and the exit code is 1.
    """
    from tallywire.cli.pack_report import print_built, print_faults, write_built, write_faults
    from tallywire.cli.screen import open_console
    from tallywire.packs.building.build import Sources, TablesError, write
    from tallywire.packs.building.build import build as build_pack
    from tallywire.packs.building.register import Naming
    from tallywire.packs.faults import DECLARATIONS, REGISTER

    folder = out.resolve()
    if not replace and any((folder / file).exists() for file in (REGISTER, DECLARATIONS)):
        raise UsageError(f"{out} has a pack already. Add --replace to write over it.")
    naming = Naming(folder.name, name or folder.name, test, tuple(source or ()), headline_baseline)
    try:
        tables = Sources(candidates, contests, bodies, regions, parties, corrections, people, stages, announcements)
        built = build_pack(tables, naming, voting_system)
    except TablesError as error:
        if as_json:
            write_faults(error.faults)
        else:
            print_faults(open_console(), error.faults)
        raise typer.Exit(Exit.REFUSED) from None
    try:
        write(built, folder)
    except OSError as error:
        raise file_error(out, "be written", error) from error
    if as_json:
        write_built(built, naming.election)
    else:
        print_built(open_console(), built, str(out))
