"""What the storms tell."""

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what the storms did, so that a failure can be played again."""
    reports = [report for key in ("passed", "failed") for report in terminalreporter.stats.get(key, [])]
    told = [words for report in reports for name, words in report.user_properties if name == "storm"]
    if told:
        terminalreporter.section("storms; STORM_SEED=n plays one again")
        for words in told:
            terminalreporter.write_line(words)
