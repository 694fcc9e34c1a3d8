import { ContentType, type HttpResponse } from "./client/Api.js";
import { callback, errorCode, picture, serve, withTextId, type Asked, type Outcome } from "./protocol.js";
import { connect } from "./quickstart.js";

const app = connect(process.env.JSMS_APP_KEY, process.env.JSMS_MASTER_SECRET);
const dev = connect(process.env.JSMS_DEV_KEY, process.env.JSMS_DEV_SECRET);

async function read<Value>(
  called: Promise<HttpResponse<Value, unknown>>,
  fit: (value: any) => unknown = (value) => value,
): Promise<Outcome> {
  try {
    const response = await called;
    return { value: response.data ? fit(response.data) : null };
  } catch (thrown) {
    if (!(thrown instanceof Response)) throw thrown;
    const response = thrown as HttpResponse<unknown, unknown>;
    // An operation without a body in its success does not read the body of a refusal either.
    const body = response.error ?? (response.bodyUsed ? null : await response.json().catch(() => null));
    return { status: response.status, code: errorCode(body) };
  }
}

async function carryOut(asked: Asked): Promise<Outcome> {
  const { body, msg_id, schedule_id, temp_id, sign_id } = asked;
  switch (asked.do) {
    case "sendCode":
      return read(app.codes.sendCode(body), withTextId);
    case "verifyCode":
      return read(app.codes.verifyCode(msg_id, body));
    case "sendMessage":
      return read(app.messages.sendMessage(body), withTextId);
    case "sendMessageBatch":
      return read(app.messages.sendMessageBatch(body));
    case "createSchedule":
      return read(app.schedule.createSchedule(body, { type: ContentType.Json }));
    case "updateSchedule":
      return read(app.schedule.updateSchedule(schedule_id, body, { type: ContentType.Json }));
    case "getSchedule":
      return read(app.schedule.getSchedule(schedule_id));
    case "deleteSchedule":
      return read(app.schedule.deleteSchedule(schedule_id));
    case "deleteTemplate":
      return read(app.templates.deleteTemplate(temp_id));
    case "getAppBalance":
      return read(app.accounts.getAppBalance());
    case "getDevBalance":
      return read(dev.accounts.getDevBalance());
    case "pollReports":
      return read(app.report.pollReports());
    case "pollReplies":
      return read(app.reply.pollReplies());
    case "createSign": {
      const idCardImage = await picture(body.idCardImage);
      const businessLicenseImage = await picture(body.businessLicenseImage);
      const form = { ...body, idCardImage, businessLicenseImage };
      return read(app.sign.createSign(form, { type: ContentType.FormData }));
    }
    case "getSign":
      return read(app.sign.getSign(sign_id));
    case "deleteSign":
      return read(app.sign.deleteSign(sign_id));
    case "callback":
      return callback(asked.form);
    default:
      throw new Error(asked.do);
  }
}

await serve(carryOut);
