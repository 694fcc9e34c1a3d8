import { createInterface } from "node:readline/promises";
import { pathToFileURL } from "node:url";
import { CodesApi, Configuration, ResponseError } from "./client/index.js";

/** One configuration for each pair of credentials. */
export function connect(username: string | undefined, password: string | undefined): Configuration {
  return new Configuration({
    basePath: process.env.JSMS_BASE_URL,
    username,
    password,
    fetchApi: (input, init) => fetch(input, { ...init, signal: AbortSignal.timeout(30_000) }),
  });
}

async function quickstart(mobile: string): Promise<void> {
  const codes = new CodesApi(connect(process.env.JSMS_APP_KEY, process.env.JSMS_MASTER_SECRET));
  const sent = await codes.sendCode({ sendCodeRequest: { mobile, tempId: 1 } });
  const msgId = String(sent.msgId); // the service has been seen to send a number
  console.log(`Sent as ${msgId}. The code?`);
  const input = createInterface({ input: process.stdin });
  const code = await input.question("");
  input.close();
  try {
    const checked = await codes.verifyCode({ msgId, verifyCodeRequest: { code } });
    console.log(checked.isValid ? "right" : "wrong");
  } catch (error) {
    if (!(error instanceof ResponseError)) throw error;
    console.log("wrong", await error.response.text()); // status 403; the body has the error code
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await quickstart(process.argv[2] ?? "");
