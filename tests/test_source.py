"""YAML and JSON as data with places (原文): what people type stays what they typed, or is refused where it stands."""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import Any

import pytest
from yaml.nodes import Node, ScalarNode, SequenceNode

from reportgen.limits import STANDARD
from reportgen.problems import InputError, Location, did_you_mean, warning
from reportgen.source import (
    Source,
    clean_text,
    decode_text,
    key_text,
    name_of,
    read_file,
    read_source,
    shown_name,
    shown_path,
)
from reportgen.yaml_nodes import StrictLoader, quickly_composed
from tests.fuzz_runs import unclear
from tests.mutations import dumped, loaded, spoilt_text
from tests.reliability.tally import Tally

ROOT = Path(__file__).resolve().parent.parent


def read(text: str, name: str = "a.yaml") -> Source:
    return read_source(text.encode("utf-8", "surrogatepass"), name)


def problems(text: str | bytes, name: str = "a.yaml") -> list[tuple[str, int | None, int | None]]:
    """(code, line, column) of all that reading it raises."""
    with pytest.raises(InputError) as fault:
        read_source(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"), name)
    return [(p.code, p.where.line, p.where.column) for p in fault.value.problems if p.where]


# ---- values


@pytest.mark.row("I8")
@pytest.mark.parametrize(
    "typed",
    [
        "0012", "007", "12:30", "12:30:00", "190:20:30", "no", "No", "yes", "on", "off", "y", "n", "2026-07-10",
        "2026-02-30", "1e5", "1_000", "0x1F", "0o17", ".5", "5.", "+5", "1,000", "NaN", ".nan", ".inf", "Null", "NULL",
        "True", "FALSE", "12345678901234567890", "=", "1—6月", "４.４%", "1.2.3", "<<",
    ],
)  # fmt: skip
def test_what_looks_like_something_else_stays_text(typed: str) -> None:
    assert read(f"a: {typed}\n").data == {"a": typed}


@pytest.mark.parametrize(
    ("typed", "value"),
    [("null", None), ("~", None), ("", None), ("true", True), ("false", False), ("0", 0), ("-12", -12), ("4.40", 4.4)],
)
def test_json_scalars_are_data(typed: str, value: Any) -> None:
    found = read(f"a: {typed}\n").data["a"]
    assert (found, type(found)) == (value, type(value))


def test_quoted_scalars_are_text() -> None:
    assert read("a: '12'\nb: \"true\"\nc: ''\n").data == {"a": "12", "b": "true", "c": ""}


def test_keys_are_text() -> None:
    assert read("1: a\nno: b\nnull: c\n2026-07-10: d\n").data == {"1": "a", "no": "b", "null": "c", "2026-07-10": "d"}


def test_nested_data_and_its_places() -> None:
    source = read("a:\n  - {x: 1, y: [2, 3]}\n  - 甲\nb: 乙 # 注\n")
    assert source.data == {"a": [{"x": 1, "y": [2, 3]}, "甲"], "b": "乙"}
    places = {key_text(path): place for path, place in source.places.items()}
    assert places == {
        "": (1, 1), "a": (1, 1), "a[0]": (2, 5), "a[0].x": (2, 6), "a[0].y": (2, 12), "a[0].y[0]": (2, 16),
        "a[0].y[1]": (2, 19), "a[1]": (3, 5), "b": (4, 1),
    }  # fmt: skip


def test_a_place_that_the_file_lacks_is_its_nearest_owner() -> None:
    source = read("a:\n  b: 1\n")
    where = source.locate(("a", "c", 0))
    assert (where.line, where.column, where.key) == (1, 1, "a.c[0]")
    assert (source.locate(("x",)).line, source.locate(()).column) == (1, 1)


# ---- lines of texts


def lines(text: str) -> dict[str, list[int]]:
    """Key → the file's line of every letter of its text, white space left out."""
    source = read(text)
    return {
        key: [line for line, letter in zip(source.lines_of((key,)), value, strict=True) if not letter.isspace()]
        for key, value in source.data.items()
    }


def test_lines_of_block_texts() -> None:
    text = "a: |\n  x\n\n  y z\nb: >-\n  p q\n  r\n\n  s\nc: |2-\n    t\nd: # 注\n  # 注\n  | # 注\n  u\n  v\n"
    assert lines(text) == {"a": [2, 4, 4], "b": [6, 6, 7, 9], "c": [11], "d": [15, 16]}


def test_lines_of_plain_and_quoted_texts() -> None:
    text = "a: x\nb: x\n  y\n\n  z\nc: 'it''s\n  so'\nd: \"p\\n q \\\n  r\\u4e00\n  \\x41\\\"s\"\ne:\n  later\n"
    assert lines(text) == {
        "a": [1],
        "b": [2, 3, 5],
        "c": [6, 6, 6, 6, 7, 7],
        "d": [8, 8, 9, 9, 10, 10, 10],
        "e": [12] * 5,
    }


def test_lines_of_json_texts() -> None:
    source = read('{\n\t"a": "x\\ny",\n\t"b": ["\\ud83d\\ude00z"]}', "a.json")
    assert source.lines_of(("a",)) == [2, 2, 2]
    assert source.lines_of(("b", 0)) == [3, 3]


# ---- what is refused


@pytest.mark.row("I8", "refused")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\na: 2\n", [("text.duplicate-key", 2, 1)]),
        ("a: {b: 1, b: 2}\nc: {d: 1}\nc: 3\n", [("text.duplicate-key", 1, 11), ("text.duplicate-key", 3, 1)]),
        ("- a: 1\n- {a: 1, 'a': 2}\n", [("text.duplicate-key", 2, 10)]),
        ("a: *x\n", [("text.syntax", 1, 4)]),
        ("a: &x 1\nb: *x\n", [("text.syntax", 1, 4)]),
        ("a: &x [*x]\n", [("text.syntax", 1, 4)]),
        ("a: !!int abc\n", [("text.syntax", 1, 4)]),
        ("a: !!python/object/apply:os.system [ls]\n", [("text.syntax", 1, 4)]),
        ("a: !重要 甲\n", [("text.syntax", 1, 5)]),
        ("a: -\n", [("text.syntax", 1, 4)]),
        ("a: 1\n---\nb: 2\n", [("text.syntax", 2, 1)]),
        ("a:\n\t- 1\n", [("text.syntax", 2, 1)]),
        ("a: 甲: 乙\n", [("text.syntax", 1, 5)]),
        ("a: '甲\n", [("text.syntax", 1, 4)]),
        ("a: [1, 2\nb: 3\n", [("text.syntax", 2, 2)]),
        ("a: 1\n  b: 2\n", [("text.syntax", 2, 4)]),
        ("a: @x\n", [("text.syntax", 1, 4)]),
        ("? [a]\n: b\n? {c: d}\n: e\n", [("text.bad-key", 1, 3), ("text.bad-key", 3, 3)]),
        ('a: "\\u0000"\nb: "\\ud800"\n', [("text.illegal", 1, 1), ("text.illegal", 2, 1)]),
        ('a: "\\u009b31m"\n', [("text.illegal", 1, 1)]),
        ('"\\x07": 1\n', [("text.illegal", 1, 1)]),
        ("x: 1\na: \x07\n", [("text.syntax", 2, None)]),
        ("x: 1\na: \ufffe\n", [("text.syntax", 2, None)]),
        ('x: 1\na: "\\UFFFFFFFF"\n', [("text.syntax", 2, None)]),
        ("[" * 100_000, [("text.syntax", 1, STANDARD.texts.depth + 1)]),
        ("- " * 100, [("text.syntax", 1, 2 * STANDARD.texts.depth + 1)]),
        ("", [("text.empty", 1, None)]),
        ("# 只有说明\n", [("text.empty", 1, None)]),
        ("%YAML 3.0\n---\na: 1\n", [("text.syntax", 1, 1)]),
    ],
    ids=lambda value: repr(value)[:30] if isinstance(value, str) else "",
)
def test_yaml_traps(text: str, expected: list[tuple[str, int, int]]) -> None:
    assert problems(text) == expected


@pytest.mark.row("I9", "refused")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": NaN}', [("text.bad-number", 1, 2)]),
        ('{"a": [1,\n Infinity, -Infinity]}', [("text.bad-number", 2, 2), ("text.bad-number", 2, 12)]),
        ('{"a": 1e999}', [("text.bad-number", 1, 2)]),
        ('{"a":\n%s}' % ("1" * 5000), [("text.bad-number", 1, 2)]),
        ('{"a": 1,\n\t"a": 2}', [("text.duplicate-key", 2, 2)]),
        ('{"a": "\\ud83d"}', [("text.illegal", 1, 2)]),
        ('{"a": "\\u0000"}', [("text.illegal", 1, 2)]),
        ('{"a": "x\ty"}', [("text.syntax", 1, 9)]),
        ('{"a": 1,}', [("text.syntax", 1, 9)]),
        ("{'a': 1}", [("text.syntax", 1, 2)]),
        ('{"a": 1}{', [("text.syntax", 1, 9)]),
        ('{"a": 01}', [("text.syntax", 1, 8)]),
        ("", [("text.syntax", 1, 1)]),
        ("[" * 100_000, [("text.syntax", 1, STANDARD.texts.depth + 1)]),
        ("[" * 70 + "]" * 70, [("text.syntax", 1, STANDARD.texts.depth + 1)]),
        ('{"a": 1} // 注', [("text.syntax", 1, 10)]),
    ],
    ids=lambda value: repr(value)[:30] if isinstance(value, str) else "",
)
def test_json_traps(text: str, expected: list[tuple[str, int, int]]) -> None:
    assert problems(text, "a.json") == expected


@pytest.mark.row("I9")
@pytest.mark.parametrize(
    ("text", "data"),
    [
        ('{\n\t"a":\t"甲",\n\t"b": [1, 2.5, true, null]\n}', {"a": "甲", "b": [1, 2.5, True, None]}),
        ('{"a": "\\ud83d\\ude00"}', {"a": "😀"}),
        ('\ufeff{"a": 1e2, "b": "\\u4e00\\/\\n"}', {"a": 100.0, "b": "一/\n"}),
        ('{"a": "*x", "b": "!y", "c": "# z", "d": "x: y"}', {"a": "*x", "b": "!y", "c": "# z", "d": "x: y"}),
        ('"甲"', "甲"),
    ],
)
def test_json_is_read_as_json(text: str, data: Any) -> None:
    assert read(text, "a.JSON").data == data


def test_the_duplicate_names_the_first_place() -> None:
    with pytest.raises(InputError) as fault:
        read("甲: 1\nb: 2\n甲: 3\n")
    (problem,) = fault.value.problems
    assert [(place.line, place.column) for place in problem.related] == [(1, 1)]
    assert "键「甲」重复" in str(problem)


# ---- encodings and files


@pytest.mark.row("I6")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_one_text_in_every_encoding(encoding: str, ends: str) -> None:
    text = ends.join(["# 配置", "甲: 城管㊿", "b: |", "  一", "  二", ""])
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    source = read_source(mark + text.encode(encoding), "a.yaml")
    assert source.data == {"甲": "城管㊿", "b": "一\n二\n"}
    assert source.locate(("b",)).line == 3
    assert source.lines_of(("b",)) == [4, 4, 5, 5]


@pytest.mark.row("I6", "refused")
@pytest.mark.parametrize("blob", ["甲: 乙\n丙: 丁\n".encode()[:-2] + b"\n", b"a: 1\nb: \xff\xff\n"])
def test_broken_bytes_are_refused_with_their_line(blob: bytes) -> None:
    assert problems(blob) == [("file.encoding", 2, None)]


def test_utf_16_with_half_a_character_is_refused() -> None:
    with pytest.raises(InputError, match="UTF-16"):
        decode_text("甲: 乙".encode("utf-16") + b"\x4e", "a.yaml")


def test_a_misspelt_file_name_gets_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "qingping.yaml").write_text("a: 1", encoding="utf-8")
    with pytest.raises(InputError, match=r"是否要写「qingping.yaml」"):
        read_file(tmp_path / "qinping.yaml", "qinping.yaml")


def test_no_message_shows_a_path_of_this_machine(tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(b"")
    for name in ("a.yaml", "b/c.yaml", "x" * 300 + ".yaml", "."):
        with pytest.raises(InputError) as fault:
            read_file(tmp_path / name, name)
        assert str(tmp_path) not in str(fault.value)
        assert not any(word in str(fault.value) for word in ("Errno", "directory", "too long"))


@pytest.mark.row("T6", "refused")
@pytest.mark.parametrize("name", ["x.**", "x.[a", "x.*", "**", "x.?", "x", "甲." + "y" * 200, "x" * 3000])
def test_the_ending_of_a_missing_file_is_no_pattern(name: str, tmp_path: Path) -> None:
    for number in range(40):
        (tmp_path / f"{'长' * 60}{number}.yaml").write_text("a: 1", encoding="utf-8")
    (tmp_path / "README").write_text("", encoding="utf-8")
    for missing in (name, "长.yaml"):
        with pytest.raises(InputError, match=r"file\.(not-found|unreadable)") as fault:
            read_file(tmp_path / missing, missing)
        assert len(str(fault.value)) <= 300


@pytest.mark.row("T6", "refused")
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes and devices with a name")
def test_what_never_ends_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "link.yaml").symlink_to("pipe.yaml")
    for path in (tmp_path / "pipe.yaml", tmp_path / "link.yaml", Path("/dev/zero")):
        with pytest.raises(InputError, match=r"file\.unreadable.*不是普通文件"):
            read_file(path, path.name)


@pytest.mark.row("T6", "refused")
def test_no_more_is_read_than_anybody_has_use_for(tmp_path: Path) -> None:
    with (tmp_path / "huge.xlsx").open("wb") as file:
        file.truncate(200 * 1024**3)
    with pytest.raises(InputError, match=r"file\.too-big.*超过 50 MB"):
        read_file(tmp_path / "huge.xlsx", "huge.xlsx")
    (tmp_path / "ten.txt").write_bytes(b"0123456789")
    assert read_file(tmp_path / "ten.txt", "ten.txt", 10) == b"0123456789"


def test_a_list_of_names_is_as_long_as_a_person_reads() -> None:
    said = did_you_mean("甲9", ["很长的名字" * 40, *(f"甲{number}" for number in range(300))])
    assert "甲9" not in said.partition("？")[2]
    assert said.startswith("是否要写「甲9」？可用：很长的名字")
    assert len(said) < 200
    assert did_you_mean("a", ["a", "b"]) == "是否要写「a」？可用：a、b"


# ---- characters


def test_clean_text() -> None:
    assert clean_text("甲\r\n乙\r丙\x0b丁\u2028戊\u00a0己") == ("甲\n乙\n丙\n丁\n戊 己", (), ())
    assert clean_text("办\u200b公\u202e室\ufeff") == ("办公室", ("\u200b", "\u202e", "\ufeff"), ())
    assert clean_text("a\x00b\x00\ud800") == ("ab", (), ("\x00", "\ud800"))


@pytest.mark.row("C1")
def test_every_character_is_told_and_taken_out_or_kept() -> None:
    # All in one text, parted by one that is kept: a line end would else be one with the next.
    text, invisible, illegal = clean_text("·".join(chr(code) for code in range(0x110000) if code != ord("·")))
    kept = text.split("·")
    assert len(kept) == 0x110000 - 1
    assert max(map(len, kept)) == 1
    assert kept.count("") == len(invisible) + len(illegal)


@pytest.mark.row("C1", "refused")
@pytest.mark.parametrize("mark", ["\\v", "\\f", "\\r", "\\N", "\\L", "\\P", "\\u200b", "\\u202e", "\\ufeff", "\\u00ad"])
def test_what_no_document_can_show_is_refused_where_it_stands(mark: str) -> None:
    text = f'x: 1\nissuer: "某区人{mark}督查室"\n'
    assert problems(text) == [("text.illegal", 2, 1)]
    found = read_source(text.encode(), "a.yaml", cleaned_later=True).data["issuer"]
    assert found not in (clean_text(found)[0], "某区人督查室")


@pytest.mark.row("C1", "refused")
@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('{"a": "x\\u000by"}', "a.json"),
        ('{"a": "x\u200by"}', "a.json"),
        ("a: 'x\u2028y'\n", "a.yaml"),
        ("x\u200b: 1\n", "a.yaml"),
    ],
)
def test_so_is_what_stands_in_the_file_unescaped(text: str, name: str) -> None:
    assert [code for code, _, _ in problems(text, name)] == ["text.illegal"]


def test_line_feeds_tabs_and_no_break_spaces_are_kept() -> None:
    assert read('a: "x\\ny\\_z\\t"\nb: |\r\n  甲\r\n  乙\r\n').data == {"a": "x\ny\xa0z\t", "b": "甲\n乙\n"}


@pytest.mark.row("C2")
@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("区教委\x1b[31m.xlsx", "区教委�[31m.xlsx"),
        ("区教委\u202excod.exe", "区教委xcod.exe"),
        ("\u200b区教委\u2066.csv", "区教委.csv"),
        ("甲\n乙\t丙\u2028丁.docx", "甲 乙 丙 丁.docx"),
        ("\x07\x9b2J\x7f.txt", "��2J�.txt"),
        ("乱\udcff\ufffe.csv", "乱��.csv"),
        ("[red]x{{7*7}}<b>.csv", "[red]x{{7*7}}<b>.csv"),
    ],
)
def test_a_file_s_name_in_a_message_commands_no_terminal_and_turns_no_line_around(name: str, shown: str) -> None:
    assert shown_name(name) == shown
    assert shown_path(Path("/x") / name) == shown
    assert shown_name(shown) == shown


def test_names_of_characters() -> None:
    assert name_of("\u200b") == "U+200B"
    assert name_of("\x07") == "U+0007"


def test_key_text_stays_short() -> None:
    assert key_text(("annexes", 0, "columns", 1, "title")) == "annexes[0].columns[1].title"
    assert len(key_text(("x" * 5000, "甲" * 5000))) < 100


# ---- whatever comes

SEEDS = [
    (ROOT / "templates/half-year-report.yaml").read_text(encoding="utf-8"),
    (ROOT / "configs/qingping-2026h1.yaml").read_text(encoding="utf-8"),
]


@pytest.mark.row("I8")
@pytest.mark.row("I9")
@pytest.mark.row("I11")
@pytest.mark.parametrize("numbers", [100, pytest.param(4000, marks=pytest.mark.campaign)])
@pytest.mark.parametrize("kind", ["yaml", "json"])
def test_no_text_raises_anything_else(kind: str, numbers: int, tally: Tally) -> None:
    """A file with a few places struck out, doubled or spoilt is read, each text with a line, or refused with one."""
    seeds = [text if kind == "yaml" else dumped(loaded(text), "json") for text in SEEDS]
    amiss: list[str] = []
    refused = 0
    for number in range(numbers):
        chance = random.Random(f"{kind}{number}")
        text = spoilt_text(chance.choice(seeds), chance)
        try:
            source = read(text, f"a.{kind}")
        except InputError as fault:
            amiss += [f"{number}: {wrong} {each}" for each in fault.problems if (wrong := unclear(each))]
            refused += 1
        else:
            for path in source.scalars:
                assert source.locate(path).line
                source.lines_of(path)
            tally.survived()
    assert amiss == []
    tally.refused(refused)


def test_cells_of_one_sheet_are_listed_behind_its_name() -> None:
    def at(cell: str, sheet: str = "重点任务") -> Location:
        return Location(file="台账.xlsx", sheet=sheet, cell=cell)

    places = [at("E3"), at("E5"), at("B2", "预期目标"), at("B4", "预期目标"), Location(file="a.yaml", line=3)]
    said = str(warning("甲.乙", "写法不一", "请统一", at("E2"), places))
    assert said == (
        "台账.xlsx「重点任务」E2：警告 [甲.乙] 写法不一（另见 E3、E5；台账.xlsx「预期目标」B2、B4；a.yaml:3）\n"
        "    怎么改：请统一"
    )


# ---- the quick way of reading


def test_whatever_is_read_quickly_is_what_is_read_slowly() -> None:
    chance = random.Random(9)
    texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "templates").glob("*.yaml"))]
    texts.append(ODD)
    quick = 0
    for _ in range(1000):
        text = mutated(chance.choice(texts), chance)
        node = quickly_composed(text)
        if node is not None:
            quick += 1
            assert seen(node) == seen(StrictLoader(text).get_single_node()), text
    assert quick > 150


@pytest.mark.parametrize(
    "text", ["---", "--- # 注", "\r---", "a: {b: }", "a: {b:\n  }", "a: [b: , c]", "a: {b: ,c: 1}"]
)
def test_nothing_stands_at_the_same_place_whoever_reads_it(text: str) -> None:
    node = quickly_composed(text)
    assert node is None or seen(node) == seen(StrictLoader(text).get_single_node())


ODD = """\
a: |
  第一行
   第二行

b: >-
  折
  行
c: "双\\n引 \\
   续"
d: '单''引
  续'
e: [1, 2, {f: g, h: [i, "j"]}] # 说明
k: 甲
  乙
l:
- m: 1.5
  n: true
- o
"""
PIECES = (
    *":-#[]{}|>&*!%@`\"',\n 甲1a~=.\\/",
    "- ",
    ": ",
    " #",
    "---\n",
    "...\n",
    "|\n",
    ">-\n",
    "  \n",
    "\r\n",
    ">+\n",
)


def mutated(text: str, chance: random.Random) -> str:
    """A few lines of the text with characters put in, left out and moved."""
    lines = text.splitlines(keepends=True)
    first = chance.randrange(len(lines))
    text = "".join(lines[first : first + chance.randint(1, 14)])
    for _ in range(chance.randint(1, 3)):
        at, further = chance.randrange(len(text) + 1), chance.randrange(len(text) + 1)
        put = chance.choice((chance.choice(PIECES), "", text[further : further + 5]))
        text = text[:at] + put + text[at + (not put) :]
    return text


def seen(node: Node | None) -> Any:
    """What a program sees of a node: data, where it stands, and how it is written."""
    if node is None:
        return None
    place = (node.start_mark.line, node.start_mark.column)
    if isinstance(node, ScalarNode):
        if not node.value:
            return node.tag, place
        ends = (node.start_mark.index, node.end_mark.index) if node.style else ()
        return node.tag, node.value, place, ends, node.style or ""
    if isinstance(node, SequenceNode):
        return place, [seen(each) for each in node.value]
    return place, [(seen(key), seen(value)) for key, value in node.value]
