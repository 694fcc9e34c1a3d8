// @ts-check
// The collections that the page shows, and the apps that their items belong to.

import { chip } from "./dom.js";
import { t } from "./language.js";
import { render } from "./render.js";
import { state } from "./state.js";
import { Collection } from "./collection.js";

/** @type {Record<string, string>} */
const VIEW_OF = { signs: "templates", apps: "balances" };

function changed(collection) {
  state.listed = null;
  const name = Object.keys(store).find((each) => store[each] === collection) ?? "";
  render("side");
  if (name === "apps" || (VIEW_OF[name] ?? name) === state.view) render("list", "detail");
}

/** @type {Record<string, Collection>} */
export const store = {
  messages: new Collection(changed, "messages", (item) => item.msg_id, { paged: true }),
  refused: new Collection(changed, "requests", (item) => item.number, { query: { refused: true }, paged: true }),
  unmodelled: new Collection(changed, "requests", (item) => item.number, { query: { modelled: false }, paged: true }),
  scheduled: new Collection(changed, "schedules", (item) => item.schedule_id, { paged: true }),
  callbacks: new Collection(changed, "callbacks", (item) => item.number, { paged: true }),
  templates: new Collection(changed, "templates", (item) => `${item.app_key}/${item.temp_id}`),
  signs: new Collection(changed, "signs", (item) => `${item.app_key}/${item.sign_id}`),
  apps: new Collection(changed, "apps", (item) => item.app_key),
  faults: new Collection(changed, "faults", (item) => item.number),
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
