// @ts-check
// The keys of the page.

import { showHelp } from "./dialogs.js";
import { $ } from "./dom.js";
import { copy } from "./feedback.js";
import { codeState } from "./labels.js";
import { step } from "./list.js";
import { go, writeHash } from "./navigation.js";
import { render } from "./render.js";
import { setQuery } from "./search.js";
import { NAMES, state } from "./state.js";
import { pickedItem } from "./views.js";
import { expire } from "./views/messages.js";

export function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const typing = event.target.matches?.("input, select, textarea");
  if (event.key === "Escape") {
    if (document.querySelector("dialog[open]")) return;
    if (typing && event.target.id !== "search") return event.target.blur();
    if (state.query) setQuery("");
    else {
      state.following = true;
      $("list").scrollTop = 0;
      writeHash();
    }
    event.target.blur?.();
    document.body.classList.remove("picked");
    return render("list", "detail");
  }
  if (event.target.id === "search" && (event.key === "Enter" || event.key === "ArrowDown")) {
    event.preventDefault();
    $("list").focus();
    return undefined;
  }
  if (typing || document.querySelector("dialog[open]")) return undefined;
  const item = pickedItem(),
    inside = event.target.closest?.("pre, .right") && event.key.startsWith("Arrow");
  const actions = {
    j: () => step(1),
    k: () => step(-1),
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    g: () => step(-Infinity),
    G: () => step(Infinity),
    Home: () => step(-Infinity),
    End: () => step(Infinity),
    "/": () => {
      $("search").focus();
      $("search").select();
    },
    c: () => {
      const code = item?.code?.code ?? item?.refusal?.code ?? item?.msg_id;
      if (code) copy(String(code), String(code));
    },
    r: () => $("reply")?.focus(),
    e: () => {
      if (item?.code && codeState(item.code) === "issued") expire(item);
    },
    "?": showHelp,
  };
  const action = /^[1-8]$/.test(event.key)
    ? () => go(NAMES[Number(event.key) - 1])
    : Object.hasOwn(actions, event.key) && !inside
      ? actions[event.key]
      : null;
  if (!action) return undefined;
  event.preventDefault();
  return action();
}
