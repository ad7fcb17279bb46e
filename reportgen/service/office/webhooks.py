"""The addresses that are told when a job has ended (完成通知), as administrators see them."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from reportgen.problems import InputError, error
from reportgen.service.jobs.webhooks import is_allowed
from reportgen.service.model import JobKind, Person, Webhook
from reportgen.service.office.desk import Desk, need_admin
from reportgen.service.refusals import Conflict, not_found
from reportgen.service.store import audit, webhooks
from reportgen.service.store.opening import reading, writing
from reportgen.service.store.webhooks import Delivery

# More would be a mistake: each is told of every job.
MOST = 20


def all_webhooks(desk: Desk, person: Person) -> list[Webhook]:
    """All of them, oldest first (全部通知地址)."""
    need_admin(person)
    with reading(desk.store) as con:
        return webhooks.all_webhooks(con)


def register(desk: Desk, person: Person, url: str, kinds: Iterable[JobKind]) -> tuple[Webhook, str]:
    """A new address (登记通知地址), and the secret that signs its messages, which is shown this once."""
    need_admin(person)
    wanted = tuple(dict.fromkeys(kinds))
    _need_allowed(desk, url)
    with writing(desk.store) as con:
        known = webhooks.all_webhooks(con)
        if any(each.url == url and set(each.kinds) == set(wanted) for each in known):
            fix = "不用再登记；要换密钥，请先删除原来的"
            raise Conflict([error("service.webhook-known", "这个地址已经登记过同样的通知", fix)])
        if len(known) >= MOST:
            fix = "请先删除不用的"
            raise Conflict([error("service.webhooks-many", f"最多登记 {MOST} 个通知地址", fix)])
        made, secret = webhooks.add_webhook(con, url, wanted, person)
        audit.note(con, person, "登记完成通知", about=_host(url))
        return made, secret


def switch(desk: Desk, person: Person, id: str, *, disabled: bool) -> Webhook:
    """An address is told no more, or again (停用、启用)."""
    need_admin(person)
    with writing(desk.store) as con:
        if webhooks.webhook(con, id) is None:
            raise not_found("这个通知地址")
        webhooks.disable_webhook(con, id, disabled)
        changed = webhooks.webhook(con, id)
        assert changed is not None
        audit.note(con, person, "停用完成通知" if disabled else "启用完成通知", about=_host(changed.url))
        return changed


def remove(desk: Desk, person: Person, id: str) -> None:
    """An address is gone, with the record of what it was sent (删除通知地址)."""
    need_admin(person)
    with writing(desk.store) as con:
        known = webhooks.webhook(con, id)
        if known is None:
            raise not_found("这个通知地址")
        webhooks.remove_webhook(con, id)
        audit.note(con, person, "删除完成通知", about=_host(known.url))


def deliveries(desk: Desk, person: Person, id: str) -> list[Delivery]:
    """What an address was sent, newest first, and what it answered (通知记录)."""
    need_admin(person)
    with reading(desk.store) as con:
        if webhooks.webhook(con, id) is None:
            raise not_found("这个通知地址")
        return webhooks.deliveries_of(con, id)


def _need_allowed(desk: Desk, url: str) -> None:
    if not is_allowed(url, desk.settings.webhooks):
        what = "这个地址不在允许通知的范围内"
        fix = "请信息部门在 service.yaml 的 webhooks 里加上它的开头，重新启动后再登记"
        raise InputError([error("service.webhook-address", what, fix)])


def _host(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2]
