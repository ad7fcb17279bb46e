"""The staff's way through the service (督查办的六步), walked in a real browser against the real command."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from reportgen.service.model import Period, Role
from reportgen.service.store import blobs, editions, jobs, ledgers, overrides, periods, setting_files
from reportgen.service.store.opening import reading
from tests.browsers import DESK, PHONE, is_too_wide, needs_browser, profile, serious_faults
from tests.projects import ROOT, run
from tests.services import Service

pytestmark = needs_browser
# A busy machine is no fault of the page.
expect.set_options(timeout=30_000)

CONFIG = """\
# 给网页试用的一份配置
version: 1
template: half-year-report
ledger: D:/督查/台账.xlsx   # 单位电脑上的位置
units: units/qingping.yaml
style: gb9704
year: 2026
period: 1—6月
issuer: 青屏区人民政府督查室   # 署名
addressee: 区政府
date: 2026-07-10
"""
GOALS, TASKS = 4, 8
"""So many of the sample's goals and tasks are enough for a report of a few pages."""
# Row 2 of the tasks says 298.4 of 620; the other mistakes stand where nothing else does.
UNIT, NUMBER, SHARE = "D7", "A5", "F2"


def sample_ledger(*, mistakes: bool) -> bytes:
    """The beginning of the sample's ledger, with three mistakes or without."""
    book = openpyxl.load_workbook(ROOT / "samples/qingping-2026h1/台账.xlsx")
    for sheet, rows in (("预期目标", GOALS), ("重点任务", TASKS)):
        book[sheet].delete_rows(rows + 2, book[sheet].max_row)
    tasks = book["重点任务"]
    tasks["G3"] = "推进较为滞后"
    tasks["H3"] = "推动鼎屿传动二期建成投产。至6月底，1条产线正在调试。"
    if mistakes:
        tasks[UNIT] = "区经信局"
        tasks[NUMBER] = tasks["A4"].value
        tasks[SHARE] = str(tasks[SHARE].value).replace("48.1%", "58.1%")
    made = BytesIO()
    book.save(made)
    return made.getvalue()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a clerk has on the own computer."""
    folder = tmp_path_factory.mktemp("clerk")
    (folder / "报告.yaml").write_text(CONFIG, encoding="utf-8")
    (folder / "qingping.yaml").write_bytes((ROOT / "configs/units/qingping.yaml").read_bytes())
    (folder / "错").mkdir()
    (folder / "错/台账.xlsx").write_bytes(sample_ledger(mistakes=True))
    (folder / "台账.xlsx").write_bytes(sample_ledger(mistakes=False))
    return folder


def signed_in(running: Service, context: BrowserContext) -> Page:
    """A page of somebody from the office; what the policy of the pages forbids fails the test."""
    secret = running.session(running.person(Role.OFFICE))
    context.add_cookies([{"name": running.cookie, "value": secret, "url": running.url}])
    page = context.new_page()
    page.on("pageerror", lambda fault: pytest.fail(str(fault)))
    page.on("console", lambda told: pytest.fail(told.text) if "Content Security Policy" in told.text else None)
    return page


def look(page: Page, seen: set[str]) -> None:
    """Read the page as it stands at an office's screen and on a phone: nothing serious for axe, nothing too wide."""
    name = page.url.split("?")[0].rstrip("/").rsplit("/", 1)[-1]
    for width, height in (PHONE, DESK):
        page.set_viewport_size({"width": width, "height": height})
        assert not is_too_wide(page), (page.url, width)
    assert serious_faults(page) == [], page.url
    seen.add(name)


def waited(page: Page) -> None:
    """Wait until what is under way is over, and its page has come back."""
    expect(page.locator("main:not(:has(.progress)) h1")).to_be_visible(timeout=60_000)
    page.wait_for_load_state()


def period_of(running: Service, page: Page) -> Period:
    """The period whose page is open."""
    found = re.search(r"/periods/([0-9a-f]{32})/", page.url)
    assert found
    with reading(running.store) as con:
        period = periods.period(con, found[1])
    assert period is not None
    return period


def made_by_command(running: Service, period: Period, folder: Path) -> dict[str, bytes]:
    """What the command line makes of the period's settings and its newest ledger."""
    with reading(running.store) as con:
        ledger = ledgers.newest(con, period.id)
        settings = setting_files.current_settings(con, period.id)
    assert ledger is not None
    given = {name: file.sha256 for name, file in settings.items()} | {f"台账/{ledger.name}": ledger.sha256}
    for name, sha256 in given.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(blobs.read(running.store, sha256))
    out = folder / "出"
    done = run("build", folder / period.config, "--ledger", folder / "台账" / ledger.name, "--out", out)
    assert done.returncode == 0, done.stderr
    return {path.name: path.read_bytes() for path in out.iterdir()}


def downloaded(page: Page, link: str) -> tuple[str, bytes]:
    """Name and bytes of what a link gives."""
    with page.expect_download() as saving:
        page.get_by_role("link", name=link).first.click()
    return saving.value.suggested_filename, Path(saving.value.path()).read_bytes()


@dataclass
class Walk:
    """Somebody of the office on the way, with the pages seen so far."""

    running: Service
    page: Page
    files: Path
    seen: set[str] = field(default_factory=set)

    @property
    def period(self) -> Period:
        """The period whose page is open."""
        return period_of(self.running, self.page)

    def go(self, section: str) -> None:
        """To another page of the period."""
        self.page.goto(f"{self.running.url}/periods/{self.period.id}/{section}")


def test_the_whole_way_from_three_mistakes_to_the_bytes_of_the_command(
    service: Service,
    chromium: Browser,
    files: Path,
    tmp_path: Path,
) -> None:
    with profile(chromium) as context:
        walk = Walk(service, signed_in(service, context), files)
        make_the_period(walk)
        set_it(walk)
        send_the_ledger_with_mistakes(walk)
        mend_the_mistakes(walk)
        put_a_verdict_otherwise(walk)
        look_at_the_report(walk)
        take_it_along(walk, tmp_path)
        change_the_ledger_again(walk)
    steps = {"setting", "ledger", "problems", "verdicts", "preview", "downloads"}
    assert walk.seen == {f"127.0.0.1:{service.port}", "new", *steps}


def make_the_period(walk: Walk) -> None:
    """Out of the office's own files; the configuration comes without its register at first."""
    page = walk.page
    page.goto(f"{walk.running.url}/")
    look(page, walk.seen)
    page.get_by_role("link", name="新建期次").click()
    look(page, walk.seen)
    page.get_by_label("配置和它用到的文件").set_input_files(walk.files / "报告.yaml")
    page.get_by_role("button", name="上传并新建").click()
    expect(page.get_by_text("配置用到「qingping.yaml」，没有一起传来")).to_be_visible()
    page.goto(f"{walk.running.url}/periods/new")
    page.get_by_label("配置和它用到的文件").set_input_files([walk.files / "报告.yaml", walk.files / "qingping.yaml"])
    page.get_by_role("button", name="上传并新建").click()
    page.wait_for_url("**/setting")


def set_it(walk: Walk) -> None:
    """Step 1: what does not fit is said and nothing that was typed is lost; the file's comments stay."""
    page = walk.page
    page.get_by_label("成文日期").fill("2026年13月1日")
    page.get_by_label("主送机关").fill("区人民政府")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("没有保存")).to_be_visible()
    assert page.get_by_label("主送机关").input_value() == "区人民政府"
    page.get_by_label("成文日期").fill("2026年7月11日")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已保存")).to_be_visible()
    look(page, walk.seen)
    with reading(walk.running.store) as con:
        config = setting_files.current_settings(con, walk.period.id)["报告.yaml"]
    text = blobs.read(walk.running.store, config.sha256).decode()
    assert config.version == 2
    assert "addressee: 区人民政府\n" in text
    assert "issuer: 青屏区人民政府督查室   # 署名\n" in text
    assert "D:" not in text


def send_the_ledger_with_mistakes(walk: Walk) -> None:
    """Steps 2 and 3: each mistake with its cell, and the list as Excel takes it."""
    page = walk.page
    page.get_by_role("link", name="下一步：传台账").click()
    page.get_by_label("台账文件").set_input_files(walk.files / "错/台账.xlsx")
    # Something on the way eats the live events: the page asks by itself.
    page.route("**/events", lambda route: route.abort())
    page.get_by_role("button", name="上传").click()
    page.wait_for_url("**/problems")
    waited(page)
    page.unroute("**/events")
    look(page, walk.seen)
    for cell in (UNIT, NUMBER, SHARE):
        expect(page.locator("code.place", has_text=re.compile(f"^「重点任务」{cell}$")).first).to_be_visible()
    listed = page.get_by_label("全选后复制").input_value()
    assert "「重点任务」F2" in listed
    assert {line.count("\t") for line in listed.splitlines()} == {3}
    assert page.get_by_text("单位名录里没有「区经信局」").count() > 0


def mend_the_mistakes(walk: Walk) -> None:
    """Step 3: the mended ledger is sent right there, and can be had again as it was sent."""
    page = walk.page
    page.get_by_label("改好的台账").set_input_files(walk.files / "台账.xlsx")
    page.get_by_role("button", name="上传").click()
    expect(page.get_by_text("台账第 2 版")).to_be_visible()
    waited(page)
    expect(page.get_by_text("没有发现问题。")).to_be_visible()
    walk.go("ledger")
    look(page, walk.seen)
    assert downloaded(page, "台账.xlsx") == ("台账.xlsx", (walk.files / "台账.xlsx").read_bytes())


def put_a_verdict_otherwise(walk: Walk) -> None:
    """Step 4: with a reason; it stands in the ledger's cell, and the page says by whom and why."""
    page = walk.page
    walk.go("verdicts?show=all")
    look(page, walk.seen)
    first = page.locator("tr#n0")
    first.locator("summary", has_text="改判").click()
    first.get_by_label("改为").select_option("不达预期")
    first.get_by_label("理由").fill("全年数待核，暂按不达预期")
    first.get_by_role("button", name="改判，写进台账").click()
    expect(page.get_by_text("台账第 3 版")).to_be_visible(timeout=60_000)
    waited(page)
    expect(page.locator("tr#n0")).to_contain_text("符合预期 → 不达预期。全年数待核，暂按不达预期")
    page.get_by_role("link", name=re.compile("^与台账不一致 1$")).click()
    look(page, walk.seen)
    with reading(walk.running.store) as con:
        newest = ledgers.newest(con, walk.period.id)
        (override,) = overrides.of_period(con, walk.period.id)
    assert newest is not None
    changed = openpyxl.load_workbook(BytesIO(blobs.read(walk.running.store, newest.sha256)))
    assert changed["预期目标"]["E2"].value == "不达预期"
    assert (override.was, override.judgement, override.ledger) == ("符合预期", "不达预期", newest.id)


def look_at_the_report(walk: Walk) -> None:
    """Step 5: pictures of the PDF's pages; the keys turn them."""
    page = walk.page
    page.get_by_role("link", name="下一步：预览").click()
    look(page, walk.seen)
    page.get_by_role("button", name="生成报告").click()
    waited(page)
    expect(page.get_by_text("用台账第 3 版")).to_be_visible()
    picture = page.locator(".sheet img")
    assert picture.evaluate("each => each.decode().then(() => each.naturalWidth)") > 800
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**/preview?at=2*")
    expect(page.get_by_text(re.compile("第 2 页，共 [0-9]+ 页")).first).to_be_visible()
    look(page, walk.seen)
    # From the contents one gets to an annex.
    page.locator("summary", has_text="目录").click()
    page.locator(".plain a", has_text="附件1").click()
    page.wait_for_url(re.compile(r"at=[3-9]"))


def take_it_along(walk: Walk, folder: Path) -> None:
    """Step 6: what is downloaded is what the command makes of the same files."""
    page = walk.page
    page.get_by_role("link", name="下一步：下载").click()
    expect(page.get_by_text("这就是最新的")).to_be_visible()
    look(page, walk.seen)
    made = made_by_command(walk.running, walk.period, folder)
    assert set(made) == {"报告.docx", "报告.pdf", "manifest.json"}
    for link in ("报告.docx", "报告.pdf"):
        assert downloaded(page, link) == (link, made[link])
    with ZipFile(BytesIO(downloaded(page, "全部下载")[1])) as archive:
        assert {each: archive.read(each) for each in archive.namelist()} == made


def change_the_ledger_again(walk: Walk) -> None:
    """What has changed since is said, and the first page has all of it."""
    page = walk.page
    walk.go("ledger")
    row = page.locator("tbody tr").nth(1)
    row.locator("summary").click()
    row.get_by_role("button").click()
    page.wait_for_url("**/problems")
    waited(page)
    walk.go("downloads")
    expect(page.get_by_text("台账有了第 4 版")).to_be_visible()
    page.goto(f"{walk.running.url}/")
    expect(page.get_by_role("row").filter(has_text="报告").get_by_text("第 4 版").first).to_be_visible()


def test_progress_is_told_as_it_comes_and_goes_on_where_a_listener_was_cut_off(
    service: Service,
    files: Path,
) -> None:
    office, unit = service.client(Role.OFFICE), service.client(Role.UNIT, unit="区教委")
    sent = [("file", (name, (files / name).read_bytes())) for name in ("报告.yaml", "qingping.yaml")]
    setting = office.post("/periods/new/files", files=sent, data={"title": "进度"}).headers["location"]
    office.post(setting.replace("setting", "ledger"), files={"file": ("台账.xlsx", (files / "台账.xlsx").read_bytes())})
    with reading(service.store) as con:
        (job,) = jobs.jobs_of(con, setting.split("/")[2])
    with office.stream("GET", f"/jobs/{job.id}/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        told = list(stream.iter_lines())
    ids = [int(line[4:]) for line in told if line.startswith("id: ")]
    assert ids == list(range(1, len(ids) + 1))
    last = json.loads(told[-2].removeprefix("data: "))
    assert last == {"state": "done", "text": "做完了", "done": 0, "total": 0, "over": True}
    with office.stream("GET", f"/jobs/{job.id}/events", headers={"Last-Event-ID": str(ids[-2])}) as stream:
        assert [line for line in stream.iter_lines() if line.startswith("id: ")] == [f"id: {ids[-1]}"]
    assert office.get(f"/jobs/{job.id}/state").json()["over"]
    refused = office.post(setting.replace("setting", "ledger"), headers={"Referer": f"{service.url}{setting}"})
    assert refused.status_code == 422
    assert "还没有选文件" in refused.text
    assert f'href="{setting}"' in refused.text
    # What is over stays as it is; nobody else learns that there is such a job.
    assert office.post(f"/jobs/{job.id}/cancel").status_code == 303
    assert "做完了" in office.get(f"/jobs/{job.id}").text
    for address in (f"/jobs/{job.id}", f"/jobs/{job.id}/state", f"/jobs/{job.id}/events", f"/jobs/{job.id}/files/a"):
        assert unit.get(address).status_code == 404


def test_the_same_way_without_scripts_on_a_phone(
    service: Service,
    chromium: Browser,
    files: Path,
) -> None:
    client = service.client(Role.OFFICE)
    sent = [("file", (name, (files / name).read_bytes())) for name in ("报告.yaml", "qingping.yaml")]
    first = client.post("/periods/new/files", files=sent, data={"title": "第一期"}, follow_redirects=True)
    assert first.status_code == 200
    with profile(chromium, PHONE, scripts=False) as context:
        page = signed_in(service, context)
        page.goto(f"{service.url}/periods/new")
        page.get_by_label("新一期的名称").fill("第二期")
        page.get_by_label("照哪一期").select_option(label="第一期")
        page.get_by_role("button", name="照它新建").click()
        assert page.get_by_label("署名机关").input_value() == "青屏区人民政府督查室"
        period = period_of(service, page)
        page.get_by_role("link", name="下一步：传台账").click()
        page.get_by_label("台账文件").set_input_files(files / "错/台账.xlsx")
        page.get_by_role("button", name="上传").click()
        # The page comes again by itself until there is something to look at.
        waited(page)
        assert page.get_by_role("button", name="复制清单").count() == 0
        page.get_by_label("改好的台账").set_input_files(files / "台账.xlsx")
        page.get_by_role("button", name="上传").click()
        waited(page)
        expect(page.get_by_text("没有发现问题。")).to_be_visible()
        page.goto(f"{service.url}/periods/{period.id}/preview")
        page.get_by_role("button", name="生成报告").click()
        waited(page)
        page.get_by_role("link", name="下一页").first.click()
        expect(page.get_by_text(re.compile("第 2 页，共 [0-9]+ 页")).first).to_be_visible()
        page.goto(f"{service.url}/periods/{period.id}/downloads")
        name, blob = downloaded(page, "报告.docx")
        assert name == "报告.docx"
        with reading(service.store) as con:
            (edition,) = editions.editions_of(con, period.id)
        assert edition.number == 1
        assert blob.startswith(b"PK")
    assert service.heavy() == [], "after all of the way, and whatever the others did with this service"
