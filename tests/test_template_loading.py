"""Configurations, templates and style sheets as files (配置、模板、版式的读取): every fault has a place and a cure."""

from __future__ import annotations

import copy
import datetime
import json
import random
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import TypeAdapter

from reportgen.problems import InputError, Location, Problem
from reportgen.source import read_source
from reportgen.styles import FontRole, StyleSheet, TextRole
from reportgen.template.compose import prepare
from reportgen.template.loading import (
    _SAYS,
    check_model,
    configured_styles,
    find_data,
    load_config,
    load_styles,
    load_template,
)
from reportgen.template.schema import Config, LayerHead, ReturnForm, Template
from tests.bad_configs import BAD_CONFIGS, FOLDER, PLAIN_CONFIG, ROOT, BadConfig
from tests.mutations import spoilt_data

ASKED = Location(file="test")
STYLE = ROOT / "configs/styles/gb9704.yaml"


# ---- the kit of bad files


@pytest.mark.parametrize("bad", BAD_CONFIGS, ids=lambda bad: bad.name)
def test_a_bad_file_is_told_exactly(bad: BadConfig) -> None:
    found = [(p.severity.value, p.code, str(p.where or "")) for p in bad.problems()]
    for severity, code, place in bad.expects:
        match = next((f for f in found if f[:2] == (severity, code) and place in f[2]), None)
        assert match, f"expected {severity} {code} {place} among {found}"
        found.remove(match)
    assert found == []


@pytest.mark.parametrize("bad", BAD_CONFIGS, ids=lambda bad: bad.name)
def test_messages_are_short_chinese_and_placed(bad: BadConfig) -> None:
    for problem in bad.problems():
        check_message(problem)


def check_message(problem: Problem) -> None:
    """A problem that a clerk can read: a place, a cure, no word of a library, short."""
    text = str(problem)
    assert problem.where
    assert problem.where.line or problem.where.cell or problem.code.startswith("file."), text
    assert len(text) <= 300, text
    assert re.search("[一-龥]", problem.what), text
    assert re.search("[一-龥]", problem.fix), text
    words = r"Traceback|Error\b|Input should|object|0x[0-9a-f]{6}|<class|validation|str\]|constrained|Exception"
    assert not re.search(words, text.replace(problem.where.key or "\0", "")), text


def test_every_side_file_belongs_to_a_file() -> None:
    for side in FOLDER.glob("*.expect"):
        assert side.with_suffix("").is_file(), side.name


# ---- what is shipped


@pytest.mark.parametrize("path", sorted((ROOT / "templates").glob("*.yaml")), ids=lambda path: path.stem)
def test_shipped_templates_are_sound(path: Path) -> None:
    template, source = load_template(path.stem, ROOT, ASKED)
    config = read_source(PLAIN_CONFIG.encode(), "c.yaml")
    assert prepare(template, source, check_model(Config, config), config).problems == ()


@pytest.mark.parametrize("path", sorted((ROOT / "configs").glob("*.yaml")), ids=lambda path: path.stem)
def test_shipped_configurations_are_sound(path: Path) -> None:
    config, source = load_config(path, path.name)
    template = load_template(config.template, path.parent, source.locate(("template",)))
    assert prepare(*template, config, source).problems == ()
    load_styles(config.style, path.parent, source.locate(("style",)))


@pytest.mark.parametrize(
    "day", ["2026-07-10", "2026/7/10", "2026年7月10日", "2026.7.10", "2026 年 07 月 10 日", " 2026-7-10"]
)
def test_a_date_as_offices_write_it(day: str) -> None:
    source = read_source(f'{PLAIN_CONFIG}date: "{day}"\n'.encode(), "c.yaml")
    assert check_model(Config, source).date == datetime.date(2026, 7, 10)


@pytest.mark.parametrize(
    ("day", "says"),
    [
        ("2026年2月30日", "没有这一天"),
        ("2026-13-01", "没有这一天"),
        ("七月十日", "不是日期"),
        ("'20260710'", "不是日期"),
    ],
)
def test_what_is_no_date_is_refused_in_chinese(day: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        check_model(Config, read_source(f"{PLAIN_CONFIG}date: {day}\n".encode(), "c.yaml"))


@pytest.mark.parametrize(
    ("name", "stem"),
    [("报告", "报告"), ("报告.docx", "报告"), ("报告.PDF", "报告"), ("a.b.html", "a.b"), ("1.5版", "1.5版")],
)
def test_the_suffix_of_an_output_name_is_dropped(name: str, stem: str) -> None:
    assert check_model(Config, read_source(f"{PLAIN_CONFIG}output: {name}\n".encode(), "c.yaml")).output == stem


def test_one_ledger_and_several() -> None:
    one = check_model(Config, read_source(PLAIN_CONFIG.encode(), "c.yaml"))
    text = PLAIN_CONFIG.replace("ledger: x.xlsx", "ledger: [a.csv, b.csv]")
    two = check_model(Config, read_source(text.encode(), "c.yaml"))
    assert (one.ledger, two.ledger) == (("x.xlsx",), ("a.csv", "b.csv"))


@pytest.mark.parametrize("ledger", ["5", "[]", "null", "{a: b}", "[5]", '""', "true"])
def test_a_wrong_ledger_is_told_once(ledger: str) -> None:
    text = PLAIN_CONFIG.replace("ledger: x.xlsx", f"ledger: {ledger}")
    with pytest.raises(InputError) as fault:
        check_model(Config, read_source(text.encode(), "c.yaml"))
    assert len(fault.value.problems) == 1
    check_message(fault.value.problems[0])


@pytest.mark.parametrize(
    ("text", "near"),
    [
        (PLAIN_CONFIG + "adressee: 区政府\n", "addressee"),
        (PLAIN_CONFIG + "peroid: 1\n", "period"),
        (PLAIN_CONFIG.replace("template:", "tempalte:"), "template"),
    ],
)
def test_an_unknown_key_gets_the_nearest(text: str, near: str) -> None:
    with pytest.raises(InputError, match=f"是否要写「{near}」"):
        check_model(Config, read_source(text.encode(), "c.yaml"))


@pytest.mark.parametrize(
    "name",
    [
        "half-yaer-report",
        "../templates/half-year-report",
        "/etc/passwd",
        "",
        ".",
        "..",
        "*",
        "half*",
        "x" * 5000,
        "a/b",
        "a\\b",
    ],
)
def test_a_name_never_leads_out_of_the_folder(name: str) -> None:
    with pytest.raises(InputError) as fault:
        find_data("templates", name, ROOT, ASKED)
    assert [problem.code for problem in fault.value.problems] == ["config.unknown-name"]
    assert len(str(fault.value)) <= 300


# ---- style sheets in layers


def write_styles(folder: Path, **layers: str) -> Path:
    """Style files in `configs/styles` of a folder."""
    styles = folder / "configs/styles"
    styles.mkdir(parents=True)
    for name, text in layers.items():
        (styles / f"{name}.yaml").write_text("version: 1\n" + text, encoding="utf-8")
    return folder


def test_a_layer_replaces_single_values(tmp_path: Path) -> None:
    own = "extends: middle\ntext:\n  正文: {size_pt: 小三}\n"
    middle = "extends: gb9704\npage: {lines: 20}\ntext:\n  正文: {size_pt: 小四, pitch_pt: 30}\n"
    folder = write_styles(tmp_path, own=own, middle=middle)
    styles, sources = load_styles("own", folder, ASKED)
    ground = load_styles("gb9704", ROOT, ASKED)[0]
    assert [Path(source.file).stem for source in sources] == ["own", "middle", "gb9704"]
    assert (styles.page.lines, styles.page.characters) == (20, ground.page.characters)
    body = styles.text[TextRole.BODY]
    assert (body.size_pt, body.pitch_pt, body.font) == (15, 30, FontRole.FANGSONG)


def test_a_fault_is_placed_in_the_layer_that_has_it(tmp_path: Path) -> None:
    own = "extends: middle\npage: {lines: 0}\n"
    middle = "extends: gb9704\npage: {lines: 20, characters: 0}\ntext:\n  正文: {size_pt: 9号}\n  表头: {on_grid: 1}\n"
    folder = write_styles(tmp_path, own=own, middle=middle)
    with pytest.raises(InputError) as fault:
        load_styles("own", folder, ASKED)
    assert {(p.code, str(p.where)) for p in fault.value.problems} == {
        ("style.unknown-size", "configs/styles/middle.yaml:5:8（text.正文.size_pt）"),
        ("config.wrong-type", "configs/styles/middle.yaml:6:8（text.表头.on_grid）"),
    }
    folder = write_styles(tmp_path / "2", own=own, middle=middle[: middle.index("text")])
    with pytest.raises(InputError) as fault:
        load_styles("own", folder, ASKED)
    assert {(p.code, str(p.where)) for p in fault.value.problems} == {
        ("style.out-of-range", "configs/styles/own.yaml:3:8（page.lines）"),
        ("style.out-of-range", "configs/styles/middle.yaml:3:19（page.characters）"),
    }


def test_a_path_in_extends_is_relative_to_its_own_file(tmp_path: Path) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "own.yaml").write_text("version: 1\nextends: a/mid.yaml\n", encoding="utf-8")
    (tmp_path / "a/mid.yaml").write_text("version: 1\nextends: b/low.yaml\n", encoding="utf-8")
    (tmp_path / "a/b/low.yaml").write_text("version: 1\nextends: gb9704\n", encoding="utf-8")
    assert len(load_styles("own.yaml", tmp_path, ASKED)[1]) == 4


def test_styles_that_extend_each_other_are_refused(tmp_path: Path) -> None:
    folder = write_styles(tmp_path, a="extends: b\n", b="extends: c\n", c="extends: a\n")
    with pytest.raises(InputError) as fault:
        load_styles("a", folder, ASKED)
    assert [(p.code, str(p.where)) for p in fault.value.problems] == [
        ("style.circle", "configs/styles/c.yaml:2:1（extends）")
    ]


@cache
def _loaded(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def style_keys() -> Iterator[tuple[str, ...]]:
    def walk(value: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        if path:
            yield path
        if isinstance(value, dict):
            for key, item in value.items():
                yield from walk(item, (*path, str(key)))

    data = _loaded(STYLE)
    del data["themes"]  # A theme says only what it changes: none of its keys is missed.
    yield from walk(data, ())


OPTIONAL = {
    "pitch_pt",
    "stand_in",
    "align",
    "first_line_chars",
    "right_chars",
    "before_lines",
    "after_lines",
    "on_grid",
}
OPTIONAL |= {"keep_with_next", "outline_level", "left_chars", "color", "level", "within"}


@pytest.mark.parametrize("path", sorted(set(style_keys())), ids=".".join)
def test_every_key_of_a_style_sheet_is_missed(path: tuple[str, ...], tmp_path: Path) -> None:
    data = copy.deepcopy(_loaded(STYLE))
    owner = data
    for part in path[:-1]:
        owner = owner[part]
    del owner[path[-1]]
    # JSON is YAML, too, and quicker to write.
    (tmp_path / "own.yaml").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    if path[-1] in OPTIONAL and path[0] not in ("table", "seal"):
        load_styles("own.yaml", tmp_path, ASKED)
        return
    with pytest.raises(InputError) as fault:
        load_styles("own.yaml", tmp_path, ASKED)
    assert [p.code for p in fault.value.problems] == ["config.missing-key"]
    assert f"缺少「{'.'.join(path)}」" in str(fault.value)


@pytest.mark.parametrize(
    ("layer", "key"),
    [
        ("page: {left_mm: -1}", "page.left_mm"),
        ("page: {characters: 0}", "page.characters"),
        ("page: {width_mm: 100000}", "page.width_mm"),
        ("text: {正文: {size_pt: -16}}", "text.正文.size_pt"),
        ("text: {正文: {pitch_pt: 0}}", "text.正文.pitch_pt"),
        ("text: {正文: {first_line_chars: -2}}", "text.正文.first_line_chars"),
        ("text: {标题: {outline_level: 0}}", "text.标题.outline_level"),
        ("table: {keep_row_lines: -1}", "table.keep_row_lines"),
        ("table: {frame_pt: -0.5}", "table.frame_pt"),
        ("page_number: {below_mm: -7}", "page_number.below_mm"),
        ("text: {版记: {left_chars: -1}}", "text.版记.left_chars"),
        ("letterhead: {mark_top_mm: -1}", "letterhead.mark_top_mm"),
        ("letterhead: {rule_below_mm: 13}", "letterhead.rule_below_mm"),
        ("letter: {rule_width_mm: 0}", "letter.rule_width_mm"),
        ("letter: {foot_rule_mm: -20}", "letter.foot_rule_mm"),
        ("letter: {thin_pt: 13}", "letter.thin_pt"),
        ("seal: {diameter_mm: 420}", "seal.diameter_mm"),
        ("seal: {before_lines: -1}", "seal.before_lines"),
        ("imprint: {outer_rule_pt: -1}", "imprint.outer_rule_pt"),
        ("checks: {page.paper: {within: -1}}", "checks.page.paper.within"),
    ],
)
def test_a_number_out_of_sense_is_refused(layer: str, key: str, tmp_path: Path) -> None:
    folder = write_styles(tmp_path, own=f"extends: gb9704\n{layer}\n")
    with pytest.raises(InputError) as fault:
        load_styles("own", folder, ASKED)
    assert [(p.code, p.where.line, p.where.key) for p in fault.value.problems if p.where] == [
        ("style.out-of-range", 3, key)
    ]


@pytest.mark.parametrize(
    ("layer", "key"),
    [
        ("text: {发文机关标志: {color: red}}", "text.发文机关标志.color"),
        ("letterhead: {red: '#FF0000'}", "letterhead.red"),
        ("letterhead: {red: 'FF00'}", "letterhead.red"),
    ],
)
def test_a_colour_that_is_none_is_refused(layer: str, key: str, tmp_path: Path) -> None:
    folder = write_styles(tmp_path, own=f"extends: gb9704\n{layer}\n")
    with pytest.raises(InputError) as fault:
        load_styles("own", folder, ASKED)
    assert [(p.code, p.where.line, p.where.key) for p in fault.value.problems if p.where] == [
        ("config.bad-value", 3, key)
    ]


@pytest.mark.parametrize("page", ["{left_mm: 184}", "{top_mm: 262}", "{top_mm: 150, bottom_mm: 150}"])
def test_a_page_without_room_for_text_is_refused(page: str, tmp_path: Path) -> None:
    folder = write_styles(tmp_path, own=f"extends: gb9704\npage: {page}\n")
    with pytest.raises(InputError) as fault:
        load_styles("own", folder, ASKED)
    assert [p.code for p in fault.value.problems] == ["style.no-room"]


# ---- every fault that pydantic can raise has a Chinese sentence


def kinds_of(schema: Any) -> set[str]:
    """Kinds of validators in pydantic's own schema of a model."""
    if isinstance(schema, dict):
        own = {schema["type"]} if isinstance(schema.get("type"), str) else set()
        return own.union(*(kinds_of(value) for value in schema.values()))
    return set().union(*(kinds_of(value) for value in schema)) if isinstance(schema, (list, tuple)) else set()


# Validator → the faults that it can raise on what a YAML or JSON file can hold.
FAULTS_OF = {
    "str": {"string_type", "string_too_short", "string_pattern_mismatch"},
    "int": {"int_type", "greater_than_equal", "less_than_equal"},
    "float": {"float_type", "greater_than", "less_than_equal"},
    "bool": {"bool_type"},
    "dict": {"dict_type", "too_long"},
    "tuple": {"tuple_type", "too_short"},
    "date": {"date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"},
    "enum": {"enum"},
    "literal": {"literal_error"},
    "model": {"model_type"},
    "dataclass": {"dataclass_type"},
    "function-before": {"value_error"},
    "function-after": {"value_error"},
}
HARMLESS = {
    "default", "nullable", "model-fields", "model-field", "dataclass-args", "dataclass-field", "definitions",
    "definition-ref", "no-info", "with-info", "tuple-positional", "tuple-variable", "int_parsing", "any",
}  # fmt: skip


@pytest.mark.parametrize("model", [Config, Template, ReturnForm, LayerHead, StyleSheet])
def test_every_fault_of_the_models_has_a_sentence(model: Any) -> None:
    kinds = kinds_of(TypeAdapter(model).core_schema)
    assert kinds - set(FAULTS_OF) - HARMLESS == set()
    for kind in kinds & set(FAULTS_OF):
        assert FAULTS_OF[kind] <= set(_SAYS)


# ---- whatever is done to the changes of a style

CHANGES = {
    "page": {"lines": 20},
    "text": {"正文": {"size_pt": "小三", "pitch_pt": 27}},
    "checks": {"grid.lines": {"level": "警告", "within": 2}, "text.face": {"level": "不查"}},
    "fonts": {"仿宋": {"name": "仿宋"}},
}


def test_spoilt_changes_of_a_style_are_refused_in_words_or_still_sound(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    refused = 0
    for number in range(60):
        changes = spoilt_data(CHANGES, random.Random(f"changes{number}"))
        text = f"{PLAIN_CONFIG}style_changes: {json.dumps(changes, ensure_ascii=False)}\n"
        path.write_text(text, encoding="utf-8")
        try:
            configured_styles(*load_config(path, "own.yaml"), ROOT)
        except InputError as fault:
            refused += 1
            for problem in fault.problems:
                check_message(problem)
                assert problem.where
                assert problem.where.file == "own.yaml"
                assert (problem.where.key or "").startswith("style_changes")
    assert 10 < refused < 60
