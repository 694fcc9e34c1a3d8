// @ts-check
// The view of messages.

import { act, call } from "../api.js";
import { aged, fullTime, now, shortTime, span } from "../clock.js";
import { assumed } from "../dialogs.js";
import { $, button, card, chip, facts, h, icon } from "../dom.js";
import { exchange } from "../exchange.js";
import { copy, copyButton } from "../feedback.js";
import { KINDS, codeState, kindChip, meaning, statusChip } from "../labels.js";
import { language, t } from "../language.js";
import { render } from "../render.js";
import { link, title } from "../components.js";
import { state } from "../state.js";
import { appChip, appName, store } from "../store.js";
import { callbackCard } from "./callbacks.js";
import { firstSteps } from "./first_steps.js";
import { phone, ruler } from "./phone.js";

/** @type {{ key: string | null, data: any, timer: ReturnType<typeof setTimeout> | undefined }} */
let more = { key: null, data: null, timer: undefined };

export function forgetCloser() {
  clearTimeout(more.timer);
  more = { key: null, data: null, timer: undefined };
}

function lookCloser(msgId, delay) {
  clearTimeout(more.timer);
  more.timer = setTimeout(async () => {
    try {
      const data = await call("GET", `messages/${encodeURIComponent(msgId)}`);
      if (more.key !== msgId) return;
      more.data = data;
      render("detail");
    } catch {
      /* it was deleted, or the connection is down: the list shows it */
    }
  }, delay);
}

// Apply an event to the message that is shown.
export function touch(data) {
  const { key } = more;
  if (!key) return;
  const ofIt = data.msg_id ? data.msg_id === key : store.messages.byKey.get(key)?.app_key === data.app_key;
  if (ofIt) lookCloser(key, 120);
}

export const messagesView = {
  id: "messages",
  title: "Messages",
  items: () => store.messages.items,
  search: (m) => ({
    to: m.mobile,
    text: m.text,
    code: m.code?.code,
    type: [m.kind, m.type, t(KINDS[m.kind][0])],
    status: m.status === null ? ["pending", t("Pending")] : [m.status, m.status_name, meaning(m.status)],
    tag: m.tag,
    msg: m.msg_id,
    other: [m.schedule_id, m.temp_id, appName(m.app_key)],
  }),
  row: (m) => ({
    head: [
      h("strong", {}, m.mobile),
      kindChip(m.kind),
      h("small", { class: "note" }, m.kind === "voice" ? t("1 call") : t("{n} SMS", { n: m.segments })),
      appChip(m.app_key),
    ],
    meta: [statusChip(m), aged(m.sent_at)],
    text: m.text,
    side: m.code && [
      h(
        "span",
        {
          class: codeState(m.code) === "issued" ? "big" : "big used",
          "data-expires": m.code.state === "issued" ? m.code.expires_at : null,
        },
        m.code.code,
      ),
      copyButton(m.code.code, m.code.code, { tabindex: -1 }),
    ],
    label: `${m.mobile} ${t(KINDS[m.kind][0])} ${m.text}`,
  }),
  detail: messageDetail,
  empty: firstSteps,
};

function messageDetail(m) {
  if (more.key !== m.msg_id) {
    clearTimeout(more.timer);
    more = { key: m.msg_id, data: null, timer: undefined };
    lookCloser(m.msg_id, 60);
  }
  const full = more.data;
  const statuses = state.statuses.map(({ status }) =>
    h("option", { value: String(status), selected: status === (m.status ?? 4001) }, `${status} ${meaning(status)}`),
  );
  const code = m.code && codeState(m.code);
  return [
    title(
      [
        h("h2", {}, m.mobile),
        kindChip(m.kind),
        statusChip(m, true),
        m.kind === "marketing" && assumed("marketing"),
        appChip(m.app_key),
      ],
      h("span", { class: "note" }, aged(m.sent_at)),
    ),
    m.code &&
      h(
        "section",
        { class: "card" },
        h(
          "div",
          { class: "code-line" },
          h("span", { class: code === "issued" ? "big" : "big used" }, m.code.code),
          button([icon("copy"), t("Copy the code")], () => copy(m.code.code, m.code.code), {
            "data-keep": "copy",
            class: "button main",
          }),
          h("span", { class: "gap" }),
          h(
            "div",
            {},
            chip(t(code), { issued: "good", verified: "blue", expired: "bad" }[code]),
            " ",
            assumed("codes", "verifyCode"),
            code !== "verified" &&
              h("div", { class: "note" }, h("span", { "data-left": m.code.expires_at }, left(m.code.expires_at))),
          ),
        ),
      ),
    h(
      "div",
      { class: "actions" },
      h(
        "span",
        { class: "group" },
        h("select", { class: "field", "aria-label": t("Status"), "data-keep": "status", id: "status" }, statuses),
        button(
          t("Set status"),
          () =>
            act(
              () => call("POST", `messages/${m.msg_id}/report`, { body: { status: Number($("status").value) } }),
              t("The status was reported."),
            ),
          { "data-keep": "set" },
        ),
      ),
      button(t("Reply as the user"), () => $("reply")?.focus(), { "data-keep": "to-reply" }),
      button(t("Expire"), () => expire(m), {
        "data-keep": "expire",
        disabled: code !== "issued",
        title: m.code ? (code === "verified" ? t("The code was used already.") : "") : t("This message has no code."),
      }),
      button(t("Resend"), () => act(() => call("POST", `messages/${m.msg_id}/resend`), t("Sent again.")), {
        "data-keep": "resend",
      }),
    ),
    phone(m, full),
    m.kind !== "voice" && ruler(m),
    full &&
      card(
        t("Timeline"),
        h(
          "ol",
          { class: "timeline" },
          full.timeline.map((entry) =>
            h(
              "li",
              { class: mood(entry, m) },
              h("span", {}, language === "en" ? entry.text : entry.text_zh),
              h("time", { title: fullTime(entry.at) }, shortTime(entry.at)),
            ),
          ),
        ),
      ),
    full && callbackCard(m, full.callbacks),
    card(
      null,
      facts(
        ["msg_id", h("span", { class: "mono" }, m.msg_id), copyButton(m.msg_id, m.msg_id)],
        [t("Sent"), `${fullTime(m.sent_at)} ${t("Beijing")}`],
        m.temp_id !== null && [t("Template"), link(String(m.temp_id), "templates", `t/${m.app_key}/${m.temp_id}`)],
        m.sign_id !== null && [t("Signature"), link(String(m.sign_id), "templates", `s/${m.app_key}/${m.sign_id}`)],
        Object.keys(m.temp_para).length > 0 && [
          t("Parameters"),
          h("span", { class: "mono" }, JSON.stringify(m.temp_para)),
        ],
        [t("Tag"), m.tag],
        m.schedule_id && [t("Schedule"), link(m.schedule_id, "scheduled", m.schedule_id)],
        [
          t("Report"),
          m.status === null ? null : m.handed_out ? t("fetched or delivered") : t("not fetched yet"),
          assumed("receipts"),
        ],
        ["appKey", h("span", { class: "mono" }, m.app_key)],
      ),
    ),
    full &&
      (full.request
        ? exchange(full.request)
        : card(t("Request and response"), h("p", { class: "note" }, t("The request is no longer kept.")))),
  ];
}

export const left = (at) =>
  now() < at ? t("expires in {age}", { age: span(at - now()) }) : t("expired {age} ago", { age: span(at - now()) });

export const expire = (m) => act(() => call("POST", `messages/${m.msg_id}/expire`), t("The code has expired."));

function mood(entry, m) {
  if (entry.event === "attempt") return entry.text.startsWith("Failed") ? "bad" : "good";
  if (entry.event === "reported") return m.status === 4001 ? "good" : "bad";
  return {
    accepted: "blue",
    scheduled: "blue",
    callback: "blue",
    reply: "blue",
    verified: "good",
    expired: "bad",
    report_due: "wait",
  }[entry.event];
}
