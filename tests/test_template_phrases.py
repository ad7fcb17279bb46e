"""Text slots (文本填充): what a template may say, what it may not, and where its faults stand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from reportgen.problems import InputError, Location, Problem
from reportgen.source import read_source
from reportgen.template.changes import prepare_changes
from reportgen.template.compose import prepare
from reportgen.template.filters import FILTERS
from reportgen.template.loading import check_model
from reportgen.template.phrases import PlacedText, Vocabulary, compile_slot, render
from reportgen.template.return_forms import load_return_form
from reportgen.template.schema import ChangesTemplate, Config, Template
from tests.bad_configs import ROOT
from tests.reliability.tally import Tally

ENTRY = {
    "given_no": "3", "category": "城市更新", "text": "建成口袋公园5个", "lead_units": ["区城管局", "区财政局"],
    "support_units": [], "progress": "1—6月，已建成3个。下一步抓紧。", "judgement": "正常推进", "phrase": "",
}  # fmt: skip
CONTEXT: dict[str, Any] = {
    "year": 2026, "period": "1—6月", "issuer": "甲区督查室",
    "tasks": [ENTRY, {**ENTRY, "text": "乙", "phrase": "乙句"}],
    "goals": [], "annex": {"tasks": "附件1"}, "opening": "按照部署",
}  # fmt: skip
VOCABULARY = Vocabulary(frozenset(CONTEXT), frozenset({"tasks", "late"}), frozenset(ENTRY))


def fill(text: str) -> tuple[str, list[Problem]]:
    """What the text becomes, and all that is wrong with it."""
    source = read_source(b"body: |\n" + b"".join(b"  " + line for line in text.encode().splitlines(True)), "t.yaml")
    value = source.data["body"]
    compiled = compile_slot(PlacedText(value, source.lines_of(("body",)), source.locate(("body",))), VOCABULARY)
    if compiled.value is None:
        return "", list(compiled.problems)
    outcome = render(compiled.value, CONTEXT)
    return outcome.value.removesuffix("\n"), list(outcome.problems)


def filled(text: str) -> str:
    """What a sound text becomes."""
    value, problems = fill(text)
    assert problems == []
    return value


def codes(text: str) -> list[tuple[str, int]]:
    """(code, line of the text) of all that is wrong."""
    return [(p.code, (p.where.line or 0) - 1) for p in fill(text)[1] if p.where]


# ---- wording


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ tasks | count }}项", "2项"),
        ("{{ [] | respectively }}{{ ['甲'] | respectively }}{{ tasks | respectively }}", "是：是：分别是："),
        ("{{ ['甲', '乙'] | circled | join('；') }}", "①甲；②乙"),
        ("{{ ['甲', ''] | select | circled | join('；') }}", "甲"),
        ("{{ ['甲', '乙', '丙'] | listing }}", "甲、乙和丙"),
        ("{{ ['甲', '乙', '丙'] | listing('，', '以及') }}", "甲，乙以及丙"),
        ("{{ ['甲'] | listing }}{{ [] | listing }}", "甲"),
        ("{{ tasks | map(attribute='text') | join('；') }}", "建成口袋公园5个；乙"),
        ("{{ tasks | phrases(period) | join('，') }}", "建成口袋公园5个（已建成3个），乙句"),
        ("{{ tasks[0].progress | clause(period) }}", "已建成3个"),
        ("{{ tasks[0].progress | first_sentence }}", "1—6月，已建成3个。"),
        ("{{ '甲' | sentence }}{{ '乙。' | sentence }}{{ '' | sentence }}", "甲。乙。"),
        ("{{ 12 | hanzi }}项", "十二项"),
        ("{{ tasks | selectattr('phrase') | map(attribute='text') | join }}", "乙"),
        ("{{ tasks | selectattr('text', 'equalto', '乙') | list | count }}", "1"),
        ("{{ (1 / 3 * 100) | round(1) }}%{{ 2.6 | round }}{{ 7 | int }}", "33.3%37"),
        ("{{ [1, 2, 3] | sum }}{{ [1, 2.5] | sum }}", "63.5"),
        ("{{ period | replace('—', '-') }}{{ ' 甲 ' | trim }}{{ 'a' | upper }}", "1-6月甲A"),
        ("{{ year ~ '年' ~ period }}", "2026年1—6月"),
        ("{{ '甲' if tasks else '乙' }}{{ '甲' if goals else '乙' }}{{ '丙' if goals }}", "甲乙"),
        ("{% for task in tasks %}{{ loop.index }}{% if not loop.last %}、{% endif %}{% endfor %}", "1、2"),
        ("{% for task in goals %}甲{% else %}没有{% endfor %}", "没有"),
        ("{% for name, list in [('甲', tasks), ('乙', goals)] %}{{ name }}{{ list | count }}{% endfor %}", "甲2乙0"),
        ("{% set n = tasks | count %}{{ n + 1 }}", "3"),
        ("{{ annex.tasks }}{% if annex.late is defined %}有{% endif %}", "附件1"),
        ("{{ 7 * 7 }}", "49"),
        ("{% raw %}{{ 7*7 }}{% endraw %}{# 注 #}", "{{ 7*7 }}"),
        ("{{ tasks | map(attribute='lead_units') | first | join('、') }}", "区城管局、区财政局"),
        ("{{ tasks | sort(attribute='text') | map(attribute='text') | join }}", "乙建成口袋公园5个"),
        ("{{ goals | first | default('无') }}", "无"),
        ("{{ 2.675 | round(2) }} {{ 0.5 | round }} {{ 2.5 | round }} {{ -0.5 | round }}", "2.68 1 3 -1"),
        ("{{ (1 / 3) | round(2) }} {{ '33.35' | round(1) }} {{ 5 | round(1) }}", "0.33 33.4 5.0"),
        ("{{ 0.1 + 0.2 }} {{ [0.1, 0.2] | sum }} {{ 1.1 * 3 }} {{ 0.3 - 0.1 }} {{ 5 - 2 }}", "0.3 0.3 3.3 0.2 3"),
        ("{{ 1 / 10000000 }}", "0.0000001"),
        ("{{ '甲' if '乙' in tasks | map(attribute='text') }}{{ '丙' if 3 in [1, 2, 3] }}", "甲丙"),
        (
            "{{ tasks | selectattr('text', 'in', ['乙']) | list | count }}{{ '丁' if year == 2026 and year is even }}",
            "1丁",
        ),
        ("{{ tasks | map(attribute='text') | unique | max }}{{ [2, 1] | min }}", "建成口袋公园5个1"),
    ],
)
def test_what_a_text_becomes(text: str, expected: str) -> None:
    assert filled(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("甲\n{% if tasks %}\n乙\n{% endif %}\n丙", ["甲", "乙", "丙"]),
        ("甲{% if tasks %}乙{% endif %}\n丙", ["甲乙", "丙"]),
        ("甲{% if goals %}乙{% endif %}\n丙", ["甲", "丙"]),
        ("甲\n{% if goals %}\n乙\n{% endif %}\n丙", ["甲", "丙"]),
        ("甲\n{% if goals\n   or tasks %}\n乙\n{% endif %}", ["甲", "乙"]),
        ("甲\n{%- if tasks -%}\n乙\n{%- endif -%}\n丙", ["甲乙丙"]),
        ("甲\n{{- opening -}}\n丙", ["甲按照部署丙"]),
        ("甲\n{% for t in tasks %}\n{{ loop.index }}\n{% endfor %}\n乙", ["甲", "1", "2", "乙"]),
    ],
)
def test_lines_stay_lines(text: str, expected: list[str]) -> None:
    assert [line.strip() for line in filled(text).split("\n") if line.strip()] == expected


@pytest.mark.row("T5")
@pytest.mark.parametrize(
    "evil",
    ["{{ 7*191 }}", "{% for x in y %}", "{% raw %}", "{# x #}", "&<>\"'", "%s {} \\n", "${7*191}", "#{7*191}", "{{{{"],
)
def test_data_is_never_a_template(evil: str) -> None:
    slot = compile_slot(
        PlacedText("{{ opening }}|{{ tasks[0].text }}", [1] * 33, Location(file="t", line=1)), VOCABULARY
    )
    assert slot.value
    context = {**CONTEXT, "opening": evil, "tasks": [{**ENTRY, "text": evil}]}
    assert render(slot.value, context).value == f"{evil}|{evil}"


@pytest.mark.parametrize(
    "text",
    [
        "{{ tasks }}", "{{ tasks[0] }}", "{{ annex }}", "{{ none }}", "{{ true }}", "{{ tasks | map('count') }}",
        "{{ tasks ~ '' }}", "{{ tasks | join }}", "{{ '三' | int }}", "{{ '' | float }}", "{{ '三' | hanzi }}",
        "{{ 1.5 | hanzi }}", "{{ -1 | hanzi }}", "{{ 1 | round(9) }}", "{{ ['甲'] | sum }}", "{{ 1 / 0 }}",
        "{{ 'a' * 3 }}",
        "{{ 'a' - 1 }}", "{{ 'a' + 1 }}", "{% for c in opening %}{{ c }}{% endfor %}", "{{ tasks | upper }}",
        "{{ tasks | sort | count }}", "{% for a, b, c in [(1, 2)] %}{% endfor %}", "{{ '甲' | replace('', '乙') }}",
        "{{ tasks | phrases(3) | join }}", "{{ tasks < 3 }}", "{{ tasks | circled | join }}",
    ],
)  # fmt: skip
@pytest.mark.row("T7", "refused")
def test_what_no_reader_could_read_is_refused(text: str) -> None:
    assert codes("甲\n" + text) == [("template.cannot-render", 2)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{{ annex.late }}", "template.no-annex"),
        ("{{ goals | first }}", "template.undefined"),
        ("{{ goals[0].text }}", "template.undefined"),
        ("{{ tasks[9].text }}", "template.undefined"),
        ("{{ annex[period] }}", "template.undefined"),
        ("{{ [] | max }}", "template.undefined"),
    ],
)
def test_what_the_ledger_does_not_give_is_refused(text: str, code: str) -> None:
    assert codes("甲\n\n" + text) == [(code, 3)]


@pytest.mark.parametrize(
    ("period", "name"),
    [
        ("1—6月", "上半年"), ("1-6月", "上半年"), ("1～6月", "上半年"), ("1月至6月", "1月至6月"), ("1—12月", "全年"),
        ("1—3月", "一季度"), ("1—9月", "前三季度"), ("7—12月", "下半年"), ("2—5月", "2—5月"), ("上半年", "上半年"),
    ],
)  # fmt: skip
def test_the_name_of_a_period(period: str, name: str) -> None:
    assert FILTERS["period_name"](period) == name


@pytest.mark.parametrize(
    ("entry", "phrase"),
    [
        ({"text": "固定资产投资增长7%", "progress": "1—6月，增长8.2%。下一步抓紧。"}, "固定资产投资增长7%（增长8.2%）"),
        ({"text": "甲。", "progress": "（一期）乙，（二期）丙；"}, "甲（乙，丙）"),
        ({"text": "甲", "progress": ""}, "甲"),
        ({"text": "甲", "progress": "①乙。②丙。"}, "甲（乙）"),
        ({"phrase": "乙句；"}, "乙句"),
        ({"phrase": "乙句。"}, "乙句"),
        ({"phrase": "乙\n丙，\n丁"}, "乙，丙，丁"),
    ],
)
def test_the_phrase_of_an_entry(entry: dict[str, str], phrase: str) -> None:
    assert FILTERS["phrases"]([{"text": "", "progress": "", "phrase": "", **entry}], "1—6月") == [phrase]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1.甲", "甲。"), ("2、甲。", "甲。"), ("1.5万平方米", "1.5万平方米。"), ("甲；", "甲。"), ("甲！", "甲！"),
        ("甲\n乙", "甲，乙。"), ("", ""),
    ],
)  # fmt: skip
def test_a_sentence(text: str, sentence: str) -> None:
    assert FILTERS["sentence"](text) == sentence


@pytest.mark.parametrize(
    "text",
    [
        "｛｛ 名字 ｝｝", "{％ if ％}", "{ % if tasks % }", "{ year }", "｛year｝", "{year}}", "｛{ year }｝",
        "｛% if tasks %｝", "{{ year ｝｝", "{% if tasks ％}甲{% endif %}", "{ tasks | count }",
        "{% for t in tasks %}{ t.text }{% endfor %}", "{ { year } }",
    ],
)  # fmt: skip
def test_braces_that_mean_nothing_are_told(text: str) -> None:
    problems = fill("甲\n" + text)[1]
    assert {(p.code, p.where.line) for p in problems if p.where} == {("template.syntax", 3)}
    assert any("半角的 {{ 名字 }}" in p.fix for p in problems)


@pytest.mark.parametrize("text", ["{甲}", "增长50%｝", "{% raw %}{ year }{% endraw %}", "{# { year } #}甲", "{1}"])
def test_other_braces_are_text(text: str) -> None:
    assert fill(text)[1] == []


# ---- places


UNDEFINED, UNKNOWN, SYNTAX = "template.undefined", "template.unknown-filter", "template.syntax"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("甲\n{{ yaer }}", [(UNDEFINED, 2)]),
        ("{% if tasks %}\n{{ yaer }}\n{{ peroid }}\n{% endif %}", [(UNDEFINED, 2), (UNDEFINED, 3)]),
        ("甲{{ [\n  yaer,\n  peroid | cuont] }}", [(UNDEFINED, 2), (UNDEFINED, 3), (UNKNOWN, 3)]),
        ("甲\n{% if tasks %}\n乙", [(SYNTAX, 2)]),
        ("甲\n{{ year }", [(SYNTAX, 2)]),
        ("甲\n{% fro x in tasks %}", [(SYNTAX, 2)]),
        ("甲\n{{ tasks | }}\n乙", [(SYNTAX, 2)]),
        ("甲\n{% endif %}", [(SYNTAX, 2)]),
        ("甲\n{{ }}", [(SYNTAX, 2)]),
        ("{{ t }}{% for t in tasks %}{{ t.text }}{% endfor %}\n{{ t.text }}", [(UNDEFINED, 1), (UNDEFINED, 2)]),
        ("{{ n }}\n{% set n = 1 %}{{ n }}", [(UNDEFINED, 1)]),
        ("{% for t in tasks %}{% set n = 1 %}{% endfor %}\n{{ n }}", [(UNDEFINED, 2)]),
        ("{% for t in tasks if t.txt %}{{ loop.indx }}{% else %}{{ t }}{% endfor %}", [(UNDEFINED, 1)] * 3),
        ("{{ loop.index }}", [(UNDEFINED, 1)]),
        ("{{ yaer }}{{ yaer }}\n{{ yaer }}", [(UNDEFINED, 1), (UNDEFINED, 2)]),
        ("{{ tasks | map('cuont') | select('oddd') | list | count }}", [(UNKNOWN, 1)] * 2),
        ("{{ tasks | selectattr('txt', 'eqq', 1) | sort(attribute='tex') }}", [(UNDEFINED, 1)] * 2 + [(UNKNOWN, 1)]),
        ("{{ year is evn }}", [(UNKNOWN, 1)]),
        ("{{ tasks | map(atribute='text') | join }}", [(UNKNOWN, 1)]),
    ],
)
def test_faults_stand_on_their_line(text: str, expected: list[tuple[str, int]]) -> None:
    assert sorted(codes(text)) == sorted(expected)


LAYOUTS = {
    "literal": ("a: |\n  {{ year }}\n\n  甲 {{ yaer }}\n", 4),
    "literal kept": ("a: |+\n\n\n  甲\n  {{ yaer }}\n\n", 5),
    "folded": ("a: >-\n  甲\n  乙 {{ year }}\n  {{ yaer }} 丙\n", 4),
    "folded blank": ("a: >\n  甲\n\n  乙\n\n\n  {{ yaer }}\n  丙\n", 7),
    "plain": ("a: 甲\n  乙\n  {{ yaer }}\n", 3),
    "plain below": ("b: 1\na:\n  甲 {{ yaer }}\n", 3),
    "single": ("a: '甲 ''\n  乙 {{ year }}\n\n  {{ yaer }}'\n", 4),
    "double": ('a: "甲\\n {{ year }} \\\n  乙\n  {{ yaer }}"\n', 3),
    "inside a tag": ("a: >-\n  甲 {{ [year,\n  yaer] | join }}\n", 3),
    "inside a text": ("a: >-\n  甲 {{ '一\n  二' }}\n  {{ yaer }}\n", 4),
    "whitespace control": ("a: >-\n  甲 {{- year -}}\n  乙\n  {{- yaer -}}\n  丙\n", 4),
    "one line": ("a: '{{ yaer }}'\n", 1),
    "one line flow": ("b: 1\nc: {d: 1,\n  a: '{{ yaer }}'}\n", 3),
}  # fmt: skip


@pytest.mark.parametrize("name", LAYOUTS)
def test_faults_stand_on_the_files_line_however_the_text_is_written(name: str) -> None:
    text, line = LAYOUTS[name]
    source = read_source(text.encode(), "t.yaml")
    path = ("c", "a") if "c" in source.data else ("a",)
    value = source.data["c"]["a"] if "c" in source.data else source.data["a"]
    placed = PlacedText(value, source.lines_of(path), source.locate(path))
    (problem,) = compile_slot(placed, VOCABULARY).problems
    assert problem.where
    assert (problem.code, problem.where.line) == ("template.undefined", line)
    assert text.splitlines()[line - 1].count("yaer") == 1
    # The same place, but for a fault that shows only when the text is filled in.
    bad = {key: [] if key == "goals" else each for key, each in CONTEXT.items()}
    replaced = read_source(text.replace("yaer", "goals[0]").encode(), "t.yaml")
    value = replaced.data["c"]["a"] if "c" in replaced.data else replaced.data["a"]
    slot = compile_slot(PlacedText(value, replaced.lines_of(path), replaced.locate(path)), VOCABULARY).value
    assert slot
    (problem,) = render(slot, bad).problems
    assert problem.where
    # A tag that spans lines is one statement to the running template: its first line is as near as can be.
    assert problem.where.line == (line if name != "inside a tag" else problem.where.line)


def test_laying_out_changes_nothing_but_white_space() -> None:
    for text, _ in LAYOUTS.values():
        source = read_source(text.encode(), "t.yaml")
        if "a" in source.data:
            placed = PlacedText(source.data["a"], source.lines_of(("a",)), source.locate(("a",)))
            assert placed.laid_out().split() == placed.text.split()


# ---- misspelt names


def tags_of(text: str) -> list[tuple[int, int]]:
    """Start and end of every name in the tags of a template file, texts in quotes and Jinja's own words left out.

    A tag that stands there several times is looked at once.
    """
    own = {"if", "else", "elif", "endif", "for", "in", "endfor", "set", "or", "and", "not", "is"}
    found = []
    tags = {
        tag[0]: tag
        for tag in re.finditer(r"\{\{.*?\}\}|\{%.*?%\}", text, re.DOTALL)
        if not text[text.rfind("\n", 0, tag.start()) + 1 :].startswith("#")  # a comment
    }
    for tag in tags.values():
        for match in re.finditer(r"'[^']*'|[A-Za-z_]\w*", tag[0]):
            if match[0][0] != "'" and match[0] not in own:
                found.append((tag.start() + match.start(), tag.start() + match.end()))
    return found


SHIPPED = sorted((ROOT / "templates").rglob("*.yaml"))


@pytest.mark.row("T3", "refused")
@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_misspelt_name_of_a_shipped_template_is_refused(path: Path, tmp_path: Path, tally: Tally) -> None:
    """One letter struck out of each name and filter: told with file, line, name and the nearest name."""
    text = path.read_text(encoding="utf-8")
    places = tags_of(text)
    assert len(places) >= 3
    tried: Counter[str] = Counter()
    for start, end in places:
        name, at = text[start:end], (start + end) // 2
        spoilt = text[:at] + text[at + 1 :]
        wrong = name[: at - start] + name[at - start + 1 :]
        tried[name] += 1
        if not wrong or wrong in tags_words(text) or tried[name] > 1:
            continue
        problems = problems_of(path, spoilt, tmp_path)
        line = text.count("\n", 0, start) + 1
        told = [p for p in problems if p.where and p.where.line == line and p.where.file == path.name]
        if re.search(rf"for {name} in|set {name} =", text[max(0, start - 4) : end + 3]):
            # A name of the text's own: whoever uses it is told.
            told = [p for p in problems if f"「{name}」" in p.what and re.search(f"[：、]{wrong}", p.fix)]
            assert told, (name, wrong, problems)
        else:
            assert any(f"「{wrong}」" in p.what and f"「{name}」" in p.fix for p in told), (name, wrong, problems)
        tally.refused()


def problems_of(path: Path, text: str, folder: Path) -> Sequence[Problem]:
    """What is wrong with the text of a template, of the wording of changes, or of a return form."""
    given = b"version: 1\ntemplate: x\nledger: x\nyear: 2026\nperiod: x\nissuer: x\n"
    if path.parent.name == "forms":
        (folder / path.name).write_text(text, encoding="utf-8")
        form = check_model(Config, read_source(given + f"returns: {{form: {path.name}}}\n".encode(), "config.yaml"))
        with pytest.raises(InputError) as fault:
            load_return_form(form, folder, Location(file="test"))
        return fault.value.problems
    source = read_source(text.encode(), path.name)
    if path.parent.name == "changes":
        with pytest.raises(InputError) as fault:
            prepare_changes(check_model(ChangesTemplate, source), source)
        return fault.value.problems
    config_source = read_source(given, "config.yaml")
    return prepare(check_model(Template, source), source, check_model(Config, config_source), config_source).problems


def tags_words(text: str) -> set[str]:
    return {text[start:end] for start, end in tags_of(text)}


# ---- bounds


def test_a_large_honest_report_stays_within_bounds() -> None:
    rows = [{**ENTRY, "text": "任务" * 50, "progress": "进展。" * 90} for _ in range(10_000)]
    line = "{{ loop.index }}.{{ t.text | sentence }}{{ t.progress | sentence }}（{{ t.lead_units | join('、') }}）"
    text = "{% for t in tasks %}" + line + "，共{{ tasks | count }}项\n{% endfor %}"
    slot = compile_slot(PlacedText(text, [1] * len(text), Location(file="t", line=1)), VOCABULARY).value
    assert slot
    outcome = render(slot, {**CONTEXT, "tasks": rows})
    assert outcome.problems == ()
    assert outcome.value.count("\n") == 10_000


def test_the_filters_of_the_house_refuse_with_words() -> None:
    """No filter raises anything that `render` could not tell, and none takes a list for a text."""
    for name in FILTERS:
        for value in ("tasks", "annex", "none", "year", "''", "[[]]", "goals"):
            _, problems = fill(f"{{{{ {value} | {name} }}}}")
            assert all(p.code in ("template.cannot-render", "template.undefined") for p in problems)
