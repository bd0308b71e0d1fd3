"""Every metric and every log event is in docs/signals.md, and nothing else is."""

import re

from tests.docs.signals_document import DOCUMENT, EVENTS, document, logged, metrics


def test_the_table_of_signals_is_the_codes_own() -> None:
    """Promise: docs/signals.md is up to date; `python -m tests.docs.signals_document` writes it anew."""
    assert DOCUMENT.read_text("utf-8") == document()


def test_every_log_event_has_a_sentence_and_every_sentence_an_event() -> None:
    """Promise: who reads a log finds each event explained in one sentence, and none that is never logged."""
    assert set(EVENTS) == set(logged())
    assert all(re.fullmatch(r"[a-z_]+(\.[a-z_]+)+", name) for name in EVENTS)
    assert all(sentence.endswith(".") for sentence in EVENTS.values())


def test_every_metric_has_a_sentence_and_labels_that_are_bounded() -> None:
    """Promise: no metric has a label that a sender or a reader may choose, such as a contest's id or an address."""
    bounded = {
        *("stage", "election", "stream", "reason", "status", "limit", "service", "route", "method", "found"),
        *("endpoint", "server", "why", "event", "level", "version", "python"),
    }
    for name, (metric, labels, _) in metrics().items():
        assert metric.documentation.endswith("."), name
        assert set(labels) <= bounded, name
