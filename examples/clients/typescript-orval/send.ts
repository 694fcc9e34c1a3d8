/** What the generated functions call: base URL, credentials, timeout, and a body that need not be JSON. */
export async function send<Result>(path: string, options: RequestInit): Promise<Result> {
  const { JSMS_BASE_URL, JSMS_APP_KEY, JSMS_MASTER_SECRET, JSMS_DEV_KEY, JSMS_DEV_SECRET } = process.env;
  const pair = path === "/accounts/dev" ? `${JSMS_DEV_KEY}:${JSMS_DEV_SECRET}` : `${JSMS_APP_KEY}:${JSMS_MASTER_SECRET}`;
  const headers = new Headers(options.headers);
  headers.set("authorization", `Basic ${Buffer.from(pair).toString("base64")}`);
  const response = await fetch(`${JSMS_BASE_URL}${path}`, { ...options, headers, signal: AbortSignal.timeout(30_000) });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.includes("json") ?? false;
  const data = isJson && text ? JSON.parse(text) : null;
  return { data, status: response.status, headers: response.headers } as Result;
}
