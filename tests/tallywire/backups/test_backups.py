"""Backups: whole or not at all, none replaced, thinned by a rule, and each can be restored, which a command proves."""

import json
import resource
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from redis import Redis
from typer.testing import Result

from streams.keys import CATALOGUE
from tallywire.backups import schedule
from tallywire.backups.making import Wanted
from tallywire.backups.metrics import measured
from tallywire.backups.names import Backup, backups_in, superfluous
from tallywire.backups.schedule import keep_making
from tallywire.backups.store import Folder, open_store
from tallywire.client.connection import open_connection
from tallywire.client.errors import NotLoadedError, RefusedError
from tallywire.doctor.backups import backups as examined
from tallywire.embedded import restore_rehearsal
from tallywire.embedded.server import EmbeddedServer
from tallywire.evidence.key_files import read_signer
from tallywire.evidence.ledger_file import Header
from tallywire.operations.endpoint import Endpoint
from tests.cluster.ports import free_ports
from tests.tallywire.evidence.conftest import Night
from tests.tallywire.evidence.nights import ELECTION, chained, key, more_votes, rewrite, tallywire

DAY = datetime(2024, 5, 2, 22, tzinfo=UTC)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Make a folder for backups."""
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups"


def made(night: Night, place: Path | str, key_file: Path, *more: str) -> Result:
    """Make backups once."""
    return tallywire(night.url, "backup", "make", str(place), "--key", str(key_file), *more)


def names(place: Path) -> list[str]:
    """Return what is there."""
    return sorted(file.name for file in place.rglob("*") if file.is_file())


def shortened(night: Night) -> Callable[[], None]:
    """Cut the ledger's last entry off, as if the server had been lost with it; return what brings it back."""
    kept = {part: night.client.dump(key(part)) for part in ("ledger", "ingest")}
    last_id, _ = night.client.xrevrange(key("ledger"), count=1)[0]
    night.client.xdel(key("ledger"), last_id)
    _, fields = night.client.xrevrange(key("ledger"), count=1)[0]
    last = json.loads(fields[b"data"])
    night.client.hset(key("ingest"), mapping={"sequence:ledger": last["sequence"], "chain": last["chain"]})

    def whole() -> None:
        for part, value in kept.items():
            night.client.restore(key(part), 0, value, replace=True)

    return whole


def test_a_backup_is_whole_private_and_made_once(night: Night, place: Path, key_file: Path) -> None:
    """Promise: ledger and signed head lie there for their owner alone; where nothing is new nothing is written."""
    assert made(night, place, key_file).exit_code == 0
    (ledger,) = place.glob("*/*.ledger")
    assert names(place) == [ledger.name, f"{ledger.name}.head"]
    assert {file.stat().st_mode & 0o777 for file in ledger.parent.iterdir()} == {0o600}
    head = ("--checkpoint", f"{ledger}.head", "--public-key", f"{key_file}.pub")
    assert tallywire("redis://127.0.0.1:1", "verify", "--file", str(ledger), *head).exit_code == 0
    again = made(night, place, key_file)
    assert again.exit_code == 0
    assert "nothing is new" in again.stdout
    assert names(place) == [ledger.name, f"{ledger.name}.head"]


def test_what_is_private_goes_along_unless_told_otherwise(night: Night, place: Path, key_file: Path) -> None:
    """Promise: what is held or waits is backed up, a change of it, too; --no-private leaves it out."""
    night.client.hset(key("people"), "synthetic", '{"name":"Sam Synthetic"}')
    assert made(night, place, key_file, "--no-private").exit_code == 0
    assert not [name for name in names(place) if name.endswith(".private")]
    assert made(night, place, key_file).exit_code == 0
    (private,) = place.glob("*/*.private")
    assert "Sam Synthetic" in private.read_text("utf-8")
    assert private.stat().st_mode & 0o777 == 0o600


def test_a_full_disk_leaves_no_half_and_what_was_there(night: Night, place: Path, key_file: Path) -> None:
    """Promise: a backup for which there is no room is none, and says so; those before it stay. Exit code 1."""
    assert made(night, place, key_file).exit_code == 0
    before = names(place)
    night.client.hset(key("people"), "synthetic", '{"name":"Sam Synthetic"}')
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, hard))
    try:
        done = made(night, place, key_file)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert done.exit_code == 1
    assert "no backup" in done.stderr
    assert names(place) == before


@pytest.mark.parametrize(
    ("folder", "key_name", "said"),
    [("nowhere", "night.key", "There is no folder"), ("backups", "nowhere.key", "nowhere.key cannot be read")],
)
def test_a_folder_or_key_that_is_missing_is_named(
    night: Night, place: Path, key_file: Path, *, folder: str, key_name: str, said: str
) -> None:
    """Promise: a disk that is not mounted is not filled beside its place, and nothing is unsigned. Exit code 2."""
    done = made(night, place.parent / folder, key_file.with_name(key_name))
    assert done.exit_code == 2
    assert said in done.stderr
    assert names(place) == []


def test_a_ledger_that_was_cut_or_replaced_pushes_nothing_out(night: Night, place: Path, key_file: Path) -> None:
    """Promise: the backup that the new one does not continue stays, however many follow, and it is said."""
    assert made(night, place, key_file).exit_code == 0
    (file,) = place.glob("*/*.ledger")
    # Another one of its day is newer: only that it is not continued keeps it.
    whole = file.rename(file.with_name("20240502T220000Z" + file.name[16:]))
    whole.with_name("20240502T230000Z" + file.name[16:]).write_bytes(whole.read_bytes())
    shortened(night)
    done = made(night, place, key_file, "--keep", "1")
    assert done.exit_code == 1
    assert "does not continue" in done.stderr
    shortened(night)
    assert made(night, place, key_file, "--keep", "1").exit_code == 1
    assert whole.exists()


def test_older_ones_go_when_a_newer_one_continues_them(night: Night, place: Path, key_file: Path) -> None:
    """Promise: with the ledger grown, what is over the number goes, with what lies beside it."""
    whole = shortened(night)
    assert made(night, place, key_file).exit_code == 0
    (first,) = place.glob("*/*.ledger")
    # Earlier on the day of another one that is over the number, so that it is not the last of its day.
    earlier = first.with_name(first.name.replace(first.name[:16], "20240502T220000Z"))
    later = first.with_name(first.name.replace(first.name[:16], "20240502T230000Z"))
    for file in (earlier, later):
        for ending in ("", ".head"):
            file.with_name(file.name + ending).write_bytes(first.with_name(first.name + ending).read_bytes())
    first.unlink()
    first.with_name(first.name + ".head").unlink()
    whole()
    assert made(night, place, key_file, "--keep", "1").exit_code == 0
    assert not earlier.exists()
    assert not earlier.with_name(earlier.name + ".head").exists()
    assert later.exists()


def test_the_newest_stay_and_of_older_days_the_last() -> None:
    """Promise: the rule that is stated, for ten days of backups every six hours."""
    one = Backup(ELECTION, DAY, 1, "0" * 12, "0" * 8)
    all_of_them = [replace(one, made_at=DAY + timedelta(hours=6 * each), size=each + 1) for each in range(40)]
    gone = superfluous(all_of_them, 4)
    kept = [each for each in all_of_them if each not in gone]
    assert kept[-4:] == all_of_them[-4:]
    older = all_of_them[:-4]
    last_of_day = {each.made_at.date(): each for each in older}
    assert kept[:-4] == [*last_of_day.values()]
    assert superfluous(all_of_them, 100) == []


def test_a_name_says_all_and_what_else_lies_there_is_no_backup() -> None:
    """Promise: whatever somebody puts beside the backups is left alone."""
    one = Backup(ELECTION, DAY, 18, "0123456789ab", "7a51c0de")
    assert Backup.read(one.name) == one
    others = [
        "notes.txt",
        f"{one.name}.head",
        f"{ELECTION}/.draft",
        one.name.replace("0502T", "0532T"),
        f"a/{one.name}",
    ]
    assert backups_in([*others, one.name]) == {ELECTION: [one]}


def test_a_backup_is_proven_by_restoring_it(
    night: Night, place: Path, key_file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Promise: the check restores on a server of its own, derives, compares with the live one, and leaves nothing."""
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    assert made(night, place, key_file).exit_code == 0
    check = ("backup", "check", str(place), "--public-key", f"{key_file}.pub")
    done = tallywire(night.url, *check, "--json")
    assert done.exit_code == 0, done.output
    proven = json.loads(done.stdout)
    assert proven["signed_head"] == proven["size"] == night.client.xlen(key("ledger"))
    assert proven["compared"] == {
        stream: night.client.xlen(key(stream)) for stream in ("ledger", "results", "tallies", "headlines")
    }
    assert [left for left in (tmp_path / "tmp").rglob("*") if not left.is_dir()] == []


def test_a_live_server_that_shows_something_else_is_named(night: Night, server: EmbeddedServer) -> None:
    """Promise: of what follows from the backup each event is compared, and what came after it is no difference."""
    with closing(Redis.from_url(server.url)) as live:
        live.flushall()
        for each in (*map(key, restore_rehearsal.COMPARED), CATALOGUE):
            live.restore(each, 0, night.client.dump(each))
        size = night.client.xlen(key("ledger"))
        shortened(night)
        header = Header(ELECTION, size - 1, "")
        compared, newer = restore_rehearsal._compare(night.url, server.url, header)
        assert (compared["ledger"], newer) == (size - 1, 1)
        rewrite(live, "tallies", lambda tallies: [(each, data.replace(b"1", b"2")) for each, data in tallies])
        with pytest.raises(RefusedError, match="something else than the backup: tallies, entry 1"):
            restore_rehearsal._compare(night.url, server.url, header)
        live.delete(CATALOGUE)
        with pytest.raises(NotLoadedError):
            restore_rehearsal._compare(night.url, server.url, header)


def test_a_backup_whose_ledger_was_exchanged_is_not_proven(night: Night, place: Path, key_file: Path) -> None:
    """Promise: a ledger chained anew fails at the signed head; without a head there is no proof. Exit code 1."""
    assert made(night, place, key_file).exit_code == 0
    (ledger,) = place.glob("*/*.ledger")
    rewrite(night.client, "ledger", lambda entries: chained(more_votes(entries)))
    forged = place.parent / "forged.ledger"
    assert tallywire(night.url, "export", str(forged)).exit_code == 0
    check = ("backup", "check", str(forged), "--public-key", f"{key_file}.pub")
    without = tallywire("redis://127.0.0.1:1", *check)
    assert without.exit_code == 1
    assert "no signed head" in without.stderr
    forged.with_name("forged.ledger.head").write_bytes(ledger.with_name(ledger.name + ".head").read_bytes())
    assert tallywire("redis://127.0.0.1:1", *check).exit_code == 1


def test_where_there_is_no_backup_it_is_said(night: Night, place: Path) -> None:
    """Promise: a check of nothing proves nothing. Exit code 6."""
    assert tallywire(night.url, "backup", "check", str(place)).exit_code == 6


def doctors_findings(night: Night, place: Path | str) -> dict[str, str]:
    """Return what the doctor finds of the backups, by level."""
    with open_connection(night.url) as connection:
        return {finding.level: finding.said for finding in examined(connection, [str(place)])}


def test_the_doctor_says_how_old_the_newest_is(night: Night, place: Path, key_file: Path) -> None:
    """Promise: none, one that lacks entries, one of another ledger and one without a head are told apart."""
    assert "There is none" in doctors_findings(night, place)["wrong"]
    assert "There is no folder" in doctors_findings(night, place / "nowhere")["wrong"]
    whole = shortened(night)
    made(night, place, key_file)
    assert "0 minutes old" in doctors_findings(night, place)["good"]
    whole()
    assert "1 entries since are on the server alone" in doctors_findings(night, place)["warning"]
    (file,) = place.glob("*/*.ledger")
    old = file.rename(file.with_name("20240502T220000Z" + file.name[16:]))
    (head,) = place.glob("*/*.head")
    assert "no signed head" in doctors_findings(night, place)["wrong"]
    head.rename(old.with_name(old.name + ".head"))
    assert "1 entries since are on the server alone" in doctors_findings(night, place)["wrong"]
    shortened(night)
    shortened(night)
    assert "another ledger" in doctors_findings(night, place)["wrong"]


class TurnsOf(threading.Event):
    """Lets so many rounds be made, each without a wait.

    Args:
        between: called after each round.
    """

    def __init__(self, *between: Callable[[], object]) -> None:
        super().__init__()
        self._between = [*between]

    def wait(self, timeout: float | None = None) -> bool:  # noqa: ARG002  # nobody waits here
        """Go on with the next round, or end."""
        if not self._between:
            return True
        self._between.pop(0)()
        return False


def test_backups_are_made_until_ended_and_a_fault_ends_nothing(
    night: Night, place: Path, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Promise: while the store is away nothing is made, it is logged, and the next round makes up for it."""
    said: list[tuple[str, str]] = []

    class Log:
        def info(self, event: str, **_: object) -> None:
            said.append(("info", event))

        def error(self, event: str, **_: object) -> None:
            said.append(("error", event))

    monkeypatch.setattr(schedule, "log", Log())
    away = place.with_name("away")
    rounds = TurnsOf(
        lambda: place.rename(away), lambda: away.rename(place), lambda: shortened(night), lambda: shortened(night)
    )
    wanted = Wanted(read_signer(key_file))
    store = Folder(place)
    good: list[int] = []
    keep_making(
        *(night.url, None, store, wanted, lambda *given: given[2]),
        every_s=0,
        ended=rounds,
        note_good=lambda: good.append(len(said)),
    )
    # After the first round and the one in which the store was back: not after a fault, nor where a ledger was cut.
    assert good == [1, 2]
    assert said == [
        ("info", "backup.made"),
        ("error", "backup.failed"),
        ("info", "backup.made"),
        ("error", "backup.not_continued"),
        ("info", "backup.made"),
        ("error", "backup.not_continued"),
    ]


def test_when_the_last_good_round_was_is_measured() -> None:
    """Promise: Prometheus reads when every election had its backup; ready is whoever had a good round lately."""
    port = free_ports(1)
    with measured(Endpoint("127.0.0.1", port)) as note_good:

        def served() -> dict[str, float]:
            with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as answer:
                lines = [line.split(" ") for line in answer.read().decode().splitlines() if not line.startswith("#")]
                return {name: float(value) for name, value in lines}

        def status(path: str) -> int:
            try:
                with urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
                    return int(answer.status)
            except HTTPError as error:
                return error.code

        before = served()["tallywire_backup_good_timestamp_seconds"]
        assert [status(path) for path in ("/health/live", "/health/ready", "/")] == [200, 503, 404]
        note_good()
        assert served()["tallywire_backup_good_timestamp_seconds"] > before
        assert status("/health/ready") == 200


# --- a store that speaks S3 ---------------------------------------------------------------------------------


@contextmanager
def environment(monkeypatch: pytest.MonkeyPatch, settings: dict[str, str]) -> Iterator[None]:
    """Have settings in the environment."""
    with monkeypatch.context() as context:
        for name, value in settings.items():
            context.setenv(name, value)
        yield


def test_a_night_is_restored_from_a_store(
    night: Night, key_file: Path, s3: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Promise: in a real store it is as in a folder: made, not replaced, checked, fetched, removed."""
    place = "s3://backups/night"
    with environment(monkeypatch, s3):
        assert made(night, place, key_file).exit_code == 0
        assert "nothing is new" in made(night, place, key_file).stdout
        store = open_store(place)
        (backup,) = backups_in(store.names())[ELECTION]
        again = tmp_path / "again"
        again.write_text("another")
        with pytest.raises(Exception, match="already"):
            store.put(backup.name, again)
        assert "all that is on the server" in doctors_findings(night, place)["good"]
        done = tallywire("redis://127.0.0.1:1", "backup", "fetch", place, str(tmp_path), "--json")
        assert done.exit_code == 0, done.output
        fetched = Path(json.loads(done.stdout)["file"])
        assert fetched.with_name(fetched.name + ".head").stat().st_mode & 0o777 == 0o600
        head = ("--checkpoint", f"{fetched}.head", "--public-key", f"{key_file}.pub")
        assert tallywire("redis://127.0.0.1:1", "verify", "--file", str(fetched), *head).exit_code == 0
        store.remove(backup.name)
        assert backups_in(store.names()) == {}


@pytest.mark.parametrize(
    ("place", "settings", "code", "said"),
    [
        ("s3://nowhere/night", {}, 2, "there is no such bucket"),
        ("s3://backups/night", {"AWS_SECRET_ACCESS_KEY": "wrong"}, 3, "does not let us in"),
        ("s3://backups/night", {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}, 2, "needs credentials"),
        ("s3://backups/night", {"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1"}, 3, "cannot be reached"),
        ("s3:///night", {}, 2, "names no store"),
    ],
)
def test_a_store_that_cannot_be_used_is_a_sentence(
    night: Night,
    key_file: Path,
    s3: dict[str, str],
    *,
    monkeypatch: pytest.MonkeyPatch,
    place: str,
    settings: dict[str, str],
    code: int,
    said: str,
) -> None:
    """Promise: which of them it is (bucket, credentials, address) is said, with an exit code of its own."""
    with environment(monkeypatch, s3 | settings):
        done = made(night, place, key_file)
    assert said in done.stderr
    assert done.exit_code == code


def test_services_that_do_not_come_on_end_a_rehearsal(
    night: Night, place: Path, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Promise: nobody waits for ever."""
    assert made(night, place, key_file).exit_code == 0
    monkeypatch.setattr(restore_rehearsal, "STANDSTILL_S", 0)
    done = tallywire(night.url, "backup", "check", str(place))
    assert done.exit_code == 3
    assert "have not come on" in done.stderr
