"""Writes docs/limits.md: every limit with its value and its reason, as they are in the code.

python -m tests.docs.limits_document
"""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parents[2]
DOCUMENT: Final = ROOT / "docs" / "limits.md"
PACKAGES: Final = ("schemas", "streams", "services", "tallywire")


class Limit(NamedTuple):
    """What the code does not say of a limit in one place."""

    reached: str
    """What happens then."""
    counted: str = ""
    """Label ``limit`` of the metric, or another metric; empty for a command, which says it itself."""
    test: str = ""
    """The test that reaches it, below tests/."""


ANSWERS_TEST: Final = "tallywire/publishing/test_answers.py"
ENTRY_TEST: Final = "services/ingest/test_every_reason.py"
EXPORT_TEST: Final = "tallywire/evidence/test_ledger_file.py"
FILTERS_TEST: Final = "tallywire/publishing/test_filters.py"
ADMINISTRATION_TEST: Final = "tallywire/webhooks/test_administration.py"
HOSTILE_TEST: Final = "tallywire/posting/test_hostile.py"
METRICS_TEST: Final = "tallywire/operations/test_metrics.py"
RATES_TEST: Final = "tallywire/posting/test_rates.py"
REACHED_TEST: Final = "flow/test_limits.py"
TABLE_TEST: Final = "tallywire/packs/test_table_faults.py"
SIGNED_TEST: Final = "services/ingest/test_signed.py"
SIZE_TEST: Final = "services/ingest/test_limits.py"

_TOO_MANY: Final = Limit("refused: `register.too_many`", "register.too_many", SIZE_TEST)

SENT: Final = {
    "tallywire.embedded.program:VALUE_BYTES_MAX": Limit(
        "the server refuses what is sent and closes the connection; `deploy/server.conf` says the same",
        test=REACHED_TEST,
    ),
    "tallywire.embedded.program:COMMAND_BYTES_MAX": Limit(
        "the server closes the connection; `deploy/server.conf` says the same",
        test="tallywire/embedded/test_embedded_server.py",
    ),
    "tallywire.embedded.program:UNREAD_BYTES_MAX": Limit(
        "the server closes the connection; `deploy/server.conf` says the same",
        test="tallywire/embedded/test_embedded_server.py",
    ),
    "services.ingest.rules.limits:DECLARATION_BYTES_MAX": Limit(
        "refused: `entry.too_large`", "entry.too_large", SIZE_TEST
    ),
    "services.ingest.rules.limits:CONTEST_BYTES_MAX": Limit(
        "refused: `entry.too_large`, unless a contest of the election needs more: `LOCAL_COUNT_BYTES_MAX`",
        "entry.too_large",
        REACHED_TEST,
    ),
    "services.ingest.rules.limits:CONTEST_VALUES_MAX": Limit(
        "refused: `entry.too_many_values`, unless a contest of the election needs more: `LOCAL_COUNT_VALUES_MAX`",
        "entry.too_many_values",
        ENTRY_TEST,
    ),
    "services.ingest.rules.limits:LOCAL_COUNT_BYTES_MAX": Limit(
        "refused: `entry.too_large`", "entry.too_large", SIZE_TEST
    ),
    "services.ingest.rules.limits:LOCAL_COUNT_VALUES_MAX": Limit(
        "refused: `entry.too_many_values`", "entry.too_many_values", SIZE_TEST
    ),
    "services.ingest.rules.limits:TIME_BEHIND_S_MAX": Limit("refused: `time.too_old`", "time.too_old", SIGNED_TEST),
    "services.ingest.rules.limits:TIME_AHEAD_S_MAX": Limit("refused: `time.ahead`", "time.ahead", SIGNED_TEST),
    "services.ingest.rules.limits:KEYS_PER_PERSON_MAX": Limit("refused: `key.too_many`", "key.too_many", SIGNED_TEST),
    "schemas.signatures:SIGNATURE_LENGTH_MAX": Limit(
        "refused: `signature.malformed`", test="schemas/test_signatures.py"
    ),
    "services.ingest.rules.limits:REGISTER_BYTES_MAX": Limit(
        "refused: `entry.too_large`", "entry.too_large", ENTRY_TEST
    ),
    "services.ingest.rules.limits:REGISTER_VALUES_MAX": Limit(
        "refused: `entry.too_many_values`", "entry.too_many_values", ENTRY_TEST
    ),
    "services.ingest.rules.reasons.wording:ERRORS_MAX": Limit("no *Did you mean*", test=SIZE_TEST),
    "services.ingest.rules.limits:ATTRIBUTES_MAX": Limit(
        "refused: `attribute.too_many`", "attribute.too_many", ENTRY_TEST
    ),
    "schemas.wire:VOTES_MAX": Limit("refused: `votes.too_large` and the like", "votes.too_large", ENTRY_TEST),
    "schemas.wire:REVISION_MAX": Limit("refused: `revision.too_large`", "revision.too_large", ENTRY_TEST),
    "services.ingest.rules.limits:REVISIONS_AHEAD_MAX": Limit(
        "refused: `revision.too_far_ahead`", "revision.too_far_ahead", "services/ingest/test_standing.py"
    ),
    "schemas.wire:NAME_LENGTH_MAX": Limit("refused: `id.too_long` and the like", "id.too_long", REACHED_TEST),
    "services.ingest.rules.limits:LOCAL_COUNTS_MAX": Limit(
        "refused: `register.too_many_local_counts` or, in a declaration, `field.too_many`",
        "register.too_many_local_counts",
        "services/ingest/misdescriptions.py",
    ),
    "services.ingest.rules.limits:LISTS_PEOPLE_MAX": Limit(
        "refused: `register.too_many_listed`", "register.too_many_listed", "services/ingest/misdescriptions.py"
    ),
    "services.ingest.rules.limits:STAGE_FIGURES_MAX": Limit(
        "refused: `stages.too_many`", "stages.too_many", "services/ingest/stages.py"
    ),
    "services.ingest.rules.limits:FAULTS_MAX": Limit(
        "refused: `entry.too_many_faults`", "entry.too_many_faults", ENTRY_TEST
    ),
    "services.ingest.rules.limits:REPEATED_BYTES_MAX": Limit(
        "the first of them is told", test="services/ingest/test_hostile_entries.py"
    ),
    "services.ingest.rules.limits:REASONS_MAX": Limit(
        "the last reason is `entry.more_faults`", "entry.more_faults", "services/ingest/test_hostile_entries.py"
    ),
    "services.ingest.rules.limits:NEAREST_AMONG_MAX": Limit(
        "no further *Did you mean*", test="services/ingest/test_hostile_entries.py"
    ),
}

DESCRIBED: Final = {
    f"services.ingest.rules.limits:{name}": _TOO_MANY
    for name in (
        "CONTESTS_MAX",
        "CANDIDATES_MAX",
        "AREAS_MAX",
        "PARTIES_MAX",
        "REGIONS_MAX",
        "CONTEST_REGIONS_MAX",
        "BODIES_MAX",
        "LISTED_PEOPLE_MAX",
        "CONSTITUENCIES_MAX",
        "LANDMARKS_MAX",
    )
}

KEPT: Final = {
    "services.ingest.rules.limits:LEDGER_ENTRIES_MAX": Limit(
        "refused: `election.full`; what was sent is kept, repeats are still known, other elections go on",
        "election.full",
        REACHED_TEST,
    ),
    "services.ingest.rules.limits:FIELDS_KEPT_MAX": Limit(
        "the refusal says `cut`", "refusal.cut", "services/ingest/test_hostile_entries.py"
    ),
    "services.ingest.rules.limits:KEPT_BYTES_MAX": Limit(
        "the refusal says `cut`", "refusal.cut", "services/ingest/test_limits.py"
    ),
    "services.ingest.rules.limits:REFUSED_BYTES_MAX": Limit(
        "the refusal says `cut`, and has reasons only", "refusal.cut", REACHED_TEST
    ),
    "services.shell:REASON_LENGTH_MAX": Limit("the error is cut", test="services/test_shell.py"),
    "tallywire.embedded.logfile:LOG_BYTES_MAX": Limit(
        "a new file is begun, one old one kept", test="tallywire/embedded/test_logfile.py"
    ),
}

WORKED: Final = {
    "services.rules.certainty_by_votes:FIGURES_MAX": Limit(
        "list votes are not used for what is certain of control", test="services/rules/test_certainty.py"
    ),
    "streams.entries:BATCH_MAX": Limit("the rest is the next batch", "`tallywire_batch_entries`", METRICS_TEST),
    "streams.entries:FIELDS_MAX": Limit(
        "the others are not read; they stay on the stream", test="streams/test_entries.py"
    ),
    "streams.entries:PART_BYTES_MAX": Limit(
        "the batch is committed in parts", "`tallywire_batch_entries`", "streams/test_entries.py"
    ),
    "streams.entries:READ_BYTES_MAX": Limit("fewer are read at once", test="streams/test_entries.py"),
    "streams.poison:POISON_WINDOW": Limit(
        "the stage stops, and the service where it has no other",
        "`tallywire_entries_parked_total`",
        "storms/test_poison.py",
    ),
    "streams.lag:LAG_ENTRIES_MAX": Limit(
        "`tallywire health` says so and exits with 1; nothing is refused. `tallywire declare` says how many "
        "wait whenever it gets no receipt in time",
        "lag.entries",
        METRICS_TEST,
    ),
    "streams.keys:PARTITIONS_MAX": Limit(
        "`tallywire election load` refuses; an election that is in the catalogue all the same is not worked on, the "
        "log says `catalogue.full`, `tallywire health` exits with 1",
        "catalogue.full",
        REACHED_TEST,
    ),
    "streams.client:CONNECTIONS_MAX": Limit(
        "not reached before the limit of elections", test="streams/test_partitions.py"
    ),
    "streams.partitions:CATALOGUE_READ_MAX": Limit("the rest is read next"),
    "tallywire.operations.web:CONNECTIONS_MAX": Limit(
        "the oldest connection is closed", test="tallywire/operations/test_web.py"
    ),
    "streams.keys:NAME_LENGTH_MAX": Limit(
        "the entry of the catalogue is ignored, the log says `catalogue.entry_ignored`", test=REACHED_TEST
    ),
}

POSTED: Final = {
    "tallywire.posting.rates:ADDRESS_POSTS_MAX": Limit(
        "answered with 429 and `Retry-After`; nothing was taken", "rate.address", RATES_TEST
    ),
    "tallywire.posting.rates:KEY_POSTS_MAX": Limit(
        "answered with 429 and `Retry-After`; nothing was taken", "rate.key", RATES_TEST
    ),
    "tallywire.posting.rates:SIGN_INS_MAX": Limit(
        "answered with 429 and `Retry-After`", "rate.sign-ins", "tallywire/posting/test_sessions.py"
    ),
    "tallywire.people.signing_in:PROOF_LENGTH_MAX": Limit(
        "answered with 401: `signature.malformed`", test="tallywire/posting/test_sessions.py"
    ),
    "tallywire.posting.rates:FAILURES_MAX": Limit(
        "answered with 429 and `Retry-After`, instead of what is wrong with the signature",
        "rate.failures",
        RATES_TEST,
    ),
    "tallywire.posting.desk.watch:READERS_MAX": Limit("the next reading waits"),
    "tallywire.posting.crowd:REQUESTS_MAX": Limit("answered with 503 and `Retry-After`", "requests", HOSTILE_TEST),
    "tallywire.posting.server:CONNECTIONS_MAX": Limit(
        "the one that keeps us waiting longest is closed", "connections", HOSTILE_TEST
    ),
    "tallywire.posting.posting:WAIT_S_MAX": Limit("answered with 202 and where to ask"),
    "tallywire.posting.posting:KNOWN_MAX": Limit("the catalogue is read for each request to another election"),
    "tallywire.posting.posting:ASIDE_MAX": Limit("a repeat of another one is set aside once more"),
    "tallywire.posting.receipts:READ_MAX": Limit("the rest is read next"),
}

COMMANDS: Final = {
    "tallywire.packs.pack:FILE_BYTES_MAX": Limit("the command says so", test="tallywire/packs/test_reading_packs.py"),
    "tallywire.packs.geography:MAP_BYTES_MAX": Limit("the command says so", test="tallywire/packs/test_geography.py"),
    "tallywire.packs.geography:FAULTS_MAX": Limit(
        "the last fault says that there are more", test="tallywire/packs/test_geography.py"
    ),
    "tallywire.packs.drawing:DRAWN_BYTES_MAX": Limit(
        "outlines are made simpler", test="tallywire/packs/test_geography.py"
    ),
    "tallywire.packs.building.sheet:TABLE_BYTES_MAX": Limit("the command says so", test=TABLE_TEST),
    "tallywire.evidence.ledger_file:LENGTH_MAX": Limit("the file is damaged", test=EXPORT_TEST),
    "tallywire.evidence.ledger_file:LINE_LENGTH_MAX": Limit("the file is damaged", test=EXPORT_TEST),
    "tallywire.client.carried:FILE_BYTES_MAX": Limit("it is taken for none", test="flow/test_two_entries.py"),
    "tallywire.people.requests:REQUEST_LENGTH_MAX": Limit(
        "the command says so; over HTTP answered with 413", test="flow/test_keys.py"
    ),
    "tallywire.evidence.key_files:NOTE_LENGTH_MAX": Limit(
        "the command says so", test="tallywire/evidence/test_key_files.py"
    ),
    "tallywire.evidence.restore:FIELDS_MAX": Limit("the rest is the next step"),
    "tallywire.client.turned_away:TURNED_AWAY_MAX": Limit(
        "older ones are forgotten", test="tallywire/posting/test_signed_posting.py"
    ),
    "tallywire.desk.refusals:LOOKED_AT_MAX": Limit("older ones are not on the desk; `tallywire receipts` has all"),
    "tallywire.client.post:POST_MAX": Limit("the rest is the next round trip"),
    "tallywire.verifying.service:ANSWER_BYTES_MAX": Limit(
        "the command says so", test="tallywire/verifying/test_service.py"
    ),
    "tallywire.publishing.server:CONNECTIONS_MAX": Limit(
        "the one that has said nothing for longest is closed", "connections", HOSTILE_TEST
    ),
    "tallywire.publishing.filters:VALUES_MAX": Limit("refused: 400", test=FILTERS_TEST),
    "tallywire.publishing.filters:VALUE_LENGTH_MAX": Limit("refused: 400", test=FILTERS_TEST),
    "tallywire.publishing.atom:ENTRIES_MAX": Limit(
        "the newest are in the feed; `/headlines` has all", test="tallywire/publishing/test_atom.py"
    ),
    "tallywire.publishing.door:URL_BYTES_MAX": Limit("refused: 414", test=ANSWERS_TEST),
    "tallywire.publishing.door:HEAD_BYTES_MAX": Limit("refused: 431", test=ANSWERS_TEST),
    "tallywire.publishing.board.map:CELLS_MAX": Limit("the contest of longest ago is made anew when it is shown"),
    "tallywire.publishing.board.memory:KEPT_MAX": Limit("the piece of longest ago is made anew when it is shown"),
    "tallywire.publishing.board.routes:MADE_MAX": Limit("the moment of longest ago is made anew when it is asked for"),
    "tallywire.publishing.board.pictures:WAITING_MAX": Limit(
        "answered with 503 and `Retry-After`", test="tallywire/publishing/board/test_stills.py"
    ),
    "tallywire.publishing.hub:FILTERS_MAX": Limit("a reader with another filter is told to try again: 503", "readers"),
    "tallywire.web.answers:KEPT_BYTES_MAX": Limit("the page of longest ago is made anew when it is asked for"),
    "tallywire.publishing.following:TRACED_MAX": Limit("the oldest have no span of the publishing service"),
    "tallywire.publishing.following:READ_MAX": Limit("the rest is read next"),
    "tallywire.webhooks.endpoints:ENDPOINTS_MAX": Limit("`tallywire webhooks add` refuses", test=ADMINISTRATION_TEST),
    "tallywire.webhooks.endpoints:URL_LENGTH_MAX": Limit("the command says so", test=ADMINISTRATION_TEST),
    "tallywire.webhooks.delivering:ASIDE_MAX": Limit(
        "the others wait behind one more that is refused", test="tallywire/webhooks/test_delivering.py"
    ),
    "tallywire.webhooks.sending:BODY_BYTES_MAX": Limit(
        "the connection is closed; the status has decided", test="tallywire/webhooks/test_sending.py"
    ),
    "tallywire.webhooks.sending:TRIED_MAX": Limit("the attempt has failed"),
    "tallywire.webhooks.walk:LOOKED_AT_MAX": Limit("the rest is looked at next"),
    "tallywire.client.follow:READ_MAX": Limit("the rest is read next", test="tallywire/client/test_follow.py"),
    "tallywire.client.connection:BLOCK_S_MAX": Limit("it is asked again"),
}

SHOWN: Final = frozenset(
    {
        "services.ingest.rules.limits:NAMES_LISTED_MAX",
        "services.ingest.rules.limits:PATH_LENGTH_MAX",
        "services.ingest.rules.limits:SHOWN_DIGITS_MAX",
        "services.ingest.rules.limits:SHOWN_LENGTH_MAX",
        "services.shell:ID_LENGTH_MAX",
        "services.notify.rules.wording.control:PARTIES_NAMED_MAX",
        "services.notify.rules.wording.counts:SHARES_NAMED_MAX",
        "services.notify.rules.wording.english:SEAT_LENGTH_MAX",
        "services.notify.rules.wording.english:TEXT_LENGTH_MAX",
        "services.notify.rules.wording.life:CHANGES_NAMED_MAX",
        "tallywire.embedded.program:SOCKET_PATH_BYTES_MAX",
        "tallywire.evidence.difference:SHOWN_LENGTH_MAX",
        "tallywire.cli.desk:SHOWN_MAX",
        "tallywire.cli.pack_report:FAULTS_SHOWN_MAX",
        "tallywire.packs.building.lists:SHOWN_MAX",
        "tallywire.publishing.board.map:SHOWN_MAX",
        *(f"tallywire.publishing.board.wall:{name}_MAX" for name in ("PARTIES", "LISTED", "CANDIDATES", "BODIES")),
        "tallywire.embedded.run:STRAYS_TOLD_MAX",
        "tallywire.operations.health:STRAYS_SHOWN_MAX",
        "tallywire.webhooks.sending:SHOWN_LENGTH_MAX",
    }
)
"""How long a sentence or a path may be: nothing is refused, lost or slowed down there."""

TABLES: Final = {
    "What is sent": SENT,
    "What a register describes": DESCRIBED,
    "What is kept": KEPT,
    "What a service works on": WORKED,
    "What is posted over HTTP": POSTED,
    "What a command takes": COMMANDS,
}

_HEAD: Final = """\
# Limits

Everything that others can make larger has a limit, with its reason. Reaching one is a clear error and, where a service
reaches it, the metric `tallywire_limit_reached_total` with the label named here: see [metrics](operating.md#metrics).
The tables are made from the constants in the code (`python -m tests.docs.limits_document`); their sentences are the
constants' own.
"""

_TAIL: Final = """
## What has no limit of its own, and what bounds it

| what | bounded by |
|---|---|
| depth of JSON | the parser: 201 brackets within brackets, refused as `json.too_deep` |
| revisions of a contest | `REVISION_MAX` |
| declarations, receipts and refusals of an election | whoever sends them: a stream refuses nobody. An entry gets one \
receipt and at most one refusal; with 50 reasons each has up to 160 KB. When the server's memory is full (`maxmemory`, \
which is for you to set, with `noeviction`) it takes nothing more, and what was accepted is kept |
| parked entries | one note of under 4 KB for an entry on which our own rule failed; when most fail, the stage stops |
| results, states of control | one result and one state for each entry of the ledger; all states for an amendment |
| tallies | one for each group of the ledger and each of a contest's regions; all regions for an amendment |
| headlines of a result | one for its seats, one about the largest swing and one for each region; one about control of \
its body, one about its largest party, and one for each party that reaches a landmark there or falls below it |
| what notify remembers | the last claim about each contest, region and body, its largest party and each party's \
landmarks; the swing of each contest |
| what is counted of senders | one number of under 100 bytes for each address and key that has posted, for a minute |
| places of late receipts | one of under 100 bytes for each post that was not answered in time, for a day |
| a service's log | one line of under 2 KB for each refused entry; the file is put aside when the service starts again |
| a commit | `PART_BYTES_MAX` of entries, or one larger entry, with what follows from them: at most a register twice, \
as ledger entry and as state, and a receipt for each entry. No value in it is larger than the server's own limit, and \
the script unpacks none of them onto its stack |
| state loaded at the start of a service | `LEDGER_ENTRIES_MAX` identities and `CONTESTS_MAX` contests |
| place on a stream | 2,147,483,647: CloudEvents' 32-bit Integer. The server's memory ends long before |
| entries read at once | `READ_BYTES_MAX`, if they are like the last ones. For the first large ones it is what the \
server sends in one answer, `UNREAD_BYTES_MAX`: beyond that it closes the connection, and they are read one by one |

At its limits a register is slow, and works: 20,000 contests in 667 councils (14 MB, 750,000 values) took ingest 5.4 s
and aggregate 5.0 s of processor time, with 420 MB and 330 MB of memory at most. For 10,000 contests it was 1.4 s,
1.6 s, 240 MB and 200 MB. An amendment took 0.1 s from being sent to its tallies.
"""


def limits_document() -> str:
    """Return the document."""
    return _HEAD + "".join(_table(title, rows) for title, rows in TABLES.items()) + _TAIL


def constants() -> Iterator[str]:
    """Yield every limit in the code, as ``module:NAME``."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            for name in _documented(path):
                if name.endswith(("_MAX", "_WINDOW")) and not name.startswith("_") and name != "PORT_MAX":
                    yield f"{module}:{name}"


def reason(place: str) -> str:
    """Return the text below a constant, as ``constants`` names it."""
    module, _, name = place.partition(":")
    return _documented(ROOT / _path(module))[name]


def _path(module: str) -> Path:
    return Path(*module.split(".")).with_suffix(".py")


def _table(title: str, rows: dict[str, Limit]) -> str:
    head = f"\n## {title}\n\n| limit | value | why | when it is reached | label `limit`, or metric | test |\n"
    return head + "|---|---|---|---|---|---|\n" + "".join(_row(place, limit) for place, limit in rows.items())


def _row(place: str, limit: Limit) -> str:
    module, _, name = place.partition(":")
    path = _path(module)
    why = reason(place).replace("\n", " ").replace("``", "`").replace("|", "\\|")
    counted = limit.counted if "`" in limit.counted or not limit.counted else f"`{limit.counted}`"
    test = f"`tests/{limit.test}`" if limit.test else ""
    value = _value(name, getattr(import_module(module), name))
    return f"| `{name}`<br>`{path}` | {value} | {why} | {limit.reached} | {counted} | {test} |\n"


def _value(name: str, value: float) -> str:
    if "BYTES" in name and isinstance(value, int):
        for unit, size in (("MiB", 2**20), ("KiB", 2**10)):
            if value % size == 0:
                return f"{value // size:,} {unit}"
    return f"{value:,}"


def _documented(path: Path) -> dict[str, str]:
    """Return each constant of a module with the text below it."""
    found: dict[str, str] = {}
    body = ast.parse(path.read_text("utf-8")).body
    for statement, below in zip(body, [*body[1:], None], strict=True):
        if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
            continue
        text = below.value.value if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant) else ""
        found[statement.target.id] = str(text).strip()
    return found


if __name__ == "__main__":
    DOCUMENT.write_text(limits_document(), encoding="utf-8")
