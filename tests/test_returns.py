"""Returns (部门反馈) as rows: every shape of table that units make up, nothing lost in silence."""

from __future__ import annotations

import pytest

from tests.bad_returns import HABITS
from tests.return_tables import read


@pytest.mark.parametrize("name", HABITS)
def test_a_habit_is_read_and_its_problems_are_told(name):
    habit = HABITS[name]
    found = read(*habit.blocks, file=habit.file)
    assert [(row.given_no, row.text, row.progress) for row in found.rows] == list(habit.rows)
    assert sorted({problem.code for problem in found.problems}) == sorted(habit.codes)
    assert all(len(str(problem)) <= 600 and len(problem.what) <= 300 for problem in found.problems)
