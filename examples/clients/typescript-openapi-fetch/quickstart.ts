import createClient from "openapi-fetch";
import { createInterface } from "node:readline/promises";
import { pathToFileURL } from "node:url";
import type { paths } from "./client/schema.js";

/** One client for each pair of credentials. */
export function connect(key: string | undefined, secret: string | undefined) {
  return createClient<paths>({
    baseUrl: process.env.JSMS_BASE_URL,
    headers: { authorization: `Basic ${Buffer.from(`${key}:${secret}`).toString("base64")}` },
    fetch: (request) => fetch(request, { signal: AbortSignal.timeout(30_000) }),
  });
}

async function quickstart(mobile: string): Promise<void> {
  const client = connect(process.env.JSMS_APP_KEY, process.env.JSMS_MASTER_SECRET);
  const sent = await client.POST("/codes", { body: { mobile, temp_id: 1 } });
  if (!sent.data) throw new Error(`${sent.response.status} ${JSON.stringify(sent.error)}`);
  const msg_id = String(sent.data.msg_id); // the service has been seen to send a number
  console.log(`Sent as ${msg_id}. The code?`);
  const input = createInterface({ input: process.stdin });
  const code = await input.question("");
  input.close();
  const checked = await client.POST("/codes/{msg_id}/valid", { params: { path: { msg_id } }, body: { code } });
  // A wrong code is status 403, and checked.error has the error code.
  console.log(checked.data?.is_valid ? "right" : "wrong");
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await quickstart(process.argv[2] ?? "");
