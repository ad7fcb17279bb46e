"""The unit register (单位名录): who stands behind a name on a day, and that no spelling goes astray."""

from __future__ import annotations

import random
from datetime import date
from functools import cache

import pytest

from reportgen.generate import Request, generate
from reportgen.ledger.cell_units import split_units
from reportgen.ledger.named_units import named_units, vague_names
from reportgen.ledger.periods import last_day
from reportgen.ledger.reading import read_ledger
from reportgen.ledger.register_file import MAX_NESTING, read_register
from reportgen.ledger.units import Group, Register, Standing, Unit, Validity, looks_vague
from reportgen.ledger.words import plain_key
from reportgen.problems import InputError, Problem
from reportgen.source import read_source
from tests.ledger_files import WANTS_TASKS, task, tasks
from tests.projects import CONFIG, ROOT, ledger, project
from tests.projects import task as task_record

REGISTER_TEXT = """
version: 1
units:
  - {name: 区教委, kind: 部门, aliases: [区教育委员会]}
  - {name: 区科技局, kind: 部门, until: 2026-03-31, successor: 区科技信息局}
  - {name: 区经济信息委, kind: 部门, until: 2026年3月31日}
  - {name: 区科技信息局, kind: 部门, from: 2026-04-01}
  - {name: 区城管局, kind: 部门, second_names: [区整违办, 区执法支队]}
  - {name: 石渡街道, kind: 镇街}
  - {name: 柳荫镇, kind: 镇街}
  - {name: 白鹭镇, kind: 镇街, until: 2025-12-31, successor: 柳荫镇}
  - {name: 城投集团, kind: 国企}
  - {name: 青屏城投集团, kind: 国企}
groups:
  - {name: 各镇街, aliases: [各镇（街道）], kind: 镇街}
  - {name: 各涉农镇街, kind: 镇街, except: [石渡街道]}
  - {name: 有关镇街, aliases: [各有关镇街], vague: true, note: 按任务所在地确定}
  - {name: 河长制成员单位, members: [白鹭镇, 区科技局, 区城管局], until: 2026-03-31}
  - name: 河长制成员单位
    members: [各涉农镇街, 区整违办, 区经济信息委, 区教育委员会]
    from: 2026-04-01
    until: 2026-12-31
"""


def read(text: str) -> Register:
    return read_register(read_source(text.encode(), "单位.yaml")).value


def faults(text: str) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as caught:
        read(text)
    return caught.value.problems


@cache
def small() -> Register:
    return read(REGISTER_TEXT)


@cache
def configured(name: str) -> Register:
    path = ROOT / f"configs/units/{name}.yaml"
    return read_register(read_source(path.read_bytes(), path.name)).value


# ---- the file


def test_every_key_of_a_register_is_read():
    register = small()
    assert register.units[1] == Unit(
        "区科技局", "部门", validity=Validity(last=date(2026, 3, 31)), successor="区科技信息局"
    )
    assert register.units[2].validity == Validity(last=date(2026, 3, 31))
    assert register.units[4].second_names == ("区整违办", "区执法支队")
    assert register.groups[0] == Group("各镇街", aliases=("各镇（街道）",), kind="镇街")
    assert register.groups[1].exceptions == ("石渡街道",)
    assert register.groups[2] == Group("有关镇街", ("各有关镇街",), vague=True, note="按任务所在地确定")
    assert register.groups[4].validity == Validity(date(2026, 4, 1), date(2026, 12, 31))


def test_the_official_order_is_that_of_the_file():
    assert [small().rank(name) for name in ("区教育委员会", "区城管局（区整违办）", "各镇街", "没有")] == [0, 4, 10, 10]


@pytest.mark.parametrize("text", ["{}\n", "version: 1\n", "units: []\n", "groups: [{name: 甲, vague: true}]\n"])
def test_a_register_without_units_is_refused(text):
    assert [problem.code for problem in faults(text)] == ["units.empty"]


def test_a_wrong_member_is_told_with_its_line_and_the_nearest_name():
    text = "units:\n- name: 区文化旅游委\ngroups:\n- name: 专班\n  members:\n  - 区文旅委\n"
    (problem,) = faults(text)
    assert (problem.code, problem.where and problem.where.line) == ("units.unknown-member", 6)
    assert "「区文化旅游委」" in problem.fix


def test_the_nearest_name_is_told_as_short_as_any_other():
    long = "文化旅游" * 100
    (problem,) = faults(f"units:\n- name: {long}\ngroups:\n- name: 专班\n  members:\n  - {long[1:]}\n")
    assert "是否要写「文化旅游" in problem.fix
    assert len(str(problem)) <= 300


def test_problems_come_in_the_order_of_the_lines():
    text = "units:\n- {name: 甲, kind: 局}\n- {name: 乙, until: 明天}\n- {name: 甲}\nother: 1\n"
    assert [problem.where.line for problem in faults(text) if problem.where] == [2, 3, 4, 5]


def test_periods_that_only_touch_do_not_overlap_but_a_shared_day_does():
    head = "units: [{name: 甲}]\ngroups:\n- {name: 组, members: [甲], until: 2026-03-31}\n"
    read(head + "- {name: 组, members: [甲], from: 2026-04-01}\n")
    (problem,) = faults(head + "- {name: 组, members: [甲], from: 2026-03-31}\n")
    assert problem.code == "units.overlap"
    assert problem.related[0].line == 3


def test_one_name_of_two_owners_is_refused_wherever_it_stands():
    units = "units: [{name: 甲局, aliases: [甲]}, {name: 乙局, second_names: ['甲 局']}]\n"
    groups = "groups: [{name: 丙, aliases: [甲], vague: true}, {name: 丁, aliases: [丙], vague: true}]\n"
    assert [problem.code for problem in faults(units + groups)] == ["units.duplicate"] * 3


def nested(depth: int) -> str:
    groups = [f"- {{name: 组{n}, members: [组{n + 1}]}}" for n in range(1, depth)]
    return "\n".join(["units: [{name: 甲局}]", "groups:", *groups, f"- {{name: 组{depth}, members: [甲局]}}"])


def test_groups_in_groups_are_followed_as_deep_as_is_allowed_and_refused_beyond():
    assert [unit.name for unit in read(nested(MAX_NESTING)).members("组1")] == ["甲局"]
    (problem,) = faults(nested(MAX_NESTING + 1))
    assert problem.code == "units.circle"
    codes = [problem.code for problem in faults(nested(3_000))]
    assert set(codes) == {"units.circle"}


def test_each_circle_of_groups_is_told_once():
    groups = "groups: [{name: 一, members: [二]}, {name: 二, members: [一]}, {name: 三, members: [三]}]"
    found = faults(f"units: [{{name: 甲局}}]\n{groups}\n")
    assert [(problem.code, problem.what.partition("：")[2]) for problem in found] == [
        ("units.circle", "「一」→「二」→「一」"),
        ("units.circle", "「三」→「三」"),
    ]


def test_units_that_succeed_each_other_in_a_circle_are_refused():
    units = "{name: 甲, until: 2026-01-01, successor: 乙}, {name: 乙, until: 2026-02-01, successor: 甲}"
    assert [problem.code for problem in faults(f"units: [{units}]\n")] == ["units.circle"]


# U+3164 and its kin look like a blank; U+E000 is whatever a machine's own font makes of it.
INVISIBLE = [
    "\u00ad", "\u034f", "\u061c", "\u115f", "\u180e", "\u200b", "\u200c", "\u200d", "\u200e", "\u202a", "\u202e",
    "\u2060", "\u2066", "\u2069", "\u3164", "\ufeff",
]  # fmt: skip
PRIVATE = ["\ue000", "\uf8ff", "\U000f0000", "\U0010fffd"]


@pytest.mark.row("C2", "refused")
@pytest.mark.parametrize("character", [*INVISIBLE, *PRIVATE], ids=lambda c: f"{ord(c):04X}")
def test_what_nobody_sees_is_refused_in_a_registers_names_and_told_in_a_cell(character):
    name = f"区教{character}委"
    for text in (
        f"units:\n- name: {name}\n",
        f"units:\n- name: 甲\n  aliases: [{name}]\n",
        f"units:\n- name: 甲\ngroups:\n- name: 组\n  members: [甲, {name}]\n",
    ):
        line = text[: text.index(character)].count("\n") + 1
        code = "units.private-character" if character in PRIVATE else "text.illegal"
        assert (code, line) in [(problem.code, problem.where and problem.where.line) for problem in faults(text)]
    outcome = read_ledger(tasks(task(lead=name, support=None)), "a.xlsx", WANTS_TASKS, small())
    told = [(problem.code, problem.where and problem.where.cell) for problem in outcome.problems]
    if character in PRIVATE:
        assert told == [("text.private-character", "D2"), ("ledger.unknown-unit", "D2")]
    else:
        assert told == [("text.invisible", "D2")]
        assert outcome.value.tasks[0].lead_units == ("区教委",)


# ---- who stands behind a name

MARCH, JUNE = date(2026, 3, 31), date(2026, 6, 30)


@pytest.mark.parametrize(
    ("name", "on", "standing", "units", "absent"),
    [
        ("区教育委员会", JUNE, Standing.UNIT, ["区教委"], []),
        ("区城管局（区整违办、区执法支队）", JUNE, Standing.UNIT, ["区城管局"], []),
        ("区城管局（区整违办）（区执法支队）", JUNE, Standing.UNIT, ["区城管局"], []),
        ("区科技局", MARCH, Standing.UNIT, ["区科技局"], []),
        ("区科技局", JUNE, Standing.UNIT, ["区科技信息局"], []),
        ("区科技局", None, Standing.UNIT, ["区科技信息局"], []),
        ("区科技信息局", MARCH, Standing.NOBODY, [], ["区科技信息局"]),
        ("区经济信息委", JUNE, Standing.NOBODY, [], ["区经济信息委"]),
        ("各镇（街道）", JUNE, Standing.GROUP, ["石渡街道", "柳荫镇"], []),
        ("各镇街", date(2025, 12, 31), Standing.GROUP, ["石渡街道", "柳荫镇", "白鹭镇"], []),
        ("各涉农镇街", JUNE, Standing.GROUP, ["柳荫镇"], []),
        ("河长制成员单位", MARCH, Standing.GROUP, ["区科技局", "区城管局", "柳荫镇"], []),
        ("河长制成员单位", JUNE, Standing.GROUP, ["区教委", "区城管局", "柳荫镇"], ["区经济信息委"]),
        ("河长制成员单位", date(2027, 1, 1), Standing.NOBODY, [], ["河长制成员单位"]),
        ("各有关镇街", JUNE, Standing.VAGUE, [], []),
        ("区级相关部门", JUNE, Standing.VAGUE, [], []),
        ("区教委等单位", JUNE, Standing.VAGUE, ["区教委"], []),
        ("区教育局", JUNE, Standing.UNKNOWN, [], []),
        ("各街道", JUNE, Standing.UNKNOWN, [], []),
    ],
)  # fmt: skip
def test_a_name_gives_its_units_of_the_day(name, on, standing, units, absent):
    found = small().resolve(name, on)
    assert (found.standing, [unit.name for unit in found.units], list(found.absent)) == (standing, units, absent)
    assert [unit.name for unit in small().members(name, on)] == units


def test_what_one_group_leaves_out_another_may_name():
    text = """
units: [{name: 石渡街道, kind: 镇街}, {name: 柳荫镇, kind: 镇街}]
groups:
- {name: 各涉农镇街, kind: 镇街, except: [石渡街道]}
- {name: 专班, members: [石渡街道, 各涉农镇街]}
"""
    assert [unit.name for unit in read(text).members("专班")] == ["石渡街道", "柳荫镇"]


def test_a_register_that_no_file_could_give_is_still_answered():
    circle = Register(
        (Unit("甲"),), (Group("一", members=("二",)), Group("二", members=("一", "甲"), exceptions=("一",)))
    )
    assert [unit.name for unit in circle.members("一")] == ["甲"]
    ended = Validity(last=date(2020, 1, 1))
    heirs = Register((Unit("甲", validity=ended, successor="乙"), Unit("乙", validity=ended, successor="甲")))
    assert heirs.resolve("甲", JUNE).standing is Standing.NOBODY


def test_the_groups_of_the_sample_have_members_that_change_on_their_day():
    register = configured("qingping")
    assert len(register.members("各镇街")) == 7
    before, after = (register.members("垃圾分类联席会议成员单位", date(2026, *day)) for day in ((2, 28), (3, 1)))
    assert {unit.name for unit in after} - {unit.name for unit in before} == {"区商务委", "区市场监管局"}
    vague = {each.name for each in register.groups if register.resolve(each.name).standing is Standing.VAGUE}
    assert vague == {"各有关镇街", "区级有关部门"}


@pytest.mark.parametrize(
    ("name", "vague"),
    [
        ("有关镇街", True),
        ("区级 有关单位", True),
        ("各相关部门", True),
        ("区教委等单位", True),
        ("区教委等5个部门", True),
        ("区教委等", True),
        ("其他责任单位", True),
        ("区机关事务局", False),
        ("各镇街", False),
        ("高等职业学校", False),
    ],
)
def test_a_name_that_says_nothing_definite_looks_vague(name, vague):
    assert looks_vague(name) is vague


# ---- names in a text


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("填报单位：区教委（盖章）", ["区教委"]),
        ("填报 单位：区 教\u200b委  2026年7月", ["区教委"]),
        ("区城管局（区整违办）反馈表.xlsx", ["区城管局"]),
        ("03-青屏城投集团.docx", ["青屏城投集团"]),
        ("城投集团和青屏城投集团", ["城投集团", "青屏城投集团"]),
        ("区科技信息局、区教育委员会", ["区科技信息局", "区教委"]),
        ("河长制成员单位、各镇街", []),
        ("督查室汇总", []),
        ("", []),
    ],
)
def test_a_line_names_its_units_and_none_inside_a_longer_name(text, units):
    assert list(small().mentioned(text)) == units


@pytest.mark.parametrize(
    ("written", "near"),
    [
        ("区文化和旅游局", "区文化旅游委"),
        ("区文游委", "区文化旅游委"),
        ("区财证局", "区财政局"),
        ("区财政", "区财政局"),
        ("人社局", "区人力社保局"),
        ("区住建局", "区住房城乡建委"),
        ("区卫生委", "区卫生健康委"),
        ("区规自局", "区规划自然资源局"),
        ("柳荫乡", "柳荫镇"),
        ("各镇", "各镇街"),
        ("区体育局", None),
        ("海关", None),
        ("", None),
    ],
)
def test_the_nearest_name_is_one_that_was_truly_meant(written, near):
    assert configured("qingping").nearest(written) == near


# ---- 200 spellings (C3)


def wide(text: str) -> str:
    """ASCII as full-width characters."""
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def spelt(name: str, dice: random.Random) -> str:
    """The same name as some hand or program might write it."""
    changes = [
        lambda text: wide(text),
        lambda text: text.replace("（", "(").replace("）", ")"),
        lambda text: text.replace("（", " （ ").replace("）", " ） "),
        lambda text: "\u3000" + text + " ",
        lambda text: "\u00a0".join(text),
        lambda text: "".join(c + dice.choice(["", "\u200b", "\ufeff", "\u2060"]) for c in text),
        lambda text: text.replace("工", "\u2f2f").replace("文", "\u2f42"),
        lambda text: text[:2] + "\ufe00" + text[2:],
    ]
    for change in dice.sample(changes, dice.randint(1, 3)):
        name = change(name)
    return name


def names_of_both_documents() -> list[tuple[Register, str, str]]:
    """Each register's names as they may be written, with the own name of the unit or group."""
    found = []
    for register in map(configured, ("qingping", "shapingba", "fuling")):
        for unit in register.units:
            found += [(register, name, unit.name) for name in unit.all_names()]
            found += [(register, f"{unit.name}（{second}）", unit.name) for second in unit.second_names]
        found += [(register, name, group.name) for group in register.groups for name in group.all_names()]
    return found


@pytest.mark.row("C3")
def test_200_spellings_all_find_their_own_unit(tally):
    dice = random.Random(4)
    sample = dice.sample(names_of_both_documents(), 200)
    variants = [(spelt(written, dice), register, own) for register, written, own in sample]
    assert len({variant for variant, _, _ in variants}) > 190
    assert [(variant, own) for variant, register, own in variants if register.find(variant) != own] == []
    tally.survived(len(variants))


@pytest.mark.row("C3")
def test_200_spellings_in_a_ledgers_cells_are_all_joined_to_their_unit(tally):
    dice = random.Random(5)
    for register in map(configured, ("qingping", "shapingba")):
        known = [(name, own) for owner, name, own in names_of_both_documents() if owner is register]
        sample = [(spelt(name, dice), own) for name, own in dice.sample(known, 100)]
        rows = [task(text=f"第{n}项", lead=variant, support=None) for n, (variant, _) in enumerate(sample)]
        outcome = read_ledger(tasks(*rows), "a.xlsx", WANTS_TASKS, register)
        assert {problem.code for problem in outcome.problems} <= {"text.invisible"}
        found = [tuple(register.find(name) for name in entry.lead_units) for entry in outcome.value.tasks]
        assert found == [(own,) for _, own in sample]
        tally.survived(len(sample))


@pytest.mark.row("C3", "refused")
def test_200_misspelt_names_are_joined_to_nobody_and_every_one_is_told(tally):
    dice = random.Random(6)
    register = configured("qingping")
    known = {plain_key(name) for owner, name, _ in names_of_both_documents() if owner is register}
    wrong: dict[str, None] = {}
    while len(wrong) < 200:
        name = dice.choice(register.units).name
        at = dice.randrange(len(name))
        new = name[:at] + dice.choice(["", "某", "和", name[at] * 2]) + name[at + 1 :]
        if plain_key(new) not in known and len(new) > 2:
            wrong[new] = None
    rows = [task(text=f"第{n}项", lead=name, support=None) for n, name in enumerate(wrong)]
    outcome = read_ledger(tasks(*rows), "a.xlsx", WANTS_TASKS, register)
    assert [entry.lead_units for entry in outcome.value.tasks] == [(name,) for name in wrong]
    told = [
        problem.where.cell for problem in outcome.problems if problem.code == "ledger.unknown-unit" and problem.where
    ]
    assert told == [f"D{n}" for n in range(2, 202)]
    assert sum("是否要写" in problem.fix for problem in outcome.problems) > 190
    tally.refused(len(wrong))


def test_a_name_that_a_narrow_cell_cut_into_lines_is_mended():
    for cell in ("区规划自\n然资源局", "区规划\n自然资\n源局"):
        names = split_units(cell, configured("qingping")).units
        assert names == ("区规划自然资源局",)


# ---- what a ledger is told


def told(register: Register, *rows, on: date | None = JUNE) -> list[tuple[str, str, str]]:
    outcome = read_ledger(tasks(*rows), "a.xlsx", WANTS_TASKS, register, on=on)
    return [(problem.code, str(problem.where and problem.where.cell), problem.what) for problem in outcome.problems]


def test_a_vague_name_is_told_once_with_its_places_unless_the_register_knows_it():
    rows = [task(lead="区教委", support="相关部门、有关镇街"), task(text="另", lead="区教委", support="相关部门")]
    assert told(small(), *rows) == [
        ("ledger.vague-unit", "E2", "「相关部门」没有说明是哪些单位，单位名录里也没有（共 2 处）")
    ]


def test_a_unit_that_has_ended_is_told_with_the_one_that_followed():
    rows = task(lead="区科技局\n区经济信息委", support="河长制成员单位")
    assert told(small(), rows, on=MARCH) == []
    assert told(small(), rows, on=None) == []
    outcome = read_ledger(tasks(rows), "a.xlsx", WANTS_TASKS, small(), on=date(2027, 1, 10))
    assert [(problem.what, problem.fix.partition("；")[0]) for problem in outcome.problems] == [
        ("「区科技局」2026年3月31日撤销或更名，2027年1月10日没有这个单位", "请改写接替它的「区科技信息局」"),
        ("「区经济信息委」2026年3月31日撤销或更名，2027年1月10日没有这个单位", "请改写那时负责的单位"),
        ("「河长制成员单位」2027年1月10日没有成员", "请改写具体的单位"),
    ]
    assert told(small(), task(lead="区科技信息局", support=None), on=MARCH)[0][2].startswith(
        "「区科技信息局」2026年4月1日才设立"
    )


def test_the_names_of_a_ledger_are_listed_with_what_they_mean():
    rows = [
        task(lead="区教委", support="有关镇街"),
        task(text="另", lead="区教育委员会", support="各镇街\n有关镇街\n甲局"),
    ]
    read_rows = read_ledger(tasks(*rows), "a.xlsx", WANTS_TASKS, small()).value
    listed = [(each.resolved.written, each.resolved.standing) for each in named_units(read_rows, small(), JUNE)]
    assert listed == [
        ("区教委", Standing.UNIT),
        ("有关镇街", Standing.VAGUE),
        ("区教育委员会", Standing.UNIT),
        ("各镇街", Standing.GROUP),
        ("甲局", Standing.UNKNOWN),
    ]
    (problem,) = vague_names(read_rows, small(), JUNE)
    assert (problem.code, [place.cell for place in (problem.where, *problem.related) if place]) == (
        "ledger.vague-unit",
        ["E2", "E3"],
    )
    assert "按任务所在地确定" in problem.fix


@pytest.mark.parametrize(
    ("period", "day"),
    [
        ("1—6月", (6, 30)),
        ("1-6月", (6, 30)),
        ("1月至9月", (9, 30)),
        ("２月", (2, 28)),
        ("截至6月底", (6, 30)),
        ("截至6月20日", (6, 20)),
        ("上半年", (6, 30)),
        ("下半年", (12, 31)),
        ("全年", (12, 31)),
        ("2026年度", (12, 31)),
        ("一季度", (3, 31)),
        ("第三季度", (9, 30)),
        ("前三季度", (9, 30)),
        ("前两个季度", (6, 30)),
        ("1—3季度", (9, 30)),
        ("近期", None),
        ("1—13月", None),
        ("截至2月30日", None),
    ],
)
def test_a_period_ends_on_its_last_day(period, day):
    assert last_day(2026, period) == (day and date(2026, *day))


def test_a_period_over_the_turn_of_the_year_ends_in_the_year_that_it_says():
    assert last_day(2026, "2026年11月至2027年2月") == date(2027, 2, 28)


@pytest.mark.parametrize(("dated", "ended"), [("date: 2026-07-10\n", True), ("", False), ("date: 2026-06-30\n", False)])
def test_units_must_stand_on_the_day_of_the_report_or_at_the_end_of_its_period(tmp_path, dated, ended):
    config = CONFIG.replace("date: 2026-07-10\n", dated) + "units: 单位.yaml\n"
    path = project(tmp_path, ledger(tasks=[task_record()]), config)
    units = (
        "units: [{name: 区发展改革委}, {name: 区民政局, until: 2026-06-30}]\ngroups: [{name: 各镇街, vague: true}]\n"
    )
    (tmp_path / "单位.yaml").write_text(units, encoding="utf-8")
    codes = [problem.code for problem in generate(Request(path, ("txt",))).problems]
    assert ("ledger.ended-unit" in codes) is ended


def test_every_unit_of_a_large_register_is_found_in_a_long_text():
    register = Register(tuple(Unit(f"第{n}办公室") for n in range(500)))
    assert len(register.mentioned("、".join(f"第{n}办公室" for n in range(500)) * 4)) == 500
