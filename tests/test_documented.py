"""The README says what there is: every command, option, configuration key, exit code and filter."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from reportgen.cli import EXIT_CODES
from reportgen.confine import LIMITS
from reportgen.document import AnnexEntry, AnnexTitle
from reportgen.judge import judge_ledger
from reportgen.judging.rules import Disagree
from reportgen.judging.rules import Rule as JudgingRule
from reportgen.judging.rules import Setting as JudgingSetting
from reportgen.ledger.files.outside import READABLE
from reportgen.ledger.register_file import GROUP_KEYS, UNIT_KEYS, read_register
from reportgen.ledger.units import KINDS
from reportgen.ledger.words import STANDARD_WORDS
from reportgen.limits import STANDARD
from reportgen.lint import Checked, read_basis
from reportgen.problems import InputError, error
from reportgen.proof.rules import Rule as ProofRule
from reportgen.review.findings import Examiner, Place
from reportgen.review.opening import FileFormat
from reportgen.rules import Rule
from reportgen.source import read_source
from reportgen.template.per_unit import UNIT_FACTS, UNIT_FIELDS
from reportgen.template.schema import (
    AnnexSpec,
    ChartSpec,
    ColumnSpec,
    Config,
    FormColumn,
    FormField,
    ImprintSpec,
    LetterheadSpec,
    ListSpec,
    RenderingConfig,
    ReturnForm,
    ReturnsConfig,
    Template,
    UnitSetsConfig,
)
from reportgen.unit_sets.record import State, UnitRecord
from reportgen.unit_sets.result import Result
from reportgen.writers import WRITERS
from tests.projects import ROOT, ledger, project, run, task
from tests.units_documents import for_unit, ledger_of
from tests.units_documents import task as task_of

README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "command",
    ["build", "lint", "doctor", "forms", "units", "collect", "import", "judge", "check", "compare", "changes", "serve"],
)
def test_every_option_of_a_command_stands_in_the_readme(command: str) -> None:
    options = set(re.findall(r"--[a-z]+", run(command, "--help").stdout)) - {"--help"}
    assert options
    assert {option for option in options if option not in README} == set()


def test_every_configuration_key_stands_in_the_readme() -> None:
    assert [name for name in Config.model_fields if f"`{name}`" not in README] == []


def test_every_key_and_kind_of_a_register_stands_in_the_readme() -> None:
    keys = [key for key in (*UNIT_KEYS, *GROUP_KEYS) if f"`{key}`" not in README and f"`{key}: " not in README]
    assert keys == []
    assert "、".join(KINDS) in README


def test_the_register_of_the_readme_is_one() -> None:
    text = next(block for block in re.findall(r"```yaml\n(.*?)```", README, re.S) if "units:  " in block)
    register = read_register(read_source(text.encode(), "单位.yaml")).value
    assert [unit.name for unit in register.members("河长制成员单位", date(2026, 4, 1))] == [
        "区商务委", "区科技信息局", "石渡街道", "柳荫镇",
    ]  # fmt: skip


def test_every_rule_of_the_format_check_stands_in_the_readme_with_the_unit_of_its_tolerance() -> None:
    rows = dict(re.findall(r"^\| `([a-z-]+\.[a-z.-]+)` \| [^|]+ \| ([^|]*) \|$", README, re.M))
    assert list(rows) == [rule.value for rule in Rule]
    checks = read_basis("gb9704").styles.checks
    units = {"毫米", "磅", "字", "行", "—"}
    assert set(rows.values()) == units
    assert [rule.value for rule in Rule if checks[rule].within and rows[rule.value] == "—"] == []


def test_every_field_of_the_check_s_json_stands_in_the_readme() -> None:
    basis = read_basis("gb9704")
    examiner = Examiner(basis.styles.checks)
    examiner.number(Rule.TOP, Place(page=1, spot="x"), "x", 1, 37, "mm")
    result = Checked("x", FileFormat.PDF, 1, tuple(examiner.findings), tuple(examiner.measures))
    told = result.as_json(basis, everything=True)
    parts = (told, told["style"], told["style"]["files"][0], told["findings"][0], told["measures"][0])
    problem = error("a.b", "x", "y").as_json()
    assert {key for part in (*parts, problem) for key in part if f"`{key}`" not in README} == set()


def test_every_rule_of_proofreading_stands_in_its_chapter_of_the_readme() -> None:
    chapter = README[README.index("\n## 校核\n") : README.index("\n## 字体\n")]
    assert [rule.value for rule in ProofRule if f"`{rule.value}`" not in chapter] == []


def test_every_field_of_the_json_of_proofreading_stands_in_its_chapter_of_the_readme(tmp_path: Path) -> None:
    chapter = README[README.index("\n### 校核的 JSON\n") : README.index("\n## 字体\n")]
    path = project(tmp_path, ledger([], [task(任务进展情况="完成了了3个。")]))
    told = json.loads(run("check", path.with_name("台账.yaml"), "--json").stdout)
    finding = told["findings"][0]
    parts = (told, told["counts"], told["checking"][0], finding, finding["places"][0], {"reason": ""})
    assert {key for part in parts for key in part if f"`{key}`" not in chapter} == set()


def test_every_rule_of_judging_and_its_keys_stand_in_their_chapter_of_the_readme() -> None:
    chapter = README[README.index("\n## 研判\n") :].split("\n## ")[1]
    assert [rule.value for rule in JudgingRule if f"| `{rule.value}` |" not in chapter] == []
    keys = {field.name for field in fields(JudgingSetting)} - {"name"}
    assert [key for key in keys if f"`{key}`" not in chapter] == []
    assert [way.value for way in Disagree if way.value not in chapter] == []


def test_every_field_of_a_judgement_s_json_stands_in_its_chapter_of_the_readme() -> None:
    chapter = README[README.index("\n## 研判\n") :].split("\n## ")[1]
    told = judge_ledger(ROOT / "configs/qingping-2026h1.yaml").as_json()
    opinion = next(each["opinion"] for each in told["verdicts"] if each["opinion"])
    parts = (told, told["verdicts"][0], opinion, told["rules"][0])
    assert {key for part in parts for key in part if f"`{key}`" not in chapter} == set()


def test_the_limits_of_outside_files_stand_in_the_readme() -> None:
    time = f"{LIMITS.seconds} 秒（PDF 每页加 {LIMITS.seconds_per_page} 秒）"
    said = f"{LIMITS.file_bytes // 1024**2} MB、PDF {LIMITS.pages} 页、{time}、内存 1 GB"
    assert LIMITS.memory_bytes == 1024**3
    assert said in README
    assert (
        f"机器忙时最多等 {LIMITS.wall_factor:g} 倍；一次汇总的全部文件共 {LIMITS.total_seconds // 60:g} 分钟" in README
    )


def test_the_limits_of_a_collection_stand_in_the_readme() -> None:
    assert f"一次最多 {STANDARD.archives.returns} 个文件，文件夹最多套 {STANDARD.archives.returns_depth} 层" in README
    assert (
        f"一份反馈里的内容超过 {STANDARD.tables.return_texts} 条或 {STANDARD.tables.return_characters // 10_000} 万字"
        in README
    )


def test_every_kind_of_return_and_the_limits_of_a_table_stand_in_the_readme() -> None:
    chapter = README[README.index("## 能读哪些反馈文件") :]
    chapter = chapter[: chapter.index("\n## ")]
    assert [suffix for suffix in READABLE if f"`{suffix}`" not in chapter] == []
    assert f"最多 {STANDARD.tables.rows} 行、{STANDARD.tables.columns} 列" in chapter
    assert f"最多 {STANDARD.tables.rows} 行；只要 Word 文件" in README
    assert f"最多 {STANDARD.tables.long_rows} 行" in README


@pytest.mark.parametrize("model", [Template, LetterheadSpec, ImprintSpec, ListSpec, ChartSpec, AnnexSpec, ColumnSpec])
def test_every_template_key_stands_in_its_chapter_of_the_readme(model: type[BaseModel]) -> None:
    chapter = README[README.index("\n## 改模板\n") : README.index("\n## 改版式\n")]
    assert [name for name in model.model_fields if not re.search(f"`{name}(: true)?`", chapter)] == []


@pytest.mark.parametrize("model", [ReturnsConfig, ReturnForm, FormColumn])
def test_every_key_of_the_return_form_stands_in_its_chapter_of_the_readme(model: type[BaseModel]) -> None:
    chapter = README[README.index("\n## 发反馈表\n") :].split("\n## ")[1]
    assert [name for name in model.model_fields if f"`{name}`" not in chapter] == []
    assert [name for name in get_args(FormField) if f"`{name}`" not in chapter] == []


def test_every_key_of_unit_sets_and_of_their_templates_stands_in_its_chapter_of_the_readme() -> None:
    chapter = README[README.index("\n## 各单位分送件\n") :].split("\n## ")[1]
    assert [name for name in UnitSetsConfig.model_fields if f"  {name}: " not in chapter] == []
    used = (*UNIT_FACTS, *UNIT_FIELDS, "per_unit", "file_name", "lead", "support")
    assert [name for name in used if not re.search(rf"`({{{{ )?{name}( }}}}|: \w+)?`", chapter)] == []


def test_the_unit_template_of_the_readme_is_one() -> None:
    text = next(block for block in re.findall(r"```yaml\n(.*?)```", README, re.S) if "name: 分工表" in block)
    made = for_unit(text, "区教委", ledger_of(*(task_of(str(n), lead_units=("区教委",)) for n in range(2))))
    (section,) = made.value.sections
    assert section.blocks[0] == AnnexTitle(entry=AnnexEntry(number=None, name="区教委牵头的任务"))


def test_the_letter_to_each_unit_of_the_readme_is_for_those_that_lead_a_lagging_task() -> None:
    text = next(block for block in re.findall(r"```yaml\n(.*?)```", README, re.S) if "name: 整改函" in block)
    lagging = task_of("架桥", judgement="推进较为滞后", lead_units=("区教委",), support_units=("柳荫镇",))
    made = for_unit(text, "区教委", ledger_of(lagging, task_of("修路", lead_units=("区教委",))))
    assert made.problems == ()
    titles = [
        block.entry.name for part in made.value.sections for block in part.blocks if isinstance(block, AnnexTitle)
    ]
    assert titles == ["区教委滞后任务1—6月进展情况表"]
    with pytest.raises(InputError, match="无从写起"):
        for_unit(text, "柳荫镇", ledger_of(lagging))


def test_every_key_of_the_unit_sets_and_every_field_of_their_json_stand_in_their_chapter_of_the_readme() -> None:
    chapter = README[README.index("\n## 各单位分送件\n") :].split("\n## ")[1]
    keys = [*UnitSetsConfig.model_fields, *RenderingConfig.model_fields]
    assert [name for name in keys if f"  {name}: " not in chapter] == []
    unit = UnitRecord(unit="区商务委", number=1, state=State.MADE)
    made = Result(folder=Path(), formats=(), units=(unit,), rendered=(), taken_over=(), seconds=0).as_json()
    assert [name for name in (*made, *made["units"][0]) if f"`{name}`" not in chapter] == []
    assert [each.value for each in State if each.value not in chapter] == []


def test_every_shipped_template_and_its_sample_stand_in_the_readme() -> None:
    chapter = README[README.index("\n## 文种\n") : README.index("\n## 改模板\n")]
    for path in (ROOT / "templates").glob("*.yaml"):
        assert f"`{path.stem}`" in chapter
    for path in (ROOT / "configs").glob("qingping-*.yaml"):
        assert f"`configs/{path.name}`" in chapter


def test_every_format_and_exit_code_stands_in_the_readme() -> None:
    assert f"--format {','.join(WRITERS)}" in README
    assert all(f"{code} " in README for code in (*EXIT_CODES.values(), 0, 2, 70, 130))


def test_the_first_header_of_every_ledger_column_stands_in_the_readme() -> None:
    assert [names[0] for names in STANDARD_WORDS.columns.values() if names[0] not in README] == []


def test_files_that_the_readme_names_exist() -> None:
    named = re.findall(r"(?<![\w/])((?:configs|samples|templates|tests|reportgen)/[\w./\-\u4e00-\u9fff]+)", README)
    missing = [name for name in named if not (ROOT / name.rstrip(".")).exists() and "我的" not in name]
    assert missing == []


def test_no_machine_path_and_no_index_address_stands_in_the_tree() -> None:
    files = [ROOT / "dev.py", ROOT / "pyproject.toml", ROOT / "requirements.lock", ROOT / ".ci" / "run"]
    files += [path for folder in ("reportgen", "templates", "configs") for path in (ROOT / folder).rglob("*.*")]
    bad = re.compile(r"(^|[^\w.])/(work|farm|root)/|index-url *=? *https?:")
    found = [path for path in files if path.suffix in (".py", ".toml", ".lock", ".yaml", "") and bad.search(read(path))]
    assert found == []


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")
