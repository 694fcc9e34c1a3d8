// @ts-check
// Names and colours of kinds, states and codes.

import { now } from "./clock.js";
import { chip, h } from "./dom.js";
import { language, t } from "./language.js";
import { state } from "./state.js";

export const KINDS = {
  code: ["Code", "accent"],
  voice: ["Voice", "violet"],
  notice: ["Notice", "blue"],
  marketing: ["Marketing", "wait"],
};

export const TYPE_NAMES = { 1: ["Code", "accent"], 2: ["Notice", "blue"], 3: ["Marketing", "wait"] };

export const kindChip = (kind) => chip(t(KINDS[kind]?.[0] ?? kind), KINDS[kind]?.[1]);

export const meaning = (status) => t(state.statuses.find((each) => each.status === status)?.meaning ?? String(status));

export const codeState = (code) => (code.state === "issued" && now() >= code.expires_at ? "expired" : code.state);

export function statusChip(message, long = false) {
  if (message.status === null) return chip(t("Pending"), "wait");
  const text =
    message.status === 4001
      ? t("Delivered")
      : long
        ? `${message.status} ${meaning(message.status)}`
        : String(message.status);
  return h(
    "span",
    {
      class: `chip ${message.status === 4001 ? "good" : "bad"}`,
      title: `${message.status} ${message.status_name ?? ""}`,
    },
    text,
  );
}

export const checkName = (check) => {
  const [, kind, name] = /^(field|query) (.+)/.exec(check) ?? [];
  return kind ? `${t(kind)} ${name}` : t(check);
};

export const where = (entry) => entry.operation ?? `${entry.method} ${entry.path}`;

export const hintOf = (refusal) => (language === "en" ? refusal?.hint : refusal?.hint_zh) ?? "";

export const refusalCode = (entry) => entry.refusal?.code ?? entry.status;

export const stateChip = (callback) =>
  chip(t(callback.state), { delivered: "good", waiting: "wait", given_up: "bad" }[callback.state]);

export const reviewChip = (item) =>
  chip(t(item.status_name), { IN_REVIEW: "wait", PASSED: "good", REJECTED: "bad" }[item.status_name]);
