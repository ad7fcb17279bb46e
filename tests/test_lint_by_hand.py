"""Files made without our writers are judged sensibly (手工文件的格式检查), hostile ones without a traceback."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from reportgen.review.findings import Examiner
from reportgen.review.format_docx import check_docx
from reportgen.rules import Rule
from reportgen.styles import Level
from tests.builders import styles
from tests.test_lint_docx import edited, found, swap
from tests.word_by_hand import by_a_clerk, rightly

STYLES = styles()

# What an office would say of the clerk's file: rule, what, found.
CLERK = """\
page.top 上边距 25.4毫米
page.right 右边距 31.8毫米
page.bottom 下边距 25.4毫米
page.left 左边距 31.8毫米
grid.characters 每行字数 25字
page-number.side 页码位置 单双页都居中
"""


def told(examiner: Examiner) -> list[str]:
    return [f"{each.rule.value} {each.what} {each.found}" for each in examiner.findings]


def test_the_clerks_file_gets_exactly_the_sensible_findings() -> None:
    assert told(check_docx(by_a_clerk(), STYLES)) == CLERK.splitlines()
