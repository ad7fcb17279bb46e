"""FORMS (生成反馈表): the return form of each unit as `forms` makes it, byte for byte, and what each has to answer.

Options: `config` and `ledgers` as of EXAMINE; `units`, those that are wanted, all without any. The result is

- `period`: 2026年1—6月; `issuer`: who asks; `deadline`: 2026-07-05, null without one; `contact`: text, "" without one
- `forms`: `unit`, `kind`, `leads`, `supports`, `file`; the files stand among the job's files by these names
- `without`: units that have nothing to answer; `archive`: the name of the archive with all forms, null where there is
  none to be made
- `tasks`: by unit a list of what it has to answer, as its form has it, led ones first: `sheet`, `id`, `given_no`,
  `category`, `text`, `duty` (牵头 or 配合), `group` (各镇街, where that includes it), `lead_units`, `support_units`,
  `last_progress`, `progress`, `judgement`, `phrase` (what the ledger says by now; nothing where the unit
  only supports), and `asks`: the cells to be filled in, each with `field` (progress, judgement, phrase), `title` (the
  column's) and `choices` (the words to choose from, none for free text)
- `problems`: the warnings as `Problem.as_json()`
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reportgen.distribute import FormSheet, UnitForm, distribute
from reportgen.intake.duties import Duty
from reportgen.ledger.model import LEADS, SUPPORTS
from reportgen.ledger.records import period_name
from reportgen.service.model import Order
from reportgen.service.work.confining import refuse_outside
from reportgen.service.work.layout import given_in, put
from reportgen.service.work.model import Made, Room
from reportgen.source import shown_path
from reportgen.template.loading import load_config
from reportgen.unit_sets.zipped import write_zip

ARCHIVE = "反馈表.zip"
"""What the archive of all forms is called (反馈表压缩包)."""
_ANSWERS = ("progress", "judgement", "phrase")


def forms(order: Order, room: Room) -> Made:
    """The forms, and each unit's tasks (反馈表和任务)."""
    given = given_in(room.given, order)
    refuse_outside(given)
    room.told("生成反馈表", 0, 0)
    made = distribute(given.config, given.ledgers, tuple(order.options.get("units", ())))
    config, _ = load_config(given.config, shown_path(given.config))
    files = {name: put(room.made, name, blob) for name, blob in made.files.items()}
    if files:
        write_zip(room.made / ARCHIVE, room.made, list(files))
        files[ARCHIVE] = room.made / ARCHIVE
    deadline = config.returns.deadline
    result = {
        "period": period_name(config.year, config.period),
        "issuer": config.issuer,
        "deadline": deadline.isoformat() if deadline else None,
        "contact": config.returns.contact or "",
        "forms": [each.as_json() for each in made.forms],
        "without": list(made.without),
        "archive": ARCHIVE if made.files else None,
        "tasks": {each.unit: list(tasks_of(each)) for each in made.forms},
        "problems": [problem.as_json() for problem in made.problems],
    }
    return Made(result=result, files=files)


def tasks_of(form: UnitForm) -> Iterator[dict[str, Any]]:
    """What a unit has to answer (本单位任务), row by row of its form."""
    for sheet in form.sheets:
        for row, duty in enumerate(sheet.duties):
            yield _task(sheet, row, duty)


def _task(sheet: FormSheet, row: int, duty: Duty) -> dict[str, Any]:
    entry = duty.entry
    asked = sheet.asked(row)
    return {
        "sheet": sheet.sheet.value,
        "id": entry.id,
        "given_no": entry.given_no,
        "category": entry.category,
        "text": entry.text,
        "duty": LEADS if duty.leads else SUPPORTS,
        "group": duty.group,
        "lead_units": list(entry.lead_units),
        "support_units": list(entry.support_units),
        "last_progress": entry.last_progress,
        **{name: getattr(entry, name) if duty.leads else "" for name in _ANSWERS},
        "asks": [
            {"field": column.field, "title": shown.title, "choices": list(shown.choices)}
            for column, shown in sheet.columns
            if column.field in asked
        ],
    }
