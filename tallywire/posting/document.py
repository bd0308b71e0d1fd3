"""The OpenAPI document: every status, every reason, and an example of each answer."""

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from schemas.events import OURS, SENT, ReceiptEvent, RegisterEvent
from schemas.signatures import SIGNATURE_LENGTH_MAX
from services.ingest.rules.reasons.table import REASONS
from tallywire.people.requests import KeyRequest
from tallywire.people.signing_in import SignIn
from tallywire.posting.answers import EVENT_TYPE, WAITING_DETAIL
from tallywire.posting.bodies import STRUCTURED
from tallywire.posting.enrolments import NOT_INVITED, TAKEN, USED
from tallywire.posting.examples import DECLARATIONS, FORMS, PCC
from tallywire.posting.rates import BY_ADDRESS, too_many
from tallywire.posting.sessions import FOREIGN, NOBODY, NOT_SIGNED_IN
from tallywire.posting.sessions import USED as CHALLENGE_USED
from tallywire.posting.signatures import HEADER
from tallywire.web.problems import MEDIA_TYPE, Problem

Json = dict[str, Any]

_REFERENCE: Final = "#/components/schemas/{model}"

_RECEIPT: Final[Json] = {
    "specversion": "1.0",
    "id": "pcc.2030-05-02:1903910400000-0:receipt",
    "source": "/tallywire/ingest",
    "type": "tallywire.receipt.v1",
    "subject": PCC,
    "time": "2030-05-02T22:40:00.000Z",
    "test": False,
    "data": {
        "status": "accepted",
        "entry_id": "1903910400000-0",
        "event_id": "testshire-1",
        "reasons": [],
        "ledger_sequence": 2,
    },
    "sequence": 2,
}
_HELD: Final[Json] = _RECEIPT | {
    "data": {
        "status": "held",
        "entry_id": "1903910400000-0",
        "event_id": "testshire-1",
        "reasons": [
            {
                "code": "papers.do_not_reconcile",
                "path": "data.papers",
                "message": "6,558 papers were verified and are not counted.",
            }
        ],
        "ledger_sequence": None,
        "signed": True,
        "person": "norfolk-1",
        "hold": 17,
    }
}
_WAITING: Final[Json] = {
    "status": "waiting",
    "detail": WAITING_DETAIL,
}
_REASON: Final[Json] = {
    "code": "votes.tie",
    "path": "data.votes",
    "message": "Ann Example and Bob Sample have 906 votes each. Say with elected and lot who was drawn.",
}


def _problem(description: str, title: str, status: int, detail: str, **more: object) -> Json:
    example = {"title": title, "status": status, "detail": detail, **more}
    schema = {"$ref": _REFERENCE.format(model="Problem")}
    return {"description": description, "content": {MEDIA_TYPE: {"schema": schema, "example": example}}}


def _with_header(response: Json, name: str, description: str) -> Json:
    return {**response, "headers": {name: {"description": description, "schema": {"type": "string"}}}}


_ENTRY: Final[Json] = {"entry_id": "1903910400000-0", "event_id": "testshire-1"}
_UNAVAILABLE: Final = _with_header(
    _problem(
        "What is behind this service is away, full or emptied. Sending it again is harmless.",
        "Not available now",
        503,
        "The server is away, so nobody knows whether it was taken. Send it again: a repeat is harmless.",
    ),
    "Retry-After",
    "Seconds after which to try again.",
)
_NOT_FOUND: Final = _problem("No such election, contest, receipt or page.", "Not found", 404, "There is no such page.")
_BY_RECEIPT: Final[dict[int | str, Json]] = {
    200: {
        "description": "It is on the ledger: taken now (`accepted`) or before (`duplicate`). The receipt as published.",
        "content": {
            EVENT_TYPE: {"schema": {"$ref": _REFERENCE.format(model="ReceiptEvent")}, "example": _RECEIPT},
        },
    },
    202: _with_header(
        {
            "description": "It waits. As JSON: it is safe on the stream, and nobody has judged it yet. As a receipt: "
            "it is held for a second person (`held`), or holds figures that wait for another person's (`entered`).",
            "content": {
                "application/json": {"schema": {"type": "object"}, "example": _WAITING},
                EVENT_TYPE: {"schema": {"$ref": _REFERENCE.format(model="ReceiptEvent")}, "example": _HELD},
            },
        },
        "Location",
        "Where to ask for the receipt. Nobody can guess it.",
    ),
    401: _with_header(
        _problem(
            "The election asks for signatures, and this is not signed by a key of it.",
            "Not signed",
            401,
            "This election takes signed messages only, and this one has no signature. Sign it with your key and send "
            "it again.",
            reasons=[{"code": "signature.missing", "path": "", "message": "This one has no signature."}],
        ),
        "WWW-Authenticate",
        f"The header in which a signature is sent: {HEADER}.",
    ),
    403: _problem(
        "The key that has signed it is not for this contest, not valid now, or its holder may not do this.",
        "Not allowed",
        403,
        "The key of norfolk-1 was retired. Use the new one, or have one enrolled.",
        **_ENTRY,
        reasons=[{"code": "key.retired", "path": "", "message": "The key of norfolk-1 was retired."}],
    ),
    404: _NOT_FOUND,
    409: _problem(
        "The id of this event is that of another one which was accepted.",
        "Conflict",
        409,
        "This id is that of another message, which was accepted. Give this one an id of its own.",
        **_ENTRY,
        reasons=[{"code": "id.reused", "path": "id", "message": "This id is that of another message."}],
    ),
    422: _problem(
        "It was refused, with everything that is wrong with it. The sentences of docs/reasons.md.",
        "Refused",
        422,
        _REASON["message"],
        **_ENTRY,
        reasons=[_REASON],
    ),
    503: _UNAVAILABLE,
}

_TOO_MANY: Final = too_many(BY_ADDRESS, 37).problem

POST_RESPONSES: Final[dict[int | str, Json]] = {
    **_BY_RECEIPT,
    400: _problem("The body is empty or cut off.", "Malformed request", 400, "The body is empty."),
    408: _problem("The body came too slowly.", "Too slow", 408, "The body has not arrived within 30 s."),
    413: _problem("The body is too long.", "Too large", 413, "The body is longer than 262,144 bytes."),
    415: _problem(
        "Not one event as JSON: another media type, a batch, or binary mode.",
        "Unsupported media type",
        415,
        f"Send one event as JSON with Content-Type: {STRUCTURED[0]}, or {STRUCTURED[1]}.",
    ),
    429: _with_header(
        _problem("Too much at once from one sender.", _TOO_MANY.title, _TOO_MANY.status, _TOO_MANY.detail),
        "Retry-After",
        "Seconds after which to try again.",
    ),
}
"""What posting may answer."""

RECEIPT_RESPONSES: Final[dict[int | str, Json]] = _BY_RECEIPT
"""What asking for a late receipt may answer."""

_KEY_ID: Final = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"

ENROLMENT_RESPONSES: Final[dict[int | str, Json]] = {
    **{status: POST_RESPONSES[status] for status in (400, 404, 408, 413, 415, 429, 503)},
    202: {
        "description": "It waits for the operator. The same request again is answered in the same way.",
        "content": {
            "application/json": {
                "schema": {"type": "object"},
                "example": {"status": "waiting", "key_id": _KEY_ID, "detail": TAKEN},
            }
        },
    },
    403: _problem(
        "The invitation is not known or has ended, or it came over plain HTTP.",
        "Not allowed",
        403,
        NOT_INVITED,
    ),
    409: _problem("The invitation was used for another request.", "Conflict", 409, USED),
    422: _problem(
        "It is no request for a key, or not signed with the key that it asks for.",
        "Refused",
        422,
        "This is not signed with the key that it asks for: whoever made it may not have it.",
    ),
}
"""What asking for a key to be enrolled may answer."""

_REQUEST_EXAMPLE: Final[Json] = {
    "type": "tallywire.key-request.v1",
    "key_id": _KEY_ID,
    "public_key": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    "invitation": "Zx2Ft3cZ0aF4n8m1pQ9sKdL5vB6gH7jW8yE0uR1tXoA",
}

ENROLMENT_BODY: Final[Json] = {
    "parameters": [
        {
            "name": HEADER,
            "in": "header",
            "required": True,
            "description": "The signature of the body, made with the key that it asks for: see docs/signatures.md.",
            "schema": {"type": "string"},
        }
    ],
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": KeyRequest.model_json_schema(), "example": _REQUEST_EXAMPLE}},
    },
}
"""What is sent to ask for a key."""

_PERSON: Final[Json] = {
    "person": "norfolk-1",
    "name": None,
    "role": "returning-officer",
    "contests": [PCC],
    "key_id": _KEY_ID,
    "until": "2030-05-03T10:40:00Z",
}


def _signed_in(description: str) -> Json:
    return {
        "description": description,
        "content": {"application/json": {"schema": {"type": "object"}, "example": _PERSON}},
    }


_FOREIGN: Final = _problem(
    "The page of another site sent it, it came over plain HTTP, or the election has no keys.",
    "Not allowed",
    403,
    FOREIGN,
)
_NOBODY: Final = _with_header(
    _problem("Nobody is signed in.", NOT_SIGNED_IN, 401, NOBODY), "WWW-Authenticate", "Sign in at `sessions`."
)

CHALLENGE_RESPONSES: Final[dict[int | str, Json]] = {
    **{status: POST_RESPONSES[status] for status in (404, 429, 503)},
    201: {
        "description": "What is signed, as docs/signatures.md says.",
        "content": {
            "application/json": {
                "schema": {"type": "object"},
                "example": {
                    "challenge": "Zx2Ft3cZ0aF4n8m1pQ9sKdL5vB6gH7jW8yE0uR1tXoA",
                    "election": "pcc.2030-05-02",
                    "expires_in": 120,
                },
            }
        },
    },
    403: _FOREIGN,
}
"""What asking for a challenge may answer."""

SIGN_IN_RESPONSES: Final[dict[int | str, Json]] = {
    **{status: POST_RESPONSES[status] for status in (400, 404, 408, 413, 415, 429, 503)},
    201: _with_header(
        _signed_in("Somebody is signed in."), "Set-Cookie", "The session, for a browser: nobody else may read it."
    ),
    401: _with_header(
        _problem("The challenge is not signed by a valid key of the election.", NOT_SIGNED_IN, 401, CHALLENGE_USED),
        "WWW-Authenticate",
        "Sign in at `sessions`.",
    ),
    403: _FOREIGN,
}
"""What signing in may answer."""

SESSION_RESPONSES: Final[dict[int | str, Json]] = {
    **{status: POST_RESPONSES[status] for status in (404, 503)},
    200: _signed_in("Who is signed in."),
    401: _NOBODY,
    403: _FOREIGN,
}
"""What asking who is signed in may answer."""

SESSION_END_RESPONSES: Final[dict[int | str, Json]] = {
    **{status: POST_RESPONSES[status] for status in (404, 503)},
    204: {"description": "Nobody is signed in any more."},
    403: _FOREIGN,
}
"""What signing out may answer."""

SIGN_IN_BODY: Final[Json] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": SignIn.model_json_schema(),
                "example": {"proof": "eyJhbGciOiJFZDI1NTE5In0.eyJjaGFsbGVuZ2UiOiIifQ.c2lnbmF0dXJl"},
            }
        },
    },
}
"""What is sent to sign in."""

FORM_RESPONSES: Final[dict[int | str, Json]] = {
    200: {"description": "The form.", "content": {"application/json": {"examples": FORMS}}},
    404: _NOT_FOUND,
    503: _UNAVAILABLE,
}
"""What asking for a form may answer."""

_POSTED: Final = tuple(event for event in SENT.values() if event is not RegisterEvent)
"""What may be posted: what may be sent, without what loads an election."""

REQUEST_BODY: Final[Json] = {
    "parameters": [
        {
            "name": "Prefer",
            "in": "header",
            "required": False,
            "description": "Seconds to wait for the receipt, `wait=5` (RFC 7240); 10 unless given, 60 at most.",
            "schema": {"type": "string"},
        },
        {
            "name": HEADER,
            "in": "header",
            "required": False,
            "description": "The signature of the body, byte for byte: a detached JWS (docs/signatures.md). Needed "
            "where the election asks for signatures.",
            "schema": {"type": "string", "maxLength": SIGNATURE_LENGTH_MAX},
        },
    ],
    "requestBody": {
        "required": True,
        "description": "One event, as it may be sent to the stream, in CloudEvents' structured mode.",
        "content": {
            kind: {
                "schema": {"oneOf": [{"$ref": _REFERENCE.format(model=event.__name__)} for event in _POSTED]},
                "examples": DECLARATIONS,
            }
            for kind in STRUCTURED
        },
    },
}
"""The body of a post, which FastAPI cannot know: it goes on byte for byte."""


def document(app: FastAPI) -> Json:
    """Return the OpenAPI document of the application."""
    if app.openapi_schema is None:
        made = get_openapi(
            title=app.title,
            version=app.version,
            description="Post declarations as they are made, and know at once whether they were taken.",
            routes=app.routes,
        )
        models: list[type[BaseModel]] = [*_POSTED, ReceiptEvent, Problem]
        _, schemas = models_json_schema([(model, "validation") for model in models], ref_template=_REFERENCE)
        for event in _POSTED:
            # They are in the model because it also reads the ledger, where Tallywire has given them.
            schemas["$defs"][event.__name__]["properties"].update({name: {"not": {}} for name in OURS})
        components = made.setdefault("components", {}).setdefault("schemas", {})
        components.update(schemas["$defs"])
        # FastAPI adds its own answer to parameters that it refuses; it refuses none of ours.
        for name in ("HTTPValidationError", "ValidationError"):
            components.pop(name, None)
        for methods in made["paths"].values():
            for operation in methods.values():
                if held := operation["responses"].get("202", {}).get("content", {}).get(EVENT_TYPE):
                    # FastAPI leaves out what is null, in an example, too.
                    held["example"] = _HELD
                if operation.get("operationId") == "getForm":
                    operation["responses"]["200"]["content"]["application/json"]["examples"] = FORMS
                if "HTTPValidationError" in str(operation["responses"].get("422")):
                    del operation["responses"]["422"]
        # A later release may have more codes.
        components["Reason"]["properties"]["code"]["anyOf"] = [{"enum": list(REASONS)}, {"type": "string"}]
        app.openapi_schema = made
    return app.openapi_schema
