// @ts-check
// The view of scheduled messages.

import { aged, fullTime, moveClock, now } from "../clock.js";
import { assumed } from "../dialogs.js";
import { blank, button, card, chip, facts, h, icon } from "../dom.js";
import { copyButton } from "../feedback.js";
import { TYPE_NAMES } from "../labels.js";
import { t } from "../language.js";
import { link, title } from "../components.js";
import { appChip, store } from "../store.js";

export const scheduledView = {
  id: "scheduled",
  title: "Scheduled",
  items: () => store.scheduled.items,
  count: (items) => items.filter((each) => each.status === "pending").length,
  search: (s) => ({
    to: s.recipients.map((each) => each.mobile),
    text: s.recipients.map((each) => each.text),
    type: [s.type, t(TYPE_NAMES[s.type]?.[0] ?? "")],
    status: [s.status, t(s.status)],
    tag: s.tag,
    msg: [s.schedule_id, ...s.recipients.map((each) => each.msg_id)],
    other: s.send_time,
  }),
  row: (s) => ({
    head: [
      h(
        "strong",
        {},
        s.recipients.length === 1 ? s.recipients[0].mobile : t("{n} recipients", { n: s.recipients.length }),
      ),
      chip(t(s.status), { pending: "wait", sent: "good" }[s.status]),
      s.batch && chip(t("batch")),
      appChip(s.app_key),
    ],
    meta: [aged(s.send_at)],
    text: s.recipients[0]?.text ?? "",
    side: [h("strong", { class: "mono" }, s.send_time)],
    label: `${s.send_time} ${s.recipients[0]?.mobile ?? ""}`,
  }),
  detail: scheduleDetail,
  empty: () =>
    blank("scheduled", t("Nothing is scheduled."), t("What your app schedules is listed here until it is sent.")),
};

function scheduleDetail(s) {
  const wait = (s.send_at - now()) / 1000;
  return [
    title(
      [h("h2", {}, s.send_time), chip(t(s.status), { pending: "wait", sent: "good" }[s.status]), assumed("schedules")],
      h("span", { class: "note" }, aged(s.send_at)),
    ),
    s.status === "pending" &&
      h(
        "div",
        { class: "actions" },
        button([icon("next"), t("Advance the clock to then")], () => moveClock({ now: s.send_at }), {
          class: "button main",
          "data-keep": "then",
          disabled: wait < 0,
        }),
      ),
    card(
      null,
      facts(
        ["schedule_id", h("span", { class: "mono" }, s.schedule_id), copyButton(s.schedule_id, s.schedule_id)],
        [t("Sent at"), `${s.send_time} ${t("Beijing")}`],
        [t("Created"), fullTime(s.created_at)],
        [t("Template"), link(String(s.temp_id), "templates", `t/${s.app_key}/${s.temp_id}`)],
        s.sign_id !== null && [t("Signature"), link(String(s.sign_id), "templates", `s/${s.app_key}/${s.sign_id}`)],
        [t("Tag"), s.tag],
        ["appKey", h("span", { class: "mono" }, s.app_key)],
      ),
    ),
    card(
      t("Recipients"),
      h(
        "table",
        { class: "table" },
        h(
          "tbody",
          {},
          s.recipients
            .slice(0, 200)
            .map((to) =>
              h(
                "tr",
                {},
                h("td", { class: "mono" }, to.mobile),
                h("td", { lang: "zh-CN" }, to.text),
                h("td", {}, s.status === "sent" && link(to.msg_id, "messages", to.msg_id)),
              ),
            ),
        ),
      ),
    ),
  ];
}
