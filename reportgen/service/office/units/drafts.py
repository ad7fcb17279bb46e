"""What a unit has filled in and not sent yet (草稿): kept for the next time, and for the others of the unit.

Two people may write at once: what only one of them changed is kept, what both changed is told and not overwritten.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from reportgen.package import short
from reportgen.problems import Problem, error
from reportgen.service.model import Draft, Person
from reportgen.service.office.desk import Desk
from reportgen.service.office.units.draft_merging import Clash, as_typed, merge_drafts
from reportgen.service.office.units.forms import Forms, tasks_of
from reportgen.service.office.units.links import for_period
from reportgen.service.office.units.unit_tasks import UnitTasks, parts_of
from reportgen.service.refusals import Refusal, TooLarge, not_found
from reportgen.service.store import audit, returns
from reportgen.service.store.opening import reading, writing

MOST_LETTERS = 32_767
"""The longest text (最多字数): what a cell of a workbook holds."""
_MOST_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """What a unit sees to write into (填报现状): `answers` has every open field, and what is not asked for any more."""

    forms: Forms
    tasks: UnitTasks
    answers: Mapping[str, str]
    draft: Draft | None = None

    @property
    def left_over(self) -> dict[str, str]:
        """Texts for tasks that the list does not have any more (清单外的文字); nothing is thrown away."""
        asked = self.tasks.answers()
        return {key: text for key, text in self.answers.items() if key not in asked and text}


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What came of saving (保存结果): `taken` are the keys where the text of somebody else was kept, who alone had
    changed it; where both had, `clashes` have both texts and theirs stands.
    """

    writing: Writing
    taken: tuple[str, ...] = ()
    clashes: tuple[Clash, ...] = ()


def writing_of(desk: Desk, person: Person, period: str) -> Writing | None:
    """What the unit of this person has to fill in (填报现状); None as long as the forms are being made.

    Raises `NotFound` where the unit has no task in this period.
    """
    person = for_period(person, period)
    tasks = tasks_of(desk, person, period, person.unit)
    if tasks is None:
        return None
    with reading(desk.store) as con:
        draft = returns.draft(con, period, person.unit)
    return _writing(*tasks, draft)


def save_draft(desk: Desk, person: Person, period: str, mine: Mapping[str, str], began: Mapping[str, str]) -> Saved:
    """Keep what was filled in (保存草稿); `began` has the marks of the texts with which it began."""
    person = for_period(person, period)
    tasks = tasks_of(desk, person, period, person.unit)
    if tasks is None:
        raise not_found("填报清单")
    mine = sound_answers(mine)
    with writing(desk.store) as con:
        return save_in(con, person, period, tasks, mine, began)


def save_in(
    con: Connection,
    person: Person,
    period: str,
    tasks: tuple[Forms, UnitTasks],
    mine: Mapping[str, str],
    began: Mapping[str, str],
) -> Saved:
    """The same inside a transaction (保存草稿)."""
    before = returns.draft(con, period, person.unit)
    standing = _writing(*tasks, before).answers
    merged = merge_drafts(began, standing, mine)
    answers = {**merged.answers, **{clash.key: clash.theirs for clash in merged.clashes}}
    draft = before
    if answers != standing or before is None:
        _refuse_too_much(answers)
        draft = returns.save_draft(con, period, person.unit, answers, before.version if before else 0, person)
        assert draft, "whoever writes is alone"
        audit.note(con, person, "保存填报草稿", period, person.unit)
    return Saved(writing=_writing(*tasks, draft), taken=merged.taken, clashes=merged.clashes)


def _writing(forms: Forms, tasks: UnitTasks, draft: Draft | None) -> Writing:
    answers = {key: as_typed(text) for key, text in tasks.answers().items()}
    answers |= {key: str(text) for key, text in draft.filled.items()} if draft else {}
    return Writing(forms=forms, tasks=tasks, answers=answers, draft=draft)


def sound_answers(mine: Mapping[str, str]) -> dict[str, str]:
    """The texts as they are kept (规整填报内容); raises `Refusal` for those that no cell can hold."""
    sound: dict[str, str] = {}
    problems: list[Problem] = []
    for key, text in mine.items():
        parts = parts_of(key)
        if parts is None:
            continue
        sound[key] = as_typed(text)
        if len(sound[key]) > MOST_LETTERS:
            what = f"{parts[0]}「{short(parts[1], 40)}」的文字有 {len(sound[key])} 字，最多 {MOST_LETTERS} 字"
            problems.append(error("service.long-answer", what, "请缩短后再保存"))
    if problems:
        raise Refusal(problems)
    return sound


def _refuse_too_much(answers: Mapping[str, str]) -> None:
    if len(json.dumps(dict(answers), ensure_ascii=False).encode("utf-8", "replace")) > _MOST_BYTES:
        what = "这个单位的草稿太大，没有保存"
        raise TooLarge([error("service.large-draft", what, "请缩短文字；内容很多的，请改为上传填好的表")])
