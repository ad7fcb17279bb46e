"""Which role a face may stand for, by the names that PDF files and Word files give it."""

from __future__ import annotations

import pytest

from reportgen.styles import FontNames, FontRole
from reportgen.writers.face_names import bold_face, face_kinds
from tests.builders import styles

NAMES = {
    FontRole.TITLE: (
        "方正小标宋简体",
        "FZXBSJW--GB1-0",
        "BCDEEE+FZXBSK--GBK1-0",
        "STZhongsong",
        "华文中宋",
        "FandolSong-Bold-rg",
        "NotoSerifCJKsc-Bold",
    ),
    FontRole.FANGSONG: ("仿宋_GB2312", "FangSong_GB2312", "ABCDEF+FangSong", "SimFang", "STFangsong", "FZFSJW--GB1-0"),
    FontRole.KAI: ("楷体_GB2312", "KaiTi_GB2312", "SimKai", "STKaiti", "FZKTJW--GB1-0", "FandolKai-Regular-rg"),
    FontRole.HEI: ("黑体", "SimHei", "STHeiti", "FandolHei-Regular", "NotoSansSC-Regular-rg", "FZHTJW--GB1-0"),
    FontRole.SONG: (
        "宋体",
        "SimSun",
        "NSimSun",
        "STSong",
        "FandolSong-Regular-rg",
        "NotoSerifSC-Regular",
        "SimSun,Bold",
    ),
    FontRole.LATIN: ("TimesNewRomanPSMT", "Times New Roman", "LiberationSerif-rg-letters", "TimesNewRomanPS-BoldMT"),
}


@pytest.mark.parametrize(("role", "name"), [(role, name) for role, names in NAMES.items() for name in names])
def test_a_face_is_known_by_its_names(role, name):
    assert face_kinds(name, styles().fonts) == frozenset({role})


@pytest.mark.parametrize(
    "name", ["Microsoft YaHei", "MicrosoftYaHei-Bold", "等线", "DengXian", "Calibri", "DejaVuSans"]
)
def test_other_faces_stand_for_no_role(name):
    assert face_kinds(name, styles().fonts) == frozenset()


@pytest.mark.parametrize("name", ["", "CIDFont+F1", "ABCDEF+F2", "TT3", "C0_1"])
def test_a_name_that_says_nothing_is_no_evidence(name):
    assert face_kinds(name, styles().fonts) is None


def test_the_style_sheet_may_name_a_face_of_its_own():
    fonts = {**styles().fonts, FontRole.FANGSONG: FontNames(name="某办公仿", stand_in="Office Fang")}
    assert face_kinds("OfficeFang", fonts) == frozenset({FontRole.FANGSONG})


@pytest.mark.parametrize(
    ("name", "bold"),
    [
        ("SimSun,Bold", True),
        ("TimesNewRomanPS-BoldMT", True),
        ("FandolHei-Regular-rg-Bold", True),
        ("FandolSong-Bold-rg", False),  # bold by birth: it stands for 小标宋
        ("SimHei", False),
    ],
)
def test_bold_is_told_from_the_name_but_not_of_a_title_face(name, bold):
    assert bold_face(name, styles().fonts) is bold
