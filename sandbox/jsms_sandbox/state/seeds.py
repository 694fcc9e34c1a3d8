"""What each app starts with, so that the examples of the contract work as they stand."""

from __future__ import annotations

from jsms_sandbox.state.entities import CODE, MARKETING, NOTICE, PASSED, Sign, Template

BLOCKED_WORD = "沙箱敏感词"
"""The one word that is blocked at first; it means "sandbox's sensitive word" and is harmless."""

DEFAULT_SIGN_ID = 4321


def first_templates(app_key: str, now: float) -> list[Template]:
    """Template 1, which every app has, and one of each other type."""
    rows = [
        (1, "您的验证码是{{code}}，五分钟内有效。", CODE, 300, "登录验证码"),
        (1250, "您的订单{{number}}已发货。", NOTICE, None, "发货通知"),
        (1251, "您的快递已送达，请及时领取。", NOTICE, None, "到货通知"),
        (1252, "新品上架，{{name}}邀您选购。", MARKETING, None, "新品推广"),
    ]
    return [
        Template(app_key, temp_id, text, type_, ttl, remark, PASSED, now) for temp_id, text, type_, ttl, remark in rows
    ]


def first_sign(app_key: str, now: float) -> Sign:
    """The default signature."""
    return Sign(app_key, DEFAULT_SIGN_ID, "极光", 1, "", PASSED, now, is_default=True)
