"""Tells at the end what coverage-guided fuzzing tried."""

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    told = [dict(report.user_properties).get("fuzzed") for report in terminalreporter.getreports("passed")]
    if any(told):
        terminalreporter.section("fuzzed")
        terminalreporter.write_line("\n".join(str(line) for line in told if line))
