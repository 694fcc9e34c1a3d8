"""What the pictures show: a shop's morning, sent with the client to a sandbox."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import httpx

from jsms_client import JSMS, JSMSError

LOGIN = "13912345678"
_UNREACHABLE = "13000004003"
_NEXT_DAY = timedelta(days=1)


def play(root: str) -> None:
    """Let it happen in the sandbox at an address, and end at the real time.

    Args:
        root: The sandbox's base URL, without ``/v1``.
    """
    with httpx.Client(base_url=f"{root}/_sandbox/api", trust_env=False) as sandbox:
        app = sandbox.get("/info").raise_for_status().json()["app"]
        with JSMS(app["app_key"], app["master_secret"], base_url=f"{root}/v1") as jsms:
            steps = _steps(jsms)
            sandbox.post("/clock", json={"now": int((time.time() - sum(wait for wait, _ in steps)) * 1000)})
            for wait, step in steps:
                with suppress(JSMSError):  # some are meant to be refused
                    step()
                sandbox.post("/clock/advance", json={"seconds": wait}).raise_for_status()
        sandbox.post("/replies", json={"mobile": LOGIN, "content": "收到，谢谢"}).raise_for_status()
        sandbox.post("/clock", json={"real": True}).raise_for_status()


def credentials(root: str) -> dict[str, str]:
    """Those of the first app of the sandbox at an address, and of its developer account."""
    with httpx.Client(base_url=f"{root}/_sandbox/api", trust_env=False) as sandbox:
        app: dict[str, str] = sandbox.get("/info").raise_for_status().json()["app"]
    return app


def _steps(jsms: JSMS) -> Sequence[tuple[float, Callable[[], object]]]:
    """What is done, and the seconds that pass after it."""
    messages, tomorrow = jsms.messages, datetime.now().astimezone() + _NEXT_DAY
    long = "SF1024-7731-2（收件人李女士，取件码4-2-0917，送达后请于当日22:00前到小区东门快递柜领取，逾期将转送至驿站）"
    return (
        (420, lambda: messages.send("13877665544", temp_id=1252, temp_para={"name": "小明"})),
        (300, lambda: jsms.codes.send_voice("13655558888")),
        (240, lambda: messages.send("13800138000", temp_id=1250, temp_para={"order": "A-1024"})),
        (120, lambda: messages.send("13700137000", temp_id=1250, temp_para={"number": long})),
        (90, lambda: messages.send(_UNREACHABLE, temp_id=1251)),
        (45, lambda: jsms.codes.send("138001", temp_id=1)),
        (40, lambda: messages.send("13577889900", temp_id=1250, temp_para={"number": "A-1025"})),
        (
            20,
            lambda: jsms.schedules.create(
                "13577889900", temp_id=1250, temp_para={"number": "A-1026"}, send_time=tomorrow
            ),
        ),
        (15, lambda: jsms.codes.send("13800138000", temp_id=2041)),
        (12, lambda: jsms.codes.send("13611112222", temp_id=1)),
        (10, lambda: messages.send("13611112222", temp_id=1250, temp_para={"number": "沙箱敏感词"})),
        (9, lambda: jsms.codes.send(LOGIN, temp_id=1)),
    )
