"""How a file that a person hands over becomes messages, and which election each goes to."""

import json

import pytest
from redis import Redis

from tallywire.client.connection import Connection
from tallywire.client.errors import NothingLoadedError, NotThereError, UnclearElectionError
from tallywire.client.submissions import Submission, as_events, choose_elections, read_ballot_id, split_file

MAY, JULY = "pcc.2030-05-02", "parl.2030-07-04"


@pytest.fixture
def two_elections(connection: Connection, redis_client: Redis) -> Connection:
    """Have two elections loaded, with one contest each."""
    for election, ballot_id in ((MAY, "pcc.testshire.2030-05-02"), (JULY, "parl.testford.2030-07-04")):
        connection.announce(election)
        redis_client.hset(f"{{{election}}}:ingest:contests", ballot_id, "{}")
    return connection


def submission(ballot_id: str | None, place: str = "") -> Submission:
    """Return a declaration of a contest, or garbage."""
    content = b"nonsense" if ballot_id is None else json.dumps({"data": {"ballot_id": ballot_id}}).encode()
    return Submission(place, content)


def contents(text: bytes) -> list[bytes]:
    """Return what is posted for a file."""
    return [part.content for part in split_file(text)]


@pytest.mark.parametrize(
    "text",
    [
        b'{"id": "norfolk-1"}',
        b'{\n  "id": "norfolk-1"\n}\n',
        b"[1,\n 2]",
        b'"text"',
        b"\n\n{}\n\n",
        b'{"votes":' + b"9" * 5_000 + b"}",
    ],
    ids=["one line", "several lines", "a list", "a text", "blank lines around it", "a number too long for Python"],
)
def test_one_json_value_is_one_entry_byte_for_byte(text: bytes) -> None:
    """Whatever is one JSON value is posted as the bytes are: a signature over them would still hold."""
    assert contents(text) == [text]


def test_each_line_is_an_entry_even_where_it_is_garbage() -> None:
    """Nothing is judged here: ingest answers the garbage, and the lines around it are not lost with it."""
    assert contents(b'{"id": 1}\nnonsense\n\n  \n{"id": 2}\r\n') == [b'{"id": 1}', b"nonsense", b'{"id": 2}']


def test_each_entry_says_on_which_line_it_stood() -> None:
    """A tired person finds the refused one by its line."""
    assert [part.place for part in split_file(b"{}\n\n{}")] == ["line 1", "line 3"]


@pytest.mark.parametrize(
    "text",
    [b"\xff\xfe{\x00}\x00\n\x00", b"PK\x03\x04\x00\n\x00\n", b"caf\xe9\n1,2\n"],
    ids=["UTF-16", "an archive", "Latin-1"],
)
def test_a_file_that_is_not_text_is_one_entry(text: bytes) -> None:
    """A spreadsheet sent by mistake is one refused entry, not a thousand."""
    assert contents(text) == [text]


def test_a_pretty_printed_declaration_with_a_slip_is_one_entry() -> None:
    """A comma too many in a declaration edited by hand is refused once, not once a line."""
    text = b'{\n  "id": "norfolk-1",\n}\n'
    assert contents(text) == [text]


@pytest.mark.parametrize("text", [b"", b" \n\n\t"])
def test_nothing_is_no_entry(text: bytes) -> None:
    """An empty file posts nothing."""
    assert contents(text) == []


@pytest.mark.parametrize(
    "content",
    [b"nonsense", b"[]", b"{}", b'{"data": []}', b'{"data": {"ballot_id": 7}}', b"[" * 100_000, b"\xff"],
)
def test_a_contest_that_cannot_be_read_is_none(content: bytes) -> None:
    """Garbage of any shape says nothing about its election, and breaks nothing."""
    assert read_ballot_id(content) is None


def test_the_contest_is_read_from_the_data() -> None:
    """The contest decides where a declaration goes."""
    assert read_ballot_id(b'{"data": {"ballot_id": "pcc.norfolk.2024-05-02"}}') == "pcc.norfolk.2024-05-02"


def test_a_declaration_goes_where_its_contest_is_listed(two_elections: Connection) -> None:
    """Promise: one file may hold declarations of several elections."""
    parts = [submission("parl.testford.2030-07-04"), submission("pcc.testshire.2030-05-02")]
    assert choose_elections(two_elections, parts, None) == [JULY, MAY]


def test_garbage_goes_with_the_rest_of_its_file(two_elections: Connection) -> None:
    """Promise: where the other lines leave no doubt, a broken line is answered beside them."""
    parts = [submission(None), submission("parl.testford.2030-07-04")]
    assert choose_elections(two_elections, parts, None) == [JULY, JULY]


def test_where_only_one_election_is_loaded_everything_is_its(connection: Connection) -> None:
    """Promise: an unknown contest is then ingest's to refuse, with its reason."""
    connection.announce(MAY)
    parts = [submission(None), submission("local.nowhere.2030-05-02")]
    assert choose_elections(connection, parts, None) == [MAY, MAY]


def test_in_doubt_nothing_is_guessed(two_elections: Connection) -> None:
    """Promise: the loaded elections are listed and the line is named."""
    with pytest.raises(UnclearElectionError, match=f"contest of line 1, .*{MAY}, {JULY}"):
        choose_elections(two_elections, [submission("local.nowhere.2030-05-02", "line 1")], None)
    with pytest.raises(UnclearElectionError, match=f"whose line 2 is: it is no JSON, .*{MAY}, {JULY}"):
        choose_elections(two_elections, [Submission("line 2", b"{not JSON")], None)


def test_an_election_that_is_not_loaded_is_not_posted_to(two_elections: Connection) -> None:
    """Promise: no service would ever answer there, so nobody waits."""
    with pytest.raises(NotThereError, match="is not loaded"):
        choose_elections(two_elections, [submission(None)], "pcc.1999-05-06")


def test_without_an_election_nothing_can_be_posted(connection: Connection) -> None:
    """Promise: that is an error of its own: the command line says which command loads one."""
    with pytest.raises(NothingLoadedError):
        choose_elections(connection, [submission(None)], None)


def test_a_declaration_goes_to_its_election_and_not_to_the_rehearsal(
    two_elections: Connection, redis_client: Redis
) -> None:
    """Promise: both list the contest; ``election`` decides, else ``test``, and neither is taken for the other."""
    rehearsal, ballot_id = f"rehearsal.{MAY}", "pcc.testshire.2030-05-02"
    for election, test in ((rehearsal, True), (MAY, False)):
        two_elections.announce(election)
        redis_client.hset(f"{{{election}}}:ingest:contests", ballot_id, "{}")
        redis_client.hset(f"{{{election}}}:ingest:register", "election", json.dumps({"test": test}))
    data = {"data": {"ballot_id": ballot_id}}
    sent = [data, data | {"test": True}, data | {"election": rehearsal}, data | {"election": MAY, "test": True}]
    parts = [Submission("", json.dumps(event).encode()) for event in sent]
    assert choose_elections(two_elections, parts, None) == [MAY, rehearsal, rehearsal, MAY]


def test_an_amendment_says_that_it_is_one_of_a_rehearsal() -> None:
    """Promise: a register is amended in a rehearsal as on the night, with the same file."""
    amendment = Submission("line 1", b'{"ballot_id": "pcc.testshire.2030-05-02", "electorate": 7}')
    live, rehearsed = as_events([amendment, amendment], [False, True])
    assert [json.loads(part.content).get("test") for part in (live, rehearsed)] == [None, True]
    assert as_events([live], [True]) == [live]
