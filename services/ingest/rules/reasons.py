"""Every reason for which an entry is refused: its code, what it means, and the sentence its sender reads.

The one table. docs/reasons.md is ``reasons_document()``, and a test says so. A code, once published, keeps its meaning.
"""

from collections.abc import Mapping
from typing import Final

from services.ingest.rules.families import Sort, family_rows
from services.ingest.rules.wording import DidYouMean

_OWN_ROWS: Final = {
    # The entry, its bytes and its envelope.
    "entry.no_data": Sort(
        "the stream entry has no field `data`",
        "The entry has no field data, it has {fields}. Put the event, as JSON, into a field named data.",
        {"fields": '"json"'},
    ),
    "entry.empty": Sort("the field `data` is empty", "The field data is empty. Put the event, as JSON, into it."),
    "entry.too_large": Sort(
        "more bytes than such an event can have",
        "The entry has {size} bytes, more than the {limit} that {what} may have. Send one event an entry.",
        {"size": "1,000,000", "limit": "262,144", "what": "a declaration"},
    ),
    "entry.too_many_values": Sort(
        "a register with more values than an election can have",
        "The register holds some {size} values, more than the {limit} allowed. Split the election.",
        {"size": "9,000,000", "limit": "1,000,000"},
    ),
    "entry.too_many_faults": Sort(
        "a register with too many faults to tell them apart",
        "The register has {count} faults. See how it is made, and try it with one contest first.",
        {"count": "990,007"},
    ),
    "entry.more_faults": Sort(
        "the last of many reasons: how many more there are",
        "There are {count} more faults. Mend these first and send it again.",
        {"count": "39,951"},
    ),
    "text.not_utf8": Sort(
        "bytes that are not UTF-8",
        "The entry is not UTF-8: byte {position} is 0x{byte}. Save or send it as UTF-8.",
        {"position": "118", "byte": "e9"},
    ),
    "text.byte_order_mark": Sort(
        "a byte-order mark before the JSON", "The entry begins with a byte-order mark. Save it as UTF-8 without one."
    ),
    "text.invisible_character": Sort(
        "a control, zero-width or text-direction character, anywhere, however escaped",
        "{path} holds a character that nobody can see: {value}. Type it again by hand.",
        {"path": "data.note", "value": '"recount\\u202e"'},
    ),
    "json.invalid": Sort(
        "not JSON",
        "The entry is not JSON: see line {line}, column {column}, near {near}.",
        {"line": "3", "column": "14", "near": '"votes: {"'},
    ),
    "json.cut_off": Sort(
        "JSON that ends too early",
        "The JSON breaks off at line {line}, column {column}: a bracket or quote is not closed. Send it whole.",
        {"line": "3", "column": "14"},
    ),
    "json.too_deep": Sort(
        "brackets within brackets beyond the parser's limit",
        "The JSON has brackets within brackets, too many deep to be read. Send one event, without anything around it.",
    ),
    "json.number_too_long": Sort(
        "a number of thousands of digits",
        "The number that ends at line {line}, column {column}, has thousands of digits. Write the figure.",
        {"line": "3", "column": "4307"},
    ),
    "json.duplicate_key": Sort(
        "one field twice in one object",
        "The field {value} is given more than once in one object. Keep the one that is right.",
        {"value": '"ann-example"'},
    ),
    "json.not_an_object": Sort(
        "JSON, but not an object",
        "The entry is {value}. Send one event, in curly brackets, not in quotes or a list.",
        {"value": "a list"},
    ),
    "field.unknown": Sort(
        "a field that Tallywire does not know",
        "{path} is not a field that Tallywire knows.{hint} Leave it out or rename it.",
        {"path": "data.vots", "hint": DidYouMean("vots", ("votes",))},
    ),
    "field.not_understood": Sort(
        "a fault that no other code names",
        "{path} is not as the schema of the event has it. Compare it with the schema.",
    ),
    "specversion.unsupported": Sort(
        "another version of CloudEvents than 1.0", 'specversion is {value}. Write "1.0".', {"value": '"0.3"'}
    ),
    "type.unknown": Sort(
        "an event type that is not for sending",
        "type is {value}, which is not for sending.{hint}",
        {"value": '"tallywire.declaraton.v1"', "hint": " Did you mean tallywire.declaration.v1?"},
    ),
    "datacontenttype.not_json": Sort(
        "another content type than JSON",
        'datacontenttype is {value}. Write "application/json" or leave it out.',
        {"value": '"text/xml"'},
    ),
    "subject.not_the_contest": Sort(
        "the subject is not the contest in `data`",
        "subject is {subject}, but data.ballot_id is {ballot_id}. Write the same ballot id in both.",
        {"subject": '"pcc.newtown.2030-05-02"', "ballot_id": '"pcc.testshire.2030-05-02"'},
    ),
    "subject.not_the_election": Sort(
        "the subject of a register is not its election",
        "subject is {subject}, but the register was sent to {election}. Write {election}.",
        {"subject": '"pcc.2029-05-02"', "election": "pcc.2030-05-02"},
    ),
    "test.rehearsal_in_live": Sort(
        "a rehearsal sent to a real election",
        "This event is a rehearsal (test is true), but {election} is a real election. Send it to a rehearsal.",
        {"election": "pcc.2030-05-02"},
    ),
    "test.live_in_rehearsal": Sort(
        "a real declaration sent to a rehearsal",
        "{election} is a rehearsal, but this event does not say so. If it is one, add test: true.",
        {"election": "pcc.2030-05-02"},
    ),
    # The register, and what is known from it.
    "register.not_loaded": Sort(
        "the election's register has not arrived",
        "The register of {election} is not loaded yet. Load it and send this again.",
        {"election": "pcc.2030-05-02"},
    ),
    "register.already_loaded": Sort(
        "another register for an election that has one",
        "Another register of this election is loaded. To change it, send an amendment.",
    ),
    "register.other_election": Sort(
        "a register sent to another election",
        "The register is of {value}, but it was sent to {election}. Send it to its own election.",
        {"value": '"pcc.2029-05-02"', "election": "pcc.2030-05-02"},
    ),
    "register.none_given": Sort(
        "an object of the register that must not be empty",
        "{place} empty. Describe at least one.",
        {"place": "data.contests is"},
    ),
    "register.not_one_of": Sort(
        "a word that is not one of those possible",
        "{place} {value}. Write one of: {choices}.",
        {"place": "data.parties.PP52.number is", "value": '"both"', "choices": "'singular' or 'plural'"},
    ),
    "register.unknown_reference": Sort(
        "a party or region that the register does not describe",
        "The register names {missing} in {where}, but not among its {kind}. Describe it or mend the id.",
        {"missing": "PP99", "where": "contests.pcc.testshire.2030-05-02", "kind": "parties"},
    ),
    "register.seats_and_system": Sort(
        "the supplementary vote with more than one seat",
        "{place} for several seats by supplementary vote, which elects one person. Mend seats or voting_system.",
        {"place": "data.contests.pcc.testshire.2030-05-02 is"},
    ),
    "amendment.no_change": Sort(
        "an amendment that changes nothing",
        "{place} without any change. Name at least one thing that changes.",
        {"place": "The amendment is"},
    ),
    "amendment.unknown_party": Sort(
        "an amendment that names a party the register does not have",
        "{place} {value}, which is not a party of this register.{hint}",
        {"place": "data.candidates.ann-example.party is", "value": '"PP5"', "hint": " Did you mean PP52?"},
    ),
    "contest.unknown": Sort(
        "a contest that the register does not have",
        "{value} is not a contest of {election}.{hint}",
        {
            "value": '"pcc.testshir.2030-05-02"',
            "election": "pcc.2030-05-02",
            "hint": " Did you mean pcc.testshire.2030-05-02?",
        },
    ),
    "contest.other_election": Sort(
        "a contest of another election",
        "{value} belongs to another election; this one is {election}. Send it there.",
        {"value": '"pcc.testshire.2029-05-02"', "election": "pcc.2030-05-02"},
    ),
    "contest.voting_system_unsupported": Sort(
        "a contest whose voting system Tallywire cannot count yet",
        "{contest} votes by {system}, which Tallywire cannot count yet. Tell the results desk.",
        {"contest": "Testshire", "system": "supplementary-vote"},
    ),
    "candidate.unknown": Sort(
        "votes for somebody who is not a candidate",
        "{value} is not a candidate of {contest}.{hint}",
        {"value": '"ann-exampel"', "contest": "Testshire", "hint": " Did you mean ann-example?"},
    ),
    "candidate.missing": Sort(
        "a candidate without votes in the declaration",
        "{name} ({candidate}) has no figure. Give every candidate's votes; 0 if there were none.",
        {"name": "Ann Example", "candidate": "ann-example"},
    ),
    "candidate.malformed": Sort(
        "a candidate id that is not written as such ids are",
        "The candidate id {value} is not written like ann-example or 12345. Use the register's id, not the name.",
        {"value": '"Ann Example!"'},
    ),
    # The figures.
    "votes.all_zero": Sort(
        "nobody has a vote",
        "Every candidate has 0 votes. Send the declaration when there are figures.",
    ),
    "votes.above_electorate": Sort(
        "more votes for one candidate than electors",
        "{name} has {votes} votes, more than the {electorate} electors of {contest}. Check for a digit too many.",
        {"name": "Ann Example", "votes": "183,300", "electorate": "100,000", "contest": "Testshire"},
    ),
    "votes.total_above_electorate": Sort(
        "more votes and rejected papers than the electors can have cast",
        "{valid} votes and {rejected} rejected papers need {voters} voters, more than the {electorate} electors "
        "of {contest}. Check the figures.",
        {"valid": "100,499", "rejected": "17", "voters": "100,516", "electorate": "100,000", "contest": "Testshire"},
    ),
    "votes.above_papers": Sort(
        "more votes for one candidate than valid papers",
        "{name} has {votes} votes from {papers} valid papers, and a paper has one vote for each. Check both.",
        {"name": "Ann Example", "votes": "3,104", "papers": "2,477"},
    ),
    "votes.total_above_papers": Sort(
        "more votes than the valid papers can hold",
        "{valid} votes are more than {papers} valid papers can hold with {seats} a paper. Check both.",
        {"valid": "31,040", "papers": "2,477", "seats": "3"},
    ),
    "rejected.above_papers": Sort(
        "more papers rejected than there were",
        "{rejected} papers were rejected of only {papers}. Check both.",
        {"rejected": "1,200", "papers": "900"},
    ),
    "rejected.above_electorate": Sort(
        "more papers rejected than electors",
        "{rejected} rejected papers are more than the {electorate} electors of {contest}. Check for a digit too many.",
        {"rejected": "120,000", "electorate": "100,000", "contest": "Testshire"},
    ),
    "papers.above_electorate": Sort(
        "more papers than electors",
        "{papers} papers are more than the {electorate} electors of {contest}. Check for a digit too many.",
        {"papers": "120,000", "electorate": "100,000", "contest": "Testshire"},
    ),
    "papers.do_not_reconcile": Sort(
        "papers are not valid votes and rejected papers together",
        "{valid} votes and {rejected} rejected papers make {total}, but papers is {papers}: {difference}. "
        "Check for a candidate or a figure left out.",
        {
            "valid": "47,900",
            "rejected": "100",
            "total": "48,000",
            "papers": "54,558",
            "difference": "6,558 are missing",
        },
    ),
    "elected.unknown_candidate": Sort(
        "declared elected, but not a candidate",
        "{value} is declared elected, but is not a candidate of {contest}.{hint}",
        {"value": '"ann-exampel"', "contest": "Testshire", "hint": " Did you mean ann-example?"},
    ),
    "elected.twice": Sort(
        "declared elected twice",
        "{value} is declared elected twice. Name each person once.",
        {"value": '"ann-example"'},
    ),
    "elected.wrong_number": Sort(
        "another number declared elected than there are seats",
        "{stated} declared elected, but {contest} elects {seats}. Name those elected, no more and no fewer.",
        {"stated": "2", "contest": "Testshire", "seats": "1"},
    ),
    "elected.not_most_votes": Sort(
        "declared elected, but others have more votes",
        "Declared elected: {stated}. Most votes: {counted}. One of the two is wrong: check for figures swapped.",
        {"stated": "Ann Example", "counted": "Bob Sample (20,952)"},
    ),
    "lot.missing": Sort(
        "equal votes at the last seat, and no lot recorded",
        "{tied} have {votes} votes each, and {places} of them is elected. Name who was drawn by lot in data.lot.",
        {"tied": "Ann Example and Bob Sample", "votes": "1,084", "places": "1"},
    ),
    "lot.no_tie": Sort(
        "a lot, but no equal votes at the last seat",
        "A lot is recorded, but nobody has equal votes at the last seat. Leave lot out or check the figures.",
    ),
    "lot.not_tied": Sort(
        "chosen by lot without having equal votes at the last seat",
        "{name} is recorded as drawn by lot, but the lot was between {tied}.",
        {"name": "Cay Specimen", "tied": "Ann Example and Bob Sample"},
    ),
    "lot.wrong_number": Sort(
        "another number chosen by lot than seats were left",
        "{stated} drawn by lot, but {places} of {tied} is elected. Name only those drawn.",
        {"stated": "2", "places": "1", "tied": "Ann Example and Bob Sample"},
    ),
    "lot.twice": Sort(
        "chosen by lot twice",
        "{value} is recorded as drawn by lot twice. Name each person once.",
        {"value": '"ann-example"'},
    ),
    "lot.unknown_candidate": Sort(
        "chosen by lot, but not a candidate",
        "{value} is recorded as drawn by lot, but is not a candidate of {contest}.{hint}",
        {"value": '"ann-exampel"', "contest": "Testshire", "hint": " Did you mean ann-example?"},
    ),
    # What was taken before.
    "id.reused": Sort(
        "an event id under which something else was taken",
        "This id was used for another message, which stands. Give each message an id of its own.",
    ),
    "revision.conflict": Sort(
        "a revision that was taken with other figures",
        "Revision {revision} of this contest was taken with other figures, and stands. "
        "To correct it, send revision {next}.",
        {"revision": "1", "next": "2"},
    ),
}

REASONS: Final[Mapping[str, Sort]] = dict(sorted([*family_rows(), *_OWN_ROWS.items()]))
"""Every reason, by code."""


_DOCUMENT_HEAD: Final = (
    "# Why an entry is refused",
    "",
    "A refused entry's receipt names everything that is wrong with it, each with one of these codes, the path of the",
    "field and a sentence. A code keeps its meaning for ever; the sentences may get better. The table is made from",
    "`services/ingest/rules/reasons.py`, and the examples are about an invented election.",
    "",
    "| code | what it means | example |",
    "|---|---|---|",
)


def reasons_document() -> str:
    """Return docs/reasons.md: the table as people read it."""
    rows = [f"| `{code}` | {_cell(sort.meaning)} | {_cell(_example(sort))} |" for code, sort in REASONS.items()]
    return "\n".join((*_DOCUMENT_HEAD, *rows, ""))


def _example(sort: Sort) -> str:
    return sort.sentence.format(**{"path": "", **sort.example})


def _cell(text: str) -> str:
    return text[0].upper() + text[1:].replace("|", "\\|")
