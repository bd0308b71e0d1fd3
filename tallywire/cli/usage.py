"""What is said of a word of the command line that is wrong: typer's own words are those of the library under it."""

from typing import Any

from pydantic import ValidationError
from typer import BadParameter


def in_our_words(error: BadParameter) -> BadParameter:
    """Return the error with a sentence of ours, where a value is not what its option or argument takes."""
    if isinstance(error.__cause__, ValidationError):
        found = error.__cause__.errors(include_url=False)[0]
        error.message = _said(found["type"], found["input"], found.get("ctx", {}), error.message)
    return error


def _said(rule: str, given: object, ctx: dict[str, Any], otherwise: str) -> str:
    if str(given).lower() == "nan":
        rule = "float_parsing"
    match rule:
        case "int_parsing" | "int_parsing_size" | "int_from_float" | "int_type":
            return f"{given!r} is no whole number."
        case "float_parsing" | "float_type" | "finite_number":
            return f"{given!r} is no number."
        case "greater_than_equal":
            return f"{given} is too small: {ctx['ge']:g} is the least."
        case "less_than_equal":
            return f"{given} is too large: {ctx['le']:,g} is the most."
        case _:
            return otherwise.removeprefix("Value error, ")
