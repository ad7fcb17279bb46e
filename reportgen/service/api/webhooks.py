"""The addresses that are told when a job has ended (完成通知), for administrators."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Request
from pydantic import Field

from reportgen.service.api.answering import CHANGE, LOOK, routes_of
from reportgen.service.api.asked import AnyId
from reportgen.service.api.jobs import JobKindName
from reportgen.service.api.shapes import (
    DoneShape,
    Limit,
    Listing,
    Moment,
    Offset,
    Shape,
    Wanted,
    listing,
    words_of,
)
from reportgen.service.doors.asking import AdminPerson, TheDesk
from reportgen.service.model import JobKind, Webhook
from reportgen.service.office import webhooks
from reportgen.service.store.webhooks import Delivery

router = routes_of("完成通知")


class WebhookShape(Shape):
    """An address that is told (通知地址)."""

    id: str
    url: str
    kinds: list[str]
    """哪几种任务结束时通知；空的表示每一种"""
    disabled: bool
    author: str
    at: Moment


class NewWebhookShape(WebhookShape):
    """A new address (新登记的通知地址)."""

    secret: str
    """签名用的密钥，只显示这一次"""


class NewWebhook(Wanted, json_schema_extra={"example": {"url": "http://oa.example/notify", "kinds": ["build"]}}):
    """What is to be told (登记完成通知)."""

    url: Annotated[str, Field(min_length=8, max_length=500, pattern="^https?://[!-~]+$", description="通知哪个地址")]
    kinds: Annotated[
        list[JobKindName], Field(default_factory=list, max_length=20, description="哪几种任务结束时通知；不写则每一种")
    ]


class WebhookChange(Wanted, json_schema_extra={"example": {"disabled": True}}):
    """Whether an address is told (停用或启用)."""

    disabled: Annotated[bool, Field(description="true 停用，false 启用")]


class DeliveryShape(Shape):
    """A message (一次通知)."""

    job: str
    at: Moment
    attempts: int
    """发过几次"""
    due: Moment | None
    """下次什么时候再发；已送达或不再发时为 null"""
    delivered: Moment | None
    """什么时候送达"""
    answer: str
    """对方最后的应答，或没有送到的原因"""


def _told(hook: Webhook) -> dict[str, Any]:
    return {
        "id": hook.id,
        "url": hook.url,
        "kinds": words_of(hook.kinds),
        "disabled": hook.disabled,
        "author": hook.author,
        "at": hook.at,
    }


def _delivery(each: Delivery) -> DeliveryShape:
    return DeliveryShape(
        job=each.job,
        at=each.at,
        attempts=each.attempts,
        due=each.due,
        delivered=each.delivered,
        answer=each.answer,
    )


@router.get("/webhooks", summary="全部通知地址", responses=LOOK, response_model=Listing[WebhookShape])
def all_webhooks(
    request: Request, desk: TheDesk, person: AdminPerson, limit: Limit = 50, offset: Offset = 0
) -> dict[str, Any]:
    """限管理员。"""
    hooks = webhooks.all_webhooks(desk, person)
    return listing(request, hooks, lambda hook: WebhookShape(**_told(hook)), limit, offset)


@router.post("/webhooks", summary="登记完成通知", status_code=201, responses=CHANGE)
def register(desk: TheDesk, person: AdminPerson, wanted: NewWebhook) -> NewWebhookShape:
    """限管理员。地址要在 service.yaml 的 webhooks 所列的范围里。任务结束时向它 POST 一段 JSON，用密钥签名。"""
    kinds = [JobKind[name.upper()] for name in wanted.kinds]
    made, secret = webhooks.register(desk, person, wanted.url, kinds)
    return NewWebhookShape(**_told(made), secret=secret)


@router.patch("/webhooks/{id}", summary="停用或启用通知", responses=CHANGE)
def switch(desk: TheDesk, person: AdminPerson, id: AnyId, wanted: WebhookChange) -> WebhookShape:
    """限管理员。停用期间要发的通知，启用后补发。"""
    return WebhookShape(**_told(webhooks.switch(desk, person, id, disabled=wanted.disabled)))


@router.delete("/webhooks/{id}", summary="删除通知地址", responses=CHANGE)
def remove(desk: TheDesk, person: AdminPerson, id: AnyId) -> DoneShape:
    """限管理员。"""
    webhooks.remove(desk, person, id)
    return DoneShape()


@router.get("/webhooks/{id}/deliveries", summary="通知记录", responses=LOOK, response_model=Listing[DeliveryShape])
def deliveries(
    request: Request, desk: TheDesk, person: AdminPerson, id: AnyId, limit: Limit = 50, offset: Offset = 0
) -> dict[str, Any]:
    """限管理员。最近 50 次，新的在前。"""
    return listing(request, webhooks.deliveries(desk, person, id), _delivery, limit, offset)
