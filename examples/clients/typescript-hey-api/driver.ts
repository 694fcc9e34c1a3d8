import * as api from "./client/index.js";
import { callback, errorCode, picture, serve, withTextId, type Asked, type Outcome } from "./protocol.js";
import { connect } from "./quickstart.js";

const client = connect();

function read<Value>(result: { data?: Value; error?: unknown; response?: Response }, fit = (value: Value) => value): Outcome {
  if (!result.response) throw result.error; // no response: whether the request arrived is unknown
  if (result.response.ok) return { value: result.data === undefined ? null : fit(result.data) };
  return { status: result.response.status, code: errorCode(result.error) };
}

async function carryOut(asked: Asked): Promise<Outcome> {
  const { body, msg_id, schedule_id, temp_id, sign_id } = asked;
  switch (asked.do) {
    case "sendCode":
      return read(await api.sendCode({ client, body }), withTextId);
    case "verifyCode":
      return read(await api.verifyCode({ client, path: { msg_id }, body }));
    case "sendMessage":
      return read(await api.sendMessage({ client, body }), withTextId);
    case "sendMessageBatch":
      return read(await api.sendMessageBatch({ client, body }));
    case "createSchedule":
      return read(await api.createSchedule({ client, body }));
    case "updateSchedule":
      return read(await api.updateSchedule({ client, path: { schedule_id }, body }));
    case "getSchedule":
      return read(await api.getSchedule({ client, path: { schedule_id } }));
    case "deleteSchedule":
      return read(await api.deleteSchedule({ client, path: { schedule_id } }));
    case "deleteTemplate":
      return read(await api.deleteTemplate({ client, path: { temp_id } }));
    case "getAppBalance":
      return read(await api.getAppBalance({ client }));
    case "getDevBalance":
      return read(await api.getDevBalance({ client }));
    case "pollReports":
      return read(await api.pollReports({ client }));
    case "pollReplies":
      return read(await api.pollReplies({ client }));
    case "createSign": {
      const idCardImage = await picture(body.idCardImage);
      const businessLicenseImage = await picture(body.businessLicenseImage);
      return read(await api.createSign({ client, body: { ...body, idCardImage, businessLicenseImage } }));
    }
    case "getSign":
      return read(await api.getSign({ client, path: { sign_id } }));
    case "deleteSign":
      return read(await api.deleteSign({ client, path: { sign_id } }));
    case "callback":
      return callback(asked.form);
    default:
      throw new Error(asked.do);
  }
}

await serve(carryOut);
