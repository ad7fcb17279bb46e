"""The pytest plugin (比对基准插件), in real pytest sessions: what an office's own tests see of it."""

from __future__ import annotations

import io
import random
import re
import shlex
import sys
import tomllib
from functools import cache
from pathlib import Path

import docx
import pytest

from reportgen.writers.fonts import find_fonts
from reportgen.writers.pdf import write_pdf
from tests.builders import small, styles
from tests.comparison_rebuilds import REBUILDS
from tests.projects import ROOT, project
from tests.word_by_hand import saved

pytest_plugins = ["pytester"]

PLUGIN = ("-p", "reportgen.testing.plugin", "-p", "no:cacheprovider")
TEST = 'def test_report(golden):\n    golden.check("报告.docx", "半年报告")\n'


@cache
def word(figure: str = "49", unit: str = "区教委") -> bytes:
    """A small Word file with a table, as an office makes one."""
    document = docx.Document()
    document.add_heading("上半年推进情况", 1)
    document.add_paragraph("各项工作按计划推进。")
    table = document.add_table(2, 3)
    for row, texts in zip(
        table.rows, (("序号", "责任单位", "任务进展情况"), ("1", unit, f"办结{figure}件。")), strict=True
    ):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    return saved(document)


@cache
def pdf() -> bytes:
    return write_pdf(small(), styles(), find_fonts({})).value


@pytest.fixture
def office(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """The folder of an office's tests, not on a CI machine."""
    monkeypatch.delenv("CI", raising=False)
    (pytester.path / "报告.docx").write_bytes(word())
    pytester.makepyfile(test_office=TEST)
    return pytester


def run(office: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return office.runpytest_inprocess(*PLUGIN, *arguments)


def golden_of(office: pytest.Pytester, name: str = "半年报告.docx") -> Path:
    return office.path / "golden" / name


def accepted(office: pytest.Pytester, blob: bytes, name: str = "半年报告.docx") -> Path:
    path = golden_of(office, name)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(blob)
    return path


def failure(result: pytest.RunResult) -> str:
    """What a failing test tells, without what pytest writes around it."""
    result.assert_outcomes(failed=1)
    text = result.stdout.str()
    return text[text.index("FAILURES") : text.index("short test summary")]


class TestFirst:
    def test_a_golden_that_is_not_there_fails_and_says_how_to_accept_what_was_made(
        self, office: pytest.Pytester
    ) -> None:
        said = failure(run(office))
        assert "还没有这个比对基准" in said
        assert "golden/actual/半年报告.docx" in said
        assert "python -m pytest test_office.py::test_report --update-golden" in said
        assert golden_of(office, "actual/半年报告.docx").read_bytes() == word()
        assert not golden_of(office).exists()

    def test_what_was_made_becomes_the_golden_file_with_its_real_suffix(self, office: pytest.Pytester) -> None:
        run(office)
        result = run(office, "--update-golden")
        result.assert_outcomes(passed=1)
        result.stdout.fnmatch_lines(["*已更新的比对基准（1 个）*", "golden/半年报告.docx"])
        assert golden_of(office).read_bytes() == word()
        assert not golden_of(office, "actual/半年报告.docx").exists()
        again = run(office)
        again.assert_outcomes(passed=1)
        assert "比对基准" not in again.stdout.str()

    def test_nothing_is_accepted_on_a_ci_machine(
        self, office: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("CI", "true")
        result = run(office, "--update-golden")
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        assert "不能在 CI 里用" in result.stderr.str()
        assert not golden_of(office).exists()

    def test_a_file_that_was_not_made_is_told_by_its_name(self, office: pytest.Pytester) -> None:
        (office.path / "报告.docx").unlink()
        assert "找不到文件「报告.docx」" in failure(run(office))


class TestDifferent:
    def test_a_changed_figure_is_told_at_its_place_with_the_way_to_accept_it(self, office: pytest.Pytester) -> None:
        accepted(office, word("50"))
        said = failure(run(office))
        assert re.search(r"第1行「任务进展情况」.*50件.*49件", said)
        assert "原：golden/半年报告.docx" in said
        assert "现：golden/actual/半年报告.docx" in said
        assert "reportgen compare golden/半年报告.docx golden/actual/半年报告.docx --html" in said
        assert "Traceback" not in said
        assert golden_of(office, "actual/.gitignore").read_bytes() == b"*\n"
        command = next(line for line in said.splitlines() if line.startswith("确认无误后接受：")).partition("：")[2]
        _, _, pytest_word, *rest = shlex.split(command)
        assert pytest_word == "pytest"
        run(office, *rest).assert_outcomes(passed=1)
        assert golden_of(office).read_bytes() == word()

    def test_the_same_report_in_other_bytes_is_equal_and_leaves_the_golden_file_alone(
        self, office: pytest.Pytester
    ) -> None:
        kept = REBUILDS["部件倒序"](word(), random.Random(1))
        accepted(office, kept)
        run(office).assert_outcomes(passed=1)
        result = run(office, "--update-golden")
        result.assert_outcomes(passed=1)
        assert "已更新" not in result.stdout.str()
        assert golden_of(office).read_bytes() == kept != word()

    def test_a_damaged_golden_file_is_told_and_can_be_replaced(self, office: pytest.Pytester) -> None:
        accepted(office, word()[:-400])
        said = failure(run(office))
        assert "半年报告.docx" in said
        assert "损坏" in said or "不完整" in said
        run(office, "--update-golden").assert_outcomes(passed=1)
        assert golden_of(office).read_bytes() == word()

    def test_a_golden_file_of_another_kind_is_told_and_can_be_replaced(self, office: pytest.Pytester) -> None:
        accepted(office, pdf())
        assert "的内容是PDF 文件，与它的名称不符" in failure(run(office))
        run(office, "--update-golden").assert_outcomes(passed=1)
        assert golden_of(office).read_bytes() == word()

    def test_a_pdf_is_never_accepted_under_the_name_of_a_word_file(self, office: pytest.Pytester) -> None:
        (office.path / "报告.pdf").write_bytes(pdf())
        office.makepyfile(test_office='def test_it(golden):\n    golden.check("报告.pdf", "半年报告.docx")\n')
        result = run(office, "--update-golden")
        assert "做出来的却是PDF 文件" in result.stdout.str()
        result.assert_outcomes(failed=1)
        assert not golden_of(office).exists()

    def test_a_damaged_report_is_never_accepted(self, office: pytest.Pytester) -> None:
        blob = word()
        at = blob.index(b"word/document.xml") + 60
        (office.path / "报告.docx").write_bytes(blob[:at] + bytes(200) + blob[at + 200 :])
        result = run(office, "--update-golden")
        result.assert_outcomes(failed=1)
        assert "报告.docx" in result.stdout.str()
        assert not golden_of(office).exists()

    def test_two_checks_that_make_different_files_do_not_overwrite_each_other(self, office: pytest.Pytester) -> None:
        (office.path / "另一.docx").write_bytes(word("51"))
        office.makepyfile(test_office=TEST + 'def test_other(golden):\n    golden.check("另一.docx", "半年报告")\n')
        result = run(office, "--update-golden")
        result.assert_outcomes(passed=1, failed=1)
        assert "两处做出的不一样" in result.stdout.str()
        assert golden_of(office).read_bytes() == word()


class TestArguments:
    def test_a_path_its_text_and_bytes_are_the_same_to_it(self, office: pytest.Pytester) -> None:
        accepted(office, word())
        office.makepyfile(
            test_office="""
            from pathlib import Path

            def test_all(golden):
                golden.check("报告.docx", "半年报告")
                golden.check(Path("报告.docx"), "半年报告.docx")
                golden.check(Path("报告.docx").read_bytes(), "半年报告")
            """
        )
        run(office).assert_outcomes(passed=1)

    def test_one_test_may_check_several_files(self, office: pytest.Pytester) -> None:
        (office.path / "报告.pdf").write_bytes(pdf())
        office.makepyfile(
            test_office="""
            def test_all(golden):
                golden.check("报告.docx", "半年报告")
                golden.check("报告.pdf", "半年报告")
                golden.check("一\\n二\\n".encode(), "附件/提纲")
            """
        )
        run(office, "--update-golden").assert_outcomes(passed=1)
        names = sorted(path.name for path in golden_of(office, "").rglob("*") if path.is_file())
        assert names == ["半年报告.docx", "半年报告.pdf", "提纲.txt"]
        run(office).assert_outcomes(passed=1)

    @pytest.mark.parametrize("layer", ['"style"', '("style", "structure")', '"structure, style"', '["style"]'])
    def test_only_the_layers_that_are_named_are_looked_at(self, office: pytest.Pytester, layer: str) -> None:
        accepted(office, word("50"))
        office.makepyfile(test_office=TEST.replace('"半年报告")', f'"半年报告", layer={layer})'))
        run(office).assert_outcomes(passed=1)

    @pytest.mark.parametrize("layer", ['"text"', '("text", "structure")', '"structure,text"'])
    def test_a_change_in_a_named_layer_is_found(self, office: pytest.Pytester, layer: str) -> None:
        accepted(office, word("50"))
        office.makepyfile(test_office=TEST.replace('"半年报告")', f'"半年报告", layer={layer})'))
        assert "50件" in failure(run(office))

    def test_a_layer_that_there_is_not_is_told_with_those_that_there_are(self, office: pytest.Pytester) -> None:
        accepted(office, word())
        office.makepyfile(test_office=TEST.replace('"半年报告")', '"半年报告", layer="txt")'))
        said = failure(run(office))
        assert "txt" in said
        assert "text" in said
        assert "Traceback" not in said

    def test_what_a_rule_of_the_office_leaves_out_is_no_difference(self, office: pytest.Pytester) -> None:
        accepted(office, word("50"))
        rules = 'rules:\n  - {text: "办结[0-9]+件", reason: 件数每天变}\n'
        (office.path / "不比.yaml").write_text(rules, encoding="utf-8")
        office.makepyfile(test_office=TEST.replace('"半年报告")', '"半年报告", ignore="不比.yaml")'))
        run(office).assert_outcomes(passed=1)
        (office.path / "报告.docx").write_bytes(word(unit="区民政局"))
        said = failure(run(office))
        assert "区民政局" in said
        assert "50件" not in said

    @pytest.mark.parametrize(
        "name",
        [
            "../半年报告",
            "/tmp/半年报告",
            "附件/../../半年报告.docx",
            "actual/半年报告",
            "C:\\\\半年报告",
            "",
            "附件//半年报告",
        ],
    )
    def test_a_name_that_leads_out_of_the_folder_is_refused(self, office: pytest.Pytester, name: str) -> None:
        office.makepyfile(test_office=TEST.replace("半年报告", name))
        result = run(office, "--update-golden")
        result.assert_outcomes(failed=1)
        assert "不能作比对基准的名称" in result.stdout.str()
        assert sorted(path.name for path in office.path.rglob("*.docx")) == ["报告.docx"]

    @pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
    def test_a_link_that_leads_out_of_the_folder_is_not_written_through(self, office: pytest.Pytester) -> None:
        (office.path / "别处").mkdir()
        (office.path / "golden").mkdir()
        (office.path / "golden" / "附件").symlink_to(office.path / "别处")
        office.makepyfile(test_office=TEST.replace("半年报告", "附件/半年报告"))
        result = run(office, "--update-golden")
        result.assert_outcomes(failed=1)
        assert "经由链接" in result.stdout.str()
        assert list((office.path / "别处").iterdir()) == []

    def test_the_folder_can_be_chosen_for_all_tests(self, office: pytest.Pytester) -> None:
        office.makeini("[pytest]\ngolden_folder = 基准\n")
        run(office, "--update-golden").assert_outcomes(passed=1)
        assert (office.path / "基准" / "半年报告.docx").read_bytes() == word()


class TestUnused:
    @pytest.fixture
    def two(self, office: pytest.Pytester) -> pytest.Pytester:
        accepted(office, word())
        accepted(office, word(), "旧报告.docx")
        (office.path / "golden" / "actual").mkdir()
        (office.path / "golden" / "actual" / "残留.docx").write_bytes(word())
        office.makepyfile(test_office=TEST, test_more="def test_nothing():\n    pass\n")
        return office

    def test_golden_files_that_no_test_used_are_told_by_name_and_stay(self, two: pytest.Pytester) -> None:
        result = run(two)
        result.assert_outcomes(passed=2)
        assert result.ret == 0
        result.stdout.fnmatch_lines(["*没有测试用到的比对基准（1 个*", "golden/旧报告.docx"])
        assert "残留" not in result.stdout.str()
        assert golden_of(two, "旧报告.docx").exists()

    @pytest.mark.parametrize(
        "narrowed",
        [("-k", "nothing or report"), ("test_office.py",), ("test_office.py::test_report",), ("-k", "report")],
    )
    def test_nothing_is_said_of_them_where_only_some_tests_ran(
        self, two: pytest.Pytester, narrowed: tuple[str, ...]
    ) -> None:
        two.makepyfile(test_last='def test_kept(golden):\n    golden.check("报告.docx", "旧报告")\n')
        result = run(two, *narrowed)
        assert result.ret == 0
        assert "没有测试用到" not in result.stdout.str()

    @pytest.mark.parametrize("end", ["pytest.skip('以后')", "pytest.xfail('以后')", "pytest.fail('不行')"])
    def test_nothing_is_said_of_them_where_a_test_did_not_come_to_its_end(self, two: pytest.Pytester, end: str) -> None:
        two.makepyfile(
            test_last=f'import pytest\ndef test_kept(golden):\n    {end}\n    golden.check("报告.docx", "旧报告")\n'
        )
        assert "没有测试用到" not in run(two).stdout.str()


class TestXdist:
    def test_workers_accept_compare_and_report_together(self, office: pytest.Pytester) -> None:
        office.makepyfile(
            test_office="""
            import pytest

            @pytest.mark.parametrize("number", range(6))
            def test_outline(golden, number):
                golden.check(f"{number}\\n".encode(), f"提纲{number}.txt")
            """
        )
        arguments = ("-n", "2", *PLUGIN)
        result = office.runpytest_subprocess(*arguments, "--update-golden")
        result.assert_outcomes(passed=6)
        assert "已更新的比对基准（6 个）" in result.stdout.str()
        accepted(office, b"x", "多余.txt")
        result = office.runpytest_subprocess(*arguments)
        result.assert_outcomes(passed=6)
        result.stdout.fnmatch_lines(["*没有测试用到的比对基准（1 个*", "golden/多余.txt"])
        assert "没有测试用到" not in office.runpytest_subprocess(*arguments, "-k", "1 or 2").stdout.str()


class TestNeighbours:
    def test_the_entry_point_has_the_name_of_its_module(self) -> None:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        assert project["entry-points"]["pytest11"] == {"reportgen.testing.plugin": "reportgen.testing.plugin"}

    def test_being_installed_and_named_by_a_project_it_is_registered_once(
        self, office: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        installed = office.path / "installed" / "duban_golden-1.dist-info"
        installed.mkdir(parents=True)
        (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: duban-golden\nVersion: 1\n")
        (installed / "entry_points.txt").write_text("[pytest11]\nreportgen.testing.plugin = reportgen.testing.plugin\n")
        monkeypatch.setenv("PYTHONPATH", f"{installed.parent}:{ROOT}")
        accepted(office, word())
        office.runpytest_subprocess().assert_outcomes(passed=1)
        office.makeconftest('pytest_plugins = ["reportgen.testing.plugin"]')
        office.runpytest_subprocess().assert_outcomes(passed=1)
        office.runpytest_subprocess("-p", "reportgen.testing.plugin").assert_outcomes(passed=1)

    def test_tests_that_ask_for_no_golden_file_load_nothing_and_see_nothing_of_it(
        self, office: pytest.Pytester
    ) -> None:
        office.makepyfile(
            test_office="""
            import sys

            def test_what_is_loaded():
                print("loaded", sorted(name for name in sys.modules if name.startswith(("reportgen", "lxml", "yaml"))))
            """
        )
        result = office.runpytest_subprocess(*PLUGIN, "-p", "no:syrupy", "-s")
        result.assert_outcomes(passed=1)
        ours = ["reportgen", "reportgen.testing", "reportgen.testing.plugin", "reportgen.testing.usage"]
        assert f"loaded {ours}" in result.stdout.str()
        assert "基准" not in result.stdout.str()
        assert not (office.path / "golden").exists()

    def test_it_does_without_syrupy(self, office: pytest.Pytester) -> None:
        accepted(office, word())
        office.makeconftest("import sys\nsys.modules['syrupy'] = None\n")
        office.runpytest_subprocess(*PLUGIN, "-p", "no:syrupy").assert_outcomes(passed=1)

    def test_an_own_fixture_of_that_name_goes_before_ours(self, office: pytest.Pytester) -> None:
        office.makepyfile(
            test_office="""
            import pytest

            @pytest.fixture
            def golden():
                return 7

            def test_it(golden):
                assert golden == 7
            """
        )
        run(office).assert_outcomes(passed=1)


class TestSyrupy:
    @pytest.fixture
    def asserted(self, office: pytest.Pytester) -> pytest.Pytester:
        office.makepyfile(
            test_office="""
            from pathlib import Path

            from reportgen.testing.snapshots import DocxGolden

            def test_report(snapshot):
                assert Path("报告.docx").read_bytes() == snapshot.use_extension(DocxGolden)
            """
        )
        office.runpytest_subprocess("--snapshot-update").assert_outcomes(passed=1)
        return office

    def test_its_snapshot_is_a_word_file_that_opens(self, asserted: pytest.Pytester) -> None:
        (path,) = asserted.path.rglob("__snapshots__/**/*.docx")
        assert docx.Document(io.BytesIO(path.read_bytes())).paragraphs[0].text == "上半年推进情况"

    def test_other_bytes_of_the_same_report_are_equal_and_another_figure_is_told(
        self, asserted: pytest.Pytester
    ) -> None:
        (asserted.path / "报告.docx").write_bytes(REBUILDS["最低压缩"](word(), random.Random(1)))
        asserted.runpytest_subprocess().assert_outcomes(passed=1)
        (asserted.path / "报告.docx").write_bytes(word("50"))
        result = asserted.runpytest_subprocess()
        result.assert_outcomes(failed=1)
        assert re.search(r"第1行「任务进展情况」.*49件.*50件", result.stdout.str())


def test_the_lines_of_the_readme_put_an_office_s_report_under_test(office: pytest.Pytester) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    chapter = readme[readme.index("\n## 把自己的报告放进测试\n") :]
    lines = re.findall(r"```python\n(.*?)```", chapter, re.S)[0]
    assert len(lines.strip().splitlines()) <= 10
    project(office.path)
    office.makepyfile(test_office=lines)
    office.runpytest_subprocess(*PLUGIN, "--update-golden").assert_outcomes(passed=1)
    kept = {path.suffix for path in golden_of(office, "").iterdir()}
    assert kept >= {".docx", ".pdf"}
    office.runpytest_subprocess(*PLUGIN).assert_outcomes(passed=1)
    ledger = office.path / "台账.yaml"
    ledger.write_text(ledger.read_text(encoding="utf-8").replace("已建成2个", "已建成3个"), encoding="utf-8")
    result = office.runpytest_subprocess(*PLUGIN)
    result.assert_outcomes(failed=1)
    assert re.search("任务进展情况.*2个.*3个", result.stdout.str())
