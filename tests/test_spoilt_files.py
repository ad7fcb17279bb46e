"""Whatever is done to a file that an office writes (改坏的配置、模板、名录……): refused in words, or it does its work.

Every file is spoilt by its seed alone, goes the road that the program has for it, and is tried in a process with a
bound of memory, so that a hang or a crash is found and named.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.fuzz_roads import kinds
from tests.fuzz_runs import tried
from tests.reliability.tally import Tally

# How many of each kind make up the 500 of a format; those with tags are tried below, too.
NUMBERS = {
    "config": 30, "template": 30, "unit-template": 30, "wording": 20, "form": 60, "style": 30, "judging": 60,
    "checking": 40, "units": 30, "ignoring": 80, "service": 70, "ledger": 30,
}  # fmt: skip
TEMPLATES = {"template": 200, "unit-template": 200, "wording": 100}
SHIPPED = {"template-shipped": 2000, "unit-template-shipped": 1000, "wording-shipped": 1000}
TIMES = 8
"""So many times more files of each kind are tried before a release."""
FROM = 100_000
"""Where the numbers of those begin."""


@pytest.mark.row("P3")
@pytest.mark.row("I11")
@pytest.mark.parametrize("suffix", ["yaml", "json"])
@pytest.mark.parametrize("part", range(3))
def test_a_spoilt_file_is_refused_in_words_or_does_its_work(suffix: str, part: int, tally: Tally) -> None:
    _try(suffix, {name: range(NUMBERS[name]) for name in list(NUMBERS)[part::3]}, tally)


@pytest.mark.row("T7")
@pytest.mark.row("I11")
@pytest.mark.parametrize("name", TEMPLATES)
def test_a_spoilt_template_is_refused_in_words_or_says_something(name: str, tally: Tally) -> None:
    _try("yaml", {name: range(FROM // 2, FROM // 2 + TEMPLATES[name])}, tally)


@pytest.mark.campaign
@pytest.mark.row("P3")
@pytest.mark.row("I11")
@pytest.mark.parametrize("suffix", ["yaml", "json"])
@pytest.mark.parametrize("name", NUMBERS)
def test_thousands_of_spoilt_files_are_refused_in_words_or_do_their_work(name: str, suffix: str, tally: Tally) -> None:
    _try(suffix, {name: range(FROM, FROM + TIMES * NUMBERS[name])}, tally)


@pytest.mark.campaign
@pytest.mark.row("T7")
@pytest.mark.row("I11")
@pytest.mark.parametrize("name", SHIPPED)
def test_thousands_of_spoilt_templates_are_refused_in_words_or_say_something(name: str, tally: Tally) -> None:
    _try("yaml", {name: range(SHIPPED[name])}, tally)


def test_every_kind_of_file_is_spoilt() -> None:
    assert set(NUMBERS) | set(SHIPPED) == set(kinds())
    assert (sum(NUMBERS.values()), sum(TEMPLATES.values())) >= (500, 500)


def _try(suffix: str, numbers: Mapping[str, range], tally: Tally) -> None:
    ends = tried(suffix, numbers)
    tally.survived(ends.survived)
    tally.refused(ends.refused)
    count = sum(map(len, numbers.values()))
    assert ends.faults == []
    assert ends.survived + ends.refused == count
    # Were hardly any of them refused, they would say little.
    assert ends.refused > count / 4
