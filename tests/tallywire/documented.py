"""Requests that an OpenAPI document allows, and nearly allows, drawn by schemathesis inside a test.

Its ``parametrize()`` draws them when tests are collected, in every process that shares the tests. To import it takes
half a second, which is for those who need it.
"""

from typing import Any

from hypothesis import HealthCheck, settings


def require_documented_answers(document: dict[str, Any], url: str, election: str, *, lenient: bool) -> None:
    """Draw requests to every operation of a document; an answer that it does not name fails the test.

    Args:
        document: the document.
        url: where the service is.
        election: the election that is asked about.
        lenient: whether the service may take what the document does not allow.
    """
    import schemathesis  # noqa: PLC0415  # as above
    from schemathesis.core.result import Ok  # noqa: PLC0415
    from schemathesis.pytest.lazy import get_all_tests  # noqa: PLC0415
    from schemathesis.specs.openapi import checks  # noqa: PLC0415

    # What a schema lets pass may still be refused, or be nothing that is there: a schema does not know who stands.
    unchecked: list[Any] = [checks.positive_data_acceptance]
    if lenient:
        unchecked.append(checks.negative_data_rejection)

    def ask(case: "schemathesis.Case[Any]") -> None:
        if "election" in (case.path_parameters or {}):
            case.path_parameters["election"] = election
        case.call_and_validate(base_url=url, excluded_checks=unchecked)

    few = settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
    schema = schemathesis.openapi.from_dict(document)
    found = get_all_tests(schema=schema, test_func=ask, settings=few, given_kwargs={})
    operations = [one.ok() for one in found if isinstance(one, Ok)]
    assert len(operations) == sum(map(len, document["paths"].values()))
    for _, drawn in operations:
        drawn()
