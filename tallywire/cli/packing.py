"""Commands about election packs."""

import json
from typing import Annotated

import typer

from tallywire.trouble import Exit

pack_app = typer.Typer(help="Look after election packs.", no_args_is_help=True)


@pack_app.callback()
def _pack() -> None:
    # Keeps `check` a command of its own while it is the only one.
    return


@pack_app.command(epilog="Example: tallywire pack check elections/pcc.2024-05-02")
def check(
    pack: Annotated[str, typer.Argument(metavar="DIR", help="The pack's folder, or a bundled election's id.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print faults as JSON, one a line.")] = False,
) -> None:
    """Name every fault of an election pack by file, path and reason. Exit code 1 when there are any."""
    from tallywire.loading import pack_folder
    from tallywire.packs import check_pack
    from tallywire.screen import fault_table, open_console, write_lines

    faults = [(fault.file, fault.path, fault.reason) for fault in check_pack(pack_folder(pack))]
    if as_json:
        named = (dict(zip(("file", "path", "reason"), fault, strict=True)) for fault in faults)
        write_lines(json.dumps(fault, ensure_ascii=False).encode() for fault in named)
    elif faults:
        open_console().print(fault_table(faults))
    else:
        open_console().print("No faults.")
    raise typer.Exit(Exit.REFUSED if faults else Exit.DONE)
