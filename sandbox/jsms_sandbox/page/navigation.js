// @ts-check
// The current view and item, in the page's address and the browser's history.

import { $ } from "./dom.js";
import { render } from "./render.js";
import { setQuery } from "./search.js";
import { NAMES, state } from "./state.js";
import { store } from "./store.js";

// Each place that a person opens is an entry of the browser's history; what the page opens by itself replaces one.
export function writeHash(visited = false) {
  const key = state.following ? undefined : state.picked.get(state.view);
  const hash = `#${state.view}${key ? `/${key}` : ""}`;
  if (location.hash === hash) return;
  if (visited) history.pushState(null, "", hash);
  else history.replaceState(null, "", hash);
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  } // a % that begins no character
}

export function readHash() {
  const [named, ...key] = decoded(location.hash.slice(1)).split("/");
  const view = NAMES.includes(named) ? named : NAMES[0],
    there = view === named && key.length > 0;
  state.view = view;
  state.following = !there;
  if (there) state.picked.set(view, key.join("/"));
  else state.picked.delete(view);
  document.body.classList.toggle("picked", there);
  state.listed = null;
}

export function go(view, key) {
  state.view = view;
  state.following = key === undefined;
  state.listed = null;
  if (key !== undefined) {
    if (state.query) setQuery("");
    state.picked.set(view, key);
  }
  document.body.classList.toggle("picked", key !== undefined);
  if (view === "balances") store.apps.reload();
  if (view === "faults") store.faults.reload();
  writeHash(true);
  render("side", "list", "detail");
  if (key !== undefined) render("row");
}

export function choose(key) {
  state.picked.set(state.view, key);
  state.following = false;
  document.body.classList.add("picked");
  writeHash(true);
  render("list", "detail");
}

export function backToList() {
  document.body.classList.remove("picked");
  state.following = true;
  writeHash(true);
  render("list", "detail");
  $("list").focus();
}
