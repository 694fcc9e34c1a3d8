// @ts-check
// The sidebar: the views with their counts, the app, the state of the connection.

import { act, call } from "./api.js";
import { showAssumptions } from "./dialogs.js";
import { $, h, icon } from "./dom.js";
import { language, t } from "./language.js";
import { go } from "./navigation.js";
import { NAMES, state } from "./state.js";
import { appName, ofApp, store } from "./store.js";
import { VIEWS } from "./views.js";

const counts = (view) => {
  const items = view.items().filter(ofApp),
    n = view.count ? view.count(items) : items.length;
  return n ? `${n}${!view.count && store[view.id]?.more ? "+" : ""}` : "";
};

export function drawSide() {
  const box = $("views");
  if (!box.children.length) {
    for (const [index, id] of NAMES.entries()) {
      const shown = { type: "button", "data-view": id, title: String(index + 1), onclick: () => go(id) };
      box.append(h("button", shown, icon(id), h("span"), h("b")));
    }
  }
  for (const item of box.children) {
    const view = VIEWS[item.dataset.view],
      number = counts(view);
    item.hidden = view.hidden?.() ?? false;
    item.children[1].textContent = t(view.title);
    item.children[2].textContent = number;
    item.children[2].className = view.alert && number ? "alert" : "";
    // At phone width the text is hidden.
    item.setAttribute("aria-label", number ? `${t(view.title)} ${number}` : t(view.title));
    if (view.id === state.view) item.setAttribute("aria-current", "page");
    else item.removeAttribute("aria-current");
  }
  const select = $("app"),
    apps = store.apps.items;
  select.hidden = apps.length < 2;
  const key = `${language}|${apps.map((each) => `${each.app_key} ${each.name}`).join("|")}`;
  if (select.dataset.key !== key && document.activeElement !== select) {
    select.dataset.key = key;
    select.replaceChildren(
      h("option", { value: "" }, t("All apps")),
      ...apps.map((each) => h("option", { value: each.app_key }, `${appName(each.app_key)}`)),
    );
    if (state.app && !store.apps.byKey.has(state.app)) state.app = null;
    select.value = state.app ?? "";
  }
  document.title = `${state.unseen ? `(${state.unseen}) ` : ""}${t("JSMS sandbox")}`;
}

export function drawFoot() {
  if (!state.info) return;
  let sure = false;
  const startOver = h(
    "button",
    {
      type: "button",
      class: "link",
      id: "start-over",
      onclick: () => {
        if (!sure) {
          sure = true;
          startOver.textContent = t("Really reset?");
          setTimeout(() => {
            sure = false;
            startOver.textContent = t("Reset…");
          }, 3000);
          return;
        }
        act(() => call("POST", "reset"), t("Everything was reset."));
      },
    },
    t("Reset…"),
  );
  $("foot").replaceChildren(
    h(
      "button",
      { type: "button", class: "link", onclick: () => showAssumptions([]) },
      t("{n} assumptions", { n: state.info.assumptions.length }),
    ),
    h("a", { class: "link", href: "api/openapi.json", target: "_blank", rel: "noopener" }, t("Test API")),
    startOver,
    h("span", {}, `${t("contract")} ${state.info.version}${state.info.strict ? ` · ${t("strict")}` : ""}`),
  );
}

export function drawState() {
  const box = $("state");
  box.className = `state ${state.link}`;
  box.lastElementChild.textContent = t({ live: "Live", loading: "Loading…", lost: "Reconnecting…" }[state.link]);
}
