"""Reasons about an entry as such: its bytes, its JSON, its envelope, and what was accepted before it."""

from collections.abc import Mapping
from typing import Final

from services.ingest.rules.reasons.row import ReasonRow

ENTRY_ROWS: Final[Mapping[str, ReasonRow]] = {
    "entry.no_data": ReasonRow(
        "the stream entry has no field `data`",
        "The entry has no field data, it has {fields}. Put the event, as JSON, into a field named data.",
    ),
    "entry.data_twice": ReasonRow(
        "the stream entry has more than one field `data`",
        "The entry has more than one field data, and nobody knows which is meant. Send one event an entry.",
    ),
    "entry.empty": ReasonRow("the field `data` is empty", "The field data is empty. Put the event, as JSON, into it."),
    "entry.too_large": ReasonRow(
        "more bytes than such an event can have",
        "The entry has {size} bytes, more than the {limit} that an event of its type may have in this election. "
        "Send one event an entry.",
    ),
    "entry.too_many_values": ReasonRow(
        "more values than such an event can have",
        "The event holds some {size} values, more than the {limit} that one of its type may have in this election. "
        "Send one event an entry; an election that needs more has to be split.",
    ),
    "entry.too_many_faults": ReasonRow(
        "too many faults to tell them apart",
        "The entry has more than {limit} faults. See how it is made, and try it with one contest or one figure first.",
    ),
    "entry.more_faults": ReasonRow(
        "the last of many reasons: how many more there are",
        "There are {count} more faults. Mend these first and send it again.",
    ),
    "text.not_utf8": ReasonRow(
        "bytes that are not UTF-8",
        "The entry is not UTF-8: byte {position} is 0x{byte}. Save or send it as UTF-8.",
    ),
    "text.byte_order_mark": ReasonRow(
        "a byte-order mark before the JSON", "The entry begins with a byte-order mark. Save it as UTF-8 without one."
    ),
    "text.invisible_character": ReasonRow(
        "a control, zero-width or text-direction character, anywhere, however escaped",
        "{path} holds a character that nobody can see: {value}. Type it again by hand.",
    ),
    "json.invalid": ReasonRow(
        "not JSON",
        "The entry is not JSON: see line {line}, column {column}, near {near}.",
    ),
    "json.cut_off": ReasonRow(
        "JSON that ends too early",
        "The JSON breaks off at line {line}, column {column}: a bracket or quote is not closed. Send it whole.",
    ),
    "json.too_deep": ReasonRow(
        "brackets within brackets beyond the parser's limit",
        "The JSON has too many brackets within brackets to be read. Send one event, without anything around it.",
    ),
    "json.number_too_long": ReasonRow(
        "a number of thousands of digits",
        "The number that ends at line {line}, column {column}, has thousands of digits. Write the figure.",
    ),
    "json.duplicate_key": ReasonRow(
        "one field twice in one object",
        "The field {value} is given more than once in one object. Keep the one that is right.",
    ),
    "entry.no_envelope": ReasonRow(
        "what belongs under `data`, alone",
        "The entry is what belongs under data, alone. Put it there, with specversion, id, source, subject and type "
        "beside it.",
    ),
    "json.not_an_object": ReasonRow(
        "JSON, but not an object",
        "The entry is {value}. Send one event, in curly brackets, not in quotes or a list.",
    ),
    "field.unknown": ReasonRow(
        "a field that Tallywire does not know",
        "{path} is not a field that Tallywire knows.{hint} Leave it out or rename it.",
    ),
    "field.too_many": ReasonRow(
        "more members in an object or a list than a contest could need",
        "{path} holds {size} values, more than the {limit} that this contest could need. Send what belongs to one "
        "contest.",
    ),
    "field.misplaced": ReasonRow(
        "a field of `data` that stands beside it",
        "{path} belongs into data, and stands beside it. Move it there.",
    ),
    "data.in_base64": ReasonRow(
        "data in base64, as CloudEvents has it for what is no JSON",
        "{path} is for data that is no JSON. Write what it holds as an object in data, and leave it out.",
    ),
    "attribute.malformed": ReasonRow(
        "an attribute that is not named as CloudEvents names attributes",
        "{path} is not a name for an attribute: it may have lower-case letters and digits only. Leave it out or rename "
        "it.",
    ),
    "attribute.not_plain": ReasonRow(
        "an extension attribute that is no text, whole number, true or false",
        "{path} is {value}. An extension attribute is a text, true, false, or a whole number of up to 2,147,483,647.",
    ),
    "attribute.too_many": ReasonRow(
        "more extension attributes than an event may have",
        "The event has {count} extension attributes, more than the {limit} possible. Leave some out.",
    ),
    "field.not_understood": ReasonRow(
        "a fault that no other code names",
        "{path} is not as the schema has it. Compare the event with its schema.",
    ),
    "specversion.unsupported": ReasonRow(
        "another version of CloudEvents than 1.0", 'specversion is {value}. Write "1.0".'
    ),
    "type.unknown": ReasonRow(
        "an event type that is not for sending",
        "type is {value}, which is not for sending.{hint}",
    ),
    "type.needs_signatures": ReasonRow(
        "a key, a confirmation or an entry for an election that does not ask for signatures",
        "type is {value}, which is only for elections whose register asks for signatures; that of {election} does not. "
        "Send declarations without it.",
    ),
    "datacontenttype.not_json": ReasonRow(
        "another content type than JSON",
        'datacontenttype is {value}. Write "application/json" or leave it out.',
    ),
    "test.rehearsal_in_live": ReasonRow(
        "a rehearsal sent to a real election",
        "This event is a rehearsal (test is true), but {election} is a real election. Send it to a rehearsal.",
    ),
    "test.live_in_rehearsal": ReasonRow(
        "a real declaration sent to a rehearsal",
        "{election} is a rehearsal, but this event does not say so. If it is one, add test: true.",
    ),
    "election.closed": ReasonRow(
        "anything sent to an election that is closed",
        "{election} is closed since {since}, and takes nothing any more. Only its operator can open it again; what "
        "was accepted before stands.",
    ),
    "election.nothing_changed": ReasonRow(
        "an election that is to be closed and is already, or opened and is open",
        "{election} is {state} already. Nothing is to be done.",
    ),
    "election.reopened_without_reason": ReasonRow(
        "an election that is opened again without a reason",
        "Say in data.reason why the election is opened again{like}.",
    ),
    "election.full": ReasonRow(
        "a ledger with as many entries as an election may have",
        "The ledger of {election} has {limit} entries, as many as an election may have. What stands on it stands; "
        "tell the results desk.",
    ),
    "id.reused": ReasonRow(
        "an event id under which something else was taken",
        "This id was used for another message before. To send that one again, send it as it was; else give this one an "
        "id of its own.",
    ),
}
"""By code."""
