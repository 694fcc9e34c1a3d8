// @ts-check
// Load everything, then follow the sandbox's events.

import { API, call } from "./api.js";
import { now, readClock, setClock } from "./clock.js";
import { all } from "./dom.js";
import { language, t } from "./language.js";
import { render } from "./render.js";
import { drawFoot, drawState } from "./sidebar.js";
import { state } from "./state.js";
import { store } from "./store.js";
import { forgetCloser, touch } from "./views/messages.js";

/** @type {EventSource | null} */
let stream = null;

/** @type {ReturnType<typeof setTimeout> | undefined} */
let again;

function connect() {
  stream?.close();
  const opened = new EventSource(`${API}/events?last_event_id=${encodeURIComponent(state.info.last_event)}`);
  stream = opened;
  const follows = (name, handler) => opened.addEventListener(name, (event) => handler(JSON.parse(event.data)));
  opened.onopen = () => {
    state.link = "live";
    drawState();
  };
  opened.onerror = () => {
    state.link = "lost";
    drawState();
    if (opened.readyState === EventSource.CLOSED) {
      clearTimeout(again);
      again = setTimeout(begin, 1000);
    } // browsers give up after some responses
  };
  follows("start", loadAllSoon);
  follows("gap", loadAllSoon);
  follows("reset", ({ app_key: key }) => {
    for (const collection of [store.messages, store.refused, store.unmodelled, store.scheduled, store.callbacks])
      collection.set(
        collection.items.filter((item) => key && item.app_key !== key),
        collection.more && Boolean(key),
      );
    loadAllSoon();
  });
  follows("message", () => {
    store.messages.arrived();
    if (document.hidden) {
      state.unseen += 1;
      render("side");
    }
    if (state.view === "balances") store.apps.reload();
  });
  follows("changed", (data) => {
    store.messages.changed(data.msg_id);
    touch(data);
  });
  follows("report", (data) => {
    store.messages.patch(data.msg_id, () => ({
      status: data.status,
      status_name: state.statuses.find((each) => each.status === data.status)?.name ?? null,
      reported_at: now(),
    }));
    touch(data);
  });
  follows("verified", (data) => {
    store.messages.patch(data.msg_id, (m) => ({
      code: m.code && { ...m.code, state: "verified", verified_at: now() },
    }));
    touch(data);
  });
  follows("reply", touch);
  follows("schedule", () => store.scheduled.reload());
  follows("callback", (data) => {
    if (store.callbacks.byKey.has(data.callback)) store.callbacks.changed(data.callback);
    else store.callbacks.arrived();
    touch(data);
  });
  follows("template", () => store.templates.reload());
  follows("sign", () => store.signs.reload());
  follows("app", () => store.apps.reload());
  follows("fault", () => store.faults.reload());
  follows("clock", readClock);
  follows("refused", () => {
    store.refused.arrived();
    unmodelledArrived();
    if (state.view === "faults") store.faults.reload();
  });
  follows("request", () => {
    unmodelledArrived();
    if (state.view === "faults") store.faults.reload();
  });
}

function unmodelledArrived() {
  if (state.operations.some((each) => !each.modelled)) store.unmodelled.arrived();
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let loadTimer;

function loadAllSoon() {
  if (loadTimer !== undefined) return;
  loadTimer = setTimeout(() => {
    loadTimer = undefined;
    loadAll().catch(() => loadAllSoon());
  }, 150);
}

export function drawAll() {
  document.documentElement.lang = language;
  for (const element of all("[data-t], [data-t-label], [data-t-placeholder]")) {
    const { dataset } = element;
    if ("t" in dataset) element.textContent = t((dataset.t ||= element.textContent ?? ""));
    for (const [name, attribute] of [
      ["tLabel", "aria-label"],
      ["tPlaceholder", "placeholder"],
    ])
      if (name in dataset)
        element.setAttribute(attribute, t((dataset[name] ||= element.getAttribute(attribute) ?? "")));
  }
  for (const each of all("[data-language]"))
    each.setAttribute("aria-pressed", String(each.dataset.language === language));
  drawState();
  drawFoot();
  render("side", "list", "detail", "clock");
}

async function loadAll() {
  const info = await call("GET", "info");
  state.info = info;
  setClock(info.clock);
  await Promise.all(Object.values(store).map((collection) => collection.load()));
  forgetCloser();
  state.loaded = true;
  drawAll();
}

export async function begin() {
  try {
    const catalogue = await call("GET", "errors");
    [state.statuses, state.operations] = [catalogue.delivery_statuses, catalogue.operations];
    state.errors = new Map(catalogue.errors.map((error) => [error.code, error]));
    await loadAll();
    connect();
  } catch {
    state.link = "lost";
    drawState();
    clearTimeout(again);
    again = setTimeout(begin, 1000);
  }
}
