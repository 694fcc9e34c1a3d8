// @ts-check
// The views by name, and the items of the current one.

import { matches } from "./search.js";
import { state } from "./state.js";
import { ofApp, store } from "./store.js";
import { balancesView } from "./views/balances.js";
import { callbacksView } from "./views/callbacks.js";
import { faultsView } from "./views/faults.js";
import { messagesView } from "./views/messages.js";
import { refusedView } from "./views/refused.js";
import { scheduledView } from "./views/scheduled.js";
import { templatesView } from "./views/templates.js";
import { unmodelledView } from "./views/unmodelled.js";

/** @type {Record<string, any>} */
export const VIEWS = {
  messages: messagesView,
  refused: refusedView,
  scheduled: scheduledView,
  callbacks: callbacksView,
  templates: templatesView,
  balances: balancesView,
  faults: faultsView,
  unmodelled: unmodelledView,
};

export const keyOf = (view, item) =>
  store[view.id === "balances" ? "apps" : view.id === "templates" && "sign" in item ? "signs" : view.id].keyOf(item);

export const anchorOf = (view, item) =>
  view.id === "templates" ? `${"sign" in item ? "s" : "t"}/${keyOf(view, item)}` : String(keyOf(view, item));

/** @returns {any[]} what the list shows */
export function items() {
  const view = VIEWS[state.view];
  const listed =
    state.listed ??
    view.items().filter((item) => ofApp(item) && (!state.tokens.length || matches(view, item, state.tokens)));
  state.listed = listed;
  return listed;
}

export function pickedItem() {
  const view = VIEWS[state.view],
    key = state.picked.get(view.id);
  return key === undefined ? undefined : view.items().find((item) => anchorOf(view, item) === key);
}
