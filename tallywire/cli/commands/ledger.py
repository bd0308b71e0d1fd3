"""Commands about a whole ledger: export it, restore it, derive from it again."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from tallywire.cli.commands.proofs import PublicKey, Signed, read_checkpoint
from tallywire.cli.options import DEFAULT_URL, Election, JsonValues, RedisUrl

ExportFile = Annotated[Path, typer.Argument(metavar="FILE", help="The exported ledger.")]


def export(
    file: ExportFile, election: Election = None, as_json: JsonValues = False, redis: RedisUrl = DEFAULT_URL
) -> None:
    """Check the ledger's chain and write it to FILE, byte for byte. Services may run meanwhile.

    What is private of an election with signatures goes to FILE.private, which only you can read: declarations that are
    held, figures that wait, and names. FILE can be given to anybody.

    Everything else follows from it: `tallywire restore FILE` brings the election to another server.
    """
    from tallywire.cli.findings import bar
    from tallywire.cli.screen import open_console, print_lines, write_values
    from tallywire.evidence.whole_ledger import export_ledger

    notes = open_console(stderr=True)
    header, private = export_ledger(redis, election, file, bar(notes))
    beside = {} if private is None else {"private": str(private)}
    if as_json:
        write_values([asdict(header) | {"file": str(file)} | beside])
        return
    lines = [f"{header.election}: {header.size:,} entries exported to {file}, chain {header.chain}"]
    if private is not None:
        lines.append(f"{private} has what is held, what waits, and names: keep it to yourself, beside {file.name}.")
    print_lines(notes, lines)


def restore(
    file: ExportFile,
    checkpoint: Signed = None,
    public_key: PublicKey = None,
    as_json: JsonValues = False,
    redis: RedisUrl = DEFAULT_URL,
) -> None:
    """Check an exported ledger and put its election on a server that does not have it.

    Running services pick it up and derive everything else: the same bytes. Cut short, it can be repeated.
    What is private comes from FILE.private, where it lies beside FILE; without it, all the rest is restored.
    What had been sent but was not on the ledger is not in FILE: have it sent again, which is harmless.
    """
    from tallywire.cli.findings import bar
    from tallywire.cli.screen import open_console, print_lines, write_values
    from tallywire.evidence.whole_ledger import restore_ledger

    notes = open_console(stderr=True)
    header, missing = restore_ledger(redis, file, read_checkpoint(checkpoint, public_key), bar(notes))
    if as_json:
        write_values([asdict(header) | {"file": str(file)} | ({"missing": missing} if missing else {})])
        return
    lines = (
        f"{header.election}: {header.size:,} entries restored, chain {header.chain}",
        "Running services derive results, tallies and headlines now; `tallywire verify` says when all is as it was.",
        "Not in an export: what was sent and not yet on the ledger. Have it sent again: a repeat is harmless.",
        *(f"Missing: {sentence}." for sentence in missing),
    )
    print_lines(notes, lines)


def rebuild(
    election: Election = None,
    force: Annotated[bool, typer.Option("--force", help="Do not ask whether the services are stopped.")] = False,
    as_json: JsonValues = False,
    redis: RedisUrl = DEFAULT_URL,
) -> None:
    """Delete what follows from the ledger, so that aggregate and notify derive it again: the same bytes.

    After a fix of a rule, or where `tallywire verify` advises it. Stop aggregate and notify first, on every
    machine; ingest may run on. Readers of results, tallies and headlines see every event once more.
    """
    from tallywire.cli.findings import bar
    from tallywire.cli.screen import open_console, print_lines, write_values
    from tallywire.evidence.whole_ledger import rebuild_derived

    notes = open_console(stderr=True)

    def waiting(running: list[str]) -> None:
        line = f"Waiting for {' and '.join(running)} to be gone: one that has ended is forgotten in 15 s."
        print_lines(notes, [line])

    named = rebuild_derived(redis, election, bar(notes), waiting, force=force)
    if as_json:
        write_values([{"election": named}])
        return
    line = f"{named}: deleted what follows from the ledger. Start aggregate and notify: they derive it."
    print_lines(notes, [line])
