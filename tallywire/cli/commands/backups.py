"""Commands about backups: make them, prove that one can be restored, get one back."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tallywire.cli.commands.proofs import read_key_id
from tallywire.cli.exit_codes import Exit
from tallywire.cli.group import Commands
from tallywire.cli.options import DEFAULT_URL, Election, JsonValues, Metrics, OwnRedisUrl, RedisUrl, common

if TYPE_CHECKING:
    from tallywire.backups.making import Made
    from tallywire.embedded.restore_rehearsal import Rehearsal
    from tallywire.evidence.checkpoint import Checkpoint

backup_app = typer.Typer(
    cls=Commands,
    help="Make backups of every election, prove that they can be restored, and get them back.",
    no_args_is_help=True,
    callback=common,
)

Place = Annotated[str, typer.Argument(metavar="DIR|s3://BUCKET/PREFIX", help="Where the backups are.")]


@backup_app.command(epilog="Example: tallywire backup make s3://night/backups --key night.key --every 5")
def make(
    place: Place,
    *,
    key: Annotated[
        Path,
        typer.Option("--key", metavar="FILE", help="The private key that signs the head: tallywire keys note FILE"),
    ],
    every: Annotated[
        float | None,
        typer.Option("--every", metavar="MINUTES", min=0.01, help="Go on until ended. (default: once)"),
    ] = None,
    keep: Annotated[
        int,
        typer.Option(
            "--keep", metavar="NUMBER", min=1, help="The newest ones that stay; of older ones, the last of each day."
        ),
    ] = 24,
    private: Annotated[
        bool, typer.Option("--private/--no-private", help="Whether what is held, figures that wait and names go there.")
    ] = True,
    election: Election = None,
    metrics: Metrics = None,
    as_json: JsonValues = False,
    redis: RedisUrl = DEFAULT_URL,
) -> None:
    """Export each election that has changed since its last backup, with a signed head. Services may run meanwhile.

    A backup appears whole or not at all, and replaces none. An older one goes only when a newer one continues it.
    Sandboxes are left out, unless one is named. With --every, --metrics serves when the last good round was.

    Exit code: 0 everything is there, 1 one is not, or does not continue the one before; 3 servers or store are away.
    """
    import signal
    import threading

    from tallywire.backups.making import Wanted, make_backups
    from tallywire.backups.metrics import measured
    from tallywire.backups.schedule import keep_making
    from tallywire.backups.store import open_store
    from tallywire.cli.findings import bar
    from tallywire.cli.screen import open_console
    from tallywire.evidence.key_files import read_signer
    from tallywire.operations.endpoint import Endpoint
    from tallywire.operations.logs import log_to_stderr

    wanted = Wanted(read_signer(key), keep, private)
    store, progress = open_store(place), bar(open_console(stderr=True))
    if every is not None:
        ended = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: ended.set())
        log_to_stderr()
        with measured(Endpoint.read(metrics) if metrics else None) as note_good:
            keep_making(redis, election, store, wanted, progress, every_s=every * 60, ended=ended, note_good=note_good)
        return
    code = Exit.DONE
    for made in make_backups(redis, election, store, wanted, progress):
        code = max(code, _print_made(made, as_json=as_json))
    raise typer.Exit(code)


@backup_app.command(epilog="Example: tallywire backup check s3://night/backups --public-key night.key.pub")
def check(
    place: Annotated[
        str,
        typer.Argument(metavar="FILE|DIR|s3://BUCKET/PREFIX", help="A backup or an export, or where the backups are."),
    ],
    *,
    public_key: Annotated[
        Path | None, typer.Option("--public-key", metavar="FILE", help="Who has signed the head has this public key.")
    ] = None,
    operator_key: Annotated[
        str | None, typer.Option("--operator-key", metavar="FILE|KEY_ID", help="The register is signed with this key.")
    ] = None,
    election: Election = None,
    as_json: JsonValues = False,
    redis: OwnRedisUrl = None,
) -> None:
    """Restore the newest backup of each election on a server of its own, and prove that everything follows from it.

    Chain, signed head, signatures, and whatever the services make of the ledger are checked. With --redis, every event
    is compared with the live server's. Nothing is left behind, and no other server is changed.

    Exit code: 0 proven, 1 not, 3 a server or the store is away, 5 a ledger of a later release, 6 there is no backup.
    """
    from tallywire.cli.findings import bar
    from tallywire.cli.screen import open_console
    from tallywire.embedded.restore_rehearsal import rehearse_restore
    from tallywire.evidence.verification import Trusted

    operator = read_key_id(operator_key)
    progress = bar(open_console(stderr=True))
    for file, shown in _exports(place, election):
        trusted = Trusted(_head(file, public_key), operator)
        _print_rehearsal(shown, rehearse_restore(file, trusted, redis, progress), as_json=as_json)


@backup_app.command(epilog="Example: tallywire backup fetch s3://night/backups . --election pcc.2024-05-02")
def fetch(
    place: Place,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where to; for `tallywire restore`.")],
    election: Election = None,
    as_json: JsonValues = False,
) -> None:
    """Copy the newest backup of each election into a folder, with its head and what is private."""
    from tallywire.backups.fetching import fetch_backup, newest_backups
    from tallywire.backups.store import open_store
    from tallywire.cli.screen import write_values

    store = open_store(place)
    for backup in newest_backups(store, election):
        file = fetch_backup(store, backup, folder)
        if as_json:
            write_values([{"election": backup.election, "file": str(file), "size": backup.size}])
        else:
            typer.echo(file)


def _exports(place: str, election: str | None) -> "Iterator[tuple[Path, str]]":
    """Yield the files to check, each with the name by which people know it."""
    from tempfile import TemporaryDirectory

    from tallywire.backups.fetching import fetch_backup, newest_backups
    from tallywire.backups.store import open_store

    if Path(place).is_file():
        yield Path(place), place
        return
    store = open_store(place)
    for backup in newest_backups(store, election):
        with TemporaryDirectory(prefix="tallywire-backup-") as folder:
            yield fetch_backup(store, backup, Path(folder)), backup.name


def _head(file: Path, public_key: Path | None) -> "Checkpoint | None":
    """Return the signed head beside an export; None where nobody has named the key.

    Raises:
        RefusedError: the key is named, and there is no head, or another's.
    """
    from tallywire.backups.names import HEAD
    from tallywire.client.errors import RefusedError
    from tallywire.evidence.key_files import read_head

    if public_key is None:
        return None
    beside = file.with_name(file.name + HEAD)
    if not beside.exists():
        raise RefusedError(f"There is no signed head beside {file.name}.")
    return read_head(beside, public_key)


def _print_made(made: "Made", *, as_json: bool) -> Exit:
    """Print what became of one election, and return the exit code for it."""
    from tallywire.cli.exit_codes import exit_code, sentence
    from tallywire.cli.group import say
    from tallywire.cli.screen import open_console, print_lines, write_values

    backup = made.backup
    if as_json:
        said = {"backup": backup and backup.name, "size": backup and backup.size, "written": made.written}
        after = {"removed": made.removed, "continues": made.continues, "error": made.error and str(made.error)}
        write_values([{"election": made.election} | said | after])
    elif backup is not None:
        removed = f", {made.removed} older ones removed" if made.removed else ""
        what = f"{backup.size:,} entries, {backup.name}" if made.written else f"nothing is new since {backup.name}"
        print_lines(open_console(), [f"{made.election}: {what}{removed}"])
    if made.error is not None:
        say(f"{made.election}: no backup. {sentence(made.error)}")
        return exit_code(made.error)
    if not made.continues:
        say(
            f"{made.election}: the ledger does not continue that of the backup before. It was cut, or replaced, or a "
            "server was lost. That backup stays: compare both before anything else (`tallywire verify --file`)."
        )
        return Exit.REFUSED
    return Exit.DONE


def _print_rehearsal(name: str, done: "Rehearsal", *, as_json: bool) -> None:
    """Print what a restore that was tried has shown."""
    from tallywire.cli.screen import open_console, print_lines, write_values

    report = done.report
    if as_json:
        figures = {"size": report.size, "chain": report.chain, "signed_head": report.checkpoint}
        figures |= {"signatures": report.signed, "events": report.events, "missing": done.missing}
        seconds = {"restored_s": round(done.restored_s, 2), "ready_s": round(done.ready_s, 2)}
        live = {"compared": done.compared, "newer": done.newer}
        write_values([{"backup": name, "election": report.election} | figures | seconds | live])
        return
    events = ", ".join(f"{count:,} {stream}" for stream, count in report.events.items())
    lines = [f"{name}: can be restored"]
    lines.append(f"  ledger    {report.size:,} entries, the chain is whole: {report.chain}")
    if report.checkpoint is None:
        lines.append("  head      NOT checked: without --public-key nothing shows that nobody has replaced the whole")
    else:
        lines.append(f"  head      signed at {report.checkpoint:,} entries, by the key you named")
    if report.signed:
        lines.append(f"  signed    {report.signed:,} entries, each by somebody who might")
    lines.append(f"  derived   {events}: by services of this release, each as it must be")
    if done.compared is None:
        lines.append("  live      NOT compared: name the live server with --redis")
    else:
        newer = f"; it has {done.newer:,} entries more" if done.newer else ""
        lines.append(f"  live      the live server shows the same, event by event{newer}")
    lines.append(f"  time      {done.restored_s:.1f} s until restored, {done.ready_s:.1f} s until all was derived")
    lines += [f"  missing   {sentence}" for sentence in done.missing]
    print_lines(open_console(), lines)
