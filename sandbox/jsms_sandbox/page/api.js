// @ts-check
// Calls of the sandbox's test API.

import { toast } from "./feedback.js";
import { t } from "./language.js";

export const API = "api";

/**
 * @param {string} method
 * @param {string} path
 * @param {{ query?: Record<string, any>, body?: unknown }} [more]
 * @returns {Promise<any>}
 */
export async function call(method, path, { query = {}, body } = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const url = `${API}/${path}${given.length ? `?${new URLSearchParams(given)}` : ""}`;
  let answer;
  try {
    answer = await fetch(url, { method, body: body === undefined ? undefined : JSON.stringify(body) });
  } catch {
    throw new Error(t("The sandbox does not answer."));
  }
  const content = answer.status === 204 ? null : await answer.json().catch(() => null);
  if (!answer.ok)
    throw Object.assign(
      new Error([content?.error, content?.remedy].filter(Boolean).join(" ") || `HTTP ${answer.status}`),
      { status: answer.status },
    );
  return content;
}

export async function act(work, done) {
  try {
    const result = await work();
    if (done) toast(typeof done === "function" ? done(result) : done);
    return result;
  } catch (problem) {
    toast(problem instanceof Error ? problem.message : String(problem), true);
    return null;
  }
}
