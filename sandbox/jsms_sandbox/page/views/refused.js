// @ts-check
// The view of requests that were refused: the check that failed, what it means and what to change.

import { aged } from "../clock.js";
import { assumed } from "../dialogs.js";
import { blank, button, chip, h, icon } from "../dom.js";
import { exchange } from "../exchange.js";
import { copy } from "../feedback.js";
import { checkName, hintOf, refusalCode, where } from "../labels.js";
import { language, t } from "../language.js";
import { title } from "../components.js";
import { appChip, store } from "../store.js";
import { notModelled } from "./unmodelled.js";

export const refusedView = {
  id: "refused",
  title: "Refused requests",
  items: () => store.refused.items,
  alert: true,
  search: (r) => ({
    to: /1\d{10}/.exec(r.body)?.[0],
    text: [r.body, r.answer, r.path],
    code: [r.refusal?.code, r.status],
    type: [r.operation, r.refusal?.check],
    status: r.status,
    msg: [r.number, ...r.msg_ids],
    other: [r.refusal?.name, r.refusal?.hint, r.refusal?.hint_zh, r.refusal?.meaning, r.refusal?.meaning_zh, r.fault],
  }),
  row: (r) => ({
    head: [
      h("strong", {}, where(r)),
      chip(r.refusal?.check ? checkName(r.refusal.check) : t("fault"), "bad"),
      appChip(r.app_key),
    ],
    meta: [h("span", {}, `HTTP ${r.status}`), aged(r.at)],
    text: hintOf(r.refusal) || r.fault || r.answer,
    side: [h("span", { class: "big bad" }, String(refusalCode(r)))],
    label: `${refusalCode(r)} ${where(r)} ${hintOf(r.refusal)}`,
  }),
  detail: refusedDetail,
  empty: () =>
    blank("refused", t("Nothing was refused."), t("To see one, send to 13000050014: it is refused with error 50014.")),
};

function refusedDetail(r) {
  const why = r.refusal;
  const zhFirst = language !== "en";
  const both = (en, zh) =>
    zhFirst
      ? [
          [zh, "zh-CN"],
          [en, "en"],
        ]
      : [
          [en, "en"],
          [zh, "zh-CN"],
        ];
  return [
    title(
      [
        h("h2", {}, where(r)),
        chip(`HTTP ${r.status}`, "bad"),
        notModelled(r),
        assumed(r.operation),
        appChip(r.app_key),
      ],
      h("span", { class: "note" }, aged(r.at)),
    ),
    h(
      "section",
      { class: "card refusal" },
      h(
        "div",
        { class: "code-line" },
        h("span", { class: "big bad" }, String(refusalCode(r))),
        h(
          "div",
          {},
          h("b", {}, why?.name ?? ""),
          h("div", { class: "note" }, why?.message ?? t("The response is not one of the API's error codes.")),
        ),
        h("span", { class: "gap" }),
        button([icon("copy"), t("Copy")], () => copy(String(refusalCode(r)), String(refusalCode(r))), {
          "data-keep": "copy",
        }),
      ),
      h(
        "div",
        { class: "why" },
        h(
          "div",
          {},
          h("h4", {}, t("The check that failed")),
          why?.check
            ? [chip(checkName(why.check), "bad"), " ", assumed("order of checks", "refusals")]
            : r.fault
              ? t("The response of an injected fault.")
              : "–",
        ),
        r.fault && !why && h("div", {}, h("h4", {}, t("Faults")), r.fault),
      ),
      why &&
        h(
          "div",
          { class: "why" },
          both(why.meaning, why.meaning_zh).map(([text, lang], index) =>
            h("div", { lang }, h("h4", {}, index ? (zhFirst ? "Meaning" : "含义") : t("Meaning")), h("p", {}, text)),
          ),
        ),
      why &&
        h(
          "div",
          { class: "fix" },
          h("h4", {}, t("What to change")),
          why.hint && h("p", { class: "hint", lang: language }, hintOf(why)),
          both(why.remedy, why.remedy_zh).map(([text, lang]) => h("p", { lang }, text)),
        ),
    ),
    exchange(r),
  ];
}
