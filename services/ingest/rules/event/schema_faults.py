"""Translates what the schema finds wrong with an event into faults of our own table."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any, Final, get_args

from pydantic import BaseModel, ValidationError

from schemas.declaration import DeclarationKind, StageAction
from schemas.events import SENT, DeclarationEvent, EntryEvent, SendableEvent, data_model, type_name
from schemas.hold import Decision
from schemas.key import Role
from schemas.wire import VOTES_MAX, has_invisible_character
from services.ingest.rules.limits import FAULTS_MAX
from services.ingest.rules.reasons.examples import id_like, like
from services.ingest.rules.reasons.faults import Fault, fault
from services.ingest.rules.reasons.table import REASONS
from services.ingest.rules.reasons.wording import DidYouMean, Loc, Shown, escaped, path_of

_NAMES: Final = {
    "string_type": "not_text",
    "string_too_short": "empty",
    "string_too_long": "too_long",
    "string_pattern_mismatch": "malformed",
    "bool_type": "not_true_or_false",
    "tuple_type": "not_a_list",
    "dict_type": "not_an_object",
    "model_type": "not_an_object",
    "too_short": "none_given",
}
"""Our names for pydantic's error types."""

_PLACES: Final[Mapping[Loc, str]] = {
    ("data", "revision"): "The revision is",
    ("data", "rejected"): "The number of rejected papers is",
    ("data", "papers"): "The number of papers is",
    ("data", "quota"): "The quota is",
}
_REGISTER_RULES: Final = frozenset(
    {
        "unknown_reference",
        "too_many_seats",
        "seats_and_baseline",
        "answer_counts_as",
        "field_and_system",
        "system_needs_field",
        "no_constituency",
        "two_regions",
    }
)
"""Rules of the register's own validators, which say what is wrong with more than a place."""

_LITERALS: Final = {"specversion": "unsupported", "type": "unknown"}
_CHOICES: Final = {
    "type": tuple(SENT),
    "kind": get_args(DeclarationKind),
    "action": get_args(StageAction),
    "role": get_args(Role),
    "decision": get_args(Decision),
}
"""The words that may have been meant by an unknown one."""

_NAME_OF_FIELD: Final = "[key]"
"""Pydantic ends a location with this when the name of the field is wrong, not its value."""

_SHAPE_OF_A_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})?"
)
_THOUSANDS = re.compile(r"[\s,_']")
_WHOLE_NUMBER = re.compile(r"[0-9]{1,10}")


_HOLDING: Final = (dict, list)

_Steps = tuple[()] | tuple["_Steps", str | int]
"""Where something is: where that is in which it is, and the last step. To copy the whole way for each value would cost
their number times the depth."""


def invisible_characters(event: Mapping[str, Any]) -> dict[Loc, Fault]:
    """Find the texts and the names of fields that hold something nobody can see, by their location."""
    found: dict[Loc, Fault] = {}
    for steps, text in islice(_invisible(event), FAULTS_MAX + 1):
        where = _loc(steps)
        found[where] = fault("text.invisible_character", *where, value=Shown(text))
    return found


def _invisible(event: Mapping[str, Any]) -> Iterator[tuple[_Steps, str]]:
    """Yield each name and each text that holds something nobody can see."""
    waiting: list[tuple[_Steps, Any]] = [((), event)]
    while waiting:
        steps, value = waiting.pop()
        named = value.items() if isinstance(value, dict) else enumerate(value)
        # Local counts have thousands of names and figures: of most objects one search says that all names can be seen.
        if isinstance(value, dict) and has_invisible_character("".join(value)):
            yield from (((steps, name), name) for name in value if has_invisible_character(name))
        for name, each in named:
            if isinstance(each, int):
                continue
            if isinstance(each, str):
                if has_invisible_character(each):
                    yield (steps, name), each
            elif isinstance(each, _HOLDING):
                waiting.append(((steps, name), each))


def _loc(steps: _Steps) -> Loc:
    loc: list[str | int] = []
    while steps:
        steps, last = steps
        loc.append(last)
    return tuple(reversed(loc))


@dataclass(frozen=True, slots=True)
class Violation:
    """One place where an event breaks its schema."""

    rule: str
    """Pydantic's name of the rule that is broken, or that of our own validator."""
    loc: Loc
    """Where it is."""
    of_name: bool
    """Whether the name of the field is wrong, and not its value."""
    value: Any
    """What is there."""
    ctx: Mapping[str, Any]
    """What else pydantic says: limits, choices, and the facts of our own validators."""

    def names_a_candidate(self) -> bool:
        """Whether it is only that a text can't be a candidate's id: who knows the candidates can say more."""
        return self.rule in {"string_pattern_mismatch", "string_too_long"} and (
            self.loc[:2] in {("data", "elected"), ("data", "lot")}
            or (self.of_name and (_count_at(self.loc) is not None or self.loc[:-1] == ("data", "candidates")))
        )


def violations(error: ValidationError) -> Iterator[Violation]:
    """Yield every place where an event breaks its schema."""
    errors = error.errors(include_url=False)
    within = {found["loc"][:-1] for found in errors}
    for found in errors:
        loc, rule = found["loc"], found["type"]
        if rule == "too_short" and loc in within:
            continue  # what is in it cannot be read, and was not counted
        # A field that somebody named "[key]" is unknown, or no text: none of our maps has texts for values.
        of_name = loc[-1] == _NAME_OF_FIELD and rule.startswith("string_")
        yield Violation(rule, loc[:-1] if of_name else loc, of_name, found["input"], found.get("ctx", {}))


def missing(name: str) -> Fault:
    """Return the fault that an attribute which must be given is not there."""
    return fault(f"{name}.missing", name, like=like(name))


def schema_fault(found: Violation, model: type[SendableEvent], names: Mapping[str, str]) -> Fault:
    """Translate a violation of the schema.

    Args:
        found: the violation.
        model: of the type that the event has or, where its type is unknown, looks like.
        names: the candidates' names by id, where they are known.
    """
    if found.rule == "extra_forbidden":
        return fault("field.unknown", *found.loc, hint=DidYouMean(str(found.loc[-1]), _field_names(data_model(model))))
    name, facts = _name_and_facts(found)
    code = f"{_part(found, name, model)}.{name}"
    return fault(
        code if code in REASONS else "field.not_understood",
        *found.loc,
        **({"place": _Place(found.loc, found.of_name, names), "value": Shown(found.value)} | facts),
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """How a sentence about a field begins; put into words only when the sentence is written."""

    loc: Loc
    of_name: bool
    names: Mapping[str, str]

    def __str__(self) -> str:
        found = _count_at(self.loc)
        if found is None:
            return _PLACES.get(self.loc) or f"{path_of(self.loc)} is"
        candidate, count = found
        if self.of_name:
            return f'The candidate id "{escaped(candidate)}" is'
        name = self.names.get(candidate)
        return f"{name}'s votes{count} are" if name else f'The votes for "{escaped(candidate)}"{count} are'


def _count_at(loc: Loc) -> tuple[str, str] | None:
    """Return the candidate whose votes are at ``loc``, and of which count; None where there are no votes."""
    match loc:
        case ("data", "votes", str(candidate)):
            return candidate, ""
        case ("data", "final_round", str(candidate)):
            return candidate, " in the final round"
        case ("data", "areas", int(place), "votes", str(candidate)):
            return candidate, f" in data.areas.{place}"
        case _:
            return None


def _part(found: Violation, name: str, model: type[SendableEvent]) -> str:
    """Return what the code begins with.

    That is the attribute; within ``data`` the type of the message where the fault has a code for the type, as in
    ``amendment.too_long``, and else the field, as in ``note.too_long``.
    """
    attribute, *within = map(str, found.loc)
    if attribute != "data" or (not within and f"data.{name}" in REASONS):
        return attribute
    _, message, _ = type_name(DeclarationEvent if model is EntryEvent else model).split(".")
    if not within or (within[0] != "ballot_id" and f"{message}.{name}" in REASONS):
        return message
    if found.of_name:
        return "candidate"
    return "area" if within[0] == "areas" and len(within) > 1 else within[0]


@cache
def _field_names(model: type[BaseModel]) -> tuple[str, ...]:
    """Return the names of the fields of a model, and of the models in it."""
    names: dict[str, None] = {}
    waiting: list[Any] = [model]
    while waiting:
        annotation = waiting.pop()
        waiting.extend(get_args(annotation))
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            names.update(dict.fromkeys(annotation.model_fields))
            waiting.extend(field.annotation for field in annotation.model_fields.values())
    return tuple(names)


def _name_and_facts(found: Violation) -> tuple[str, dict[str, object]]:
    """Return the second half of the code and what the sentence needs beside place and value."""
    value, ctx = found.value, found.ctx
    facts: dict[str, object] = {}
    name = _NAMES.get(found.rule, found.rule)
    match found.rule:
        case "int_type":
            name, facts = _no_integer(value)
        case "greater_than_equal":
            name, facts = ("negative" if ctx["ge"] == 0 else "too_small"), {"limit": f"{ctx['ge']:,}"}
        case "less_than_equal":
            name, facts = "too_large", {"limit": f"{ctx['le']:,}"}
        case "not_a_time" if _SHAPE_OF_A_TIME.fullmatch(value):
            name = "no_such_moment"
        case "string_too_long":
            facts = {"length": f"{len(value):,}", "limit": ctx["max_length"]}
        case "string_pattern_mismatch":
            facts = {"like": id_like(found.loc)}
        case "missing":
            facts = {"like": like(str(found.loc[-1]))}
        case "literal_error":
            name = _LITERALS.get(str(found.loc[0]), "not_one_of")
            known = _CHOICES.get(str(found.loc[-1]), ())
            facts = {"choices": ctx["expected"], "hint": DidYouMean(value, known) if isinstance(value, str) else ""}
        case rule if rule in _REGISTER_RULES:
            facts = _in_register(found.rule, ctx)
    return name, facts


def _no_integer(value: object) -> tuple[str, dict[str, object]]:
    match value:
        case None:
            return "null", {}
        case bool():
            return "true_or_false", {}
        case str():
            digits = _THOUSANDS.sub("", value)
            return "text", {"instead": f": {digits}" if _WHOLE_NUMBER.fullmatch(digits) else ""}
        case float() if not math.isfinite(value):
            return "too_large", {"limit": f"{VOTES_MAX:,}"}
        case float():
            whole = value.is_integer() and 0 <= value <= VOTES_MAX
            return "fraction", {"instead": f": {int(value)}" if whole else ""}
        case _:
            return "not_a_number", {}


def _in_register(rule: str, ctx: Mapping[str, Any]) -> dict[str, object]:
    if rule != "unknown_reference":
        return dict(ctx)
    if "main" in ctx:
        return {"missing": ctx["main"], "where": f"parties.{ctx['party']}.counts_as", "kind": "main parties"}
    if "body" in ctx:
        return {"missing": ctx["missing"], "where": f"bodies.{ctx['body']}", "kind": "parties"}
    kind = {"party": "parties", "region": "regions", "body": "bodies", "constituency": "contests"}[ctx["kind"]]
    return {"missing": ctx["missing"], "where": f"contests.{ctx['ballot']}", "kind": kind}
