import { createInterface } from "node:readline/promises";
import { sendCode, verifyCode } from "./client/jsms.js";

// send.ts has the base URL, the credentials and the timeout.
const sent = await sendCode({ mobile: process.argv[2] ?? "", temp_id: 1 });
if (sent.status !== 200) throw new Error(`${sent.status} ${JSON.stringify(sent.data)}`);
const msgId = String(sent.data.msg_id); // the service has been seen to send a number
console.log(`Sent as ${msgId}. The code?`);
const input = createInterface({ input: process.stdin });
const code = await input.question("");
input.close();
const checked = await verifyCode(msgId, { code });
// A wrong code is status 403, and checked.data.error has the error code.
console.log(checked.status === 200 && checked.data.is_valid ? "right" : "wrong");
