"""Every operation of the contract has a command, with output for people and for programs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from jsms_client import JSMS
from jsms_contract.operations import OPERATIONS
from jsms_sandbox.pytest_plugin import Sandbox

from .runner import Command

MOBILE, OTHER = "13800138000", "13900139000"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + bytes(64)
LATER = ("--send-time", "2030-07-01 09:00:00")
REJECT = "[sandbox:reject unclear]"
NOTICE = ("{{shop}}的订单已发货。", "--type", "notice")


class Scene:
    """What operations need to be there before them."""

    def __init__(self, sandbox: Sandbox, parcel: int, folder: Path) -> None:
        self.sandbox = sandbox
        self.parcel = str(parcel)
        self.message = (MOBILE, "--temp-id", self.parcel, "--para", "number=A7")
        self.batch = (MOBILE, OTHER, "--temp-id", self.parcel, "--para", "number=A7", "--tag", "spring")
        image = folder / "paper.png"
        image.write_bytes(PNG)
        self.papers = (
            *("--type", "company", "--legal-person-name", "张三丰", "--legal-person-id-number", "11010519491231002X"),
            *("--id-card-image", str(image), "--social-credit-code", "91350100M000100Y43"),
            *("--business-license-image", str(image)),
        )

    def code(self) -> tuple[str, str]:
        with JSMS() as jsms:
            msg_id = jsms.codes.send(MOBILE, temp_id=1).msg_id
        return msg_id, self.sandbox.wait_code(MOBILE)

    def schedule(self) -> str:
        with JSMS() as jsms:
            return jsms.schedules.create(
                MOBILE, temp_id=int(self.parcel), send_time=LATER[1], temp_para={"number": "A7"}
            ).schedule_id

    def schedule_batch(self) -> str:
        with JSMS() as jsms:
            return jsms.schedules.create_batch(
                [(MOBILE, {"number": "A7"})], temp_id=int(self.parcel), send_time=LATER[1]
            ).schedule_id

    def template(self, remark: str | None = None) -> str:
        with JSMS() as jsms:
            return str(jsms.templates.create("{{shop}}的订单。", type=2, remark=remark).temp_id)

    def sign(self, remark: str | None = None) -> str:
        with JSMS() as jsms:
            saved = jsms.signs.create(
                "极光快递",
                type=1,
                legal_person_name="张三丰",
                legal_person_id_number="11010519491231002X",
                id_card_image=PNG,
                social_credit_code="91350100M000100Y43",
                business_license_image=PNG,
                remark=remark,
            )
        return str(saved.sign_id)


COMMANDS: dict[str, Callable[[Scene], tuple[str, ...]]] = {
    "sendCode": lambda _: ("code", "send", MOBILE, "--temp-id", "1"),
    "verifyCode": lambda scene: ("code", "verify", *scene.code()),
    "sendVoiceCode": lambda _: ("voice", "send", MOBILE, "--code", "0426", "--language", "english", "--ttl", "90"),
    "sendMessage": lambda scene: ("message", "send", *scene.message),
    "sendMessageBatch": lambda scene: ("batch", "send", *scene.batch),
    "createSchedule": lambda scene: ("schedule", "create", *scene.message, *LATER),
    "createScheduleBatch": lambda scene: ("schedule", "create-batch", *scene.batch, *LATER),
    "updateSchedule": lambda scene: ("schedule", "update", scene.schedule(), *scene.message, *LATER),
    "updateScheduleBatch": lambda scene: (
        "schedule",
        "update-batch",
        scene.schedule_batch(),
        *scene.batch,
        "--at",
        "2030-07-01T03:00+02:00",
    ),
    "getSchedule": lambda scene: ("schedule", "get", scene.schedule()),
    "deleteSchedule": lambda scene: ("schedule", "delete", scene.schedule()),
    "getAppBalance": lambda _: ("balance",),
    "getDevBalance": lambda _: ("balance", "--dev"),
    "createTemplate": lambda _: ("template", "create", *NOTICE, "--remark", "for parcels"),
    "updateTemplate": lambda scene: ("template", "update", scene.template(REJECT), *NOTICE),
    "getTemplate": lambda scene: ("template", "get", scene.template()),
    "deleteTemplate": lambda scene: ("template", "delete", scene.template()),
    "createSign": lambda scene: ("sign", "create", "极光速递", *scene.papers),
    "updateSign": lambda scene: ("sign", "update", scene.sign(REJECT), "极光速递", *scene.papers),
    "getSign": lambda scene: ("sign", "get", scene.sign()),
    "deleteSign": lambda scene: ("sign", "delete", scene.sign()),
    "pollReports": lambda _: ("report", "watch", "--once"),
    "pollReplies": lambda _: ("reply", "watch", "--once"),
}


@pytest.fixture
def scene(jsms_sandbox: Sandbox, parcel: int, folder: Path) -> Scene:
    return Scene(jsms_sandbox, parcel, folder)


def test_every_operation_has_a_command(jsms: Command) -> None:
    """Friendly commands name operations that there are; `jsms api` has the others too."""
    listed = jsms("api", "--help").out
    assert COMMANDS.keys() <= OPERATIONS.keys()
    assert [operation for operation in OPERATIONS if f"  {operation} " not in listed] == []


@pytest.mark.parametrize("operation", COMMANDS)
def test_a_command_carries_out_its_operation(operation: str, jsms: Command, scene: Scene) -> None:
    arguments = COMMANDS[operation](scene)
    done = jsms(*arguments, "--json")
    assert (done.code, done.err) == (0, "")
    assert scene.sandbox.requests[-1].operation == operation
    assert all(isinstance(line, dict) for line in done.lines)
    assert scene.sandbox.requests[-1].refusal is None


@pytest.mark.parametrize("operation", COMMANDS)
def test_a_command_whose_operation_the_contract_lacks_says_so(
    operation: str, jsms: Command, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = COMMANDS[operation](scene)
    requests = len(scene.sandbox.requests)
    others = {name: each for name, each in OPERATIONS.items() if name != operation}
    monkeypatch.setattr("jsms_client.contract.OPERATIONS", others)
    done = jsms(*arguments)
    assert (done.code, done.out) == (2, "")
    assert f"the installed contract has no operation {operation}" in done.err
    assert len(scene.sandbox.requests) == requests


@pytest.mark.parametrize(
    ("operation", "names"),
    [
        ("sendCode", {"msg_id"}),
        ("verifyCode", {"is_valid", "reason", "code", "message"}),
        ("sendMessageBatch", {"success_count", "failure_count", "recipients"}),
        ("createSchedule", {"schedule_id"}),
        ("createScheduleBatch", {"schedule_id", "success_count", "failure_count", "failure_recipients"}),
        ("getSchedule", {"schedule_id", "send_time", "temp_id", "recipients"}),
        ("deleteSchedule", {"schedule_id", "deleted"}),
        ("getAppBalance", {"app_balance", "app_voice", "app_industry", "app_market"}),
        ("getTemplate", {"temp_id", "template", "type", "status", "ttl", "remark"}),
        ("getSign", {"sign_id", "sign", "status", "is_default", "use_status"}),
    ],
)
def test_machines_get_the_names_of_the_client(operation: str, names: set[str], jsms: Command, scene: Scene) -> None:
    response = OPERATIONS[operation].response
    documented = {field.name for field in response.fields} if response is not None else set[str]()
    found = set(jsms(*COMMANDS[operation](scene), "--json").data)
    assert names <= found
    assert found - names <= documented


def test_a_time_without_a_zone_is_beijing_time_and_one_with_a_zone_is_the_same_moment(
    jsms: Command, scene: Scene
) -> None:
    for given in ("2030-07-01 09:00:00", "2030-07-01 09:00", "2030-07-01T01:00:00+00:00", "2030-07-01T01:00Z"):
        made = jsms("schedule", "create", *scene.message, "--at", given, "--json").data
        found = jsms("schedule", "get", str(made["schedule_id"]), "--json").data
        assert found["send_time"] == "2030-07-01T09:00:00+08:00"
        assert jsms("schedule", "delete", str(made["schedule_id"])).code == 0


@pytest.mark.parametrize("given", ["tomorrow", "2030-07-01", "2030-02-30 09:00:00"])
def test_what_is_no_time_is_refused_before_anything_is_sent(given: str, jsms: Command, scene: Scene) -> None:
    done = jsms("schedule", "create", *scene.message, "--at", given)
    assert (done.code, done.out) == (2, "")
    assert "is not a time" in done.err
    assert scene.sandbox.requests == []


def test_a_wrong_code_says_why_and_ends_with_a_code_of_its_own(jsms: Command, scene: Scene) -> None:
    msg_id, code = scene.code()
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    done = jsms("code", "verify", msg_id, wrong)
    assert (done.code, done.err) == (12, "")
    assert ["reason", "wrong"] in [line.split() for line in done.out.splitlines()]
