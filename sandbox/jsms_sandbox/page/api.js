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
  let response;
  try {
    response = await fetch(url, { method, body: body === undefined ? undefined : JSON.stringify(body) });
  } catch {
    throw new Error(t("The sandbox does not respond."));
  }
  const content = response.status === 204 ? null : await response.json().catch(() => null);
  if (!response.ok)
    throw Object.assign(
      new Error([content?.error, content?.remedy].filter(Boolean).join(" ") || `HTTP ${response.status}`),
      { status: response.status },
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
