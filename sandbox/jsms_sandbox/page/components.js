// @ts-check
// Components that several views share.

import { h, icon } from "./dom.js";
import { copyButton } from "./feedback.js";
import { t } from "./language.js";
import { backToList, go } from "./navigation.js";

export function title(parts, ...others) {
  return h(
    "div",
    { class: "title" },
    h("button", { type: "button", class: "button back", onclick: backToList }, icon("back"), t("Back to the list")),
    ...parts,
    h("span", { class: "gap" }),
    ...others,
  );
}

export const link = (text, view, key) =>
  h("button", { type: "button", class: "link", onclick: () => go(view, key) }, text);

export function credentialList(app) {
  const rows = [
    ["appKey", app.app_key],
    ["masterSecret", app.master_secret],
    ["devKey", app.dev_key],
    ["devSecret", app.dev_secret],
  ];
  return rows.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value), copyButton(value, name)]);
}
