// What the drivers share: one JSON object a line on standard input, one response a line; and callbacks.
import { createHash, timingSafeEqual } from "node:crypto";
import { openAsBlob } from "node:fs";
import { createInterface } from "node:readline";

export type Asked = {
  do: string;
  msg_id: string;
  schedule_id: string;
  temp_id: number;
  sign_id: number;
  body: any; // in the words of the operation that `do` names
  form: string;
};
export type Outcome = { value: unknown } | { status: number; code: number | null };

export async function serve(carryOut: (asked: Asked) => Promise<Outcome>): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    let response: object;
    try {
      response = await carryOut(JSON.parse(line));
    } catch (error) {
      response = { failure: String(error instanceof Error && error.cause ? error.cause : error) };
    }
    console.log(JSON.stringify(response));
  }
}

/** The error code in the body of a refusal; null for a proxy's response of another form. */
export function errorCode(body: unknown): number | null {
  const error = (body as { error?: { code?: number } } | null | undefined)?.error;
  return typeof error?.code === "number" ? error.code : null;
}

/** Ids are declared as texts, and the service has been seen to send numbers: make them texts. */
export function withTextId<Value extends { msg_id: string }>(value: Value): Value {
  return { ...value, msg_id: String(value.msg_id) };
}

export function picture(path: string): Promise<Blob> {
  return openAsBlob(path, { type: "image/png" });
}

/** Check a callback's signature and read its data; the caller knows its type by `type`. */
export function callback(posted: string): Outcome {
  const form = new URLSearchParams(posted);
  const { JSMS_APP_KEY, JSMS_MASTER_SECRET } = process.env;
  const pair = `appKey=${JSMS_APP_KEY}&appMasterSecret=${JSMS_MASTER_SECRET}`;
  const signed = `${pair}&nonce=${form.get("nonce")}&timestamp=${form.get("timestamp")}`;
  const digest = createHash("sha1").update(signed).digest();
  const given = Buffer.from(form.get("signature") ?? "", "hex");
  const genuine = digest.length === given.length && timingSafeEqual(digest, given);
  return { value: { genuine, data: JSON.parse(form.get("data") ?? "") } };
}
