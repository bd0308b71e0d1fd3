"""Reasons about who sent a message: its signature, its key, what the holder may do, and declarations that are held."""

from collections.abc import Mapping
from typing import Final

from services.ingest.rules.reasons.row import ReasonRow

SIGNATURE_ROWS: Final[Mapping[str, ReasonRow]] = {
    "signature.missing": ReasonRow(
        "no signature, in an election that asks for them",
        "This election takes signed messages only, and this one has no signature. Sign it with your key and send it "
        "again.",
    ),
    "signature.malformed": ReasonRow(
        "a signature that is not written as signatures are",
        "The signature is not written as it has to be: in one line without spaces, HEADER..SIGNATURE, its header with "
        "alg, b64, crit and kid and nothing else. See docs/signatures.md.",
    ),
    "signature.unknown_key": ReasonRow(
        "a signature by a key that is not enrolled in this election",
        "No key {key} is enrolled in this election. Use the key that was, or have this one enrolled by the operator.",
    ),
    "signature.wrong": ReasonRow(
        "a signature that does not hold for these bytes and this key",
        "The signature is not one of these bytes by the key {key} of {person}. Send the file exactly as it was signed, "
        "every space and line end included, or sign it again.",
    ),
    "key.retired": ReasonRow(
        "a key that was retired",
        "The key of {person} was retired. Use the new one, or have one enrolled by the operator.",
    ),
    "key.expired": ReasonRow(
        "a key whose time is over",
        "The key of {person} was valid until {until}. Have another one enrolled by the operator.",
    ),
    "key.not_yet_valid": ReasonRow(
        "a key whose time has not come", "The key of {person} is valid from {since}. Sign it again then, and send it."
    ),
    "key.other_contest": ReasonRow(
        "a key that is not for this contest",
        "The key of {person} is for {contests}, and not for this contest. Have it sent with a key that is.",
    ),
    "key.may_not": ReasonRow(
        "a key whose holder may not do this",
        "The key of {person} is that of {role}, who may not {action}. Allowed to: {who}.",
    ),
    "key.corrects_only": ReasonRow(
        "the first declaration of a contest, sent by the results desk",
        "The results desk only corrects what was declared, and nothing of this contest was. Have the count centre "
        "declare it.",
    ),
    "key.missing": ReasonRow("something that has to be given of a key", "{path} is missing. Add it{like}."),
    "key.other_id": ReasonRow(
        "a key id that is not the thumbprint of the key",
        "data.key_id is not the thumbprint (RFC 7638) of data.public_key. Take both from the same request.",
    ),
    "key.no_key": ReasonRow(
        "a public key that is none",
        "data.public_key is no Ed25519 key in base64url. Take it from the request of whoever holds the key.",
    ),
    "key.never_valid": ReasonRow(
        "a key that would cease to be valid before it begins to be",
        "The key would be valid from {since} until {until}, which is never. Mend one of the two.",
    ),
    "key.no_contests": ReasonRow(
        "a key for no contest at all",
        "data.contests is empty, so the key could be used for nothing. Name its contests, or write null for all.",
    ),
    "key.other_mode": ReasonRow(
        "a key for rehearsals in a real election, or the reverse",
        "This key is for {mode}, and {election} is {other}. Make another key for it and have that enrolled.",
    ),
    "key.enrolled_already": ReasonRow(
        "a key that is enrolled already, or was once",
        "This key was enrolled for {person} before, and no key is enrolled twice. If it is retired, make a new one.",
    ),
    "key.too_many": ReasonRow(
        "more keys of one person than may be valid at a time",
        "{person} has {limit} keys already, as many as may be valid at a time. Retire one first.",
    ),
    "key.unknown": ReasonRow(
        "a key that is to be retired and was never enrolled",
        "No such key is enrolled in this election. Compare data.key_id with the message that enrolled it.",
    ),
    "key.retired_already": ReasonRow(
        "a key that is to be retired and is already", "This key of {person} is retired already. Nothing is to be done."
    ),
    "key.last_operator": ReasonRow(
        "the last key of an operator, which cannot be retired",
        "This is the only key of an operator that is valid now. Enrol the next one first: nobody could enrol or retire "
        "keys after this.",
    ),
    "subject.not_the_key": ReasonRow(
        "a subject that is not the key that the message is about",
        "subject is {subject}, but data.key_id is {key}. Write the same in both.",
    ),
    "election.missing": ReasonRow(
        "a signed message that does not say which election it is for",
        'A signed message says which election it is for. Add "election": "{election}" beside id, and sign it again.',
    ),
    "election.other": ReasonRow(
        "a message that says that it is for another election",
        "This message says that it is for {meant}, and was sent to {election}. Send it there.",
    ),
    "time.missing": ReasonRow(
        "a signed message that does not say when it was made",
        "A signed message says when it was made. Add time beside id, like 2024-05-03T03:12:00+01:00, and sign "
        "it again.",
    ),
    "time.ahead": ReasonRow(
        "a signed message from a clock that is far ahead",
        "time is {sent}, and here it is {now}: more than {limit} ahead. Set the clock, and sign the message again.",
    ),
    "time.too_old": ReasonRow(
        "a signed message that was made too long ago",
        "time is {sent}, and here it is {now}: more than {limit} ago. Set the clock if it is wrong, and sign the "
        "message again with the time of now.",
    ),
    "id.second_source": ReasonRow(
        "an id that the same person has used with another source",
        "Whoever holds this key has used the id before, with another source. Give each message an id of its own.",
    ),
    "entries.missing": ReasonRow(
        "a declaration by a second person that cites no entries",
        "{person} declares as a second person, which needs two entries by different people that agree. Cite both in "
        "data.entries, or have the returning officer declare.",
    ),
    "entries.not_two": ReasonRow(
        "another number of cited entries than two",
        "data.entries has to name two entries, by different people. Cite the digests of their receipts.",
    ),
    "entries.unknown": ReasonRow(
        "a cited entry that is not there for this contest and revision",
        "One of the entries in data.entries is not there for this contest and revision, or was typed anew since. Cite "
        "the digests of the last receipts.",
    ),
    "entries.other_figures": ReasonRow(
        "cited entries of other figures than those declared",
        "The entries in data.entries do not have the figures that are declared here. Declare what both have typed or, "
        "if that is wrong, have it typed anew.",
    ),
    "entry.declared_already": ReasonRow(
        "figures typed of a revision that was declared already",
        "Revision {revision} of this contest was declared already (ledger entry {first}). To correct it, enter "
        "revision {next}.",
    ),
    "revision.held": ReasonRow(
        "a revision that is reserved by a declaration which is held",
        "Revision {revision} of this contest waits for a second person. Wait for the decision or, to correct it, send "
        "revision {next}.",
    ),
    "confirmation.no_reason": ReasonRow(
        "a declaration is rejected or returned without a reason",
        "Who decides to {decision} says why. Add data.reason{like}. It is public: write no figures.",
    ),
    "confirmation.own": ReasonRow(
        "a declaration is to be decided by who sent it, or typed it",
        "{person} has sent this declaration, or typed its figures. Somebody else has to decide on it.",
    ),
    "hold.unknown": ReasonRow(
        "a decision on a hold that is not there",
        "There is no hold at place {hold} of the ledger for {ballot_id}. The receipt of what is held says its place.",
    ),
    "hold.confirmed": ReasonRow(
        "what was held has been confirmed",
        "{person} has confirmed this already (ledger entry {place}). Nothing is left to decide.",
    ),
    "hold.rejected": ReasonRow(
        "what was held has been rejected",
        "{person} has rejected this (ledger entry {place}): {reason}. What is right has to be sent under another id.",
    ),
    "hold.returned": ReasonRow(
        "what was held has been returned to its sender",
        "{person} has returned this to its sender (ledger entry {place}): {reason}. What is right has to be sent under "
        "another id.",
    ),
    "hold.superseded": ReasonRow(
        "what was held has been overtaken by a higher revision",
        "A higher revision of this contest was accepted (ledger entry {place}) before anybody decided on this. Nothing "
        "is left to decide; to correct what stands, send a higher revision still.",
    ),
    "hold.bytes_missing": ReasonRow(
        "what is held is not here, since the election was restored without it",
        "The declaration itself is not on this server, which was restored without it. Have its sender send it again, "
        "byte for byte, and confirm it then.",
    ),
    "hold.impossible_now": ReasonRow(
        "what is held can no longer be true",
        "This cannot be confirmed: by now it would be refused. {reason} Reject it, or return it to its sender.",
    ),
    "hold.changes_winner_now": ReasonRow(
        "what is held would change who is elected, or is not by the rule for list seats, and was not so before",
        "This cannot be confirmed as it was held: another result was published since. {reason} Return it to its "
        "sender, to be looked at and sent under another id.",
    ),
    "desk.corrects": ReasonRow(
        "a correction by the results desk, which somebody else has to confirm",
        "The results desk corrects this contest. Somebody else has to confirm it.",
    ),
    "register.no_operator_key": ReasonRow(
        "a register that asks for signatures and names no operator's key",
        "The register asks for signatures, but does not name the operator's key. Add operator_key.",
    ),
    "register.no_key": ReasonRow(
        "an operator's key that is none",
        "data.operator_key is no Ed25519 key in base64url. Take it from the operator's public key.",
    ),
}
"""By code."""
