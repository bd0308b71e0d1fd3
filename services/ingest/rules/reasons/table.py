"""Every reason for which an entry is refused: its code, what it means, and the sentence its sender reads.

The one table; docs/reasons.md is written from it. A code, once published, keeps its meaning.
"""

from collections.abc import Mapping
from typing import Final

from services.ingest.rules.reasons.contest_rows import CONTRADICTIONS
from services.ingest.rules.reasons.field_rows import Sort, family_rows

_OWN_ROWS: Final = {
    # The entry, its bytes and its envelope.
    "entry.no_data": Sort(
        "the stream entry has no field `data`",
        "The entry has no field data, it has {fields}. Put the event, as JSON, into a field named data.",
    ),
    "entry.data_twice": Sort(
        "the stream entry has more than one field `data`",
        "The entry has more than one field data, and nobody knows which is meant. Send one event an entry.",
    ),
    "entry.empty": Sort("the field `data` is empty", "The field data is empty. Put the event, as JSON, into it."),
    "entry.too_large": Sort(
        "more bytes than such an event can have",
        "The entry has {size} bytes, more than the {limit} that {what} may have. Send one event an entry.",
    ),
    "entry.too_many_values": Sort(
        "a register with more values than an election can have",
        "The register holds some {size} values, more than the {limit} allowed. Split the election.",
    ),
    "entry.too_many_faults": Sort(
        "too many faults to tell them apart",
        "The entry has {count} faults. See how it is made, and try it with one contest or one figure first.",
    ),
    "entry.more_faults": Sort(
        "the last of many reasons: how many more there are",
        "There are {count} more faults. Mend these first and send it again.",
    ),
    "text.not_utf8": Sort(
        "bytes that are not UTF-8",
        "The entry is not UTF-8: byte {position} is 0x{byte}. Save or send it as UTF-8.",
    ),
    "text.byte_order_mark": Sort(
        "a byte-order mark before the JSON", "The entry begins with a byte-order mark. Save it as UTF-8 without one."
    ),
    "text.invisible_character": Sort(
        "a control, zero-width or text-direction character, anywhere, however escaped",
        "{path} holds a character that nobody can see: {value}. Type it again by hand.",
    ),
    "json.invalid": Sort(
        "not JSON",
        "The entry is not JSON: see line {line}, column {column}, near {near}.",
    ),
    "json.cut_off": Sort(
        "JSON that ends too early",
        "The JSON breaks off at line {line}, column {column}: a bracket or quote is not closed. Send it whole.",
    ),
    "json.too_deep": Sort(
        "brackets within brackets beyond the parser's limit",
        "The JSON has too many brackets within brackets to be read. Send one event, without anything around it.",
    ),
    "json.number_too_long": Sort(
        "a number of thousands of digits",
        "The number that ends at line {line}, column {column}, has thousands of digits. Write the figure.",
    ),
    "json.duplicate_key": Sort(
        "one field twice in one object",
        "The field {value} is given more than once in one object. Keep the one that is right.",
    ),
    "json.not_an_object": Sort(
        "JSON, but not an object",
        "The entry is {value}. Send one event, in curly brackets, not in quotes or a list.",
    ),
    "field.unknown": Sort(
        "a field that Tallywire does not know",
        "{path} is not a field that Tallywire knows.{hint} Leave it out or rename it.",
    ),
    "field.misplaced": Sort(
        "a field of `data` that stands beside it",
        "{path} belongs into data, and stands beside it. Move it there.",
    ),
    "field.not_understood": Sort(
        "a fault that no other code names",
        "{path} is not as the schema has it. Compare the event with its schema.",
    ),
    "attribute.malformed": Sort(
        "an attribute that is not named as CloudEvents names attributes",
        "{path} is not a name for an attribute: it may have lower-case letters and digits only. Leave it out or rename "
        "it.",
    ),
    "attribute.not_plain": Sort(
        "an extension attribute that is no text, whole number, true or false",
        "{path} is {value}. An extension attribute is a text, true, false, or a whole number of up to 2,147,483,647.",
    ),
    "attribute.too_many": Sort(
        "more extension attributes than an event may have",
        "The event has {count} extension attributes, more than the {limit} possible. Leave some out.",
    ),
    "specversion.unsupported": Sort("another version of CloudEvents than 1.0", 'specversion is {value}. Write "1.0".'),
    "type.unknown": Sort(
        "an event type that is not for sending",
        "type is {value}, which is not for sending.{hint}",
    ),
    "datacontenttype.not_json": Sort(
        "another content type than JSON",
        'datacontenttype is {value}. Write "application/json" or leave it out.',
    ),
    "subject.not_the_contest": Sort(
        "the subject is not the contest in `data`",
        "subject is {subject}, but data.ballot_id is {ballot_id}. Write the same ballot id in both.",
    ),
    "subject.not_the_election": Sort(
        "the subject of a register is not its election",
        "subject is {subject}, but the register was sent to {election}. Write {election}.",
    ),
    "test.rehearsal_in_live": Sort(
        "a rehearsal sent to a real election",
        "This event is a rehearsal (test is true), but {election} is a real election. Send it to a rehearsal.",
    ),
    "test.live_in_rehearsal": Sort(
        "a real declaration sent to a rehearsal",
        "{election} is a rehearsal, but this event does not say so. If it is one, add test: true.",
    ),
    # The register, and what is known from it.
    "register.not_loaded": Sort(
        "the election's register has not arrived",
        "The register of {election} is not loaded yet. Load it and send this again.",
    ),
    "register.already_loaded": Sort(
        "another register for an election that has one",
        "Another register of this election is loaded. To change it, send an amendment.",
    ),
    "register.other_election": Sort(
        "a register sent to another election",
        "The register is of {value}, but it was sent to {election}. Send it to its own election.",
    ),
    "register.none_given": Sort(
        "an object of the register that must not be empty",
        "{place} empty. Describe at least one.",
    ),
    "register.not_one_of": Sort(
        "a word that is not one of those possible",
        "{place} {value}. Write one of: {choices}.",
    ),
    "register.unknown_reference": Sort(
        "a party, a region or a body that the register does not describe",
        "The register names {missing} in {where}, but not among its {kind}. Describe it or mend the id.",
    ),
    "register.too_many": Sort(
        "more contests, candidates, regions or the like than a register may describe",
        "{place} has {size} entries, more than the {limit} possible. Split the election, or leave some out.",
    ),
    "register.seats_and_system": Sort(
        "the supplementary vote with more than one seat",
        "{place} for several seats by supplementary vote, which elects one person. Mend seats or voting_system.",
    ),
    "register.seats_and_baseline": Sort(
        "a baseline with another number of holders than there are seats",
        "{path} elects {seats}, but its baseline names {holders} holders. Name one for each seat, none if it is new, "
        "or write null if they are unknown.",
    ),
    "register.too_many_seats": Sort(
        "a body with fewer seats than are up and not up together",
        "bodies.{body} has {seats} seats, fewer than those up and not up together. Mend seats, not_up or the contests.",
    ),
    "amendment.no_change": Sort(
        "an amendment that changes nothing",
        "{place} without any change. Name at least one thing that changes.",
    ),
    "amendment.unknown_party": Sort(
        "an amendment that names a party the register does not have",
        "{place} {value}, which is not a party of this register.{hint}",
    ),
    "contest.unknown": Sort(
        "a contest that the register does not have",
        "{value} is not a contest of {election}.{hint}",
    ),
    "contest.other_election": Sort(
        "a contest of another election",
        "{value} belongs to another election; this one is {election}. Send it there.",
    ),
    "kind.not_one_of": Sort(
        "a kind of message that there is not",
        "{place} {value}.{hint} Write one of: {choices}.",
    ),
    "kind.contested": Sort(
        "uncontested, but there are more candidates than seats",
        "{contest} has {candidates} candidates for {seats} to elect, so it is contested. Send votes, or mend the kind.",
    ),
    "candidate.unknown": Sort(
        "votes for somebody who is not a candidate",
        "{value} is not a candidate of {contest}.{hint}",
    ),
    "candidate.missing": Sort(
        "a candidate without votes in the declaration",
        "{name} ({candidate}) has no figure{area}. Give every candidate's votes; 0 if there were none.",
    ),
    "candidate.malformed": Sort(
        "a candidate id that is not written as such ids are",
        "The candidate id {value} is not written like ann-example or 12345. Use the register's id, not the name.",
    ),
    # What was taken before.
    "election.full": Sort(
        "a ledger with as many entries as an election may have",
        "The ledger of {election} has {limit} entries, as many as an election may have. What stands on it stands; "
        "tell the results desk.",
    ),
    "id.reused": Sort(
        "an event id under which something else was taken",
        "This id was used for another message, which stands. Give each message an id of its own.",
    ),
    "revision.conflict": Sort(
        "a revision that was taken with other figures",
        "Revision {revision} of this contest was taken with other figures, and stands. "
        "To correct it, send revision {next}.",
    ),
}

_LIMIT: Final = frozenset(
    {
        "full",
        "more_faults",
        "number_too_long",
        "too_deep",
        "too_large",
        "too_long",
        "too_many",
        "too_many_faults",
        "too_many_values",
    }
)
"""The second halves of the codes that say that a limit was reached."""

REASONS: Final[Mapping[str, Sort]] = dict(sorted([*family_rows(), *_OWN_ROWS.items(), *CONTRADICTIONS.items()]))
"""Every reason, by code."""


def family(code: str) -> str:
    """Return the part of an entry that a code is about: ``votes`` of ``votes.text``."""
    return code.partition(".")[0]


def names_a_limit(code: str) -> bool:
    """Whether a code says that an entry, or its election, has reached a limit."""
    return code.partition(".")[2] in _LIMIT
