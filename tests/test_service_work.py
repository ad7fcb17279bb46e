"""What a worker makes of an order (任务的做法): the command line's bytes, faults as results, nothing from outside."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from PIL import Image

from reportgen import confine
from reportgen.comparison.pages.page_pictures import quick_png
from reportgen.ledger.ids import with_ids
from reportgen.ledger.reading import Wants, read_ledger
from reportgen.problems import InputError
from reportgen.service.model import JobKind
from tests.orders import UNITS, Desk, blob
from tests.projects import CONFIG, goal, ledger, run, task
from tests.rich_workbooks import changed_parts

IN_ORDER = CONFIG + "units: units/本区.yaml\nreturns: {deadline: 2026-07-05, contact: 督查室 6000-1234}\n"
LEAD = "区民政局"
CAME = datetime(2026, 7, 3, 2, 3, 4, tzinfo=UTC)
PAIR = [task(配合单位="区财政局"), task("改造老旧小区5个", 责任单位="区财政局", 配合单位="")]


@pytest.fixture(autouse=True)
def _bounded_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in the process of a job: what is read is read here."""
    monkeypatch.setattr(confine, "_hearers", [lambda name, limits: None])


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    found = Desk(tmp_path)
    found.lay(config=IN_ORDER)
    found.put("units/本区.yaml", UNITS)
    return found


@pytest.fixture
def duties(desk: Desk) -> Desk:
    """With units whose tasks are plain."""
    desk.lay(ledger(goals=[goal()], tasks=PAIR), IN_ORDER)
    return desk


def command(desk: Desk, name: str, *arguments: str | Path) -> Any:
    """What the command says as JSON of the same configuration and ledger."""
    done = run(name, desk.given / "配置.yaml", *arguments, "--json")
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


def instead(desk: Desk) -> tuple[str | Path, ...]:
    return "--ledger", desk.given / "台账" / "台账.xlsx"


# ---- EXAMINE


def test_examining_finds_what_check_and_judge_find(desk: Desk) -> None:
    rows = [task(任务进展情况="已建成2个，，第三个正在装修。"), task("新建公园2座", 任务进展情况="未开工。")]
    desk.lay(ledger(tasks=rows), IN_ORDER)
    found = desk.do(JobKind.EXAMINE).result
    checked = command(desk, "check", *instead(desk))
    judged = command(desk, "judge", *instead(desk))
    assert found["findings"] == checked["findings"] != []
    assert found["not_checked"] == checked["not_checked"]
    assert found["judged"]["verdicts"] == judged["verdicts"]
    assert [each["text"] for each in found["judged"]["verdicts"]] == [each["text"] for each in found["entries"]]
    assert {json.dumps(each) for each in found["problems"]} == {
        json.dumps(each) for each in (*checked["problems"], *judged["problems"])
    }
    assert found["counts"]["judgements"] == {"符合预期": 1, "不达预期": 1, "正常推进": 2}
    (twice,) = [each for each in found["findings"] if "，，" in each["places"][0]["quote"]]
    (row,) = [each for each in found["entries"] if twice["key"] in each["findings"]]
    assert row["cells"]["progress"] == twice["places"][0]["where"]


def test_faults_of_configuration_and_ledger_come_together_and_are_a_result(desk: Desk) -> None:
    desk.lay(ledger(tasks=[task(推进情况="差不多")]), IN_ORDER + "adressee: 区政府\n")
    done = desk.do(JobKind.EXAMINE)
    assert not done.result["ready"]
    places = {each["code"]: each["where"] for each in done.result["problems"] if each["severity"] == "error"}
    assert places["config.unknown-key"]["line"] == IN_ORDER.count("\n") + 1
    assert places["ledger.unknown-status"]["cell"]
    assert places["ledger.unknown-status"]["file"] == "台账.xlsx"
    assert len(done.result["problems"]) == len({json.dumps(each) for each in done.result["problems"]})


def test_a_ledger_without_judgements_is_seen_at_a_glance_by_the_rules(desk: Desk) -> None:
    desk.lay(ledger(tasks=[task(推进情况="")]), IN_ORDER)
    found = desk.do(JobKind.EXAMINE).result
    assert (found["ready"], found["counts"]["judgements"][""]) == (False, 1)
    assert found["overview"]["counts"]["tasks"] == 1


def test_what_only_the_rules_of_judging_lack_keeps_nobody_from_making_the_report(desk: Desk) -> None:
    desk.lay(config=IN_ORDER.replace("period: 1—6月", "period: 两会以来"))
    found = desk.do(JobKind.EXAMINE).result
    assert "judge.no-period" in [each["code"] for each in found["problems"]]
    assert (found["ready"], found["judged"], found["overview"]) == (True, None, None)
    assert len(found["entries"]) == 5
    assert desk.do(JobKind.BUILD, formats=["docx"]).result["docx"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", "不是台账".encode(), b"\xd0\xcf\x11\xe0" + b"x" * 600])
def test_what_is_no_ledger_is_told_and_does_not_fail(desk: Desk, content: bytes) -> None:
    desk.put("台账/台账.xlsx", content)
    found = desk.do(JobKind.EXAMINE).result
    assert not found["ready"]
    assert found["problems"]
    assert found["entries"] == []


def test_an_accepted_finding_is_accepted_and_one_that_is_gone_is_told(desk: Desk) -> None:
    desk.lay(ledger(tasks=[task(任务进展情况="已建成2个，，第三个正在装修。")]), IN_ORDER)
    (first, *others) = desk.do(JobKind.EXAMINE).result["findings"]
    reasons = {first["key"]: "口径不同，已核对", "k123456789": "改过了"}
    found = desk.do(JobKind.EXAMINE, accepted=reasons).result
    assert found["accepted"] == [{**first, "reason": "口径不同，已核对"}]
    assert found["findings"] == others
    assert found["gone"] == ["k123456789"]


def test_what_changed_since_the_former_ledger_is_told_whatever_the_template_asks_for(desk: Desk) -> None:
    assert desk.do(JobKind.EXAMINE).result["changes"] is None
    former = desk.lay(ledger(tasks=[task(推进情况="推进较为滞后")])).read_bytes()
    desk.lay(ledger(tasks=[task()]), IN_ORDER + "previous_ledger: 上期/台账.xlsx\nprevious_period: 1—3月\n")
    desk.put("上期/台账.xlsx", former)
    found = desk.do(JobKind.EXAMINE).result
    assert found["changes"]["counts"]["recovered"] == 1
    assert found["changes"]["old"] == {"file": "上期/台账.xlsx", "period": "2026年1—3月"}
    assert found["ready"]


# ---- BUILD, SETS


def test_a_built_report_is_the_command_lines_byte_for_byte_with_pictures_of_its_pages(desk: Desk) -> None:
    done = desk.do(JobKind.BUILD)
    out = desk.folder / "out"
    command(desk, "build", *instead(desk), "--out", out)
    assert {name: blob(done, name) for name in done.result["files"]} == {
        path.name: path.read_bytes() for path in out.iterdir()
    }
    assert done.result["docx"] == "配置.docx"
    assert len(done.result["pictures"]) == done.result["pages"] > 1
    with Image.open(done.files["pages/001.png"]) as picture:
        assert picture.size == (893, 1263)  # A4 at 108 dots to the inch
        darkest, lightest = picture.convert("L").getextrema()
        assert (darkest, lightest) == (0, 255)
    annexes = [each for each in done.result["contents"] if each["level"] == 0][1:]
    assert [each["page"] for each in annexes] == sorted(each["page"] for each in annexes)
    assert done.result["inputs"]["template"][0]["file"] == "templates/half-year-report.yaml"
    again = desk.do(JobKind.BUILD, pictures=1)
    assert again.result == {**done.result, "pictures": ["pages/001.png"]}
    assert blob(again, "pages/001.png") == blob(done, "pages/001.png")


def test_the_picture_of_a_coloured_page_keeps_its_colours_and_of_a_grey_one_its_greys() -> None:
    red, black = (200, 16, 16), (0, 0, 0)
    for ink in (red, black):
        page = Image.new("RGB", (90, 120), "white")
        page.paste(ink, (10, 10, 80, 20))
        with Image.open(BytesIO(quick_png(page))) as seen:
            drawn = seen.convert("RGB")
        dots = [drawn.crop((40, at, 41, at + 1)).tobytes() for at in (15, 60)]
        assert max(abs(one - other) for one, other in zip(dots[0], ink, strict=True)) <= 8
        assert tuple(dots[1]) == (255, 255, 255)


def test_a_report_is_held_against_its_own_style_when_asked(desk: Desk) -> None:
    done = desk.do(JobKind.BUILD, formats=["docx"], lint=True)
    assert done.result["pdf"] is None
    assert done.result["lint"]["配置.docx"]["ok"]
    assert done.result["lint"]["配置.docx"]["rules"] > 10


def test_faults_fail_a_report_with_all_that_is_wrong(desk: Desk) -> None:
    desk.lay(ledger(tasks=[task(推进情况="差不多")]), IN_ORDER + "adressee: 区政府\n")
    with pytest.raises(InputError) as fault:
        desk.do(JobKind.BUILD)
    assert {"config.unknown-key", "ledger.unknown-status"} <= {each.code for each in fault.value.problems}


def test_the_sets_are_the_command_lines_byte_for_byte(duties: Desk) -> None:
    done = duties.do(JobKind.SETS, formats=["docx"])
    out = duties.folder / "out"
    command(duties, "units", *instead(duties), "--out", out, "--zip", "--keep-going", "--format", "docx")
    made = {path.name: path.read_bytes() for path in out.iterdir() if not path.name.startswith(".")}
    assert {name: blob(done, name) for name in done.files} == made
    assert sorted(ZipFile(BytesIO(blob(done, done.result["archive"]))).namelist()) == sorted(
        name for name in made if not name.endswith(".zip")
    )
    assert {each["unit"]: each["state"] for each in done.result["units"]}[LEAD] == "已生成"


# ---- FORMS, RECEIVE, COLLECT


def tasks(desk: Desk, unit: str = LEAD) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = desk.do(JobKind.FORMS).result["tasks"][unit]
    return found


def answers(desk: Desk, unit: str = LEAD, **said: str) -> list[dict[str, str]]:
    """An answer to everything that the unit is asked."""
    words = {"progress": "三个都已建成，累计投入120万元。", "judgement": "正常推进", "phrase": "", **said}
    return [
        {"sheet": each["sheet"], "id": each["id"], **{asked["field"]: words[asked["field"]] for asked in each["asks"]}}
        for each in tasks(desk, unit)
    ]


def test_the_forms_are_the_command_lines_and_each_units_tasks_are_as_its_form_has_them(duties: Desk) -> None:
    done = duties.do(JobKind.FORMS)
    out = duties.folder / "out"
    command(duties, "forms", *instead(duties), "--out", out)
    made = {path.name: path.read_bytes() for path in out.iterdir()}
    assert {name: blob(done, name) for name in done.files if name != done.result["archive"]} == made
    assert sorted(ZipFile(BytesIO(blob(done, done.result["archive"]))).namelist()) == sorted(made)
    assert (done.result["deadline"], done.result["contact"]) == ("2026-07-05", "督查室 6000-1234")
    assert {each["unit"]: (each["leads"], each["supports"]) for each in done.result["forms"]} == {
        "区发展改革委": (1, 0),
        "区民政局": (1, 0),
        "区财政局": (1, 1),
    }
    led, supported = done.result["tasks"]["区财政局"]
    assert (led["text"], led["duty"], supported["text"], supported["duty"]) == (
        "改造老旧小区5个",
        "牵头",
        "建成社区食堂3个",
        "配合",
    )
    assert [each["field"] for each in led["asks"]] == ["progress", "judgement"]
    assert led["asks"][1]["choices"] == ["正常推进", "推进较为滞后"]
    assert [each["field"] for each in supported["asks"]] == ["progress"]
    assert supported["last_progress"].startswith("已建成2个")


def test_what_is_typed_in_becomes_the_units_own_form_and_is_read_back(duties: Desk) -> None:
    said = answers(duties, progress="=1+1 建成3个，\n投入120万元。")
    done = duties.do(JobKind.RECEIVE, unit=LEAD, values=said)
    assert done.result["findings"] == []
    assert (done.result["wrong"], done.result["readable"]) == (False, True)
    assert {(each["id"], each["field"], each["text"]) for each in done.result["answers"]} == {
        (said[0]["id"], "progress", "=1+1 建成3个，\n投入120万元。"),
        (said[0]["id"], "judgement", "正常推进"),
    }
    assert done.result["counts"] == {"leads": 1, "answered": 1, "supports": 0, "rows": 1}
    form = blob(done, done.result["form"])
    duties.put("反馈/x/我的反馈.xlsx", form)
    sent = duties.do(JobKind.RECEIVE, unit=LEAD, returns=[{"file": "反馈/x/我的反馈.xlsx"}])
    assert [each["text"] for each in sent.result["answers"]] == [each["text"] for each in done.result["answers"]]
    assert sent.result["form"] is None
    nameless = duties.do(JobKind.RECEIVE, unit="", returns=[{"file": "反馈/x/我的反馈.xlsx"}])
    assert (nameless.result["unit"], nameless.result["wrong"]) == (LEAD, False)


def test_what_a_unit_has_left_out_is_told_by_task_and_field(duties: Desk) -> None:
    said = answers(duties, "区财政局", judgement="")
    said[1]["progress"] = ""
    found = duties.do(JobKind.RECEIVE, unit="区财政局", values=said).result
    assert found["wrong"]
    (gap,) = found["findings"]
    assert (gap["id"], gap["field"], gap["title"]) == (said[0]["id"], "judgement", "没有点选推进情况")
    nothing = [{**each, "progress": "", "judgement": ""} for each in said[:1]]
    titles = [each["title"] for each in duties.do(JobKind.RECEIVE, unit="区财政局", values=nothing).result["findings"]]
    assert "交了表、没有内容的单位" in titles


def test_what_is_no_task_of_the_unit_or_too_long_is_refused(duties: Desk) -> None:
    (other,) = [each for each in answers(duties, "区财政局") if each["id"] not in {t["id"] for t in tasks(duties)}]
    own = answers(duties, progress="长" * 40_000)
    with pytest.raises(InputError) as fault:
        duties.do(JobKind.RECEIVE, unit=LEAD, values=[other, *own])
    assert [each.code for each in fault.value.problems] == ["service.no-task", "service.long-answer"]
    duties.put("units/本区.yaml", UNITS + "  - {name: 区审计局, kind: 部门}\n")
    with pytest.raises(InputError) as fault:
        duties.do(JobKind.RECEIVE, unit="区审计局", values=[])
    assert [each.code for each in fault.value.problems] == ["service.no-tasks"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", "随便写的".encode(), b"%PDF-1.7 broken"])
def test_a_return_that_cannot_be_read_is_told_and_does_not_fail(duties: Desk, content: bytes) -> None:
    duties.put("反馈/x/表.xlsx", content)
    found = duties.do(JobKind.RECEIVE, unit=LEAD, returns=[{"file": "反馈/x/表.xlsx"}]).result
    assert found["wrong"]
    assert found["findings"][0]["advice"]


def test_the_return_of_another_unit_and_a_collected_ledger_are_told(duties: Desk) -> None:
    other = duties.do(JobKind.RECEIVE, unit="区财政局", values=answers(duties, "区财政局"))
    duties.put("反馈/x/表.xlsx", blob(other, other.result["form"]))
    found = duties.do(JobKind.RECEIVE, unit=LEAD, returns=[{"file": "反馈/x/表.xlsx"}]).result
    assert found["wrong"]
    assert found["findings"][0]["title"] == "不是本单位的反馈"
    collected = collect(duties, {LEAD: blob(duties.do(JobKind.RECEIVE, unit=LEAD, values=answers(duties)), form(LEAD))})
    duties.put("反馈/x/表.xlsx", blob(collected, "台账.xlsx"))
    with pytest.raises(InputError, match="汇总好的台账"):
        duties.do(JobKind.RECEIVE, unit=LEAD, returns=[{"file": "反馈/x/表.xlsx"}])


def form(unit: str) -> str:
    number = {"区发展改革委": 1, "区民政局": 2, "区财政局": 3}[unit]
    return f"{number:02d}_{unit}_反馈表.xlsx"


def collect(desk: Desk, sent: dict[str, bytes]) -> Any:
    returns = []
    for unit, content in sent.items():
        desk.put(f"反馈/{unit}/表.xlsx", content)
        returns.append({"file": f"反馈/{unit}/表.xlsx", "at": CAME.isoformat()})
    return desk.do(JobKind.COLLECT, returns=returns, on="2026-07-10")


def test_the_collected_ledger_is_the_command_lines_and_a_second_collection_goes_on(duties: Desk) -> None:
    sent = {
        unit: blob(duties.do(JobKind.RECEIVE, unit=unit, values=answers(duties, unit)), form(unit))
        for unit in (LEAD, "区财政局")
    }
    done = collect(duties, sent)
    into = duties.folder / "汇总" / "台账.xlsx"
    into.parent.mkdir()
    for unit in sent:
        place = duties.given / "反馈" / unit / "表.xlsx"
        os.utime(place, (CAME.timestamp(), CAME.timestamp()))  # as old as the order says
    plain = duties.put("配置.yaml", IN_ORDER.replace("台账.yaml", "台账.xlsx"))
    duties.put("台账.xlsx", (duties.given / "台账" / "台账.xlsx").read_bytes())
    told = json.loads(
        run("collect", plain, duties.given / "反馈", "--into", into, "--on", "2026-07-10", "--json").stdout
    )
    assert blob(done, "台账.xlsx") == into.read_bytes()
    assert done.result["units"] == told["units"]
    assert done.result["counts"] == told["counts"]
    assert {each["unit"]: each["state"] for each in done.result["units"]} == {
        "区发展改革委": "overdue",
        "区民政局": "returned",
        "区财政局": "returned",
    }
    assert "汇总报告" in blob(done, "汇总报告.html").decode()

    duties.put("台账/台账.xlsx", blob(done, "台账.xlsx"))
    same = collect(duties, sent)
    assert (same.result["changed"], same.result["ledger"], list(same.files)) == (False, None, ["汇总报告.html"])
    values = [{**each, "judgement": "符合预期"} for each in answers(duties, "区发展改革委")]
    more = blob(duties.do(JobKind.RECEIVE, unit="区发展改革委", values=values), form("区发展改革委"))
    after = collect(duties, {"区发展改革委": more})
    assert after.result["counts"]["returned"] == 3  # what came before is kept


# ---- OVERRIDE, COMPARE


def ids(path: Path) -> list[str]:
    return [each.id for each in with_ids(read_ledger(path.read_bytes(), path.name, Wants()).value)]


def test_an_override_changes_one_cell_and_nothing_else(desk: Desk) -> None:
    path = desk.given / "台账" / "台账.xlsx"
    wanted = {"sheet": "重点任务", "id": ids(path)[3], "judgement": "推进较为滞后", "reason": "现场督查发现停工"}
    done = desk.do(JobKind.OVERRIDE, overrides=[wanted])
    (told,) = done.result["overrides"]
    assert told["was"] == "正常推进"
    assert told["text"] == "改造老旧小区5个"
    assert told["reason"] == "现场督查发现停工"
    assert told["where"]["cell"]
    new = blob(done, "台账.xlsx")
    assert len([name for name in changed_parts(path.read_bytes(), new) if "worksheets" in name]) == 1
    before, after = (list(read_ledger(each, "台账.xlsx", Wants()).value) for each in (path.read_bytes(), new))
    assert [at for at, both in enumerate(zip(before, after, strict=True)) if both[0] != both[1]] == [3]
    assert after[3].judgement == "推进较为滞后"


def test_an_override_of_a_ledger_without_cells_gives_a_workbook(desk: Desk) -> None:
    text = json.dumps(ledger(), ensure_ascii=False)
    path = desk.put("台账/台账.json", text)
    wanted = {"sheet": "预期目标", "id": ids(path)[0], "judgement": "不达预期", "reason": "统计口径有变"}
    done = desk.do(JobKind.OVERRIDE, ledgers=["台账/台账.json"], overrides=[wanted])
    after = list(read_ledger(blob(done, "台账.xlsx"), "台账.xlsx", Wants()).value)
    assert [each.judgement for each in after[:2]] == ["不达预期", "不达预期"]
    assert done.result["overrides"][0]["was"] == "符合预期"


def test_an_override_of_nothing_or_with_unknown_words_is_refused(desk: Desk) -> None:
    first = ids(desk.given / "台账" / "台账.xlsx")[0]
    wanted = [
        {"sheet": "预期目标", "id": "M-XXXXXX", "judgement": "符合预期", "reason": ""},
        {"sheet": "预期目标", "id": first, "judgement": "很好", "reason": ""},
    ]
    with pytest.raises(InputError) as fault:
        desk.do(JobKind.OVERRIDE, overrides=wanted)
    assert [each.code for each in fault.value.problems] == ["service.no-entry", "service.no-judgement"]


def test_a_cell_joined_over_several_rows_is_not_changed_for_one_of_them(desk: Desk) -> None:
    from openpyxl import load_workbook

    path = desk.given / "台账" / "台账.xlsx"
    book = load_workbook(path)
    sheet = book["重点任务"]
    head = next(row for row in sheet.iter_rows() if any(cell.value == "推进情况" for cell in row))
    column = next(cell.column for cell in head if cell.value == "推进情况")
    row = head[0].row or 0
    sheet.merge_cells(start_row=row + 1, end_row=row + 2, start_column=column, end_column=column)
    book.save(path)
    numbers = ids(path)
    one = {"sheet": "重点任务", "id": numbers[2], "judgement": "推进较为滞后", "reason": "停工"}
    with pytest.raises(InputError) as fault:
        desk.do(JobKind.OVERRIDE, overrides=[one])
    assert [each.code for each in fault.value.problems] == ["service.joined-cell"]
    both = desk.do(JobKind.OVERRIDE, overrides=[one, {**one, "id": numbers[3]}])
    after = list(read_ledger(blob(both, "台账.xlsx"), "台账.xlsx", Wants()).value)
    assert [each.judgement for each in after[2:4]] == ["推进较为滞后"] * 2


def test_two_editions_are_compared_as_the_command_compares_them(desk: Desk) -> None:
    first = desk.do(JobKind.BUILD, formats=["docx"])
    desk.put("原版/报告.docx", blob(first, "配置.docx"))
    desk.lay(ledger(tasks=[task(), task("改造老旧小区6个")]), IN_ORDER)
    desk.put("现版/报告.docx", blob(desk.do(JobKind.BUILD, formats=["docx"]), "配置.docx"))
    done = desk.do(JobKind.COMPARE, first="原版/报告.docx", second="现版/报告.docx")
    sides = [desk.given / side / "报告.docx" for side in ("原版", "现版")]
    told = json.loads(run("compare", *sides, "--json").stdout)
    assert done.result == {**told, "page": "比对.html"}
    assert done.result["counts"]["differences"] > 0
    assert "改造老旧小区6个" in blob(done, "比对.html").decode()


# ---- nothing from outside

OUTSIDE = [
    ("units: ../秘密.yaml", "units"),
    ("style: /etc/reportgen.yaml", "style"),
    ("judging: ..\\秘密.yaml", "judging"),
    ("checking: C:/秘密.yaml", "checking"),
    ("changes: ~/秘密.yaml", "changes"),
    ("previous_ledger: [上期.xlsx, a/../../秘密.xlsx]", "previous_ledger[1]"),
    ("fonts: {body: ../秘密.ttf}", "fonts.body"),
    ("returns: {form: ../秘密.yaml}", "returns.form"),
    ("unit_sets: {template: ../秘密.yaml}", "unit_sets.template"),
    ("style: 本区.yaml", "extends"),
]


@pytest.mark.row("T6", "refused")
@pytest.mark.parametrize(("line", "key"), OUTSIDE, ids=[line for line, _ in OUTSIDE])
def test_a_configuration_names_nothing_outside_of_its_order(tmp_path: Path, line: str, key: str) -> None:
    desk = Desk(tmp_path)
    desk.lay(config=CONFIG + line + "\n")
    desk.put("../秘密.yaml", "version: 1\n秘密: 不该看见\n")
    if key == "extends":
        desk.put("本区.yaml", "version: 1\nextends: ../秘密.yaml\n")
    found = desk.do(JobKind.EXAMINE).result
    (problem,) = found["problems"]
    assert (problem["code"], problem["where"]["key"]) == ("service.outside", key)
    assert problem["where"]["line"] == (2 if key == "extends" else CONFIG.count("\n") + 1)
    assert "不该看见" not in json.dumps(found, ensure_ascii=False)
    for kind in (JobKind.BUILD, JobKind.SETS, JobKind.FORMS, JobKind.OVERRIDE, JobKind.RECEIVE, JobKind.COLLECT):
        options = {"overrides": [], "values": [], "unit": "", "returns": [], "on": "2026-07-10"}
        with pytest.raises(InputError) as fault:
            desk.do(kind, **options)
        assert [each.code for each in fault.value.problems] == ["service.outside"]


def test_a_configuration_calls_no_cluster(desk: Desk) -> None:
    desk.lay(config=IN_ORDER + "engine: dask\nscheduler: tcp://10.0.0.5:8786\n")
    found = desk.do(JobKind.EXAMINE).result
    assert [(each["code"], each["where"]["key"]) for each in found["problems"]] == [
        ("service.no-cluster", "engine"),
        ("service.no-cluster", "scheduler"),
    ]


def test_files_of_the_order_may_be_named_in_folders_and_data_of_the_program_by_name(desk: Desk) -> None:
    desk.put("样式/本区.yaml", "version: 1\nextends: gb9704\n")
    desk.lay(config=IN_ORDER + "style: 样式/本区.yaml\n")
    assert desk.do(JobKind.EXAMINE).result["ready"]
