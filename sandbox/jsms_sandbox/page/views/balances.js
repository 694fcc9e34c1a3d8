// @ts-check
// The view of apps: their credentials, credit and switches.

import { act, call } from "../api.js";
import { assumed } from "../dialogs.js";
import { $, blank, chip, h } from "../dom.js";
import { meaning } from "../labels.js";
import { t } from "../language.js";
import { credentialList, title } from "../components.js";
import { state } from "../state.js";
import { appName, store } from "../store.js";

const POOLS = [
  ["balance", "for all types"],
  ["industry", "codes and notices"],
  ["market", "Marketing"],
  ["voice", "Voice"],
];

export const balancesView = {
  id: "balances",
  title: "Balances",
  items: () => store.apps.items,
  count: () => 0,
  search: (a) => ({ text: [a.name, a.app_key], other: a.callback_url }),
  row: (a) => ({
    head: [
      h("strong", {}, appName(a.app_key)),
      a.first && chip(t("default"), "accent"),
      !a.sms_enabled && chip("50008", "bad"),
      a.blacklisted && chip("50036", "bad"),
    ],
    meta: [],
    text: POOLS.slice(1)
      .map(([pool, label]) => `${t(label)} ${a.credit[pool] ?? "–"}`)
      .join(" · "),
    side: [h("span", { class: "big" }, String(a.credit.balance ?? "–"))],
    label: `${a.name} ${a.app_key}`,
  }),
  detail: appDetail,
  empty: () => blank("balances", t("No app."), ""),
};

function appDetail(a) {
  const amount = (id) => {
    const { value } = $(id);
    return value.trim() === "" ? null : Number(value);
  };
  const pools = (prefix) => Object.fromEntries(POOLS.map(([pool]) => [pool, amount(`${prefix}-${pool}`)]));
  const words = (id) =>
    $(id)
      .value.split(/[\s,，]+/)
      .filter(Boolean);
  const save = (event) => {
    event.preventDefault();
    const url = $("callback_url").value.trim() || null;
    const body = {
      credit: pools("app"),
      dev_credit: pools("dev"),
      sms_enabled: $("sms_enabled").checked,
      blacklisted: $("blacklisted").checked,
      fixed_code: $("fixed_code").value || null,
      report_delay: Number($("report_delay").value),
      report_status: Number($("report_status").value),
      review: { mode: $("review").value, seconds: Number($("review_seconds").value) },
      allowed_ips: words("allowed_ips"),
      opt_outs: words("opt_outs"),
      words: words("words"),
      ...(url === a.callback_url ? {} : { callback_url: url }),
    };
    act(() => call("PATCH", `apps/${a.app_key}`, { body }), t("Saved."));
  };
  const number = (id, value) =>
    h("input", { class: "field", id, "data-keep": id, type: "number", min: 0, value: value ?? "", "aria-label": id });
  const field = (label, input) => [h("label", { for: input.id }, label), input];
  const text = (id, value, placeholder, more = {}) =>
    h("input", { class: "field", id, "data-keep": id, value, placeholder, autocomplete: "off", ...more });
  const check = (id, checked) => h("input", { type: "checkbox", id, "data-keep": id, checked });
  return [
    title([h("h2", {}, appName(a.app_key)), a.first && chip(t("default"), "accent")]),
    a.warnings.map((each) => h("p", { class: "warning" }, each)),
    h("section", { class: "card" }, h("h3", {}, t("Credentials")), h("dl", { class: "keys" }, credentialList(a))),
    h(
      "form",
      { onsubmit: save },
      h(
        "section",
        { class: "card" },
        h(
          "h3",
          {},
          t("Credit"),
          assumed("credit", "frequency"),
          h("span", { class: "gap" }),
          h("button", { class: "button main", "data-keep": "save" }, t("Save")),
        ),
        h(
          "table",
          { class: "table" },
          h(
            "thead",
            {},
            h("tr", {}, h("th", {}, t("Pool")), h("th", {}, t("App")), h("th", {}, t("Developer account"))),
          ),
          h(
            "tbody",
            {},
            POOLS.map(([pool, label]) =>
              h(
                "tr",
                {},
                h("td", {}, t(label)),
                h("td", {}, number(`app-${pool}`, a.credit[pool])),
                h("td", {}, number(`dev-${pool}`, a.dev_credit[pool])),
              ),
            ),
          ),
        ),
        h("p", { class: "note" }, t("An empty field means that the pool was never allocated.")),
        h("h4", {}, t("Switches")),
        h(
          "div",
          { class: "form" },
          field(t("May send"), check("sms_enabled", a.sms_enabled)),
          field(t("On the blacklist"), check("blacklisted", a.blacklisted)),
          field(t("Callback URL"), text("callback_url", a.callback_url ?? "", "http://127.0.0.1:8000/jsms")),
          field(
            t("Every code is"),
            text("fixed_code", a.fixed_code ?? "", t("random"), { pattern: "[0-9]{6}", maxlength: 6 }),
          ),
          field(
            t("Report after (s)"),
            h("input", {
              class: "field",
              id: "report_delay",
              "data-keep": "report_delay",
              type: "number",
              min: 0,
              step: "any",
              value: a.report_delay,
            }),
          ),
          field(
            t("Report status"),
            h(
              "select",
              { class: "field", id: "report_status", "data-keep": "report_status" },
              state.statuses.map(({ status }) =>
                h(
                  "option",
                  { value: String(status), selected: status === a.report_status },
                  `${status} ${meaning(status)}`,
                ),
              ),
            ),
          ),
          field(
            t("Reviews"),
            h(
              "select",
              { class: "field", id: "review", "data-keep": "review" },
              ["at_once", "by_hand", "after"].map((mode) =>
                h("option", { value: mode, selected: mode === a.review.mode }, t(mode)),
              ),
            ),
          ),
          field(
            t("after (s)"),
            h("input", {
              class: "field",
              id: "review_seconds",
              "data-keep": "review_seconds",
              type: "number",
              min: 0,
              step: "any",
              value: a.review.seconds,
            }),
          ),
          field(t("Allowed IPs"), text("allowed_ips", a.allowed_ips.join(" "), t("all"))),
          field(t("Opted-out numbers"), text("opt_outs", a.opt_outs.join(" "), t("none"))),
          field(t("Blocked words"), text("words", a.words.join(" "), t("none"))),
        ),
      ),
    ),
  ];
}
