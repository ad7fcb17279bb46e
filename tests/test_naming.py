"""Names that every system takes, and no two of them the same."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.naming import MAX_BYTES, MAX_CHARACTERS, SPARE, folded, is_file_name, safe_name, unique_names

ACCENT = "\u0301"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("附件3_区商务委", "附件3_区商务委"),
        ("区城管局/区整违办", "区城管局_区整违办"),
        ('a\\b:c*d?e"f<g>h|i', "a_b_c_d_e_f_g_h_i"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\Windows\\甲", "C_Windows_甲"),
        ("甲\x00\x07乙\n丙", "甲乙 丙"),
        ("甲\x80\x9f乙", "甲乙"),
        ("\u202e甲\u200b乙\u2066丙\ufeff", "甲乙丙"),
        ("甲\ud800乙", "甲乙"),
        ("甲\u2028乙", "甲 乙"),
        ("　区教委　", "区教委"),
        ("区教委\u00a0办公室", "区教委 办公室"),
        (" . ", "_"),
        ("", "_"),
        ("\u200b", "_"),
        ("末尾有点...", "末尾有点"),
        ("末尾有空格 . ", "末尾有空格"),
        (".隐藏", "隐藏"),
        ("~$附件1", "附件1"),
        (". ~$.~$附件1", "附件1"),
        ("~甲", "~甲"),
        ("CON", "_CON"),
        ("nul", "_nul"),
        ("Com1", "_Com1"),
        ("LPT9.tar", "_LPT9.tar"),
        ("COM¹", "_COM¹"),
        ("ＡＵＸ", "_ＡＵＸ"),
        ("conin$", "_conin$"),
        ("PRN .x", "_PRN .x"),
        (".con", "_con"),
        ("CON/甲", "CON_甲"),
        ("COM10", "COM10"),
        ("CONSOLE", "CONSOLE"),
        ("区CON办", "区CON办"),
    ],
)
def test_any_text_makes_a_name_that_windows_and_linux_take(text: str, name: str) -> None:
    assert safe_name(text) == name


@pytest.mark.parametrize(
    ("text", "spare", "name"),
    [
        ("甲" * 200, SPARE, "甲" * 60),
        ("𠮷" * 60, SPARE, "𠮷" * 45),
        ("a" * 300, SPARE, "a" * 100),
        ("a" * 300, 0, "a" * 120),
        ("甲" * 66, 0, "甲" * 66),
        ("甲" * 67, 0, "甲" * 66),
        # What is cut off ends where a character does: `e` goes with its accent.
        ("a" * 98 + "e" + ACCENT, SPARE, "a" * 98 + "e" + ACCENT),
        ("a" * 99 + "e" + ACCENT, SPARE, "a" * 99),
        ("a" * 98 + "e" + ACCENT * 2, SPARE, "a" * 98),
        ("a" + ACCENT * 200, SPARE, "a" + ACCENT * 89),
        # Nothing is left at the end that Windows would cut off.
        ("a" * 99 + ". b", SPARE, "a" * 99),
        ("con." + "a" * 300, SPARE, "_con." + "a" * 95),
    ],
)
def test_a_long_name_is_cut_at_a_character_and_leaves_room_for_number_and_suffix(
    text: str, spare: int, name: str
) -> None:
    made = safe_name(text, spare)
    assert made == name
    assert len(made.encode()) <= MAX_BYTES - spare
    assert len(made) <= MAX_CHARACTERS - spare


@pytest.mark.parametrize(
    ("stems", "names"),
    [
        (["甲", "乙"], ["甲", "乙"]),
        (["甲", "甲", "甲"], ["甲", "甲_2", "甲_3"]),
        (["甲/乙", "甲_乙", "甲:乙"], ["甲_乙", "甲_乙_2", "甲_乙_3"]),
        # The first keeps its name, also one that a number would give to another.
        (["甲", "甲", "甲_2"], ["甲", "甲_3", "甲_2"]),
        (["甲_2", "甲", "甲"], ["甲_2", "甲", "甲_3"]),
        (["ABC", "abc", "ＡＢＣ"], ["ABC", "abc_2", "ＡＢＣ_3"]),
        (["é", "e" + ACCENT, "É"], ["é", "e" + ACCENT + "_2", "É_3"]),
        (["Straße", "STRASSE"], ["Straße", "STRASSE_2"]),
        (["㈱", "(株)", "（株）"], ["㈱", "(株)_2", "（株）_3"]),
        (["甲" * 120, "甲" * 121], ["甲" * 60, "甲" * 59 + "_2"]),
        (["", " ", "..."], ["_", "__2", "__3"]),
        (["con", "CON"], ["_con", "_CON_2"]),
        ([], []),
    ],
)
def test_no_two_names_are_the_same_and_the_first_keeps_its_own(stems: list[str], names: list[str]) -> None:
    assert list(unique_names(stems)) == names


def test_a_thousand_equal_names_get_a_thousand_numbers_within_the_limit() -> None:
    names = unique_names(["甲" * 200] * 1000)
    assert len({folded(name) for name in names}) == 1000
    assert names[0] == "甲" * 60
    assert names[-1] == "甲" * 58 + "_1000"
    assert max(len(name.encode()) for name in names) <= MAX_BYTES - SPARE


# Texts that come close to each other and to what systems refuse.
near = st.text(st.sampled_from("aAａÅÅıİſßẞ㈱()株甲./\\:~$ \t\u200b\u0301\u0345\ud800conCON1¹_２\x00\x85"), max_size=12)
any_text = st.one_of(near, st.text(st.characters(), max_size=300), near.map(lambda text: text * 30))


@settings(deadline=None, max_examples=300)
@given(st.lists(any_text, max_size=8))
def test_whatever_units_are_called_their_files_lie_apart_in_one_folder(tmp_path_factory, stems: list[str]) -> None:
    names = [f"{name}.docx" for name in unique_names(stems)]
    assert names == [f"{name}.docx" for name in unique_names(stems)]
    assert len({unicodedata.normalize("NFKC", name).casefold() for name in names}) == len(stems)
    assert len({unicodedata.normalize("NFC", name).upper() for name in names}) == len(stems)
    for name in names:
        assert is_file_name(name), name
        assert Path(name).name == name
        assert len(name.encode()) <= MAX_BYTES
        assert not re.search(r'[\\/:*?"<>|\x00-\x1f\x7f-\x9f]|^[. ]|^~\$|[. ]$', name)
        assert not any(unicodedata.category(character) in ("Cc", "Cs") for character in name)
    blob = io.BytesIO()
    with zipfile.ZipFile(blob, "w") as archive:
        for number, name in enumerate(names):
            archive.writestr(zipfile.ZipInfo(name), str(number))
    folder = tmp_path_factory.mktemp("zip")
    with zipfile.ZipFile(blob) as archive:
        archive.extractall(folder)
    assert {path.name: path.read_text() for path in folder.iterdir()} == {name: str(n) for n, name in enumerate(names)}


@settings(deadline=None)
@given(any_text)
def test_a_safe_name_is_a_file_name_and_stays_as_it_is(text: str) -> None:
    name = safe_name(text)
    assert is_file_name(name, SPARE)
    assert safe_name(name) == name


@pytest.mark.parametrize("name", ["报告", "报告  终稿", "2026年上半年.初稿", "甲" * 66, "-甲", "~甲", "COM10"])
def test_a_plain_name_is_one_for_a_file(name: str) -> None:
    assert is_file_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "a/b",
        "a\\b",
        "C:",
        "甲*",
        "甲?",
        "甲\x00",
        "甲\u202e",
        "甲\ud800",
        " 甲",
        "甲 ",
        "甲.",
        ".甲",
        "~$甲",
        *("CON", "con.docx", "Lpt1.a.b", "COM¹", "甲" * 67, "a" * 121, "甲\x85"),
    ],
)
def test_what_a_system_takes_for_something_else_is_no_name_for_a_file(name: str) -> None:
    assert not is_file_name(name)
