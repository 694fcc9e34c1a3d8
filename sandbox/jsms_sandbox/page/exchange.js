// @ts-check
// One request and its response, as they were sent.

import { h } from "./dom.js";
import { copy, copyButton } from "./feedback.js";
import { language, t } from "./language.js";
import { state } from "./state.js";

function asText(first, headers, body) {
  return [first, ...headers.map(([name, value]) => `${name}: ${value}`), "", body].join("\n");
}

function asCurl(entry) {
  const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const dev = state.operations.find((each) => each.id === entry.operation)?.credentials === "dev";
  const user = dev ? '"$JSMS_DEV_KEY:$JSMS_DEV_SECRET"' : '"$JSMS_APP_KEY:$JSMS_MASTER_SECRET"';
  const type = entry.headers.find(([name]) => name === "content-type")?.[1];
  return [
    `curl -X ${entry.method} ${quote(new URL(entry.path, location.origin).href)} -u ${user}`,
    type && `-H ${quote(`Content-Type: ${type}`)}`,
    entry.body && `-d ${quote(entry.body)}`,
  ]
    .filter(Boolean)
    .join(" \\\n  ");
}

export function exchange(entry) {
  const request = asText(`${entry.method} ${entry.path}`, entry.headers, entry.body),
    response = asText(`HTTP ${entry.status}`, entry.answer_headers, entry.answer);
  return h(
    "section",
    { class: "card" },
    h(
      "h3",
      {},
      t("Request and response"),
      h("span", { class: "gap" }),
      h(
        "span",
        { class: "note" },
        `${t("request {n}", { n: entry.number })} · ${t("took {n} ms", { n: entry.milliseconds })}`,
      ),
    ),
    entry.warnings.length > 0 && [
      entry.modelled && h("p", { class: "note" }, t("Works here, but no source documents it:")),
      (language === "en" ? entry.warnings : entry.warnings_zh).map((text) => h("p", { class: "warning" }, text)),
    ],
    entry.fault && h("p", { class: "warning" }, `${t("fault")}: ${entry.fault}`),
    h(
      "h4",
      {},
      t("Request"),
      copyButton(request, t("Request")),
      link2(t("Copy as curl"), () => copy(asCurl(entry), "curl")),
    ),
    h("pre", { class: "raw", tabindex: 0, "data-keep": "request" }, request),
    h("h4", {}, t("Response"), copyButton(response, t("Response"))),
    h("pre", { class: "raw", tabindex: 0, "data-keep": "response" }, response),
  );
}

const link2 = (text, onclick) => h("button", { type: "button", class: "link", onclick }, text);
