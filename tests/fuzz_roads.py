"""Every kind of text file that an office writes (办公室写的各种文件), and the whole road that each one goes.

A road takes a text, puts it where the program looks for it, and goes through the doors that read it. It gives all that
the program said of it; an exception that is no `ReportError` goes through.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from reportgen.check import check_file
from reportgen.comparison.files.ignoring_file import read_ignoring
from reportgen.comparison.files.members import Member
from reportgen.comparison.files.pair import compare_pair
from reportgen.comparison.files.result import Request as Comparison
from reportgen.distribute import distribute
from reportgen.generate import Request, generate, read_inputs
from reportgen.judge import judge_ledger
from reportgen.lint import read_basis
from reportgen.problems import Problem, ReportError, has_errors
from reportgen.service.settings_file import load_settings
from reportgen.source import read_source
from reportgen.unit_sets.plan import make_plan
from tests.bad_configs import ROOT
from tests.mutations import dumped, loaded
from tests.projects import CONFIG as YAML_CONFIG
from tests.projects import goal, ledger, task
from tests.test_service_settings import FULL as SERVICE

# JSON is read several times as fast as YAML.
CONFIG = (
    YAML_CONFIG.replace("台账.yaml", "台账.json").replace("half-year-report", "小.yaml").replace("区政府", "区城管局")
)
UNITS = """\
version: 1
units:
  - {name: 区发展改革委, kind: 部门, aliases: [区发改委], second_names: [区国动办]}
  - {name: 区民政局, kind: 部门, from: 2019-01-01}
  - {name: 区城管局, kind: 部门, until: 2026-12-31, successor: 区民政局}
  - {name: 柳荫镇, kind: 镇街}
groups:
  - {name: 各镇街, aliases: [各镇（街道）], kind: 镇街, note: 全部}
  - {name: 有关部门, vague: true}
  - {name: 领导小组成员单位, members: [区民政局, 各镇街], except: [柳荫镇], from: 2026-01-01}
"""
FULL_CONFIG = f"""\
{CONFIG}units: 单位.yaml
previous_ledger: 上期.json
previous_period: 1—3月
style: gb9704
style_changes: {{page: {{lines: 21}}, checks: {{grid.lines: {{level: 警告}}}}}}
number: 甲督〔2026〕5号
signers: [甲某, 乙某]
copy_number: 1
secrecy: 秘密★1年
urgency: 特急
issue: 第5期
co_issuers: [乙局]
sealed: true
note: 此件不公开
copies_to: [丙局, 丁局]
printer: 某区督查室
print_date: 2026-07-12
output: 报告
first_annex: 2
wording: {{closing: 特此报告。, opening: "现将{{{{ period }}}}情况报告如下。"}}
columns: {{工作任务: [事项]}}
judgements: {{正常推进: [正常]}}
judging: standard
checking: standard
changes: 变化.yaml
returns: {{form: return-form, deadline: 2026-07-05, contact: 督查室 6000-1234}}
unit_sets: {{template: 小件.yaml, without_tasks: 列明, date: 2026-07-11, wording: {{head: 核对}}}}
engine: local
pdf_engine: weasyprint
rendering: {{seconds: 60, memory_mb: 1024, workers: 2}}
"""
TEMPLATE = """\
version: 1
name: 小报告
lists:
  late: {sheet: 重点任务, judgement: 推进较为滞后}
wording:
  opening: 现将{{ year }}年{{ period }}情况报告如下。
  counted: "{% if late %}{{ late | count }}项滞后（见{{ annex.tasks }}）{% endif %}"
  closing: ""
letterhead: {form: 文件, mark: "{{ issuer }}", number: "{{ number }}", urgency: "{{ urgency }}"}
title: 关于{{ year }}年工作的报告
addressee: "{{ addressee }}："
body: |
  {{ opening }}
  一、{{ tasks | count }}项任务
  {% for task in late %}
  1.{{ task.phrase or task.text | sentence }}（{{ task.lead_units | join('、') }}）
  {% endfor %}
  {% if changes %}
  {{ changes }}
  {% endif %}
  {{ counted }}
  {{ chart.units }}
closing: "{{ closing }}"
signature: "{{ issuer }}"
note: "{{ note }}"
imprint: {copies_to: "{{ copies_to | join('，') }}", printer: "{{ printer }}", printed: "{{ print_date }}"}
charts:
  - {id: units, figure: 完成情况按单位, title: 各单位情况, rows: tasks}
annexes:
  - id: goals
    rows: goals
    title: 目标表
    columns: [{title: 目标, field: text, width: 3}, {title: 单位, field: lead_units, width: 2}]
  - id: tasks
    rows: tasks
    title: 任务表
    orientation: 横向
    sections: [category]
    columns:
      - {title: 序号, number: true, width: 1}
      - {title: 任务, columns: [{title: 内容, field: text, width: 4, merge_down: true}, {field: progress, width: 4}]}
      - {title: 配合, field: support_units, width: 2, optional: true}
"""
UNIT_TEMPLATE = """\
version: 1
name: 核对表
per_unit: true
file_name: "{{ unit_no }}_{{ unit }}"
wording: {head: 核对表}
title: "{{ unit }}{{ head }}"
body: |
  {{ unit }}牵头{{ leads | count }}项，配合{{ supports | count }}项。
lists:
  leads: {sheet: 重点任务, duty: 牵头}
  supports: {sheet: 重点任务, duty: 配合}
annexes:
  - id: own
    rows: tasks
    title: "{{ unit }}的任务"
    columns: [{title: 任务, field: text, width: 3}, {title: 职责, field: duty, width: 1}]
"""
CHANGES = """\
version: 1
name: 小变化
most: 3
wording: {new_sentence: "{% if new %}新列{{ new | count }}项{% endif %}"}
text: |
  与{{ old_period }}相比，{{ new_sentence }}。
"""
IGNORING = """\
rules:
  - {layer: style, subject: 字号, reason: 换了模板}
  - {text: '\\d+月\\d+日', reason: 每天不同}
  - {kind: text.changed, part: 正文, column: 序号, file: '*.txt', reason: 说好的}
tolerance: {length_mm: 0.5, size_pt: 0.1, spacing_pt: 1, box_mm: 1, picture_mm: 1, picture_level: 40}
"""
FORMER = ledger([goal(进展情况="1—3月，固定资产投资增长5%。", 评价="不达预期")], [task(任务进展情况="已建成1个。")])
NOW = ledger(
    tasks=[task(), task("新建公园2座，12月底前完成", 推进情况="推进较为滞后", 报告用语="未开工。", 责任单位="区城管局")]
)

Road = Callable[[Path, str, str, bool], Sequence[Problem]]


@dataclass(frozen=True)
class Kind:
    """A kind of file (文件种类): sound ones of it as YAML, and the road that it goes."""

    sound: tuple[str, ...]
    road: Road


def _told(thorough: bool, *doors: Callable[[], object]) -> list[Problem]:
    """What is said behind each door; a result says its problems, a fault is them. The first that refuses is enough,
    unless all are to be tried."""
    found: list[Problem] = []
    for door in doors:
        try:
            result = door()
        except ReportError as fault:
            found += fault.problems
        else:
            found += getattr(result, "problems", ())
        if has_errors(found) and not thorough:
            break
    return found


def _project(folder: Path, config: str, **files: str) -> Path:
    """A project in the folder: what is not given is small and sound."""
    path = folder / "报告.yaml"
    for name, text in {
        "台账.json": _LEDGER,
        "上期.json": _FORMER,
        "单位.yaml": UNITS,
        "小.yaml": TEMPLATE,
        "小件.yaml": UNIT_TEMPLATE,
        "变化.yaml": CHANGES,
        **files,
    }.items():
        _write(folder / name, text)
    _write(path, config)
    return path


def _write(path: Path, text: str) -> None:
    """The text as it stands, the line ends too; half a character becomes bytes that are no UTF-8."""
    path.write_text(text, encoding="utf-8", errors="surrogatepass", newline="")


_LEDGER, _FORMER = dumped(NOW, "json"), dumped(FORMER, "json")


def _made(config: Path) -> object:
    return generate(Request(config, ("txt",)))


def _drawn(config: Path) -> object:
    return generate(Request(config, ("docx", "html")))


def _of_config(folder: Path, text: str, suffix: str, thorough: bool) -> list[Problem]:
    _project(folder, "")
    config = folder / f"报告.{suffix}"
    _write(config, text)
    doors = (_made, _drawn, judge_ledger, check_file, distribute, _unit_sets, _lint_basis)
    return _told(thorough, *(partial(door, config) for door in (doors if thorough else doors[:1])))


def _unit_sets(config: Path) -> object:
    """The documents of all units, as far as they are made before they are drawn."""
    plan = make_plan(read_inputs(Request(config), [], for_units=True))
    for each in plan.units:
        plan.compose(each)
    return plan


def _named(config: str, door: Callable[[Path], object], *others: Callable[[Path], object]) -> Road:
    """The road of a file that a configuration names, where `FILE` stands for it; `others` only where it is thorough."""

    def road(folder: Path, text: str, suffix: str, thorough: bool) -> list[Problem]:
        name = f"本单位.{suffix}"
        path = _project(folder, config.replace("FILE", name), **{name: text})
        return _told(thorough, *(partial(each, path) for each in ((door, *others) if thorough else (door,))))

    return road


def _of_ledger(folder: Path, text: str, suffix: str, thorough: bool) -> list[Problem]:
    name = f"本期.{suffix}"
    config = CONFIG.replace("台账.json", name)
    found = list(_named(config.replace(name, "FILE"), judge_ledger, _drawn, check_file)(folder, text, suffix, thorough))
    if not has_errors(found):
        _refuse_loss(text, suffix, folder)
    return found


def _refuse_loss(text: str, suffix: str, folder: Path) -> None:
    """Every letter of a ledger that was taken stands in what the program knows of it."""
    kept = judge_ledger(folder / "报告.yaml").ledger
    known = "".join(repr(entry) for entry in kept)
    for word in _texts(read_source(text.encode("utf-8", "surrogatepass"), f"本期.{suffix}", cleaned_later=True).data):
        for piece in re.findall(r"[一-龥]{2,}", word):
            assert piece in known, f"「{piece}」 is lost"


def _texts(data: object) -> Iterator[str]:
    """Every text of a ledger's records, the names of columns left out."""
    if isinstance(data, str):
        yield data
    for each in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from _texts(each)


def _of_ignoring(folder: Path, text: str, suffix: str, thorough: bool) -> list[Problem]:
    path = folder / f"不计.{suffix}"
    _write(path, text)

    def compared() -> object:
        one, other = (Member(name=f"{n}.txt", blob=f"一、甲{n}\n2026年{n}月，乙{n}。\n".encode()) for n in (1, 2))
        done = compare_pair(one, other, Comparison(ignoring=read_ignoring(path)))
        return getattr(done, "pair", done)

    return _told(thorough, compared)


def _of_service(folder: Path, text: str, suffix: str, thorough: bool) -> list[Problem]:
    # It has this one name, and is YAML, as JSON is, too.
    _write(folder / "service.yaml", text)
    return _told(thorough, lambda: load_settings(folder, {}))


def _shipped(name: str) -> tuple[str, ...]:
    return (_text_of(ROOT / name),)


def _text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _lint_basis(config: Path) -> object:
    return read_basis(str(config))


_BOTH = f"{CONFIG}units: 单位.yaml\nprevious_ledger: 上期.json\nprevious_period: 1—3月\nchanges: 变化.yaml\n"


@cache
def kinds() -> Mapping[str, Kind]:
    """Every kind of text file that an office writes, by its name."""
    bodies = [path for path in sorted((ROOT / "templates").glob("*.yaml")) if path.stem != "unit-annex"]
    body, wording = _BOTH.replace("小.yaml", "FILE"), _BOTH.replace("变化.yaml", "FILE")
    annex, form = f"{_BOTH}unit_sets:\n  template: FILE\n", f"{CONFIG}returns:\n  form: FILE\n"
    return {
        "config": Kind((FULL_CONFIG,), _of_config),
        "template": Kind((TEMPLATE,), _named(body, _made, _drawn, check_file)),
        "template-shipped": Kind(tuple(map(_text_of, bodies)), _named(body, _made, _drawn, check_file)),
        "unit-template": Kind((UNIT_TEMPLATE,), _named(annex, _unit_sets)),
        "unit-template-shipped": Kind(_shipped("templates/unit-annex.yaml"), _named(annex, _unit_sets)),
        "wording": Kind((CHANGES,), _named(wording, _made, _drawn)),
        "wording-shipped": Kind(_shipped("templates/changes/standard.yaml"), _named(wording, _made, _drawn)),
        "form": Kind(_shipped("templates/forms/return-form.yaml"), _named(form, distribute)),
        "style": Kind(
            _shipped("configs/styles/gb9704.yaml"), _named(f"{_BOTH}style: FILE\n", _made, _drawn, _lint_basis)
        ),
        "judging": Kind(_shipped("configs/judging/standard.yaml"), _named(f"{CONFIG}judging: FILE\n", judge_ledger)),
        "checking": Kind(_shipped("configs/checking/standard.yaml"), _named(f"{_BOTH}checking: FILE\n", check_file)),
        "units": Kind((UNITS,), _named(f"{CONFIG}units: FILE\n", distribute, _made, check_file)),
        "ignoring": Kind((IGNORING,), _of_ignoring),
        "service": Kind((SERVICE,), _of_service),
        "ledger": Kind((dumped(NOW, "yaml"),), _of_ledger),
    }


def sound_file(kind: Kind, number: int, suffix: str) -> str:
    """One of the sound files of a kind, as YAML or JSON."""
    text = kind.sound[number % len(kind.sound)]
    return dumped(loaded(text), "json") if suffix == "json" else text
