// @ts-check
// Shown before the first message: where to point an app, and a request to try.

import { act } from "../api.js";
import { blank, button, h, icon } from "../dom.js";
import { copy, copyButton } from "../feedback.js";
import { t } from "../language.js";
import { render } from "../render.js";
import { credentialList } from "../components.js";
import { state } from "../state.js";
import { store } from "../store.js";

export function firstSteps() {
  const { info } = state;
  if (!info) return blank("messages", t("Loading…"), "");
  const app = store.apps.byKey.get(state.app) ?? info.app;
  const body = '{"mobile":"13800138000","temp_id":1}';
  const snippets = {
    curl: [
      `curl ${info.base_url}/codes \\`,
      `  -u ${app.app_key}:${app.master_secret} \\`,
      "  -H 'Content-Type: application/json' \\",
      `  -d '${body}'`,
    ].join("\n"),
    Python: [
      "from jsms_client import JSMS",
      "",
      `with JSMS("${app.app_key}", "${app.master_secret}",`,
      `          base_url="${info.base_url}") as jsms:`,
      '    jsms.codes.send("13800138000", temp_id=1)',
    ].join("\n"),
    Environment: [
      `export JSMS_BASE_URL=${info.base_url}`,
      `export JSMS_APP_KEY=${app.app_key}`,
      `export JSMS_MASTER_SECRET=${app.master_secret}`,
      `export JSMS_DEV_KEY=${app.dev_key}`,
      `export JSMS_DEV_SECRET=${app.dev_secret}`,
    ].join("\n"),
  };
  const send = () =>
    act(async () => {
      const headers = {
        "content-type": "application/json",
        authorization: `Basic ${btoa(`${app.app_key}:${app.master_secret}`)}`,
      };
      const response = await fetch("/v1/codes", { method: "POST", headers, body }).catch(() => {
        throw new Error(t("The sandbox does not respond."));
      });
      if (!response.ok) throw new Error((await response.json()).error?.message ?? `HTTP ${response.status}`);
    });
  const choices = /** @type {const} */ (["curl", "Python", "Environment"]).map((name) =>
    h(
      "button",
      {
        type: "button",
        role: "tab",
        "aria-selected": String(state.snippet === name),
        "data-keep": `tab-${name}`,
        onclick: () => {
          state.snippet = name;
          render("list");
        },
      },
      t(name),
    ),
  );
  return [
    h("h2", {}, t("No message yet. Point your app here.")),
    h("p", {}, t("Nothing is sent and nothing is billed."), " ", t("What your app sends appears here immediately.")),
    h(
      "div",
      { class: "start" },
      h(
        "section",
        { class: "card" },
        h(
          "dl",
          { class: "keys" },
          h("dt", {}, t("Base URL")),
          h("dd", {}, info.base_url),
          copyButton(info.base_url, t("Base URL")),
          credentialList(app),
        ),
      ),
      h(
        "section",
        { class: "card" },
        h(
          "h3",
          {},
          t("Send the first message"),
          h("span", { class: "gap" }),
          h("span", { class: "tabs", role: "tablist" }, choices),
        ),
        h("pre", { class: "raw", tabindex: 0 }, snippets[state.snippet]),
        h(
          "p",
          { class: "actions" },
          button([icon("copy"), t("Copy")], () => copy(snippets[state.snippet], t(state.snippet))),
          button([icon("send"), t("Send this one now")], send, { class: "button main", id: "first-send" }),
        ),
      ),
      h(
        "ul",
        { class: "tips" },
        h(
          "li",
          {},
          t("A message to {number} is refused with that error code.", {
            number: info.magic.number.replace("CCCCC", "50014"),
          }),
          " ",
          t("A delivery status works too, as in 13000004003."),
        ),
        h("li", {}, t("Refused requests say what to change.")),
        h("li", {}, t("Codes, limits and schedules follow the clock above."), " ", t("Advance it instead of waiting.")),
      ),
    ),
  ];
}
