"""One entry for every fault of an event's bytes, envelope and shape, with what its sender is told."""

import json
from dataclasses import dataclass
from typing import Final

from schemas.register import Register
from schemas.signatures import thumbprint
from tests.services.declarations import LEFT_OUT, altered, synthetic_declaration
from tests.services.registers import ELECTION, TESTSHIRE, synthetic_register

REGISTER: Final = synthetic_register()
DECLARED: Final = synthetic_declaration()
AMENDED: Final = {
    **DECLARED,
    "type": "tallywire.amendment.v1",
    "data": {"ballot_id": TESTSHIRE, "electorate": 100_100, "candidates": {"ann-example": {"name": "Anne Example"}}},
}
DESCRIBED: Final = {
    **DECLARED,
    "type": "tallywire.register.v1",
    "subject": ELECTION,
    "data": json.loads(REGISTER.model_dump_json()),
}
KEY_ID: Final = thumbprint(bytes(range(1, 33)))
SIGNED: Final = synthetic_register(signatures="required", operator_key="AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA")
CONFIRMED: Final = {
    **DECLARED,
    "type": "tallywire.confirmation.v1",
    "data": {"ballot_id": TESTSHIRE, "hold": 7, "decision": "confirm"},
}
ENROLLED: Final = {
    **DECLARED,
    "type": "tallywire.key.v1",
    "subject": KEY_ID,
    "data": {
        "key_id": KEY_ID,
        "public_key": "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA",
        "person": "clerk-1",
        "role": "clerk",
        "mode": "live",
    },
}
RIGHT_TO_LEFT: Final = "\u202e"
VOTES: Final = "data/votes/ann-example"


@dataclass(frozen=True)
class Refused:
    """An entry, and all that its receipt says."""

    fields: dict[bytes, bytes]
    told: tuple[tuple[str, str], ...]
    """Code and path of every reason, in any order."""
    sentence: str = ""
    """The whole sentence of the first, where it is worth pinning down."""
    register: Register | None = REGISTER


def bytes_refused(sent: bytes, code: str, sentence: str = "") -> Refused:
    """Return the refusal of an entry that is no event."""
    return Refused({b"data": sent}, ((code, ""),), sentence)


def declared(path: str, value: object, *told: str, sentence: str = "") -> Refused:
    """Return the refusal of a declaration with one field altered; each of ``told`` is a code and a path."""
    return _refused(altered(DECLARED, (path, value)), told, sentence)


def amended(path: str, value: object, *told: str) -> Refused:
    """Return the refusal of an amendment with one field altered."""
    return _refused(altered(AMENDED, (path, value)), told, "")


def described(path: str, value: object, *told: str, sentence: str = "") -> Refused:
    """Return the refusal of a register with one field altered."""
    return _refused(altered(DESCRIBED, (path, value)), told, sentence, None)


def confirmed(path: str, value: object, *told: str, sentence: str = "") -> Refused:
    """Return the refusal of a decision on what is held with one field altered."""
    return _refused(altered(CONFIRMED, (path, value)), told, sentence, SIGNED)


def enrolled(path: str, value: object, *told: str, sentence: str = "") -> Refused:
    """Return the refusal of a key with one field altered."""
    return _refused(altered(ENROLLED, (path, value)), told, sentence, SIGNED)


def _refused(event: object, told: tuple[str, ...], sentence: str, register: Register | None = REGISTER) -> Refused:
    pairs = tuple((code, path) for code, _, path in (each.partition(" ") for each in told))
    return Refused({b"data": json.dumps(event).encode()}, pairs, sentence, register)


def as_written(old: str, new: str, *told: str, sentence: str = "") -> Refused:
    """Return the refusal of a declaration with a piece of its JSON replaced, for what only the text can say."""
    text = json.dumps(DECLARED)
    assert text.count(old) == 1
    return Refused({b"data": text.replace(old, new).encode()}, _refused(None, told, "").told, sentence)


BYTES: Final = {
    "no field data": Refused(
        {b"json": b"{}", b"x": b"1"},
        (("entry.no_data", ""),),
        'The entry has no field data, it has "json" and "x". Put the event, as JSON, into a field named data.',
    ),
    "ten thousand fields, none of them data": Refused(
        {b"field-%d" % place: b"1" for place in range(10_000)},
        (("entry.no_data", ""),),
        "The entry has no field data, it has more than 6 fields. Put the event, as JSON, into a field named data.",
    ),
    "data twice": bytes_refused(
        b"\n\0\n".join([json.dumps(DECLARED).encode()] * 2),
        "entry.data_twice",
        "The entry has more than one field data, and nobody knows which is meant. Send one event an entry.",
    ),
    "no bytes": bytes_refused(b"", "entry.empty"),
    "only spaces": bytes_refused(b" \n", "entry.empty"),
    "a megabyte": bytes_refused(b"[" + b"0," * 500_000 + b"0]", "entry.too_large"),
    "a large declaration that speaks of registers": bytes_refused(
        json.dumps(altered(DECLARED, ("data/note", "tallywire.register.v1" + "x" * 70_000))).encode(),
        "entry.too_large",
    ),
    "a register beyond its limit": bytes_refused(
        b'{"type":"tallywire.register.v1","x":"' + b"x" * 33_600_000 + b'"}', "entry.too_large"
    ),
    "a register of nothing but brackets": bytes_refused(
        b'{"type":"tallywire.register.v1","x":[' + b"[]," * 1_000_000 + b"0]}", "entry.too_many_values"
    ),
    "a declaration of nothing but brackets": bytes_refused(
        json.dumps(altered(DECLARED, ("data/votes", [[]] * 2_000))).encode(), "entry.too_many_values"
    ),
    "a register of nothing but faults": Refused(
        {b"data": json.dumps(altered(DESCRIBED, ("data/parties", dict.fromkeys(map(str, range(2_000)), "")))).encode()},
        (("entry.too_many_faults", ""),),
        register=None,
    ),
    "Latin-1": bytes_refused(
        json.dumps(DECLARED).encode().replace(b"Rita", b"Rit\xe4"),
        "text.not_utf8",
        f"The entry is not UTF-8: byte {json.dumps(DECLARED).index('Rita') + 4} is 0xe4. Save or send it as UTF-8.",
    ),
    "UTF-16": bytes_refused(json.dumps(DECLARED).encode("utf-16"), "text.not_utf8"),
    "a byte-order mark": bytes_refused(b"\xef\xbb\xbf" + json.dumps(DECLARED).encode(), "text.byte_order_mark"),
    "words": bytes_refused(
        b"Testshire:\nBob Sample elected",
        "json.invalid",
        'The entry is not JSON: see line 1, column 1, near "Testshire:".',
    ),
    "not a number": bytes_refused(b'{"a": NaN}', "json.invalid"),
    "half a character": bytes_refused(b'{"a": "\\ud800"}', "json.invalid"),
    "cut off": bytes_refused(json.dumps(DECLARED).encode()[:-30], "json.cut_off"),
    "3,000 levels": bytes_refused(b"[" * 3_000 + b"]" * 3_000, "json.too_deep"),
    "a number of 5,000 digits": bytes_refused(b'{"a": ' + b"9" * 5_000 + b"}", "json.number_too_long"),
    "a list": bytes_refused(
        b"[]", "json.not_an_object", "The entry is a list. Send one event, in curly brackets, not in quotes or a list."
    ),
    "null": bytes_refused(b"null", "json.not_an_object"),
    "data alone": bytes_refused(
        json.dumps(DECLARED["data"]).encode(),
        "entry.no_envelope",
        "The entry is what belongs under data, alone. Put it there, with specversion, id, source, subject and type "
        "beside it.",
    ),
    "JSON in quotes": bytes_refused(json.dumps(json.dumps(DECLARED)).encode(), "json.not_an_object"),
    "one candidate twice": as_written(
        '"cay-specimen"',
        '"ann-example": 20000, "cay-specimen"',
        "json.duplicate_key ",
        sentence='The field "ann-example" is given more than once in one object. Keep the one that is right.',
    ),
    "one field twice, once escaped": as_written('"revision"', r'"r\u0065vision": 1, "revision"', "json.duplicate_key "),
    "a field twice and another fault": as_written(
        '"revision": 1', '"revision": 1, "revision": 0', "json.duplicate_key ", "revision.too_small data.revision"
    ),
}

ENVELOPES: Final = {
    "no specversion": declared("specversion", LEFT_OUT, "specversion.missing specversion"),
    "another specversion": declared("specversion", "0.3", "specversion.unsupported specversion"),
    "specversion a number": declared("specversion", 1.0, "specversion.unsupported specversion"),
    "no id": declared("id", LEFT_OUT, "id.missing id"),
    "id a number": declared("id", 17, "id.not_text id", sentence="id is 17. Write a text, in quotes."),
    "id empty": declared("id", "", "id.empty id"),
    "id too long": declared(
        "id", "x" * 5_000, "id.too_long id", sentence="id is 5,000 characters long. At most 200 are possible."
    ),
    "no source": declared("source", LEFT_OUT, "source.missing source"),
    "source a list": declared("source", [], "source.not_text source"),
    "source empty": declared("source", "", "source.empty source"),
    "source too long": declared("source", "x" * 201, "source.too_long source"),
    "no type": declared("type", LEFT_OUT, "type.missing type"),
    "a type misspelt": declared(
        "type",
        "tallywire.declaraton.v1",
        "type.unknown type",
        sentence='type is "tallywire.declaraton.v1", which is not for sending. Did you mean tallywire.declaration.v1?',
    ),
    "a type that we publish": declared("type", "tallywire.result.v1", "type.unknown type"),
    "type a list": declared("type", ["tallywire.declaration.v1"], "type.unknown type"),
    "no subject": declared("subject", LEFT_OUT, "subject.missing subject"),
    "subject a number": declared("subject", 1, "subject.not_text subject"),
    "subject empty": declared("subject", "", "subject.empty subject"),
    "subject too long": declared("subject", "x" * 201, "subject.too_long subject"),
    "subject another contest": declared("subject", "pcc.newtown.2030-05-02", "subject.not_the_contest subject"),
    "time not a text": declared("time", 1_904_000_000, "time.not_text time"),
    "time in words": declared("time", "3 a.m.", "time.not_a_time time"),
    "time without offset": declared("time", "2030-05-03T03:12:00", "time.no_offset time"),
    "time on 30 February": declared("time", "2030-02-30T03:12:00Z", "time.no_such_moment time"),
    "XML": declared("datacontenttype", "text/xml", "datacontenttype.not_json datacontenttype"),
    "content type a number": declared("datacontenttype", 1, "datacontenttype.not_json datacontenttype"),
    "dataschema a number": declared("dataschema", 1, "dataschema.not_text dataschema"),
    "dataschema too long": declared("dataschema", "x" * 201, "dataschema.too_long dataschema"),
    "test a text": declared("test", "yes", "test.not_true_or_false test"),
    "no data": declared("data", LEFT_OUT, "data.missing data"),
    "data a list": declared("data", [], "data.not_an_object data"),
    "sequence ours": declared("sequence", 7, "sequence.not_yours sequence"),
    "sequence null": declared("sequence", None, "sequence.not_yours sequence"),
    "sequence of no sort": declared("sequence", {"a": 1}, "sequence.not_yours sequence"),
    "acceptedtime ours": declared("acceptedtime", "2030-05-03T03:12:00Z", "acceptedtime.not_yours acceptedtime"),
    "groupend ours": declared("groupend", True, "groupend.not_yours groupend"),
    "chain ours": declared("chain", "0" * 64, "chain.not_yours chain"),
    "signature ours": declared("signature", "0" * 64, "signature.not_yours signature"),
    "person ours": declared("person", "anna-b", "person.not_yours person"),
    "confirmedby ours": declared("confirmedby", "anna-b", "confirmedby.not_yours confirmedby"),
    "election a number": declared("election", 1, "election.not_text election"),
    "election too long": declared("election", "x" * 201, "election.too_long election"),
    "entries a text": declared("data/entries", "a", "entries.not_a_list data.entries"),
    "entries numbers": declared("data/entries", [1], "entries.not_text data.entries.0"),
    "entries no digests": declared("data/entries", ["a"], "entries.malformed data.entries.0"),
    "election no election": declared("election", "somewhere", "election.malformed election"),
    "a confirmation where nothing is signed": _refused(CONFIRMED, ("type.needs_signatures type",), ""),
    "an attribute misspelt": as_written(
        '"time"',
        '"tim"',
        "field.unknown tim",
        sentence="tim is not a field that Tallywire knows. Did you mean time? Leave it out or rename it.",
    ),
    "an attribute in capitals": as_written('"time"', '"Time"', "field.unknown Time"),
    "a required attribute misspelt": as_written(
        '"subject"', '"subjct"', "field.unknown subjct", "subject.missing subject"
    ),
    "a rehearsal misspelt": declared("tset", True, "field.unknown tset"),
    "an extension in capitals": declared(
        "traceParent",
        "00-1",
        "attribute.malformed traceParent",
        sentence="traceParent is not a name for an attribute: it may have lower-case letters and digits only. Leave it "
        "out or rename it.",
    ),
    "data in base64": declared("data_base64", "e30=", "data.in_base64 data_base64"),
    "an attribute without a name": declared("", 1, "attribute.malformed "),
    "an extension that is an object": declared("desk", {"a": 1}, "attribute.not_plain desk"),
    "an extension that is a list": declared("desk", [], "attribute.not_plain desk"),
    "an extension with a fraction": declared(
        "desk",
        1.5,
        "attribute.not_plain desk",
        sentence="desk is 1.5. An extension attribute is a text, true, false, or a whole number of up to "
        "2,147,483,647.",
    ),
    "an extension of 33 bits": declared("desk", 2**31, "attribute.not_plain desk"),
    "the kind beside data": declared(
        "kind",
        "withdrawn",
        "field.misplaced kind",
        sentence="kind belongs into data, and stands beside it. Move it there.",
    ),
    "what belongs into data, beside nothing": Refused(
        {
            b"data": json.dumps(
                {name: DECLARED[name] for name in DECLARED if name != "data"}
                | {name: DECLARED["data"][name] for name in ("ballot_id", "votes")}
            ).encode()
        },
        (("data.missing", "data"), ("field.misplaced", "ballot_id"), ("field.misplaced", "votes")),
    ),
    "more extensions than can be": Refused(
        {b"data": json.dumps(DECLARED | {f"x{place}": 1 for place in range(101)}).encode()},
        (("attribute.too_many", ""),),
        "The event has 101 extension attributes, more than the 100 possible. Leave some out.",
    ),
    "more votes than candidates can be": declared(
        "data/votes",
        {str(number): 1 for number in range(501)},
        "field.too_many data.votes",
        sentence="data.votes holds 501 values, more than the 500 that this contest could need. "
        "Send what belongs to one contest.",
    ),
    "more fields than there are": declared("data", {str(number): 1 for number in range(501)}, "field.too_many data"),
    "more local counts than the contest has": declared(
        "data/areas", [{"area": "x", "votes": {str(number): 1 for number in range(501)}}], "field.too_many data.areas"
    ),
    "more local areas than can be": declared("data/areas", [{}] * 501, "field.too_many data.areas"),
}

HIDDEN: Final = {
    **{
        f"right-to-left mark in {path}": declared(
            path, f"x{RIGHT_TO_LEFT}", f"text.invisible_character {path.replace('/', '.')}"
        )
        for path in (
            "id",
            "source",
            "type",
            "subject",
            "time",
            "dataschema",
            "data/ballot_id",
            "data/declared_at",
            "data/note",
        )
    },
    "in a candidate's id": declared(
        f"data/votes/dan{RIGHT_TO_LEFT}",
        1,
        r"text.invisible_character data.votes.dan\u202e",
        sentence=r'data.votes.dan\u202e holds a character that nobody can see: "dan\u202e". Type it again by hand.',
    ),
    "in a figure": declared(VOTES, f"1{RIGHT_TO_LEFT}", "text.invisible_character data.votes.ann-example"),
    "in an unknown field": declared(f"data/{RIGHT_TO_LEFT}", 1, r"text.invisible_character data.\u202e"),
    "within an unknown field": declared(
        "data/x", [{"y": "\0"}], "text.invisible_character data.x.0.y", "field.unknown data.x"
    ),
    "in an extension": declared("desk", f"A{RIGHT_TO_LEFT}", "text.invisible_character desk"),
    "in an extension's name": declared(f"desk{RIGHT_TO_LEFT}", 1, r"text.invisible_character desk\u202e"),
    "in one elected": declared("data/elected", [f"bob{RIGHT_TO_LEFT}"], "text.invisible_character data.elected.0"),
    "in a party's name": described(
        "data/parties/PP53/name", "Labour\u200b", "text.invisible_character data.parties.PP53.name"
    ),
    "in a candidate's name": described(
        f"data/contests/{TESTSHIRE}/candidates/ann-example/name",
        f"Ann {RIGHT_TO_LEFT}Example",
        f"text.invisible_character data.contests.{TESTSHIRE}.candidates.ann-example.name",
    ),
    "in an amended name": amended("data/name", "Test\u200bshire", "text.invisible_character data.name"),
}

KEYS: Final = {
    "a key's id malformed": enrolled("data/key_id", "clerk", "key.malformed data.key_id"),
    "a person's id with capitals": enrolled(
        "data/person",
        "Rita Example",
        "key.malformed data.person",
        sentence='data.person is "Rita Example". Write it like "clerk-1".',
    ),
    "a person's number": enrolled("data/person", 7, "key.not_text data.person"),
    "a person's id too long": enrolled("data/person", "x" * 61, "key.too_long data.person"),
    "a role that is none": enrolled(
        "data/role",
        "clark",
        "key.not_one_of data.role",
        sentence="data.role is \"clark\". Did you mean clerk? Write one of: 'clerk', 'second-person', "
        "'returning-officer', 'desk', 'operator' or 'service'.",
    ),
    "an action that is none": enrolled("data/action", "burn", "key.not_one_of data.action"),
    "contests as a text": enrolled("data/contests", TESTSHIRE, "key.not_a_list data.contests"),
    "an empty name": enrolled("data/name", "", "key.empty data.name"),
    "a key until a word": enrolled("data/valid_until", "tomorrow", "key.not_a_time data.valid_until"),
    "a key until the 30th of February": enrolled(
        "data/valid_until", "2030-02-30T00:00:00Z", "key.no_such_moment data.valid_until"
    ),
    "a key until no moment on earth": enrolled(
        "data/valid_until", "9999-12-31T23:59:59-14:00", "key.no_such_moment data.valid_until"
    ),
    "a key from a local time": enrolled("data/valid_from", "2030-05-02T22:00:00", "key.no_offset data.valid_from"),
}

DECISIONS: Final = {
    "a hold as a text": confirmed(
        "data/hold",
        "7",
        "confirmation.text data.hold",
        sentence='data.hold is "7", a text. Write a whole number without quotes or commas: 7.',
    ),
    "a hold with a fraction": confirmed("data/hold", 7.5, "confirmation.fraction data.hold"),
    "a hold that is true": confirmed("data/hold", True, "confirmation.true_or_false data.hold"),
    "a hold that is null": confirmed("data/hold", None, "confirmation.null data.hold"),
    "a hold that is a list": confirmed("data/hold", [7], "confirmation.not_a_number data.hold"),
    "a hold at place 0": confirmed("data/hold", 0, "confirmation.too_small data.hold"),
    "a hold beyond every place": confirmed("data/hold", 2**31, "confirmation.too_large data.hold"),
    "no hold": confirmed(
        "data/hold",
        LEFT_OUT,
        "confirmation.missing data.hold",
        sentence="data.hold is missing. Add it, like 17.",
    ),
    "a decision that is none": confirmed(
        "data/decision",
        "accept",
        "confirmation.not_one_of data.decision",
        sentence="data.decision is \"accept\". Write one of: 'confirm', 'reject' or 'return'.",
    ),
}
