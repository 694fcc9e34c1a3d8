// @ts-check
// A message as the phone shows it, and how long it is.

import { act, call } from "../api.js";
import { fullTime, shortTime } from "../clock.js";
import { $, button, h, icon } from "../dom.js";
import { t } from "../language.js";

const ONE_SMS = 70;
const ONE_PART = 67;

export function phone(m, full) {
  const [sign] = /^【[^】]*】/.exec(m.text) ?? [""];
  let inside = [m.text];
  if (m.code && m.text.includes(m.code.code)) {
    const [before, ...after] = m.text.split(m.code.code);
    inside = [before, h("mark", {}, m.code.code), after.join(m.code.code)];
  }
  const shown =
    m.kind === "voice"
      ? h(
          "div",
          { class: "bubble call" },
          icon("phone"),
          h("span", { lang: "zh-CN" }, t("A call that speaks the code"), h("br"), ...inside),
        )
      : h("div", { class: "bubble", lang: "zh-CN" }, ...inside);
  const reply = (content) =>
    act(
      () => call("POST", "replies", { query: { app: m.app_key }, body: { mobile: m.mobile, content } }),
      ({ opted_out: out }) => {
        const field = $("reply");
        if (field) field.value = "";
        return out ? t("The reply came in; the number opted out.") : t("The reply came in.");
      },
    );
  const submit = (event) => {
    event.preventDefault();
    const { value } = $("reply");
    if (value) reply(value);
  };
  return h(
    "section",
    { class: "phone" },
    h("div", { class: "from" }, h("b", { lang: "zh-CN" }, sign.slice(1, -1) || "JSMS"), shortTime(m.sent_at)),
    h(
      "div",
      { class: "talk" },
      shown,
      (full?.replies ?? []).map((each) =>
        h("div", { class: "bubble mine", lang: "zh-CN", title: fullTime(each.replied_at) }, each.content),
      ),
    ),
    h(
      "form",
      { class: "compose", onsubmit: submit },
      h("input", {
        class: "field",
        id: "reply",
        "data-keep": "reply",
        maxlength: 500,
        placeholder: t("Reply as the user"),
        "aria-label": t("Reply as the user"),
        autocomplete: "off",
      }),
      button("TD", () => reply("TD"), { "data-keep": "td" }),
      h("button", { class: "button main", "data-keep": "send", "aria-label": t("Send") }, icon("send")),
    ),
  );
}

export function ruler(m) {
  const one = m.segments === 1,
    part = one ? ONE_SMS : ONE_PART;
  const bars = Array.from({ length: Math.min(m.segments, 40) }, (_, index) => {
    const fill = h("i");
    fill.style.width = `${100 * Math.min(1, Math.max(0, (m.characters - index * part) / part))}%`;
    return h("span", {}, fill);
  });
  const free = m.segments * part - m.characters;
  return h(
    "section",
    { class: "card", title: t("Over 70 characters an SMS is billed per 67; a line break counts as two.") },
    h("h3", {}, t("Length")),
    h("div", { class: "ruler", "aria-hidden": "true" }, bars),
    h(
      "div",
      { class: "ruler-text" },
      h(
        "span",
        {},
        one
          ? t("{n} of {m} characters, 1 SMS", { n: m.characters, m: part })
          : t("{n} characters: {k} SMS of {m}", { n: m.characters, k: m.segments, m: part }),
      ),
      h("span", { class: "note" }, one ? t("{n} left", { n: free }) : t("{n} left in the last", { n: free })),
    ),
  );
}
