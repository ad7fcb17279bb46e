"""Entries and verdicts for tests of judging (研判): one line each, by the rules that are shipped."""

from __future__ import annotations

from datetime import date
from functools import cache

from reportgen.judging.elapsed import Elapsed
from reportgen.judging.judge import judge
from reportgen.judging.rules import Rules
from reportgen.judging.verdicts import Verdict
from reportgen.ledger.model import Entry, Sheet
from reportgen.problems import Location
from reportgen.template.loading import load_rules
from tests.projects import ROOT

HALF_YEAR = Elapsed(date(2026, 6, 30))


@cache
def standard_rules() -> Rules:
    """The shipped rules."""
    return load_rules("judging", Rules, "standard", ROOT, Location(file="test"))[0]


def of_task(text: str, progress: str, rules: Rules | None = None, elapsed: Elapsed = HALF_YEAR) -> Verdict:
    """What the rules say of a task."""
    return judge([Entry(sheet=Sheet.TASKS, text=text, progress=progress)], rules or standard_rules(), elapsed)[0]


def of_goal(text: str, progress: str, rules: Rules | None = None, elapsed: Elapsed = HALF_YEAR) -> Verdict:
    """What the rules say of a goal."""
    return judge([Entry(sheet=Sheet.GOALS, text=text, progress=progress)], rules or standard_rules(), elapsed)[0]


def decided(verdict: Verdict) -> tuple[str, str]:
    """The judgement and the rule that decided, ("", "") if none did."""
    return verdict.judgement, verdict.decided.rule.value if verdict.decided else ""
