"""Which face takes which role, and that no character is drawn as an empty box."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from fontTools.ttLib import TTCollection, TTFont

from reportgen.problems import EnvironmentLacking, Location, Severity
from reportgen.styles import FontRole
from reportgen.writers.fonts import (
    FontSet,
    Text,
    cover,
    coverage,
    find_fonts,
    font_folders,
    installed_files,
    prepared,
    prepared_letters,
    read_face,
    substitution_problems,
)

FANDOL = ("FandolSong-Bold", "FandolFang-Regular", "FandolKai-Regular", "FandolHei-Regular", "FandolSong-Regular")


@pytest.fixture(scope="module")
def fonts() -> FontSet:
    return find_fonts({})


def folder_with(tmp_path: Path, *names: str) -> Path:
    """A folder with links to these installed font files only."""
    files = installed_files(font_folders())
    for name in names:
        (tmp_path / name).symlink_to(files[name.lower()])
    return tmp_path


def test_fandol_takes_the_five_chinese_roles_and_counts_as_the_same_kind(fonts):
    assert [fonts.roles[role].face.postscript_name for role in FontRole][:5] == list(FANDOL)
    assert all(found.fits for found in fonts.roles.values())
    assert substitution_problems(fonts) == []


def test_a_licensed_face_goes_before_fandol(tmp_path):
    folder = folder_with(tmp_path, "FandolFang-Regular.otf", "FandolSong-Regular.otf", "FandolHei-Regular.otf")
    (folder / "SIMFANG.TTF").symlink_to(folder / "FandolSong-Regular.otf")
    folder_with(tmp_path, "FandolKai-Regular.otf", "FandolSong-Bold.otf", "LiberationSerif-Regular.ttf")
    assert find_fonts({}, [folder]).roles[FontRole.FANGSONG].face.path.name == "SIMFANG.TTF"


def test_a_configured_face_goes_before_all(tmp_path):
    folder = folder_with(tmp_path, "FandolKai-Regular.otf")
    found = find_fonts({FontRole.FANGSONG: folder / "FandolKai-Regular.otf"})
    assert found.roles[FontRole.FANGSONG].face.postscript_name == "FandolKai-Regular"


@pytest.mark.row("R10")
def test_noto_stands_in_with_a_warning_for_each_role_of_another_kind(tmp_path):
    folder = folder_with(tmp_path, "NotoSerifSC-Regular.otf", "NotoSansSC-Regular.otf")
    problems = substitution_problems(find_fonts({}, [folder]))
    assert [problem.what.split("由")[0] for problem in problems] == ["小标宋", "仿宋", "楷体"]
    assert {problem.severity for problem in problems} == {Severity.WARNING}


@pytest.mark.row("R11", "refused")
def test_a_machine_without_chinese_faces_is_refused_naming_the_roles(tmp_path):
    with pytest.raises(EnvironmentLacking) as caught:
        find_fonts({}, [folder_with(tmp_path, "LiberationSerif-Regular.ttf")])
    (problem,) = caught.value.problems
    assert "小标宋、仿宋、楷体、黑体、宋体" in problem.what
    assert "texlive-lang-chinese" in problem.fix


def test_of_a_collection_the_simplified_chinese_face_is_taken(tmp_path, fonts):
    collection = TTCollection()
    for name in ("NotoSerifCJKjp-Regular", "NotoSerifCJKsc-Regular"):
        font = TTFont(io.BytesIO(prepared_letters(fonts.roles[FontRole.LATIN].face)))
        font["name"].setName(name, 6, 3, 1, 0x409)
        collection.fonts.append(font)
    with (tmp_path / "NotoSerifCJK-Regular.ttc").open("wb") as file:
        collection.save(file)
    face = read_face(tmp_path / "NotoSerifCJK-Regular.ttc", "思源宋体")
    assert (face.index, face.postscript_name) == (1, "NotoSerifCJKsc-Regular")
    assert ord("A") in coverage(face)
    with TTFont(io.BytesIO(prepared(face))) as font:
        assert font["name"].getDebugName(6) == "NotoSerifCJKsc-Regular"


@pytest.mark.parametrize("content", [b"", b"not a font", b"OTTO" + b"\0" * 40])
@pytest.mark.row("R8", "refused")
def test_a_file_that_is_no_face_is_refused_by_name(tmp_path, content):
    path = tmp_path / "坏.otf"
    path.write_bytes(content)
    with pytest.raises(EnvironmentLacking) as caught:
        find_fonts({FontRole.HEI: path})
    assert "坏.otf" in caught.value.problems[0].what


def test_each_character_goes_to_the_first_face_that_has_it(fonts):
    covered = cover(fonts, [(FontRole.FANGSONG, "面积20㎡", None), (FontRole.HEI, "一、标题", None)])
    names = {role: [face.postscript_name for face in faces] for role, faces in covered.faces.items()}
    assert names == {
        FontRole.FANGSONG: ["FandolFang-Regular", "NotoSerifSC-Regular"],
        FontRole.HEI: ["FandolHei-Regular"],
    }
    assert covered.missing == {}


@pytest.mark.row("R9", "refused")
def test_characters_that_no_face_has_are_named_with_their_first_places(fonts):
    places = [Location(file="台账.xlsx", sheet="重点任务", cell=f"C{n}") for n in range(2, 12)]
    texts: list[Text] = [(FontRole.FANGSONG, "某\U0002a6d7村\n", place) for place in places]
    texts.append((FontRole.FANGSONG, "\ue000", None))
    missing = cover(fonts, texts).missing
    assert missing == {"\ue000": (), "\U0002a6d7": tuple(places[:5])}


def test_usual_names_and_units_of_measure_are_covered(fonts):
    text = "堃玥珺喆淼犇鑫翀赟炅昇甯祎晞頔禤婳钇钜硚㎡㎎²³①②⑳•·—…“”‘’〔〕《》№℃‰"
    assert cover(fonts, [(role, text, None) for role in FontRole]).missing == {}


def test_prepared_faces_share_their_vertical_metrics(fonts):
    for found in fonts.roles.values():
        for blob in (prepared(found.face), prepared_letters(found.face)):
            with TTFont(io.BytesIO(blob)) as font:
                units = font["head"].unitsPerEm
                assert font["hhea"].ascent / units == 0.875
                assert font["hhea"].descent / units == -0.125
                assert (font["OS/2"].usWinAscent, font["OS/2"].usWinDescent) == (units * 7 // 8, units // 8)
                assert "BASE" not in font


def test_the_face_of_letters_holds_ascii_and_nothing_else(fonts):
    for role in (FontRole.LATIN, FontRole.SONG):
        with TTFont(io.BytesIO(prepared_letters(fonts.roles[role].face))) as font:
            assert set(font.getBestCmap()) == set(range(0x20, 0x7F))


def test_preparing_keeps_every_character_of_the_face(fonts):
    face = fonts.roles[FontRole.FANGSONG].face
    with TTFont(io.BytesIO(prepared(face))) as font:
        assert frozenset(font.getBestCmap()) == coverage(face)
