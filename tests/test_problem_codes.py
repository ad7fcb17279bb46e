"""Every problem code (问题代码) in the source is raised by some bad file, or by a test that is named here."""

from __future__ import annotations

import ast
import logging
import re
from pathlib import Path

import pytest

import reportgen
from reportgen.problems import EnvironmentLacking
from reportgen.rules import Rule
from reportgen.styles import FontRole
from reportgen.writers import pdf
from reportgen.writers.css import FontPlan
from tests.bad_configs import BAD_CONFIGS
from tests.bad_files import BAD_FILES
from tests.bad_ledgers import BAD_LEDGERS
from tests.bad_returns import BAD_RETURNS

PACKAGE = Path(reportgen.__file__).parent
TESTS = Path(__file__).parent

# Raised by no bad file: they come from this machine, the output folder or the finished pages, or do not stop a file.
ELSEWHERE = {
    "collect.bad-target": "test_collect.py::test_a_target_that_cannot_be_one_is_refused_before_anything_is_read",
    "collect.no-returns": "test_collect.py::test_returns_that_are_not_there_or_too_many_are_refused",
    "collect.not-a-return": "test_collect.py::test_a_collected_ledger_among_the_returns_is_told_and_not_read",
    "collect.other-period": "test_collect.py::test_a_ledger_of_another_period_is_not_collected_into",
    "collect.same-id": "test_collect.py::test_two_tasks_of_one_number_are_refused_with_both_places",
    "collect.spoilt-record": "test_collect.py::test_a_spoilt_record_is_refused",
    "collect.target-open": "test_collect.py::test_a_target_that_cannot_be_one_is_refused_before_anything_is_read",
    "collect.too-many-files": "test_collect.py::test_returns_that_are_not_there_or_too_many_are_refused",
    "collect.too-many-origins": "test_collect.py::test_more_texts_than_can_be_read_again_are_refused",
    "collect.would-lose": "test_collect.py::test_what_would_be_lost_from_the_target_is_named_and_nothing_is_written",
    "layout.long-title": "test_fit.py::test_a_title_line_that_would_break_inside_a_word_is_told",
    "layout.small-mark": "test_fit.py::test_a_mark_smaller_than_the_title_is_told",
    "file.not-understood": "test_confine.py::test_a_bug_is_told_with_its_place_and_no_word_of_python",
    "file.unseen-text": "test_lint_door.py::test_what_of_a_word_file_is_not_looked_at_is_said",
    "file.scanned-pages": "test_lint_door.py::test_a_partly_scanned_pdf_is_checked_and_its_scanned_pages_are_named",
    "file.too-slow": "test_confine.py::test_what_never_ends_is_ended_and_told",
    "file.wrong-suffix": "test_lint_door.py::test_a_wrong_suffix_is_said_and_the_file_is_taken_for_what_it_is",
    "fonts.foreign": "test_problem_codes.py::test_an_embedded_face_of_unknown_origin_is_refused",
    "fonts.no-face": "test_cli.py::test_a_machine_without_a_chinese_face_is_refused_with_exit_code_3",
    "fonts.no-glyph": "test_cli.py::test_a_character_that_no_face_has_is_refused_with_its_ledger_cell",
    "fonts.stand-in": "test_fonts.py::test_noto_stands_in_with_a_warning_for_each_role_of_another_kind",
    "fonts.unreadable": "test_cli.py::test_a_damaged_font_file_is_refused_by_build_and_doctor",
    "output.left-over": "test_publish.py::test_a_file_of_an_earlier_run_beside_the_new_ones_is_told",
    "output.cannot-write": "test_publish.py::test_a_folder_that_cannot_be_made_is_refused_with_its_name",
    "pdf.engine": "test_problem_codes.py::test_what_the_engine_complains_of_is_told",
    "pdf.no-pango": "test_cli.py::test_without_pango_the_pdf_is_refused_with_exit_code_3_and_the_line_to_run",
    "program.not-begun": "test_confine.py::test_a_worker_that_ends_before_it_begins_is_no_fault_of_the_file",
    "template.unknown-theme": "test_tables.py::test_an_unknown_theme_is_told_with_its_place_and_the_nearest_name",
    "pdf.no-subset": "test_problem_codes.py::test_slow_subsetting_is_told",
}


def codes_in_source() -> dict[str, str]:
    """Every text of the source that is a code, with a file that has it.

    The families (`ledger.`, `file.`) are those which calls of `error`, `warning` and `refuse` begin with.
    """
    texts: dict[str, str] = {}
    families: set[str] = set()
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = getattr(node, "func", None)
            name = getattr(called, "id", getattr(called, "attr", ""))
            if isinstance(node, ast.Call) and name in ("error", "warning", "refuse") and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    families.add(str(first.value).partition(".")[0])
            text = node.value if isinstance(node, ast.Constant) else None
            if isinstance(text, str) and re.fullmatch(r"[a-z]+\.[a-z]+(-[a-z0-9]+)*", text):
                texts[text] = path.name
    # The rules of the format check are written alike, but are no codes of problems.
    codes = texts.keys() - {rule.value for rule in Rule}
    return {text: texts[text] for text in codes if text.partition(".")[0] in families}


def codes_in_kits() -> set[str]:
    """Every code that a bad file of the kits must raise; that it does is held by the tests over the kits."""
    files = {bad.code for bad in BAD_FILES}
    ledgers = {code for bad in BAD_LEDGERS for code, _ in bad.expects}
    returns = {code for bad in BAD_RETURNS for code in bad.codes}
    return {code for bad in BAD_CONFIGS for _, code, _ in bad.expects} | ledgers | files | returns


def test_every_code_is_raised_by_some_bad_file() -> None:
    silent = set(codes_in_source()) - codes_in_kits() - set(ELSEWHERE)
    assert silent == set(), f"no bad file raises {sorted(silent)}: add one to tests/bad/ or name its test in ELSEWHERE"


def test_the_kits_raise_no_code_that_is_gone() -> None:
    assert codes_in_kits() <= set(codes_in_source())


def test_codes_raised_elsewhere_have_their_test() -> None:
    for code, place in ELSEWHERE.items():
        name, _, function = place.partition("::")
        assert f"def {function}(" in (TESTS / name).read_text(encoding="utf-8"), f"{code}: {place} is gone"
    assert set(ELSEWHERE) <= set(codes_in_source())


# ---- faults of the finished pages, which no input of ours provokes


def test_an_embedded_face_of_unknown_origin_is_refused() -> None:
    plan = FontPlan((), dict.fromkeys(FontRole, ()))
    with pytest.raises(EnvironmentLacking) as fault:
        pdf._refuse_foreign({"WenQuanYi-Zen-Hei"}, plan)
    assert [problem.code for problem in fault.value.problems] == ["fonts.foreign"]
    assert "WenQuanYi-Zen-Hei" in str(fault.value)


def test_what_the_engine_complains_of_is_told() -> None:
    record = logging.LogRecord("weasyprint", logging.WARNING, "x.py", 1, "Ignored %s", ("`x: y`",), None)
    assert [problem.code for problem in pdf._complaints([record])] == ["pdf.engine"]


def test_slow_subsetting_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    ffi = pytest.importorskip("weasyprint.text.ffi")
    monkeypatch.setattr(ffi, "harfbuzz_subset", None)
    assert [problem.code for problem in pdf.slow_subsetting()] == ["pdf.no-subset"]
