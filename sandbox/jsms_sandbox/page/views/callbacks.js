// @ts-check
// The view of callbacks, with each attempt to deliver them.

import { act, call } from "../api.js";
import { aged, fullTime, shortTime } from "../clock.js";
import { blank, button, card, chip, facts, h } from "../dom.js";
import { copyButton } from "../feedback.js";
import { stateChip } from "../labels.js";
import { t } from "../language.js";
import { go } from "../navigation.js";
import { link, title } from "../components.js";
import { state } from "../state.js";
import { appChip, store } from "../store.js";

export const callbacksView = {
  id: "callbacks",
  title: "Callbacks",
  items: () => store.callbacks.items,
  search: (c) => ({
    text: c.data,
    type: c.type,
    status: [c.state, t(c.state)],
    msg: c.number,
    other: c.attempts.map((each) => each.error),
  }),
  row: (c) => ({
    head: [h("strong", {}, c.type), stateChip(c), appChip(c.app_key)],
    meta: [aged(c.created_at)],
    text: c.attempts.at(-1)?.error ?? c.data,
    side: [h("small", { class: "note" }, t("attempts: {n}", { n: c.attempts.length }))],
    label: `${c.type} ${t(c.state)}`,
  }),
  tools: () => {
    const app = state.app
      ? store.apps.byKey.get(state.app)
      : (store.apps.items.find((each) => each.callback_url) ?? store.apps.items[0]);
    return [
      app?.callback_url &&
        button(t("Send the four samples"), () =>
          act(
            () => call("POST", "callbacks/samples", { query: { app: app.app_key }, body: {} }),
            ({ samples }) =>
              t("Samples: {n} of {m} were acknowledged.", {
                n: samples.filter((each) => each.error === null).length,
                m: samples.length,
              }),
          ),
        ),
      app && button(t("Callback URL"), () => go("balances", app.app_key)),
    ];
  },
  detail: callbackDetail,
  empty: () =>
    blank(
      "callbacks",
      t("No callback was sent."),
      t("With a callback URL set, reports, replies and reviews are posted to your app."),
    ),
};

function callbackDetail(c) {
  let data = c.data;
  try {
    data = JSON.stringify(JSON.parse(c.data), null, 2);
  } catch {
    /* shown as it is */
  }
  return [
    title(
      [h("h2", {}, `${c.type} #${c.number}`), stateChip(c), appChip(c.app_key)],
      h("span", { class: "note" }, aged(c.created_at)),
    ),
    h("div", { class: "actions" }, retryButton(c)),
    card(
      t("Attempts"),
      c.attempts.length ? h("ol", { class: "timeline" }, attempts(c)) : h("p", { class: "note" }, t("not tried yet")),
      c.next_at !== null && h("p", { class: "note" }, t("next try"), " ", aged(c.next_at)),
    ),
    h(
      "section",
      { class: "card" },
      h("h3", {}, t("The posted data"), copyButton(c.data, "data")),
      h("pre", { class: "raw", tabindex: 0, "data-keep": "data" }, data),
    ),
    card(null, facts([t("Queued"), fullTime(c.created_at)], ["appKey", h("span", { class: "mono" }, c.app_key)])),
  ];
}

function attempts(callback) {
  return callback.attempts.map((each) =>
    h(
      "li",
      { class: each.error === null ? "good" : "bad" },
      h(
        "span",
        {},
        each.error === null ? `HTTP ${each.status} · ${each.url}` : each.error,
        each.by_hand && [" ", chip(t("by hand"))],
      ),
      h("time", { title: fullTime(each.at) }, shortTime(each.at)),
    ),
  );
}

export function callbackCard(m, callbacks) {
  if (!callbacks.length) {
    const url = store.apps.byKey.get(m.app_key)?.callback_url;
    return card(
      t("Callback attempts"),
      h(
        "p",
        { class: "note" },
        url
          ? t("No callback yet.")
          : [t("No callback URL is set, so the app has to poll."), " ", link(t("Set one"), "balances", m.app_key)],
      ),
    );
  }
  return card(
    t("Callback attempts"),
    callbacks.map((each) => [
      h(
        "p",
        { class: "actions" },
        link(`${each.type} #${each.number}`, "callbacks", String(each.number)),
        stateChip(each),
        each.next_at !== null && h("span", { class: "note" }, t("next try"), " ", aged(each.next_at)),
        retryButton(each),
      ),
      h("ol", { class: "timeline" }, attempts(each)),
    ]),
  );
}

const retryButton = (callback) =>
  button(
    t("Retry now"),
    () => act(() => call("POST", `callbacks/${callback.number}/resend`), t("It was posted again.")),
    { "data-keep": `retry${callback.number}` },
  );
