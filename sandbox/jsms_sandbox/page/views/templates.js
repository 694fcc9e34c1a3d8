// @ts-check
// The view of templates and signatures, and their review.

import { act, call } from "../api.js";
import { aged, fullTime } from "../clock.js";
import { assumed } from "../dialogs.js";
import { $, blank, button, card, chip, facts, h, icon, shorten } from "../dom.js";
import { copyButton } from "../feedback.js";
import { TYPE_NAMES, reviewChip } from "../labels.js";
import { t } from "../language.js";
import { title } from "../components.js";
import { appChip, store } from "../store.js";

export const templatesView = {
  id: "templates",
  title: "Templates & signatures",
  items: () => [...store.templates.items, ...store.signs.items],
  search: (x) => ({
    text: [x.template, x.sign, x.remark],
    type: "template" in x ? ["template", x.type, t(TYPE_NAMES[x.type]?.[0] ?? "")] : ["sign", t("Signature")],
    status: [x.status, x.status_name, t(x.status_name)],
    msg: x.temp_id ?? x.sign_id,
  }),
  row: (x) => ({
    head:
      "template" in x
        ? [
            h("strong", {}, t("template {n}", { n: x.temp_id })),
            chip(t(TYPE_NAMES[x.type]?.[0] ?? String(x.type)), TYPE_NAMES[x.type]?.[1]),
            appChip(x.app_key),
          ]
        : [
            h("strong", {}, t("signature {n}", { n: x.sign_id })),
            chip(t("Signature"), "violet"),
            x.is_default && chip(t("default")),
            appChip(x.app_key),
          ],
    meta: [aged(x.created_at)],
    text: x.template ?? `【${x.sign}】`,
    side: [reviewChip(x)],
    label: `${x.template ?? x.sign} ${t(x.status_name)}`,
  }),
  count: (items) => items.filter((each) => each.status === 0).length,
  alert: true,
  detail: reviewDetail,
  empty: () => blank("templates", t("No template and no signature."), ""),
};

function reviewDetail(x) {
  const template = "template" in x,
    path = template ? `templates/${x.temp_id}` : `signs/${x.sign_id}`;
  const decide = (passed) =>
    act(
      () =>
        call("POST", `${path}/review`, {
          query: { app: x.app_key },
          body: { passed, reason: passed ? null : $("reason").value || null },
        }),
      passed ? t("It was passed.") : t("It was rejected."),
    );
  return [
    title(
      [
        h("h2", {}, template ? t("template {n}", { n: x.temp_id }) : t("signature {n}", { n: x.sign_id })),
        reviewChip(x),
        assumed("reviews", "template changes"),
        appChip(x.app_key),
      ],
      h("span", { class: "note" }, aged(x.created_at)),
    ),
    h("section", { class: "card" }, h("div", { class: "bubble", lang: "zh-CN" }, x.template ?? `【${x.sign}】`)),
    card(
      t("Review"),
      h(
        "div",
        { class: "actions" },
        button([icon("check"), t("Pass")], () => decide(true), { class: "button main", "data-keep": "pass" }),
        h(
          "span",
          { class: "group" },
          h("input", {
            class: "field",
            id: "reason",
            "data-keep": "reason",
            maxlength: 500,
            placeholder: t("Reason"),
            "aria-label": t("Reason"),
          }),
          button(t("Reject"), () => decide(false), { class: "button bad", "data-keep": "reject" }),
        ),
      ),
    ),
    card(
      null,
      facts(
        [
          template ? "temp_id" : "sign_id",
          h("span", { class: "mono" }, String(x.temp_id ?? x.sign_id)),
          copyButton(String(x.temp_id ?? x.sign_id), template ? "temp_id" : "sign_id"),
        ],
        [t("Type"), template ? t(TYPE_NAMES[x.type]?.[0] ?? String(x.type)) : String(x.type)],
        x.ttl && [t("Valid for"), t("{n} s", { n: x.ttl })],
        [t("Remark"), x.remark],
        [t("Reason"), x.refuse_reason],
        [t("Created"), fullTime(x.created_at)],
        x.review_at !== null && [t("decided on"), fullTime(x.review_at)],
        x.files?.length > 0 && [
          t("Files"),
          x.files.map((file) =>
            h(
              "div",
              { class: "mono" },
              `${file.field}: ${file.media_type}, ${file.size} B, SHA-256 ${shorten(file.sha256, 16)}`,
            ),
          ),
        ],
        ["appKey", h("span", { class: "mono" }, x.app_key)],
      ),
    ),
  ];
}
