"""The check of any input (校核各种文件): what is found in it, what is accepted, what cannot be read."""

from __future__ import annotations

import csv
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import docx
import openpyxl
import pytest

from reportgen.check import Kind, Proofed, at_once, check_file
from reportgen.check_basis import read_basis
from reportgen.check_files import accepted, excel_copy, html_page, refuse_to_lose, word_review
from reportgen.confine import LIMITS
from reportgen.generate import Request, generate
from reportgen.problems import CannotWrite, InputError
from reportgen.proof.findings import Finding
from reportgen.proof.proofread import FAMILIES
from reportgen.proof.rules import Rule
from tests.bad_files import BAD_FILES, LETTERS, locked, pdf, text
from tests.bad_ledgers import BAD_LEDGERS
from tests.projects import CONFIG, ROOT, SAMPLE, goal, ledger, project, task, workbook
from tests.samples import made
from tests.word_returns import BAD_RETURNS as BAD_WORD_RETURNS
from tests.word_returns import KIT as ODD_WORD_RETURNS

LEDGER = ROOT / "samples" / "qingping-2026h1" / "台账.xlsx"
WRONG_RATE = "已完成施工144天，占全年330天的43.2%。"


GOALS = [
    goal(),
    goal("进出口总额增长5%", 进展情况="1—6月，进出口总额增长2%。", 评价="不达预期", 报告用语="进出口总额增长2%"),
]
TASKS = [
    task(),
    task(
        "新建公园2座",
        任务进展情况="用地没有落实，均未开工。",
        推进情况="推进较为滞后",
        报告用语="新建公园2座。均未开工。",
    ),
]


def right() -> object:
    """A ledger in which nothing is wrong."""
    return ledger(GOALS, TASKS)


def wrong() -> object:
    """A ledger in which one rate is not that of its own numbers."""
    return ledger(GOALS, [*TASKS, task("改造老旧小区5个", 任务进展情况=WRONG_RATE)])


def told(checked: Proofed) -> list[tuple[str, str]]:
    assert [str(problem) for problem in checked.problems] == []
    return [(finding.rule.value, finding.marks[0].quote) for finding in checked.findings]


# ---- what is checked


def test_the_clean_sample_has_no_finding_as_configuration_and_as_ledger() -> None:
    assert told(check_file(SAMPLE)) == []
    assert told(check_file(LEDGER, SAMPLE)) == []


def test_the_clean_sample_has_no_finding_as_word_file_and_as_pdf(tmp_path: Path) -> None:
    for suffix in (".docx", ".pdf"):
        path = tmp_path / f"报告{suffix}"
        path.write_bytes(made()[suffix])
        checked = check_file(path, SAMPLE)
        assert told(checked) == []
        assert (checked.kind, checked.period) == (Kind(suffix[1:]), "2026年1—6月")


def test_what_is_wrong_in_the_ledger_is_told_once_and_at_its_cell(tmp_path: Path) -> None:
    checked = check_file(project(tmp_path, wrong()))
    assert told(checked) == [("arithmetic.rate", "43.2%")]
    assert checked.kind is Kind.CONFIG
    assert checked.findings[0].marks[0].text.spot.words == "「重点任务」第3项「进展情况」（第41行）"
    assert len(checked.manuscripts) == 2


def of_rule(config: Path, rule: Rule) -> list[Finding]:
    """The findings of one rule; the small ledger of the tests has slips of its own."""
    return [each for each in check_file(config).findings if each.rule is rule]


def test_a_slip_in_the_wording_for_the_body_is_told_once_though_the_body_repeats_it(tmp_path: Path) -> None:
    fallen = {"进展情况": "1—6月，一般公共预算收入下降19%。", "报告用语": "一般公共预算收入增长-19%"}
    config = project(tmp_path, ledger([goal("一般公共预算收入增长5%", 评价="不达预期", **fallen)]))
    (finding,) = of_rule(config, Rule.NEGATIVE_GROWTH)
    assert [mark.text.field for mark in finding.marks] == ["phrase"]


def test_the_same_slip_in_equal_sentences_is_one_finding_with_all_its_places(tmp_path: Path) -> None:
    same = {"任务进展情况": "项目(一期)已经开工，完成投资3亿元。"}
    tasks = [task("建成甲学校", **same), task("建成乙医院", **same)]
    (finding,) = of_rule(project(tmp_path, ledger(tasks=tasks)), Rule.MARK_HALF_WIDTH)
    assert len(finding.marks) == 2
    (tmp_path / "one").mkdir()
    (alone,) = of_rule(project(tmp_path / "one", ledger(tasks=tasks[:1])), Rule.MARK_HALF_WIDTH)
    assert alone.key == finding.key  # a reason holds whether the slip was copied or not


def test_what_the_template_adds_is_told_at_its_line(tmp_path: Path) -> None:
    template = (ROOT / "templates" / "half-year-report.yaml").read_text(encoding="utf-8")
    (tmp_path / "own.yaml").write_text(template.replace('"{{ report_title', '"（{{ report_title'), encoding="utf-8")
    checked = check_file(project(tmp_path, right(), CONFIG.replace("half-year-report", "own.yaml")))
    assert [rule for rule, _ in told(checked)] == ["mark.unpaired"]
    assert str(checked.findings[0].marks[0].text.spot.where).startswith("own.yaml:")


@pytest.mark.parametrize("suffix", [".docx", ".pdf"])
def test_a_finished_file_is_checked_though_we_know_nothing_of_its_ledger(tmp_path: Path, suffix: str) -> None:
    made = generate(Request(project(tmp_path, wrong()), (suffix[1:],))).files[f"报告{suffix}"]
    (tmp_path / f"印发{suffix}").write_bytes(made)
    checked = check_file(tmp_path / f"印发{suffix}")
    assert told(checked) == [("arithmetic.rate", "43.2%")]
    spot = checked.findings[0].marks[0].text.spot
    assert spot.words == "附件3第2行「任务进展情况」"
    assert (spot.page is None) is (suffix == ".docx")


def test_a_bare_ledger_is_checked_in_every_form(tmp_path: Path) -> None:
    path = project(tmp_path, wrong())
    assert told(check_file(tmp_path / "台账.yaml")) == [("arithmetic.rate", "43.2%")]
    assert told(check_file(workbook(tmp_path / "台账.xlsx", wrong()))) == [("arithmetic.rate", "43.2%")]
    rows = [["工作任务", "责任单位", "进展情况"], ["改造小区", "区民政局", WRONG_RATE]]
    with (tmp_path / "重点任务.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    checked = check_file(tmp_path / "重点任务.csv", path)
    assert told(checked) == [("arithmetic.rate", "43.2%")]
    assert (checked.kind, checked.period) == (Kind.LEDGER, "2026年1—6月")


# ---- the rules


def test_every_family_of_rules_is_asked() -> None:
    folder = ROOT / "reportgen" / "proof" / "families"
    names = {path.stem for path in folder.glob("*.py") if "def examine(" in path.read_text("utf-8")}
    assert {family.__module__.rpartition(".")[2] for family in FAMILIES} | {"judgements"} == names


def test_every_rule_is_set_in_the_standard_file() -> None:
    assert set(read_basis().settings.rules) == set(Rule)


def test_rules_are_switched_and_tuned_beside_the_configuration(tmp_path: Path) -> None:
    path = project(tmp_path, wrong(), CONFIG + "checking: 规则.yaml\n")
    rules = tmp_path / "规则.yaml"
    for said, found in (
        ("arithmetic.rate: {level: 不查}", []),
        ("arithmetic.rate: {level: 警告}", ["警告"]),
        ("arithmetic.rate: {ignore: [占全年330天]}", []),
        ("arithmetic.rate: {within: 5}", []),
    ):
        rules.write_text(f"version: 1\nextends: standard\nrules:\n  {said}\n", encoding="utf-8")
        assert [finding.level.value for finding in check_file(path).findings] == found, said
    assert told(check_file(path, checking="standard")) == [("arithmetic.rate", "43.2%")]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("arithmetic.rate: {level: 严重}", "config.bad-value"),
        ("arithmetic.rat: {level: 警告}", "config.unknown-key"),
        ("arithmetic.rate: {levle: 警告}", "config.unknown-key"),
        ("arithmetic.rate: {within: 近}", "config.wrong-type"),
        ("arithmetic.rate: {within: .nan}", "config.wrong-type"),
        ("arithmetic.rate: {within: .inf}", "config.wrong-type"),
        ("arithmetic.rate: {within: -1}", "config.bad-value"),
        ("period.outside: {within: 100000000000000000}", "config.bad-value"),
        ("task.repeated: {letters: -1}", "config.bad-value"),
        ('arithmetic.rate: {words: [""]}', "config.bad-value"),
        ('arithmetic.rate: {ignore: [" "]}', "config.bad-value"),
        ('arithmetic.rate: {name: ""}', "config.bad-value"),
        ("arithmetic.rate: {words: 率}", "config.wrong-type"),
    ],
)
def test_a_rule_file_with_an_error_is_refused_at_its_line(tmp_path: Path, said: str, code: str) -> None:
    path = project(tmp_path, config=CONFIG + "checking: 规则.yaml\n")
    (tmp_path / "规则.yaml").write_text(f"version: 1\nextends: standard\nrules:\n  {said}\n", encoding="utf-8")
    checked = check_file(path)
    assert checked.kind is None
    problem = checked.problems[0]
    assert problem.where is not None
    assert (problem.code, problem.where.file, problem.where.line) == (code, "规则.yaml", 4)


def test_a_configuration_with_faults_is_told_as_build_tells_it(tmp_path: Path) -> None:
    path = project(tmp_path, ledger(tasks=[task(责任单位="")]), CONFIG.replace("year: 2026", "year: 二〇二六"))
    with pytest.raises(InputError) as fault:
        generate(Request(path))
    checked = check_file(path)
    assert checked.kind is None
    assert checked.problems == fault.value.problems


# ---- what cannot be read


@pytest.mark.parametrize(
    ("name", "blob", "code"),
    [
        ("空.xlsx", b"", "file.wrong-kind"),
        ("图.docx", b"\x89PNG\r\n\x1a\n" + bytes(40), "file.wrong-kind"),
        ("旧.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "file.wrong-kind"),
        ("锁.pdf", locked("secret"), "file.encrypted"),
        ("残.pdf", pdf(text(LETTERS))[:300], "file.damaged"),
        ("扫描.pdf", pdf("q 595 0 0 842 0 0 cm /I Do Q"), "file.scanned"),
        ("压缩.xlsx", b"PK\x03\x04" + bytes(50), "file.damaged"),
    ],
)
def test_what_cannot_be_checked_is_refused_in_words(tmp_path: Path, name: str, blob: bytes, code: str) -> None:
    (tmp_path / name).write_bytes(blob)
    checked = check_file(tmp_path / name)
    assert (checked.kind, checked.passes()) == (None, False)
    assert [problem.code for problem in checked.problems] == [code]


@pytest.mark.campaign
def test_no_file_of_the_kits_is_more_than_the_check_can_tell_in_words(tmp_path: Path) -> None:
    basis = read_basis(SAMPLE)
    kinds = set()
    for kit in (BAD_FILES, BAD_LEDGERS, BAD_WORD_RETURNS, ODD_WORD_RETURNS):
        for each in kit:
            try:
                blob = each.make()
            except InputError:  # a kit of ledgers holds bad words, too
                continue
            if isinstance(blob, bytes):
                path = tmp_path / Path(each.name).name
                path.write_bytes(blob)
                with suppress(InputError):
                    kinds.add(at_once(path, path.name, basis, LIMITS).kind)
    assert kinds == {Kind.LEDGER, Kind.DOCX}  # the PDFs of the kit are all refused


def test_missing_files_and_folders_are_refused(tmp_path: Path) -> None:
    assert [problem.code for problem in check_file(tmp_path / "无.docx").problems] == ["file.not-found"]
    assert [problem.code for problem in check_file(tmp_path).problems] == ["file.is-folder"]


# ---- accepted findings


def test_an_accepted_finding_stays_accepted_in_the_ledger(tmp_path: Path) -> None:
    workbook(tmp_path / "台账.xlsx", wrong())
    path = project(tmp_path, config=CONFIG.replace("台账.yaml", "台账.xlsx"))
    first = check_file(path)
    key = first.findings[0].key
    now = accepted(first, {key: "口径不同"})
    assert (now.findings, [each.key for each in now.accepted], now.reasons) == ((), [key], {key: "口径不同"})
    again = check_file(path)
    assert (told(again), again.reasons) == ([], {key: "口径不同"})
    assert again.passes(strict=True)
    sheets = openpyxl.load_workbook(tmp_path / "台账.xlsx").sheetnames
    assert sheets == ["预期目标", "重点任务", "校核意见"]
    generate(Request(path, ("docx",), strict=True))


def test_an_accepted_finding_of_another_file_is_kept_beside_it(tmp_path: Path) -> None:
    project(tmp_path, wrong())
    path = tmp_path / "台账.yaml"
    before = path.read_bytes()
    first = check_file(path)
    accepted(first, {first.findings[0].key: "口径不同"})
    assert path.read_bytes() == before
    rows = (tmp_path / "台账.yaml.校核意见.csv").read_text(encoding="utf-8-sig").splitlines()
    assert rows[-1].split(",")[0] == first.findings[0].key
    assert told(check_file(path)) == []


def test_what_is_changed_after_it_was_accepted_is_told_again(tmp_path: Path) -> None:
    project(tmp_path, wrong())
    path = tmp_path / "台账.yaml"
    first = check_file(path)
    accepted(first, {first.findings[0].key: "口径不同"})
    path.write_text(path.read_text(encoding="utf-8").replace("43.2%", "43.1%"), encoding="utf-8")
    again = check_file(path)
    assert [finding.marks[0].quote for finding in again.findings] == ["43.1%"]


def test_a_number_that_no_finding_has_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    project(tmp_path, wrong())
    with pytest.raises(InputError) as fault:
        accepted(check_file(tmp_path / "台账.yaml"), {"a1234567": "口径不同"})
    assert [problem.code for problem in fault.value.problems] == ["check.unknown-key"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["台账.yaml", "报告.yaml"]


def test_a_ledger_that_somebody_saves_meanwhile_is_not_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workbook(tmp_path / "台账.xlsx", wrong())
    first = check_file(path)
    newer = workbook(tmp_path / "新.xlsx", right()).read_bytes()

    def meanwhile(place: Path, name: str) -> None:
        place.write_bytes(newer)

    monkeypatch.setattr("reportgen.publish.refuse_open", meanwhile)
    with pytest.raises(CannotWrite) as fault:
        accepted(first, {first.findings[0].key: "口径不同"})
    assert [problem.code for problem in fault.value.problems] == ["check.changed"]
    assert path.read_bytes() == newer


# ---- the files that it writes


def test_the_excel_copy_has_comments_and_can_be_gone_on_with(tmp_path: Path) -> None:
    checked = check_file(workbook(tmp_path / "台账.xlsx", wrong()))
    copy = tmp_path / "副本.xlsx"
    copy.write_bytes(excel_copy(checked).value)
    book = openpyxl.load_workbook(copy)
    cells = [(sheet.title, cell) for sheet in book for row in sheet.iter_rows() for cell in row if cell.comment]
    assert [(title, cell.value) for title, cell in cells] == [("重点任务", WRONG_RATE)]
    assert checked.findings[0].key in str(cells[0][1].comment)
    assert told(check_file(copy)) == [("arithmetic.rate", "43.2%")]


def test_an_excel_copy_in_which_somebody_wrote_reasons_is_not_written_over(tmp_path: Path) -> None:
    checked = check_file(workbook(tmp_path / "台账.xlsx", wrong()))
    copy = tmp_path / "副本.xlsx"
    copy.write_bytes(excel_copy(checked).value)
    refuse_to_lose(copy, checked)
    accepted(check_file(copy), {checked.findings[0].key: "口径不同"})
    with pytest.raises(CannotWrite) as fault:
        refuse_to_lose(copy, checked)
    assert [problem.code for problem in fault.value.problems] == ["check.has-reasons"]


def test_a_copy_that_cannot_be_read_may_hold_reasons_and_is_not_written_over(tmp_path: Path) -> None:
    checked = check_file(workbook(tmp_path / "台账.xlsx", wrong()))
    (tmp_path / "副本.xlsx").write_bytes(excel_copy(checked).value[:2000])
    with pytest.raises(CannotWrite) as fault:
        refuse_to_lose(tmp_path / "副本.xlsx", checked)
    assert [problem.code for problem in fault.value.problems] == ["check.unread-copy"]


def test_a_ledger_that_is_no_workbook_gets_one_as_its_copy(tmp_path: Path) -> None:
    checked = check_file(project(tmp_path, wrong()))
    (tmp_path / "副本.xlsx").write_bytes(excel_copy(checked).value)
    book = openpyxl.load_workbook(tmp_path / "副本.xlsx")
    comments = [cell.value for row in book["重点任务"].iter_rows() for cell in row if cell.comment]
    assert comments == [WRONG_RATE]


@pytest.mark.parametrize("name", ["报告.yaml", "印发.docx"])
def test_the_review_copy_has_a_comment_at_the_words(tmp_path: Path, name: str) -> None:
    made = generate(Request(project(tmp_path, wrong()), ("docx",))).files["报告.docx"]
    (tmp_path / "印发.docx").write_bytes(made)
    checked = check_file(tmp_path / name)
    copy = word_review(checked)
    assert copy.problems == ()
    (tmp_path / "审阅.docx").write_bytes(copy.value)
    again = check_file(tmp_path / "审阅.docx")
    assert again.problems == ()
    assert [finding.key for finding in again.findings] == [finding.key for finding in checked.findings]


def test_the_page_tells_what_was_found_and_where_to_accept_it(tmp_path: Path) -> None:
    checked = check_file(project(tmp_path, wrong()))
    page = html_page(checked).decode()
    assert checked.findings[0].key in page
    assert "旁边的「台账.yaml.校核意见.csv」（还没有的，用下面的命令认可一条，就有了）里" in page
    book = check_file(workbook(tmp_path / "台账.xlsx", wrong()))
    assert "台账的「校核意见」表（还没有的，查的时候加 --excel，另存一份带这张表的台账）里" in html_page(book).decode()


def test_what_reading_a_ledger_warns_of_is_told_once_by_the_rule_and_not_at_all_where_it_is_off(tmp_path: Path) -> None:
    tasks = [
        task("改造老旧小区五个", 任务进展情况="近期无进展"),
        task("新建社区食堂八处", 任务进展情况=""),
        task("治理城市内涝点十处", 责任单位="区物流办", 任务进展情况="已治理三处。"),
        task("治理城市内涝点十处", 责任单位="区物流办", 任务进展情况="已治理三处。"),
    ]
    (tmp_path / "名录.yaml").write_text("version: 1\nunits:\n  - {name: 区民政局, kind: 部门}\n", encoding="utf-8")
    config = CONFIG + "units: 名录.yaml\n"
    path = project(tmp_path, ledger([goal(责任单位="区民政局")], tasks), config)
    rules = {"progress.meaningless", "progress.empty", "unit.unknown", "task.repeated"}
    for checked in (check_file(path), check_file(tmp_path / "台账.yaml", path)):
        assert rules <= {rule for rule, _ in told(checked)}
        assert checked.problems == ()
    off = "".join(f"  {rule}: {{level: 不查}}\n" for rule in sorted(rules))
    (tmp_path / "我们的.yaml").write_text(f"version: 1\nextends: standard\nrules:\n{off}", encoding="utf-8")
    checked = check_file(path, checking=str(tmp_path / "我们的.yaml"))
    assert not rules & {rule for rule, _ in told(checked)}
    assert checked.problems == ()


def test_a_review_copy_is_checked_like_the_file_it_was_made_of_and_other_comments_are_told(tmp_path: Path) -> None:
    path = project(tmp_path, wrong())
    (tmp_path / "审阅.docx").write_bytes(word_review(check_file(path)).value)
    checked = check_file(tmp_path / "审阅.docx")
    assert told(checked) == [("arithmetic.rate", "43.2%")]
    paper = docx.Document(str(tmp_path / "审阅.docx"))
    paper.add_comment(paper.paragraphs[0].runs, text="【错误】这里我看过了", author="张某")
    paper.add_comment(paper.paragraphs[0].runs, text="另外还有一处", author="校核")
    paper.save(str(tmp_path / "看过.docx"))
    (problem,) = check_file(tmp_path / "看过.docx").problems
    assert (problem.code, "看过了" in problem.what, "另外还有" in problem.what) == ("word.comment", True, True)


def test_the_list_in_the_excel_copy_and_the_comments_tell_the_other_place(tmp_path: Path) -> None:
    goals = [goal(报告用语="固定资产投资增长7.3%")]
    path = workbook(tmp_path / "台账.xlsx", ledger(goals, [task(任务进展情况="")]))
    book = openpyxl.load_workbook(BytesIO(excel_copy(check_file(path)).value))
    listed = {row[2]: row for row in book["校核意见"].iter_rows(values_only=True)}
    assert str(listed["同一指标两个数值"][5]).splitlines()[1] == "对照：「预期目标」E2「进展情况」"
    goals_sheet, tasks_sheet = book["预期目标"], book["重点任务"]
    cells = {cell.value: cell.comment for row in goals_sheet.iter_rows() for cell in row if cell.comment}
    assert "对照：「预期目标」E2「进展情况」「7.1%」" in cells["固定资产投资增长7.3%"].text
    # The task beside an empty progress has nothing to be mended.
    assert [cell.value for row in tasks_sheet.iter_rows() for cell in row if cell.comment] == [None]
