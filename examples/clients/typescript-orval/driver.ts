import * as jsms from "./client/jsms.js";
import { callback, errorCode, picture, serve, withTextId, type Asked, type Outcome } from "./protocol.js";

function read(result: { data: unknown; status: number }, fit = (value: any) => value): Outcome {
  if (result.status >= 200 && result.status < 300) return { value: result.data ? fit(result.data) : null };
  return { status: result.status, code: errorCode(result.data) };
}

async function carryOut(asked: Asked): Promise<Outcome> {
  const { body, msg_id, schedule_id, temp_id, sign_id } = asked;
  switch (asked.do) {
    case "sendCode":
      return read(await jsms.sendCode(body), withTextId);
    case "verifyCode":
      return read(await jsms.verifyCode(msg_id, body));
    case "sendMessage":
      return read(await jsms.sendMessage(body), withTextId);
    case "sendMessageBatch":
      return read(await jsms.sendMessageBatch(body));
    case "createSchedule":
      return read(await jsms.createSchedule(body));
    case "updateSchedule":
      return read(await jsms.updateSchedule(schedule_id, body));
    case "getSchedule":
      return read(await jsms.getSchedule(schedule_id));
    case "deleteSchedule":
      return read(await jsms.deleteSchedule(schedule_id));
    case "deleteTemplate":
      return read(await jsms.deleteTemplate(temp_id));
    case "getAppBalance":
      return read(await jsms.getAppBalance());
    case "getDevBalance":
      return read(await jsms.getDevBalance());
    case "pollReports":
      return read(await jsms.pollReports());
    case "pollReplies":
      return read(await jsms.pollReplies());
    case "createSign": {
      const idCardImage = await picture(body.idCardImage);
      const businessLicenseImage = await picture(body.businessLicenseImage);
      return read(await jsms.createSign({ ...body, idCardImage, businessLicenseImage }));
    }
    case "getSign":
      return read(await jsms.getSign(sign_id));
    case "deleteSign":
      return read(await jsms.deleteSign(sign_id));
    case "callback":
      return callback(asked.form);
    default:
      throw new Error(asked.do);
  }
}

await serve(carryOut);
