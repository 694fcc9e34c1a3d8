"""Carries out operations: one JSON object a line on standard input, one response a line."""

import hashlib
import hmac
import json
import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import jsms_generated as jsms
from jsms_generated.exceptions import ApiException
from quickstart import connect

APP = connect(os.environ["JSMS_APP_KEY"], os.environ["JSMS_MASTER_SECRET"])
DEV = connect(os.environ["JSMS_DEV_KEY"], os.environ["JSMS_DEV_SECRET"])
PAYLOADS = {
    "SMS_REPORT": jsms.DeliveryReport,
    "SMS_REPLY": jsms.UserReply,
    "SMS_TEMPLATE": jsms.TemplateReview,
    "SMS_SIGN": jsms.SignReview,
}


def carry_out(asked: dict[str, Any]) -> Any:  # noqa: PLR0912 - a branch for each operation
    body = asked.get("body")
    codes, messages, schedules = jsms.CodesApi(APP), jsms.MessagesApi(APP), jsms.SchedulesApi(APP)
    match asked["do"]:
        case "sendCode":
            return codes.send_code(jsms.SendCodeRequest.from_dict(body))
        case "verifyCode":
            return codes.verify_code(asked["msg_id"], jsms.VerifyCodeRequest.from_dict(body))
        case "sendMessage":
            return messages.send_message(jsms.SendMessageRequest.from_dict(body))
        case "sendMessageBatch":
            return messages.send_message_batch(jsms.SendMessageBatchRequest.from_dict(body))
        case "createSchedule":
            return schedules.create_schedule(jsms.ScheduleRequest.from_dict(body))
        case "updateSchedule":
            return schedules.update_schedule(asked["schedule_id"], jsms.ScheduleRequest.from_dict(body))
        case "getSchedule":
            return schedules.get_schedule(asked["schedule_id"])
        case "deleteSchedule":
            return schedules.delete_schedule(asked["schedule_id"])
        case "deleteTemplate":
            return jsms.TemplatesApi(APP).delete_template(asked["temp_id"])
        case "getAppBalance":
            return jsms.AccountsApi(APP).get_app_balance()
        case "getDevBalance":
            return jsms.AccountsApi(DEV).get_dev_balance()
        case "pollReports":
            return jsms.ReceiptsApi(APP).poll_reports()
        case "pollReplies":
            return jsms.ReceiptsApi(APP).poll_replies()
        case "createSign":
            return create_sign(body)
        case "getSign":
            return jsms.SignsApi(APP).get_sign(asked["sign_id"])
        case "deleteSign":
            return jsms.SignsApi(APP).delete_sign(asked["sign_id"])
        case "callback":
            return callback(asked["form"])
    raise ValueError(asked["do"])


def create_sign(form: dict[str, Any]) -> jsms.SavedSign:
    pictures = {name: (path, Path(path).read_bytes()) for name, path in form.items() if name.endswith("Image")}
    return jsms.SignsApi(APP).create_sign(
        sign=form["sign"],
        type=form["type"],
        legal_person_name=form["legalPersonName"],
        legal_person_id_number=form["legalPersonIdNumber"],
        social_credit_code=form["socialCreditCode"],
        id_card_image=pictures["idCardImage"],
        business_license_image=pictures["businessLicenseImage"],
        remark=form["remark"],
    )


def callback(posted: str) -> dict[str, Any]:
    form = {name: values[0] for name, values in parse_qs(posted).items()}
    signed = (
        f"appKey={os.environ['JSMS_APP_KEY']}&appMasterSecret={os.environ['JSMS_MASTER_SECRET']}"
        f"&nonce={form['nonce']}&timestamp={form['timestamp']}"
    )
    digest = hashlib.sha1(signed.encode()).hexdigest()
    data = PAYLOADS[form["type"]].from_json(form["data"])
    return {"genuine": hmac.compare_digest(digest, form["signature"].lower()), "data": data}


def plain(value: Any) -> Any:
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    return value.to_dict() if hasattr(value, "to_dict") else value


def respond(asked: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"value": plain(carry_out(asked))}
    except ApiException as error:
        refusal = getattr(error.data, "error", None)
        return {"status": error.status, "code": getattr(refusal, "code", None)}
    except Exception as error:  # noqa: BLE001 - whatever it is, the script has to see it
        return {"failure": repr(error)}


for line in sys.stdin:
    print(json.dumps(respond(json.loads(line))), flush=True)
