import { callback, errorCode, picture, serve, withTextId, type Asked, type Outcome } from "./protocol.js";
import { connect } from "./quickstart.js";

const app = connect(process.env.JSMS_APP_KEY, process.env.JSMS_MASTER_SECRET);
const dev = connect(process.env.JSMS_DEV_KEY, process.env.JSMS_DEV_SECRET);

function read<Value>(result: { data?: Value; error?: unknown; response: Response }, fit = (value: Value) => value): Outcome {
  if (result.response.ok) return { value: result.data === undefined ? null : fit(result.data) };
  return { status: result.response.status, code: errorCode(result.error) };
}

async function carryOut(asked: Asked): Promise<Outcome> {
  const { body, msg_id, schedule_id, temp_id, sign_id } = asked;
  switch (asked.do) {
    case "sendCode":
      return read(await app.POST("/codes", { body }), withTextId);
    case "verifyCode":
      return read(await app.POST("/codes/{msg_id}/valid", { params: { path: { msg_id } }, body }));
    case "sendMessage":
      return read(await app.POST("/messages", { body }), withTextId);
    case "sendMessageBatch":
      return read(await app.POST("/messages/batch", { body }));
    case "createSchedule":
      return read(await app.POST("/schedule", { body }));
    case "updateSchedule":
      return read(await app.PUT("/schedule/{schedule_id}", { params: { path: { schedule_id } }, body }));
    case "getSchedule":
      return read(await app.GET("/schedule/{schedule_id}", { params: { path: { schedule_id } } }));
    case "deleteSchedule":
      return read(await app.DELETE("/schedule/{schedule_id}", { params: { path: { schedule_id } } }));
    case "deleteTemplate":
      return read(await app.DELETE("/templates/{temp_id}", { params: { path: { temp_id } } }));
    case "getAppBalance":
      return read(await app.GET("/accounts/app"));
    case "getDevBalance":
      return read(await dev.GET("/accounts/dev"));
    case "pollReports":
      return read(await app.GET("/report"));
    case "pollReplies":
      return read(await app.GET("/reply"));
    case "createSign": {
      const form = await signForm(body);
      return read(await app.POST("/sign", { body, bodySerializer: () => form }));
    }
    case "getSign":
      return read(await app.GET("/sign/{sign_id}", { params: { path: { sign_id } } }));
    case "deleteSign":
      return read(await app.DELETE("/sign/{sign_id}", { params: { path: { sign_id } } }));
    case "callback":
      return callback(asked.form);
    default:
      throw new Error(asked.do);
  }
}

/** A form is FormData that a bodySerializer returns; fetch writes its Content-Type. */
async function signForm(body: Record<string, string>): Promise<FormData> {
  const form = new FormData();
  for (const [name, value] of Object.entries(body)) {
    if (name.endsWith("Image")) form.append(name, await picture(value), value);
    else form.append(name, String(value));
  }
  return form;
}

await serve(carryOut);
