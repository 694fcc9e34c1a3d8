import * as jsms from "./client/index.js";
import { callback, errorCode, picture, serve, withTextId, type Asked, type Outcome } from "./protocol.js";
import { connect } from "./quickstart.js";

const app = connect(process.env.JSMS_APP_KEY, process.env.JSMS_MASTER_SECRET);
const dev = connect(process.env.JSMS_DEV_KEY, process.env.JSMS_DEV_SECRET);
const codes = new jsms.CodesApi(app);
const messages = new jsms.MessagesApi(app);
const schedules = new jsms.SchedulesApi(app);
const signs = new jsms.SignsApi(app);
const receipts = new jsms.ReceiptsApi(app);

async function value(asked: Asked): Promise<unknown> {
  const { body, msg_id: msgId, schedule_id: scheduleId, temp_id: tempId, sign_id: signId } = asked;
  switch (asked.do) {
    case "sendCode": {
      const sent = await codes.sendCode({ sendCodeRequest: jsms.SendCodeRequestFromJSON(body) });
      return withTextId(jsms.SentMessageToJSON(sent) as never);
    }
    case "verifyCode": {
      const verifyCodeRequest = jsms.VerifyCodeRequestFromJSON(body);
      return jsms.VerificationToJSON(await codes.verifyCode({ msgId, verifyCodeRequest }));
    }
    case "sendMessage": {
      const sent = await messages.sendMessage({ sendMessageRequest: jsms.SendMessageRequestFromJSON(body) });
      return withTextId(jsms.SentMessageToJSON(sent) as never);
    }
    case "sendMessageBatch": {
      const sendMessageBatchRequest = jsms.SendMessageBatchRequestFromJSON(body);
      return jsms.BatchResultToJSON(await messages.sendMessageBatch({ sendMessageBatchRequest }));
    }
    case "createSchedule": {
      const made = await schedules.createSchedule({ scheduleRequest: jsms.ScheduleRequestFromJSON(body) });
      return jsms.ScheduledMessageToJSON(made);
    }
    case "updateSchedule": {
      const scheduleRequest = jsms.ScheduleRequestFromJSON(body);
      return jsms.ScheduledMessageToJSON(await schedules.updateSchedule({ scheduleId, scheduleRequest }));
    }
    case "getSchedule":
      return jsms.ScheduleToJSON(await schedules.getSchedule({ scheduleId }));
    case "deleteSchedule":
      return schedules.deleteSchedule({ scheduleId });
    case "deleteTemplate":
      return new jsms.TemplatesApi(app).deleteTemplate({ tempId });
    case "getAppBalance":
      return jsms.ApplicationBalanceToJSON(await new jsms.AccountsApi(app).getAppBalance());
    case "getDevBalance":
      return jsms.DeveloperBalanceToJSON(await new jsms.AccountsApi(dev).getDevBalance());
    case "pollReports":
      return (await receipts.pollReports()).map(jsms.DeliveryReportToJSON);
    case "pollReplies":
      return (await receipts.pollReplies()).map(jsms.UserReplyToJSON);
    case "createSign": {
      const idCardImage = await picture(body.idCardImage);
      const businessLicenseImage = await picture(body.businessLicenseImage);
      return jsms.SavedSignToJSON(await signs.createSign({ ...body, idCardImage, businessLicenseImage }));
    }
    case "getSign":
      return jsms.SignDetailsToJSON(await signs.getSign({ signId }));
    case "deleteSign":
      return signs.deleteSign({ signId });
    default:
      throw new Error(asked.do);
  }
}

async function carryOut(asked: Asked): Promise<Outcome> {
  if (asked.do === "callback") return callback(asked.form);
  try {
    return { value: (await value(asked)) ?? null };
  } catch (error) {
    if (!(error instanceof jsms.ResponseError)) throw error;
    return { status: error.response.status, code: errorCode(await error.response.json().catch(() => null)) };
  }
}

await serve(carryOut);
