"""How what a person hands over becomes stream entries."""

import pytest

from tallywire.client.submissions import read_ballot_id, split_entries


def contents(text: bytes) -> list[bytes]:
    """Return what is posted for a file."""
    return [entry.content for entry in split_entries(text)]


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
    assert [entry.place for entry in split_entries(b"{}\n\n{}")] == ["line 1", "line 3"]


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
