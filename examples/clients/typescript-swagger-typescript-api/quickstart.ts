import { createInterface } from "node:readline/promises";
import { pathToFileURL } from "node:url";
import { Api, type ErrorBody, type HttpResponse } from "./client/Api.js";

/** One client for each pair of credentials. */
export function connect(key: string | undefined, secret: string | undefined): Api<unknown> {
  const authorization = `Basic ${Buffer.from(`${key}:${secret}`).toString("base64")}`;
  return new Api({
    baseUrl: process.env.JSMS_BASE_URL,
    securityWorker: () => ({ headers: { authorization } }),
    customFetch: (input, init) => fetch(input, { ...init, signal: AbortSignal.timeout(30_000) }),
  });
}

async function quickstart(mobile: string): Promise<void> {
  const client = connect(process.env.JSMS_APP_KEY, process.env.JSMS_MASTER_SECRET);
  const sent = await client.codes.sendCode({ mobile, temp_id: 1 });
  const msgId = String(sent.data.msg_id); // the service has been seen to send a number
  console.log(`Sent as ${msgId}. The code?`);
  const input = createInterface({ input: process.stdin });
  const code = await input.question("");
  input.close();
  try {
    const checked = await client.codes.verifyCode(msgId, { code });
    console.log(checked.data.is_valid ? "right" : "wrong");
  } catch (thrown) { // the response itself; without one it is an Error
    if (!(thrown instanceof Response)) throw thrown;
    console.log("wrong", (thrown as HttpResponse<unknown, ErrorBody>).error);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await quickstart(process.argv[2] ?? "");
