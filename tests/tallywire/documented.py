"""Requests that an OpenAPI document allows, and nearly allows, drawn by schemathesis inside a test.

``parametrize()`` of schemathesis draws them when tests are collected: in every process that shares the tests.
"""

from collections.abc import Callable
from typing import Any

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.core.result import Ok
from schemathesis.pytest.lazy import get_all_tests

Case = schemathesis.Case[Any]


def draw_requests(document: dict[str, Any], ask: Callable[[Case], None]) -> None:
    """Draw requests to every operation of a document, and ask each; the first answer that is wrong fails the test."""
    schema = schemathesis.openapi.from_dict(document)
    few = settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))

    def test(case: Case) -> None:
        ask(case)

    found = get_all_tests(schema=schema, test_func=test, settings=few, given_kwargs={})
    operations = [one.ok() for one in found if isinstance(one, Ok)]
    assert len(operations) == sum(map(len, document["paths"].values()))
    for _, drawn in operations:
        drawn()
