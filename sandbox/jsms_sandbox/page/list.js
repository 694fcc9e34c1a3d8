// @ts-check
// The list in the middle: only the rows on the screen are in the page.

import { $, button, h, icon, shorten } from "./dom.js";
import { language, t } from "./language.js";
import { choose, writeHash } from "./navigation.js";
import { render } from "./render.js";
import { setQuery } from "./search.js";
import { state } from "./state.js";
import { manyApps, ofApp, store } from "./store.js";
import { VIEWS, anchorOf, items, keyOf } from "./views.js";

const ROW = 72;

export const rows = new Map();

/** @type {{ signature: string, index: number, key: string | null } | null} */
let anchor = null;

let rowNumber = 0;

const narrow = matchMedia("(max-width: 1120px)");

export function drawList() {
  const view = VIEWS[state.view],
    list = $("list"),
    all = view.items().filter(ofApp),
    shown = items();
  const signature = `${state.view} ${state.query} ${state.app}`;
  if (anchor?.signature === signature && list.scrollTop > 4) {
    const { key, index } = anchor;
    const at = key === null ? -1 : shown.findIndex((item) => anchorOf(view, item) === key);
    if (at >= 0 && at !== index) {
      $("sizer").style.height = `${shown.length * ROW}px`;
      list.scrollTop += (at - index) * ROW;
    }
  } else if (anchor?.signature !== signature) list.scrollTop = 0;
  follow(view, shown);
  drawBar(view, all, shown);
  const none = !shown.length,
    empty = $("empty");
  list.hidden = none;
  empty.hidden = !none;
  const emptyKey = none
    ? `${signature} ${language} ${all.length > 0} ${state.snippet} ${state.info?.run} ${store.apps.items.length}`
    : "";
  if (empty.dataset.key !== emptyKey) {
    empty.dataset.key = emptyKey;
    const inside = none
      ? all.length
        ? h(
            "div",
            { class: "hollow" },
            icon("search"),
            h("h2", {}, t("Nothing matches this search.")),
            h(
              "p",
              {},
              button(t("Clear the search"), () => {
                setQuery("");
                $("search").focus();
              }),
            ),
          )
        : state.info
          ? view.empty()
          : []
      : [];
    empty.replaceChildren(...[inside].flat());
  }
  list.setAttribute("aria-label", t(view.title));
  $("sizer").style.height = `${shown.length * ROW}px`;
  drawRows();
  const source = store[view.id === "balances" ? "apps" : view.id];
  if (state.tokens.length && source?.more) source.older(); // a search covers what was not loaded yet
}

export function drawRows() {
  const view = VIEWS[state.view],
    list = $("list"),
    shown = items(),
    picked = state.picked.get(view.id);
  const top = list.scrollTop,
    first = Math.max(0, Math.floor(top / ROW) - 6),
    last = Math.min(shown.length, Math.ceil((top + (list.clientHeight || 800)) / ROW) + 6);
  const wanted = new Set();
  const context = `${language} ${manyApps()}`;
  for (let index = first; index < last; index += 1) {
    const item = shown[index],
      key = `${view.id} ${anchorOf(view, item)}`;
    wanted.add(key);
    let row = rows.get(key);
    if (!row || row.item !== item || row.context !== context) {
      const element = makeRow(view, item);
      row?.element.replaceWith(element);
      row = { element, item, context };
      rows.set(key, row);
    }
    row.element.style.transform = `translateY(${index * ROW}px)`;
    row.element.setAttribute("aria-posinset", String(index + 1));
    row.element.setAttribute("aria-setsize", String(shown.length));
    row.element.setAttribute("aria-selected", String(anchorOf(view, item) === picked));
    if (!row.element.isConnected) $("sizer").append(row.element);
  }
  for (const [key, row] of rows)
    if (!wanted.has(key)) {
      row.element.remove();
      rows.delete(key);
    }
  const at = Math.min(Math.floor(top / ROW), shown.length - 1);
  anchor = {
    signature: `${state.view} ${state.query} ${state.app}`,
    index: at,
    key: at >= 0 ? anchorOf(view, shown[at]) : null,
  };
  const active = rows.get(`${view.id} ${picked}`)?.element;
  if (active) list.setAttribute("aria-activedescendant", active.id);
  else list.removeAttribute("aria-activedescendant");
  if (last >= shown.length - 12 && !state.tokens.length) store[view.id]?.older?.();
}

function makeRow(view, item) {
  const { head, meta, text, side, label } = view.row(item),
    key = anchorOf(view, item);
  const born = state.fresh.get(keyOf(view, item));
  rowNumber += 1;
  return h(
    "div",
    {
      class: born && performance.now() - born < 1500 ? "row new" : "row",
      role: "option",
      id: `row-${rowNumber}`,
      "aria-label": shorten(label, 200),
      "data-key": key,
      onclick: () => choose(key),
    },
    h("div", { class: "head" }, head),
    h("div", { class: "meta" }, meta),
    h("div", { class: "text", lang: "zh-CN" }, shorten(text, 300)),
    h("div", { class: "side-value" }, side),
  );
}

function drawBar(view, all, shown) {
  const source = store[view.id],
    more = source?.more;
  const number = state.tokens.length
    ? t("{n} of {m}", { n: shown.length, m: all.length })
    : more
      ? t("newest {n}", { n: all.length })
      : t("{n} shown", { n: all.length });
  const tools = view.tools?.() ?? [];
  const urls = tools.length > 0 && store.apps.items.map((each) => each.callback_url).join();
  const bar = $("bar"),
    key = `${language} ${view.id} ${number} ${state.app} ${urls} ${store.faults.items.length}`;
  if (bar.dataset.key === key) return;
  bar.dataset.key = key;
  bar.replaceChildren(
    h("h2", {}, t(view.title)),
    h("small", {}, number),
    h("span", { class: "gap" }),
    ...tools.filter(Boolean),
  );
}

function follow(view, shown) {
  const picked = state.picked.get(view.id);
  if (!state.loaded) return; // what the address names is not there yet
  const there = picked !== undefined && shown.some((item) => anchorOf(view, item) === picked);
  if (view.free) {
    if (picked !== undefined && !there && !state.tokens.length) state.picked.delete(view.id);
    return;
  }
  if ((state.following && !narrow.matches) || (picked !== undefined && !there)) {
    if (shown.length && (state.following || !there)) state.picked.set(view.id, anchorOf(view, shown[0]));
    else if (!shown.length) state.picked.delete(view.id);
    if (state.picked.get(view.id) !== picked) render("detail");
  } else if (picked === undefined && shown.length && !narrow.matches) {
    state.picked.set(view.id, anchorOf(view, shown[0]));
    render("detail");
  }
}

export function reveal() {
  const view = VIEWS[state.view],
    list = $("list"),
    at = items().findIndex((item) => anchorOf(view, item) === state.picked.get(view.id));
  if (at < 0) return;
  $("sizer").style.height = `${items().length * ROW}px`; // it may not be drawn yet, and nothing scrolls beyond its end
  if (at * ROW < list.scrollTop) list.scrollTop = at * ROW;
  else if ((at + 1) * ROW > list.scrollTop + list.clientHeight) list.scrollTop = (at + 1) * ROW - list.clientHeight;
}

export function step(by) {
  const view = VIEWS[state.view],
    shown = items();
  if (!shown.length) return;
  const at = shown.findIndex((item) => anchorOf(view, item) === state.picked.get(view.id));
  const next = at < 0 ? 0 : Math.min(Math.max(at + by, 0), shown.length - 1);
  state.picked.set(view.id, anchorOf(view, shown[next]));
  state.following = false;
  writeHash();
  reveal();
  render("list", "detail");
}
