import { createInterface } from "node:readline/promises";
import { pathToFileURL } from "node:url";
import { createClient, createConfig } from "./client/client/index.js";
import { sendCode, verifyCode } from "./client/index.js";

/** One client does for both pairs: it asks for the one that an operation needs. */
export function connect() {
  const { JSMS_BASE_URL, JSMS_APP_KEY, JSMS_MASTER_SECRET, JSMS_DEV_KEY, JSMS_DEV_SECRET } = process.env;
  return createClient(
    createConfig({
      baseUrl: JSMS_BASE_URL,
      auth: ({ key }) =>
        key === "devAuth" ? `${JSMS_DEV_KEY}:${JSMS_DEV_SECRET}` : `${JSMS_APP_KEY}:${JSMS_MASTER_SECRET}`,
      fetch: (input, init) => fetch(input, { ...init, signal: AbortSignal.timeout(30_000) }),
    }),
  );
}

async function quickstart(mobile: string): Promise<void> {
  const client = connect();
  const sent = await sendCode({ client, body: { mobile, temp_id: 1 }, throwOnError: true });
  const msg_id = String(sent.data.msg_id); // the service has been seen to send a number
  console.log(`Sent as ${msg_id}. The code?`);
  const input = createInterface({ input: process.stdin });
  const code = await input.question("");
  input.close();
  const checked = await verifyCode({ client, path: { msg_id }, body: { code } });
  // A wrong code is status 403, and checked.error has the error code.
  console.log(checked.data?.is_valid ? "right" : "wrong");
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await quickstart(process.argv[2] ?? "");
