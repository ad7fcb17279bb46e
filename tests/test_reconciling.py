"""The sum over the units (合计核对): what is missing, doubled or at the wrong unit is told with unit and entry."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date

import pytest

from reportgen.document import Document, Orientation, Row, Section, Table
from reportgen.inputs import units_day
from reportgen.intake.duties import UnitDuties, duties_by_unit
from reportgen.ledger.model import Entry, Ledger, ReportPlace, Sheet
from reportgen.ledger.units import Group, Register, Unit, Validity
from reportgen.problems import Location, Problem, Severity
from reportgen.source import read_source
from reportgen.template.annexes import build_table
from reportgen.template.schema import ColumnSpec, Template
from reportgen.unit_sets.reconciling import (
    Reconciled,
    Reconciliation,
    ShownList,
    ShownLists,
    row_counts,
    shown_lists,
)
from reportgen.unit_sets.record import RowCount
from tests.units_documents import sample

NORMAL, LAGGING = "正常推进", "推进较为滞后"
REGISTER = Register(
    units=(
        Unit("区发展改革委", kind="部门"),
        Unit("区教委", kind="部门", aliases=("区教育局",)),
        Unit("区档案馆", kind="部门"),
        Unit("云台街道", kind="镇街"),
        Unit("白鹭镇", kind="镇街", validity=Validity(first=date(2026, 6, 1))),
    ),
    groups=(Group("各镇街", kind="镇街"), Group("有关镇街", vague=True, note="按所在地定")),
)
DAY = date(2026, 7, 10)


def place(sheet: Sheet, row: int, column: str) -> Location:
    """A cell of the ledger."""
    return Location(file="台账.xlsx", sheet=sheet.value, cell=f"{column}{row}")


def entry(
    row: int, text: str, leads: str, supports: str = "", judgement: str = NORMAL, sheet: Sheet = Sheet.TASKS
) -> Entry:
    """An entry with its cells; its category is one merged cell over the whole column."""
    cells = {"category": place(sheet, 2, "A")}
    cells |= {
        name: place(sheet, row, column)
        for name, column in (("text", "B"), ("lead_units", "C"), ("support_units", "D"), ("judgement", "E"))
    }
    return Entry(
        sheet=sheet,
        category="工业",
        text=text,
        lead_units=tuple(filter(None, leads.split("、"))),
        support_units=tuple(filter(None, supports.split("、"))),
        judgement=judgement,
        cells=cells,
    )


LEDGER = Ledger(
    file="台账.xlsx",
    goals=(entry(2, "地区生产总值增长5%", "区发展改革委、区教育局", judgement="符合预期", sheet=Sheet.GOALS),),
    tasks=(
        entry(2, "建成学校3所", "区教委", "各镇街"),
        entry(3, "修路10公里", "区发展改革委", "区教委、有关镇街"),
        entry(4, "招商100亿元", "区发展改革委、云台街道", judgement=LAGGING),
    ),
)
GOALS, LATE, ON_TIME = (Location(file="unit.yaml", line=line, column=1, key=f"annexes[{line}]") for line in range(3))
SHOWN = ShownLists(
    {
        GOALS: ShownList(Sheet.GOALS),
        LATE: ShownList(Sheet.TASKS, LAGGING),
        ON_TIME: ShownList(Sheet.TASKS, NORMAL),
    }
)
COLUMNS = (
    ColumnSpec(title="序号", number=True, width=5.0),
    ColumnSpec(title="分类", field="category", width=10.0, merge_down=True),
    ColumnSpec(title="内容", field="text", width=30.0),
    ColumnSpec(title="单位", field="lead_units", width=10.0, merge_down=True),
)


def document(unit: UnitDuties, shown: ShownLists = SHOWN, columns: tuple[ColumnSpec, ...] = COLUMNS) -> Document:
    """A unit's document with the tables that a template would give it, section rows among the others."""
    tables = []
    for origin, each in shown.lists.items():
        entries = [duty.entry for duty in unit.duties if each.shows(duty.entry, duty.leads)]
        if entries:
            tables.append(build_table(columns, entries, origin, ("category",)))
    sections = tuple(Section(orientation=Orientation.PORTRAIT, blocks=(table,)) for table in tables)
    return Document(title=unit.unit, issuer="督查室", sections=sections)


def documents(ledger: Ledger = LEDGER, register: Register | None = REGISTER) -> dict[str, Document]:
    """The documents of all units that have anything."""
    return {each.unit: document(each) for each in duties_by_unit(ledger, register, DAY).value if each.duties}


def reconciled(
    made: Mapping[str, Document],
    ledger: Ledger = LEDGER,
    register: Register | None = REGISTER,
    shown: ShownLists = SHOWN,
    units: Iterable[str] | None = None,
    on: date | None = DAY,
) -> Reconciled:
    """What the check finds in these documents."""
    places = {(Sheet.TASKS, 1): ReportPlace("附件3", "42")}
    check = Reconciliation(ledger, shown, register, on, units, places)
    for unit, each in made.items():
        check.count(unit, each)
    return check.result()


def sums(found: Reconciled) -> list[tuple[int, int, int, int]]:
    """The sums in short: entries, unreached, expected, rows."""
    return [(each.entries, each.unreached, each.expected, each.rows) for each in found.sums]


def faults(found: Reconciled) -> list[Problem]:
    """The faults of the sums, all of them errors."""
    errors = [each for each in found.problems if each.code == "units.sum"]
    assert all(each.severity is Severity.ERROR for each in errors)
    return errors


def with_rows(made: Document, table: int, change: Callable[[tuple[Row, ...]], tuple[Row, ...]]) -> Document:
    """The document with other rows in one of its tables."""
    sections = list(made.sections)
    block = sections[table].blocks[0]
    assert isinstance(block, Table)
    sections[table] = replace(sections[table], blocks=(replace(block, body=change(tuple(block.body))),))
    return replace(made, sections=tuple(sections))


def test_each_joint_and_each_supporting_unit_counts_and_groups_are_resolved_by_date() -> None:
    found = reconciled(documents())
    # 1 goal for two units; tasks: 教委 + 2 镇街, 发改委 + 教委, 发改委 + 云台
    assert sums(found) == [(1, 0, 2, 2), (3, 0, 7, 7)]
    assert all(each.agrees for each in found.sums)
    assert faults(found) == []
    school = found.entries[1]
    assert (school.leads, school.supports) == (("区教委",), ("云台街道", "白鹭镇"))
    assert school.support_names == ("各镇街",)
    assert (school.cell, school.judgement, school.category) == ("台账.xlsx「重点任务」B2", NORMAL, "工业")
    assert found.entries[0].leads == ("区发展改革委", "区教委")
    assert (found.entries[2].report_annex, found.entries[2].report_no) == ("附件3", "42")
    early = reconciled(
        {each.unit: document(each) for each in duties_by_unit(LEDGER, REGISTER, date(2026, 5, 1)).value if each.duties},
        on=date(2026, 5, 1),
    )
    assert early.entries[1].supports == ("云台街道",)
    assert sums(early) == [(1, 0, 2, 2), (3, 0, 6, 6)]


def test_a_vague_name_is_listed_with_its_entry_and_told_once() -> None:
    found = reconciled(documents())
    assert found.entries[2].unresolved == ("有关镇街",)
    assert [each.unresolved for each in found.entries if each is not found.entries[2]] == [(), (), ()]
    (problem,) = [each for each in found.problems if each.code == "units.unresolved"]
    assert problem.severity is Severity.WARNING
    assert problem.where == place(Sheet.TASKS, 3, "D")
    assert "有关镇街" in problem.what
    assert "按所在地定" in problem.fix
    twice = replace(LEDGER, tasks=(*LEDGER.tasks, entry(5, "种树", "区教委、有关镇街")))
    (problem,) = [each for each in reconciled(documents(twice), twice).problems if each.code == "units.unresolved"]
    assert "共 2 处" in problem.what
    assert problem.related == (place(Sheet.TASKS, 5, "C"),)


def test_without_a_register_vague_names_are_told_and_each_other_name_is_a_unit() -> None:
    found = reconciled(documents(register=None), register=None)
    assert found.entries[1].supports == ("各镇街",)
    assert found.entries[2].unresolved == ("有关镇街",)
    assert [each.code for each in found.problems] == ["units.unresolved"]
    assert sums(found) == [(1, 0, 2, 2), (3, 0, 6, 6)]


def test_a_name_that_reading_the_ledger_tells_is_not_told_again() -> None:
    ledger = replace(LEDGER, tasks=(entry(2, "种树", "区教委、其他有关单位"), entry(3, "修路", "白鹭镇")))
    found = reconciled({}, ledger, on=date(2026, 5, 1), units=())
    assert [each.unresolved for each in found.entries] == [(), ("其他有关单位",), ("白鹭镇",)]
    assert found.problems == ()


def test_an_entry_behind_which_nobody_stands_is_unreached() -> None:
    ledger = replace(LEDGER, tasks=(*LEDGER.tasks, entry(5, "种树", "有关镇街")))
    found = reconciled(documents(ledger), ledger)
    assert sums(found)[1] == (4, 1, 7, 7)
    assert (found.entries[4].leads, found.entries[4].unresolved) == ((), ("有关镇街",))


def test_a_dropped_row_is_told_with_unit_and_entry() -> None:
    made = documents()
    made["区教委"] = with_rows(made["区教委"], 1, lambda rows: rows[:-1])
    found = reconciled(made)
    (problem,) = faults(found)
    assert "「区教委」" in problem.what
    assert "少「附件3第 42 项 修路10公里」" in problem.what
    assert problem.where == place(Sheet.TASKS, 3, "B")
    assert sums(found)[1] == (3, 0, 7, 6)
    assert found.entries[2].supports == ()


def test_a_doubled_row_is_told_with_unit_and_entry() -> None:
    made = documents()
    made["云台街道"] = with_rows(made["云台街道"], 0, lambda rows: (*rows, rows[-1]))
    found = reconciled(made)
    (problem,) = faults(found)
    assert "「云台街道」" in problem.what
    assert "「招商100亿元」列了 2 次" in problem.what
    assert sums(found)[1] == (3, 0, 7, 8)


def test_a_row_at_the_wrong_unit_is_told_of_both() -> None:
    made = documents()
    moved = made["区教委"].sections[1].blocks[0]
    assert isinstance(moved, Table)
    made["区教委"] = with_rows(made["区教委"], 1, lambda rows: (rows[0], *rows[2:]))
    made["云台街道"] = with_rows(made["云台街道"], 1, lambda rows: (*rows, moved.body[-1]))
    found = reconciled(made)
    told = {each.what for each in faults(found)}
    assert len(told) == 2
    assert any("「区教委」" in what and "少「建成学校3所」" in what for what in told)
    assert any("「云台街道」" in what and "多「附件3第 42 项 修路10公里」" in what for what in told)
    assert sums(found)[1] == (3, 0, 7, 7)
    assert found.entries[1].leads == ()


def test_a_dropped_table_is_told_with_all_its_entries() -> None:
    made = documents()
    made["区发展改革委"] = replace(made["区发展改革委"], sections=made["区发展改革委"].sections[1:])
    found = reconciled(made)
    (problem,) = faults(found)
    assert "「区发展改革委」" in problem.what
    assert "少「地区生产总值增长5%」" in problem.what
    assert sums(found) == [(1, 0, 2, 1), (3, 0, 7, 7)]


def test_a_document_that_never_came_is_told() -> None:
    made = documents()
    del made["白鹭镇"]
    (problem,) = faults(reconciled(made))
    assert "「白鹭镇」" in problem.what
    assert "少「建成学校3所」" in problem.what


def test_a_document_of_a_unit_that_has_nothing_must_be_without_rows() -> None:
    made = documents()
    made["区档案馆"] = made["白鹭镇"]
    (problem,) = faults(reconciled(made))
    assert "「区档案馆」" in problem.what
    assert "多「建成学校3所」，不是它的任务" in problem.what
    made["区档案馆"] = replace(made["白鹭镇"], sections=())
    assert faults(reconciled(made)) == []


def test_an_entry_in_the_wrong_table_is_told() -> None:
    made = documents()
    late, on_time = made["云台街道"].sections[0].blocks[0], made["云台街道"].sections[1].blocks[0]
    assert isinstance(late, Table)
    assert isinstance(on_time, Table)
    both = (*on_time.body, *late.body)
    made["云台街道"] = replace(
        with_rows(made["云台街道"], 1, lambda _: both),
        sections=(replace(made["云台街道"].sections[1], blocks=(replace(on_time, body=both),)),),
    )
    (problem,) = faults(reconciled(made))
    assert problem.what == "「云台街道」的分送件与台账对不上：「招商100亿元」列错了表"


def test_a_row_of_no_entry_is_told() -> None:
    made = documents()
    own = made["白鹭镇"].sections[0].blocks[0]
    assert isinstance(own, Table)
    elsewhere = Location(file="别的.xlsx", sheet="重点任务", cell="B2")
    alien = tuple(replace(cell, origin=elsewhere) for cell in own.body[-1])
    made["白鹭镇"] = with_rows(made["白鹭镇"], 0, lambda rows: (*rows, alien))
    found = reconciled(made)
    (problem,) = faults(found)
    assert "有 1 行看不出是台账的哪一项" in problem.what
    assert sums(found)[1] == (3, 0, 7, 8)


def test_a_row_whose_cells_come_from_two_entries_is_told() -> None:
    made = documents()

    def mixed(rows: tuple[Row, ...]) -> tuple[Row, ...]:
        return (*rows[:-1], (rows[-1][0], *rows[-2][1:]))

    made["区教委"] = with_rows(made["区教委"], 1, mixed)
    (problem,) = faults(reconciled(made))
    assert "少「附件3第 42 项 修路10公里」；有 1 行看不出是台账的哪一项" in problem.what


def test_many_faults_and_many_units_are_a_few_names_and_a_number() -> None:
    units = tuple(Unit(f"单位{number}") for number in range(30))
    register = Register(units=units)
    every = "、".join(unit.name for unit in units)
    ledger = Ledger(file="台账.xlsx", tasks=tuple(entry(row, f"任务{row}" * 20, every) for row in range(2, 42)))
    found = reconciled({unit.name: Document(title="", issuer="", sections=()) for unit in units}, ledger, register)
    told = faults(found)
    assert len(told) == 11
    assert "等共 40 处" in told[0].what
    assert "还有 20 个单位" in told[-1].what
    assert max(len(str(each.what)) for each in told) <= 300
    assert sums(found)[1] == (40, 40, 1200, 0)


def test_a_set_of_some_units_is_held_against_these_alone() -> None:
    made = {"云台街道": documents()["云台街道"]}
    found = reconciled(made, units=["云台街道"])
    assert faults(found) == []
    assert sums(found) == [(1, 0, 0, 0), (3, 0, 2, 2)]
    assert found.entries[1].supports == ("云台街道",)
    assert found.entries[1].outside == ("区教委", "白鹭镇")
    assert found.entries[0].outside == ("区发展改革委", "区教委")


def test_an_entry_in_two_tables_of_the_template_counts_in_both() -> None:
    both = ShownLists(
        {GOALS: ShownList(Sheet.GOALS), LATE: ShownList(Sheet.TASKS, LAGGING), ON_TIME: ShownList(Sheet.TASKS)}
    )
    made = {each.unit: document(each, both) for each in duties_by_unit(LEDGER, REGISTER, DAY).value if each.duties}
    found = reconciled(made, shown=both)
    assert faults(found) == []
    assert sums(found) == [(1, 0, 2, 2), (3, 0, 9, 9)]
    assert found.entries[3].leads == ("区发展改革委", "云台街道")


def test_tables_for_lead_and_support_are_told_apart() -> None:
    split = ShownLists(
        {LATE: ShownList(Sheet.TASKS, None, "牵头"), ON_TIME: ShownList(Sheet.TASKS, None, "配合")}, True
    )
    made = {each.unit: document(each, split) for each in duties_by_unit(LEDGER, REGISTER, DAY).value if each.duties}
    assert faults(reconciled(made, shown=split)) == []
    sections = made["区教委"].sections
    lead, support = (each.blocks[0] for each in sections)
    assert isinstance(lead, Table)
    assert isinstance(support, Table)
    swapped = (replace(lead, origin=support.origin), replace(support, origin=lead.origin))
    made["区教委"] = replace(
        made["区教委"],
        sections=tuple(replace(each, blocks=(table,)) for each, table in zip(sections, swapped, strict=True)),
    )
    (problem,) = faults(reconciled(made, shown=split))
    assert problem.what.endswith("：「附件3第 42 项 修路10公里」列错了表；「建成学校3所」列错了表")


def test_entries_that_the_template_leaves_out_are_told_unless_it_does_so_on_purpose() -> None:
    late = ShownLists({LATE: ShownList(Sheet.TASKS, LAGGING)})
    made = {each.unit: document(each, late) for each in duties_by_unit(LEDGER, REGISTER, DAY).value if each.duties}
    found = reconciled(made, shown=late)
    told = [each for each in found.problems if each.code == "units.unreached"]
    assert [each.what for each in told] == [
        "分送件模板的表都不列「预期目标」里的 1 项，如「地区生产总值增长5%」",
        "分送件模板的表都不列「重点任务」里的 2 项，如「建成学校3所」",
    ]
    assert told[1].where == place(Sheet.TASKS, 2, "B")
    assert sums(found) == [(1, 1, 0, 0), (3, 2, 2, 2)]
    assert faults(found) == []
    quiet = reconciled(made, shown=replace(late, is_partial=True))
    # A vague name stands on one of those: nobody is to send it to anybody.
    assert quiet.problems == ()
    assert [each.unresolved for each in quiet.entries if each.unresolved] == []


def test_rows_that_a_list_of_the_addressee_takes_are_counted_and_not_demanded() -> None:
    shown = ShownLists({ON_TIME: ShownList(Sheet.TASKS, None, None, True)}, True)
    made = documents()
    only = {"区教委": replace(made["区教委"], sections=made["区教委"].sections[1:])}
    found = reconciled(only, shown=shown, units=["区教委", "云台街道"])
    assert faults(found) == []
    assert sums(found)[1] == (3, 0, 2, 2)


def test_cells_merged_in_the_ledger_and_rows_without_a_cell_of_their_own_do_not_deceive() -> None:
    shared = place(Sheet.TASKS, 2, "C")
    tasks = tuple(
        replace(each, cells={**each.cells, "lead_units": shared})
        for each in (entry(2, "甲", "区教委"), entry(3, "乙", "区教委"), entry(4, "丙", "区教委"))
    )
    ledger = Ledger(file="台账.xlsx", tasks=tasks)
    (unit,) = [each for each in duties_by_unit(ledger, REGISTER, DAY).value if each.duties]
    for columns in (COLUMNS, (COLUMNS[1], COLUMNS[3]), (replace_width(COLUMNS[3]),)):
        whole = document(unit, columns=columns)
        found = reconciled({unit.unit: whole}, ledger)
        assert faults(found) == []
        assert sums(found)[1] == (3, 0, 3, 3)
        fewer = with_rows(whole, 0, lambda rows: rows[:-1])
        assert sums(reconciled({unit.unit: fewer}, ledger))[1] == (3, 1, 3, 2)


def replace_width(column: ColumnSpec) -> ColumnSpec:
    """The column alone, not merged."""
    return column.model_copy(update={"merge_down": False})


def test_two_ledger_files_of_one_name_do_not_deceive() -> None:
    line = Location(file="台账.csv", line=2, column=1)
    goals, tasks = (
        (replace(each[0], cells={"text": line, "lead_units": replace(line, column=2)}),)
        for each in (LEDGER.goals, LEDGER.tasks)
    )
    ledger = Ledger(file="台账.csv", goals=goals, tasks=tasks)
    found = reconciled(documents(ledger), ledger)
    assert faults(found) == []
    assert sums(found) == [(1, 0, 2, 2), (1, 0, 3, 3)]
    missing = documents(ledger)
    missing["区教委"] = replace(missing["区教委"], sections=missing["区教委"].sections[:1])
    (problem,) = faults(reconciled(missing, ledger))
    assert "少「建成学校3所」" in problem.what


def test_a_copy_of_a_place_is_as_good_as_the_ledgers_own() -> None:
    made = documents()

    def copied(rows: tuple[Row, ...]) -> tuple[Row, ...]:
        return tuple(
            tuple(replace(cell, origin=replace(cell.origin) if cell.origin else None) for cell in row) for row in rows
        )

    for unit, each in made.items():
        for table in range(len(each.sections)):
            made[unit] = with_rows(made[unit], table, copied)
    assert faults(reconciled(made)) == []


def test_a_unit_is_counted_once() -> None:
    check = Reconciliation(LEDGER, SHOWN, REGISTER, DAY)
    check.count("区教委", documents()["区教委"])
    with pytest.raises(ValueError, match="区教委"):
        check.count("区教委", documents()["区教委"])


def test_the_tables_of_a_template_are_read_off_it() -> None:
    text = """\
version: 1
name: 甲
per_unit: true
partial: true
lists:
  late: {sheet: 重点任务, judgement: 推进较为滞后, duty: 牵头}
annexes:
  - {id: a, rows: late, title: 甲, columns: [{title: 内容, field: text, width: 1}]}
  - {id: b, rows: goals, title: 乙, columns: [{title: 内容, field: text, width: 1}]}
"""
    source = read_source(text.encode(), "甲.yaml")
    template = Template.model_validate(
        {
            "version": 1,
            "name": "甲",
            "per_unit": True,
            "partial": True,
            "lists": {"late": {"sheet": "重点任务", "judgement": LAGGING, "duty": "牵头"}},
            "annexes": tuple(
                {"id": name, "rows": rows, "title": "甲", "columns": (COLUMNS[2],)}
                for name, rows in (("a", "late"), ("b", "goals"))
            ),
        }
    )
    shown = shown_lists(template, source)
    assert shown.is_partial
    assert list(shown.lists.values()) == [ShownList(Sheet.TASKS, LAGGING, "牵头"), ShownList(Sheet.GOALS)]
    assert list(shown.lists) == [source.locate(("annexes", 0)), source.locate(("annexes", 1))]


@pytest.mark.parametrize("fault", ["dropped row", "doubled row", "wrong unit", "dropped table", "no document"])
def test_a_fault_planted_in_the_samples_own_documents_is_told(fault: str) -> None:
    made = sample()
    template, inputs = made.template, made.inputs
    check = Reconciliation(
        inputs.ledger,
        shown_lists(template.template, template.source),
        inputs.register,
        units_day(inputs.prepared.config),
    )
    documents = dict(made.documents)
    unit, other = "区商务委", "区审计局"
    at = next(at for at, each in enumerate(documents[unit].sections) if isinstance(each.blocks[-1], Table))
    table = documents[unit].sections[at].blocks[-1]
    assert isinstance(table, Table)
    last = table.body[-1]

    def put(name: str, rows: Callable[[tuple[Row, ...]], tuple[Row, ...]]) -> None:
        sections = list(documents[name].sections)
        place = next(at for at, each in enumerate(sections) if isinstance(each.blocks[-1], Table))
        own = sections[place].blocks[-1]
        assert isinstance(own, Table)
        blocks = (*sections[place].blocks[:-1], replace(own, body=rows(tuple(own.body))))
        documents[name] = replace(
            documents[name],
            sections=(*sections[:place], replace(sections[place], blocks=blocks), *sections[place + 1 :]),
        )

    match fault:
        case "dropped row":
            put(unit, lambda rows: rows[:-1])
        case "doubled row":
            put(unit, lambda rows: (*rows, rows[-1]))
        case "wrong unit":
            put(unit, lambda rows: rows[:-1])
            put(other, lambda rows: (*rows, last))
        case "dropped table":
            sections = documents[unit].sections
            documents[unit] = replace(documents[unit], sections=(*sections[:at], *sections[at + 1 :]))
        case _:
            del documents[unit]
    for name, each in documents.items():
        check.count(name, each)
    found = check.result()
    told = faults(found)
    (text,) = {
        each.text for each in inputs.ledger for cell in last if cell.origin and cell.origin == each.cells["text"]
    }
    # Many entries are lacking where the whole document is: only the first of them are named.
    named = fault == "no document" or text[:20] in told[0].what
    assert named
    assert told[0].what.startswith(f"「{unit}」的分送件与台账对不上：")
    assert (len(told), told[-1].what[1:5]) == ((2, other) if fault == "wrong unit" else (1, unit))
    assert all(each.where and each.where.cell for each in told)
    delta = {"doubled row": 1, "wrong unit": 0, "dropped row": -1}.get(fault)
    lacking = sum(each.rows for each in found.sums) - 757
    assert lacking == delta if delta is not None else lacking < -1


def test_rows_are_counted_by_sheet_judgement_and_duty() -> None:
    duties = {each.unit: each for each in duties_by_unit(LEDGER, REGISTER, DAY).value}
    assert row_counts(duties["区发展改革委"]) == (
        RowCount("预期目标", "符合预期", "牵头", 1),
        RowCount("重点任务", NORMAL, "牵头", 1),
        RowCount("重点任务", LAGGING, "牵头", 1),
    )
    assert row_counts(duties["区档案馆"]) == ()
    assert row_counts(duties["白鹭镇"]) == (RowCount("重点任务", NORMAL, "配合", 1),)


@pytest.mark.campaign
def test_five_thousand_units_take_seconds() -> None:
    units = tuple(Unit(f"单位{number}", kind="部门") for number in range(5000))
    register = Register(units=units, groups=(Group("各部门", kind="部门"),))
    tasks = [entry(row, f"任务{row}", f"单位{row}、单位{row + 1}", f"单位{row * 3 % 5000}") for row in range(2, 1002)]
    tasks += [entry(row, f"任务{row}", "单位1", "各部门") for row in range(1002, 1009)]
    ledger = Ledger(file="台账.xlsx", tasks=tuple(tasks))
    duties = duties_by_unit(ledger, register, DAY).value
    check = Reconciliation(ledger, SHOWN, register, DAY)
    spent = 0.0
    for unit in duties:
        made = document(unit)
        begun = time.process_time()
        check.count(unit.unit, made)
        spent += time.process_time() - begun
    begun = time.process_time()
    found = check.result()
    spent += time.process_time() - begun
    assert faults(found) == []
    assert found.sums[1].rows == sum(len(unit.duties) for unit in duties) > 35_000
    assert spent < 5


def test_a_unit_that_the_ledger_writes_with_other_brackets_is_the_registers() -> None:
    register = Register(units=(Unit("区教委(督导室)", kind="部门"), Unit("区审计局", kind="部门")))
    ledger = Ledger(file="台账.xlsx", tasks=(entry(2, "修路", "区教委（督导室）、区 审计局"),))
    duties = duties_by_unit(ledger, register, DAY).value
    assert [(each.unit, each.is_registered, len(each.duties)) for each in duties] == [
        ("区教委(督导室)", True, 1),
        ("区审计局", True, 1),
    ]
    found = reconciled({each.unit: document(each) for each in duties}, ledger, register)
    assert found.entries[0].leads == ("区教委(督导室)", "区审计局")
    assert found.problems == ()
