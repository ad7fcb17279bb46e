"""The two issued documents as Word files (两份已印发的报告): as they stand, slips and all, made of their texts here.

What they say is read from ../shared/reference when a test runs; none of it stands in the project.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from reportgen.ledger.files.word import read_word_contents
from reportgen.proof.manuscript import Manuscript
from reportgen.proof.manuscripts.from_contents import from_contents
from tests.issued_by_hand import C, word_file
from tests.projects import REFERENCE

FIRST, SECOND = "000_e60aa22c5259564f.txt", "004_d83afeb5c6bc625e.txt"


@cache
def rows() -> Any:
    """The rows of both documents."""
    return json.loads((REFERENCE / "tables.json").read_text(encoding="utf-8"))


def first_body() -> list[str]:
    """The paragraphs of the first document before its annexes; the rests of the extraction are taken away."""
    text = (REFERENCE / FIRST).read_text(encoding="utf-8").replace("[bookmark: _GoBack]", "")
    lines = [line.strip() for line in text[: text.index("附件1\n经济")].split("\n")]
    return [re.sub(r"^(\d)\. ", r"\1.", line) for line in lines if line]


def first() -> bytes:
    """The first document: body and three annexes."""
    said = rows()["shapingba_2022h1"]
    goals = [[str(g["no"]), g["goal"], "\n".join(g["lead"]), g["progress"]] for g in said["goals"]]
    body = first_body()
    names = [re.sub(r"^(?:附件：)?\d\.", "", line) for line in body[-3:]]
    blocks: list[Any] = list(body)
    blocks += ["附件1", names[0], [["序号", "2022年预期目标", "责任单位", "进展情况"], *goals]]
    blocks += ["附件2", names[1], [*_head(), *_tasks(said["lagging"])]]
    blocks += ["附件3", names[2], [*_head(), *_tasks(said["normal"])]]
    return word_file(*blocks)


@cache
def first_manuscript() -> Manuscript:
    """The first document as it is proofread."""
    return from_contents(read_word_contents(first(), "报告.docx").value)


def second() -> bytes:
    """The second document: its 附件2, 206 rows."""
    text = (REFERENCE / SECOND).read_text(encoding="utf-8")
    title = next(line.strip() for line in text.split("\n") if "完成情况" in line)
    said = rows()["fuling_2023h1"]["rows"]
    table = [[str(r["no"]), r["task"], r["progress"], "\n".join(r["lead"])] for r in said]
    return word_file("附件2", title, [["序号", "目标任务", "完成情况", "牵头责任单位"], *table])


def _head() -> list[list[Any]]:
    return [["序号", C("工作任务", span=2), "责任单位", "配合单位", "任务进展情况"]]


def _tasks(tasks: list[dict[str, Any]]) -> list[list[Any]]:
    """Rows of an annex, the category merged downwards."""
    found: list[list[Any]] = []
    above = None
    for task in tasks:
        new = task["category"] != above
        above = task["category"]
        category = C(task["category"] if new else "", down="restart" if new else "continue")
        units = ["\n".join(task["lead"]), "\n".join(task["support"])]
        found.append([str(task["no"]), category, task["task"], *units, task["progress"]])
    return found
