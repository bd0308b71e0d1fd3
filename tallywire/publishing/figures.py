"""What several formats say of a contest or its result, and no event says as it is."""

from collections.abc import Mapping
from typing import Any


def papers_counted(result: Mapping[str, Any] | None) -> int | None:
    """Return the ballot papers that were counted, rejected ones included; None where that cannot be known.

    Where one seat is up, a paper has one vote. Of papers that the returning officer has verified, a result says by how
    many they differ from the votes and rejected papers. Where several seats are up, no result says how many papers
    there were: it has the turnout alone.

    Args:
        result: the data of a result; None where there is none.
    """
    if result is None or result["contest"]["seats"] != 1 or result["valid_votes"] is None:
        return None
    differences = [one["difference"] for one in result.get("notes", ()) if one.get("difference") is not None]
    if result["rejected"] is None and not differences:
        return None
    return int(result["valid_votes"]) + (result["rejected"] or 0) + (differences[0] if differences else 0)
