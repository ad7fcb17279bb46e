"""service.yaml (服务设置): what IT may write, and what is said of what it may not."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from reportgen.limits import STANDARD
from reportgen.problems import InputError
from reportgen.service.jobs import limits
from reportgen.service.model import JobKind
from reportgen.service.office import people
from reportgen.service.office.units import links
from reportgen.service.settings import Mode, ProxySettings, Settings
from reportgen.service.settings_file import KEYS, PROXY_KEYS, is_loopback, load_settings, read_settings
from reportgen.source import read_source
from tests.projects import ROOT, run
from tests.service_desks import here
from tests.unit_office import PERSON, add_period

FULL = """
host: 0.0.0.0
port: 9000
mode: proxy
public_url: https://ducha.example.gov.cn/
database: postgresql+psycopg://u:p@db/reportgen
proxy:
  addresses: [10.0.0.5, 10.1.0.0/16]
  header: X-User
  admin: guan
upload_mb: 20
body_kb: 512
queue: 50
queue_per_person: 5
workers: 2
job_seconds: 30
long_job_seconds: 900
job_memory_mb: 1024
keep_days: 3
keep_gb: 1.5
session_days: 7
link_days: 14
preview_ahead: false
webhooks: https://oa.example.gov.cn/hooks/
limits:
  tables:
    rows: 500
  outside:
    seconds: 5
    file_mb: 7
"""


def read(text: str, data: Path = Path("data")) -> Settings:
    return read_settings(read_source(text.encode(), "service.yaml"), data)


def test_everything_can_be_set() -> None:
    settings = read(FULL)
    assert settings == Settings(
        data=Path("data"),
        host="0.0.0.0",
        port=9000,
        mode=Mode.PROXY,
        public_url="https://ducha.example.gov.cn",
        database="postgresql+psycopg://u:p@db/reportgen",
        proxy=ProxySettings(addresses=("10.0.0.5/32", "10.1.0.0/16"), header="X-User", admin="guan"),
        upload_mb=20,
        body_kb=512,
        queue=50,
        queue_per_person=5,
        workers=2,
        job_seconds=30,
        long_job_seconds=900,
        job_memory_mb=1024,
        keep_days=3,
        keep_gb=1.5,
        session_days=7,
        link_days=14,
        preview_ahead=False,
        webhooks=("https://oa.example.gov.cn/hooks/",),
        limits=replace(
            STANDARD,
            tables=replace(STANDARD.tables, rows=500),
            outside=replace(STANDARD.outside, seconds=5, file_bytes=7 * 1024**2),
        ),
    )
    plain, names = Settings(data=Path("data")), [field.name for field in fields(Settings)]
    same = [name for name in names if getattr(settings, name) == getattr(plain, name)]
    assert same == ["data"], "the sample above sets everything else to something else"


def test_days_seconds_and_sizes_that_are_set_hold(tmp_path: Path) -> None:
    made = {"session_days": 3, "link_days": 2, "body_kb": 16, "long_job_seconds": 90, "job_seconds": 20}
    with here(tmp_path, Mode.LOCAL, **made, job_memory_mb=512, workers=5) as desk:
        settings, clock = desk.desk.settings, desk.clock
        session = people.start_local(desk.desk, people.new_link(desk.desk) or "")
        place = add_period(desk.desk.store)
        (new,) = links.make_links(desk.desk, PERSON, place.id, ["区民政局"])
        clock.turn(days=2, seconds=-1)
        assert links.holder_or_none(desk.desk, new.token)
        clock.turn(seconds=2)
        assert links.holder_or_none(desk.desk, new.token) is None
        assert people.with_session(desk.desk, session)
        clock.turn(days=1)
        assert people.with_session(desk.desk, session) is None
        client = desk.anybody()
        sizes = [client.post("/login", data={"login": "甲" * length}).status_code for length in (100, 16 * 1024)]
        assert (413 in sizes[:1], sizes[1]) == (False, 413)
    bounds = [limits.bounds_of(kind, settings, "x") for kind in (JobKind.BUILD, JobKind.EXAMINE)]
    assert [each.seconds for each in bounds] == [90, 20]
    assert {each.memory_bytes for each in bounds} == {512 * 1024**2}
    assert limits.places(settings) == 5


def test_without_a_file_the_defaults_hold_and_options_go_over_the_file(tmp_path: Path) -> None:
    assert load_settings(tmp_path, {}) == Settings(data=tmp_path)
    (tmp_path / "service.yaml").write_text("port: 9000\nqueue: 7\n", encoding="utf-8")
    assert load_settings(tmp_path, {"port": 9001}) == Settings(data=tmp_path, port=9001, queue=7)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("prot: 9000", 1, "是否要写「port」"),
        ("mode: users\nport: '9000'", 2, "1 到 65535 的整数"),
        ("port: true", 1, "1 到 65535 的整数"),
        ("mode: nobody", 1, "local、users、proxy"),
        ("keep_gb: much", 1, "0.1 到 10000 的数"),
        ("public_url: ducha.example.gov.cn", 1, "浏览器里看到的网址"),
        ("public_url: https://ducha.example.gov.cn/report", 1, "后面不带路径"),
        ("webhooks: [https://oa.example.gov.cn]", 1, "主机名后面要有 /"),
        ("webhooks: ['https://oa@evil.example/']", 1, "主机名后面要有 /"),
        ("public_url: 'http://[::1'", 1, "浏览器里看到的网址"),
        ("public_url: http://a.cn:99999", 1, "浏览器里看到的网址"),
        ("webhooks: ['http://[x/']", 1, "主机名后面要有 /"),
        ("host: 1", 1, "一行文字"),
        ("workers: 0", 1, "1 到 64 的整数"),
        ("limits:\n  tables:\n    rows: 0", 3, "rows 要写 1 到 100000 的整数"),
        ("limits:\n  tables:\n    row: 5", 3, "是否要写「rows」"),
        ("limits:\n  table:\n    rows: 5", 2, "是否要写「tables」"),
        ("limits: 5", 1, "一行一项"),
        ("proxy: 10.0.0.5", 1, "一行一项"),
        ("proxy:\n  addresses: [10.0.0.5, gateway]", 2, "IP 地址或网段"),
        ("proxy:\n  addresses: [5]", 2, "IP 地址或网段"),
        ("proxy:\n  header: 'X User'", 2, "请求头的名称"),
        ("proxy:\n  adress: x", 2, "是否要写「addresses」"),
        ("- port", 1, "一行一项"),
    ],
)
def test_what_is_wrong_is_told_at_its_line(text: str, line: int, said: str) -> None:
    with pytest.raises(InputError) as refused:
        read(text)
    (problem,) = refused.value.problems
    assert problem.code in ("service.wrong-setting", "service.unknown-setting")
    assert problem.where
    assert (problem.where.file, problem.where.line) == ("service.yaml", line)
    assert said in problem.fix


def test_all_that_is_wrong_is_told_together() -> None:
    with pytest.raises(InputError) as refused:
        read("port: x\nmode: y\nproxy:\n  header: ''\n  nix: 1\nnix: 1\n")
    assert sorted(problem.where.line or 0 for problem in refused.value.problems if problem.where) == [1, 2, 4, 5, 6]


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        ("mode: proxy", {}, "统一登录"),
        ("mode: proxy\nproxy: {addresses: [10.0.0.5]}", {}, "统一登录"),
        ("host: 0.0.0.0", {}, "只能在本机打开"),
        ("mode: local", {"host": "192.0.2.1"}, "只能在本机打开"),
    ],
)
def test_what_cannot_be_together_is_refused(tmp_path: Path, text: str, options: dict[str, Any], said: str) -> None:
    (tmp_path / "service.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said) as refused:
        load_settings(tmp_path, options)
    (problem,) = refused.value.problems
    assert problem.where
    assert (problem.where.file, problem.where.line) == ("service.yaml", 1)


def test_a_settings_file_that_leads_nowhere_is_told_and_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "service.yaml").symlink_to("gone.yaml")
    with pytest.raises(InputError, match=r"file\.not-found"):
        load_settings(tmp_path, {})


def test_which_addresses_only_this_machine_reaches() -> None:
    reached = [host for host in ("127.0.0.1", "localhost", "::1", "[::1]", "0.0.0.0", "::", "x") if is_loopback(host)]
    assert reached == ["127.0.0.1", "localhost", "::1", "[::1]"]


def test_every_setting_and_every_option_of_serve_stands_in_its_chapter_of_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    chapter = readme[readme.index("\n## 网上服务\n") :].split("\n## ")[1]
    assert [key for key in KEYS if f"`{key}`" not in chapter] == []
    assert [key for key in PROXY_KEYS if f"`{key}`" not in chapter and f"  {key}: " not in chapter] == []
    for option in ("--data", "--host", "--port", "--link"):
        assert option in chapter
        assert option in run("serve", "--help").stdout
