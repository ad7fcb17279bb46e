"""The office's view of the units (部门反馈页): links, who has returned, whom to remind, all of it into a new ledger."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request, UploadFile
from fastapi.responses import RedirectResponse, Response

from reportgen.numbering import chinese_date
from reportgen.problems import error
from reportgen.service.doors.asking import OfficePerson, TheDesk
from reportgen.service.model import Job, JobKind
from reportgen.service.office.reports.periods import the_period
from reportgen.service.office.units import collecting, forms, links, returns
from reportgen.service.office.units.return_findings import findings_by_task
from reportgen.service.office.units.unit_table import unit_table
from reportgen.service.office.uploads import taken_in
from reportgen.service.pages.jobs import under_way
from reportgen.service.pages.rendering import page
from reportgen.service.pages.sending import sent
from reportgen.service.refusals import Refusal, not_found
from reportgen.service.store.blobs import path_of

router = APIRouter(include_in_schema=False)

Text = Annotated[str, Form(max_length=400)]
Names = Annotated[list[str] | None, Form()]


@router.get("/periods/{id}/units")
def show(request: Request, desk: TheDesk, person: OfficePerson, id: str, show: str = "") -> Response:
    """How the units stand (部门反馈页), and what came of the last collection."""
    period = the_period(desk, person, id)
    here = f"/periods/{id}/units"
    table = unit_table(desk, person, id)
    written, telling = collecting.collections_of(desk, person, id)
    busy = _busy([table.forms.job, *(each.job for each in (telling, written) if each)])
    return page(
        request,
        "units",
        period=period,
        section="units",
        here_page=here,
        table=table,
        rows=table.shown(show),
        shown=show,
        counts=table.counts(),
        written=written,
        telling=telling,
        days=desk.settings.link_days,
        checking=any(row.standing.name == "CHECKING" for row in table.rows)
        or any(each.state.name == "CHECKING" for each in table.nameless),
        **under_way(desk, person, busy, _then(here, busy)),
    )


def _then(here: str, busy: Job | None) -> str:
    """Where the page goes when the job is over: to the part that shows what came of it.

    The address differs from that of the page itself, which browsers would not load anew.
    """
    if busy is None or busy.kind is not JobKind.COLLECT:
        return here
    part = "collect" if busy.order.options.get("writes", True) else "reminder"
    return f"{here}?told={busy.id[:8]}#{part}"


def _busy(found: Sequence[Job | None]) -> Job | None:
    return next((job for job in found if job is not None and not job.state.is_over), None)


@router.post("/periods/{id}/units/links")
def make_links(
    request: Request,
    desk: TheDesk,
    person: OfficePerson,
    id: str,
    unit: Names = None,
    days: Text = "",
    every: Text = "",
) -> Response:
    """New links (生成链接), to be copied or printed at once: their secrets are shown on this page only."""
    period = the_period(desk, person, id)
    now = forms.forms_now(desk, person, id)
    known = [each.unit for each in now.forms.units] if now.forms else []
    chosen = known if every else [each for each in unit or () if each in known]
    number = int(days) if days.isascii() and days.isdigit() and len(days) < 5 else None
    if days and number is None:
        raise Refusal([error("service.link-days", "链接的有效天数不是整数", f"请写 1 到 {links.MOST_DAYS} 之间的整数")])
    made = links.make_links(desk, person, id, chosen, number)
    front = (desk.settings.public_url or str(request.base_url)).rstrip("/")
    listed = [{"unit": each.link.unit, "url": f"{front}/u/{each.token}", "until": each.link.expires} for each in made]
    deadline = chinese_date(now.forms.deadline) if now.forms and now.forms.deadline else ""
    own_machine = urlsplit(front).hostname in ("127.0.0.1", "::1", "localhost")
    return page(
        request,
        "unit-links",
        period=period,
        section="units",
        listed=listed,
        deadline=deadline,
        own_machine=own_machine,
    )


@router.post("/periods/{id}/units/revoke")
def revoke(desk: TheDesk, person: OfficePerson, id: str, unit: Text) -> Response:
    """A unit's link works no more (停用链接)."""
    links.revoke_links(desk, person, id, unit)
    return RedirectResponse(f"/periods/{id}/units", 303)


@router.post("/periods/{id}/units/forms")
def make_forms(desk: TheDesk, person: OfficePerson, id: str) -> Response:
    """Make the forms of today's ledger (生成反馈表)."""
    forms.make_forms(desk, person, id)
    return RedirectResponse(f"/periods/{id}/units", 303)


@router.get("/periods/{id}/units/form")
def form(desk: TheDesk, person: OfficePerson, id: str, unit: str = "") -> Response:
    """The form of one unit, or of all in an archive (下载反馈表)."""
    name, sha256 = forms.form_file(desk, person, id, unit) if unit else forms.all_forms(desk, person, id)
    return sent(path_of(desk.store, sha256), name, sha256)


@router.post("/periods/{id}/units/returns")
def put_returns(desk: TheDesk, person: OfficePerson, id: str, file: list[UploadFile], unit: Text = "") -> Response:
    """Returns that came by mail (上传收到的反馈), many at once."""
    the_period(desk, person, id)
    returns.refuse_too_many(len(file))
    uploads = [taken_in(desk, each.filename or "", each.file, otherwise="反馈") for each in file if each.filename]
    returns.send_mailed(desk, person, id, uploads, unit)
    return RedirectResponse(f"/periods/{id}/units", 303)


@router.post("/periods/{id}/units/assign")
def assign(desk: TheDesk, person: OfficePerson, id: str, given: Text, unit: Text) -> Response:
    """Say whose return a file is (指定单位)."""
    returns.assign_return(desk, person, id, given, unit)
    return RedirectResponse(f"/periods/{id}/units", 303)


@router.get("/periods/{id}/units/return")
def one_unit(request: Request, desk: TheDesk, person: OfficePerson, id: str, unit: str) -> Response:
    """What one unit has sent, and what was found in it (一个单位的反馈)."""
    period = the_period(desk, person, id)
    listed = returns.sent_by(desk, person, id, unit)
    if not listed:
        raise not_found("这个单位的反馈")
    found = findings_by_task(listed[0], {})
    return page(request, "unit-return", period=period, section="units", unit=unit, sent=listed, found=found)


@router.get("/periods/{id}/units/returns/{given}")
def return_file(desk: TheDesk, person: OfficePerson, id: str, given: str) -> Response:
    """A return as a file (下载反馈)."""
    name, sha256 = returns.return_file(desk, person, id, given)
    return sent(path_of(desk.store, sha256), name, sha256)


@router.post("/periods/{id}/units/collect")
def collect(desk: TheDesk, person: OfficePerson, id: str) -> Response:
    """Put what came in into a new version of the ledger (汇总成新台账)."""
    collecting.collect_returns(desk, person, id)
    return RedirectResponse(f"/periods/{id}/units", 303)


@router.post("/periods/{id}/units/look")
def look(desk: TheDesk, person: OfficePerson, id: str) -> Response:
    """See how the collection stands and whom to remind (更新催报文字)."""
    collecting.look_at_returns(desk, person, id)
    return RedirectResponse(f"/periods/{id}/units#reminder", 303)
