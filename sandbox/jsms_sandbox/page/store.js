// @ts-check
// The lists that the page shows, and the apps that their things belong to.

import { chip } from "./dom.js";
import { t } from "./language.js";
import { paint } from "./paint.js";
import { state } from "./state.js";
import { Things } from "./things.js";

/** @type {Record<string, string>} */
const VIEW_OF = { signs: "templates", apps: "balances" };

function told(things) {
  state.listed = null;
  const name = Object.keys(store).find((each) => store[each] === things) ?? "";
  paint("side");
  if (name === "apps" || (VIEW_OF[name] ?? name) === state.view) paint("list", "detail");
}

/** @type {Record<string, Things>} */
export const store = {
  messages: new Things(told, "messages", (item) => item.msg_id, { paged: true }),
  refused: new Things(told, "requests", (item) => item.number, { query: { refused: true }, paged: true }),
  unmodelled: new Things(told, "requests", (item) => item.number, { query: { modelled: false }, paged: true }),
  scheduled: new Things(told, "schedules", (item) => item.schedule_id, { paged: true }),
  callbacks: new Things(told, "callbacks", (item) => item.number, { paged: true }),
  templates: new Things(told, "templates", (item) => `${item.app_key}/${item.temp_id}`),
  signs: new Things(told, "signs", (item) => `${item.app_key}/${item.sign_id}`),
  apps: new Things(told, "apps", (item) => item.app_key),
  faults: new Things(told, "faults", (item) => item.number),
};

export const ofApp = (item) => !state.app || item.app_key === state.app;

export const appName = (key) => {
  const app = store.apps.byKey.get(key);
  return app?.name && app.name !== key
    ? app.first && app.name === "first"
      ? t("first")
      : app.name
    : (key?.slice(0, 8) ?? "");
};

export const manyApps = () => store.apps.items.length > 1 && !state.app;

export const appChip = (key) => (manyApps() && key ? chip(appName(key)) : null);
