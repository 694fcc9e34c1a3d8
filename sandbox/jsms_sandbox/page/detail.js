// @ts-check
// The details on the right. Fields, focus and scroll positions survive a rendering.

import { $, h, icon } from "./dom.js";
import { language, t } from "./language.js";
import { state } from "./state.js";
import { VIEWS, anchorOf, items, pickedItem } from "./views.js";

let drawn = "";

export function drawDetail() {
  const view = VIEWS[state.view],
    item = pickedItem(),
    box = $("detail");
  const key = `${view.id} ${item ? anchorOf(view, item) : ""} ${language}`;
  const kept = key === drawn ? remember(box) : null;
  const inside = item
    ? view.detail(item)
    : (view.blankDetail?.() ??
      h(
        "div",
        { class: "hollow" },
        icon(view.id),
        h("p", {}, items().length ? t("Choose one on the left.") : t("Details will show here.")),
      ));
  box.replaceChildren(...[inside].flat(Infinity).filter(Boolean));
  if (kept) recall(box, kept);
  else box.scrollTop = 0;
  drawn = key;
}

// Keep fields, the focus and scroll positions over a rendering.
function remember(box) {
  const fields = new Map();
  for (const element of box.querySelectorAll("[data-keep]")) {
    const touched =
      element.matches("input, select, textarea") && (element === document.activeElement || element.dataset.touched);
    fields.set(element.dataset.keep, {
      touched,
      value: element.value,
      checked: element.checked,
      top: element.scrollTop,
      focused: element === document.activeElement,
      from: touched ? selectionOf(element) : null,
    });
  }
  return { fields, top: box.scrollTop };
}

function selectionOf(element) {
  try {
    return [element.selectionStart, element.selectionEnd];
  } catch {
    return null;
  }
}

function recall(box, { fields, top }) {
  for (const element of box.querySelectorAll("[data-keep]")) {
    const old = fields.get(element.dataset.keep);
    if (!old) continue;
    if (old.touched) {
      element.value = old.value;
      element.checked = old.checked;
      element.dataset.touched = "yes";
    }
    element.scrollTop = old.top;
    if (old.focused) {
      element.focus({ preventScroll: true });
      if (old.from && old.from[0] !== null && element.setSelectionRange && /^(text|search|)$/.test(element.type))
        element.setSelectionRange(...old.from);
    }
  }
  box.scrollTop = top;
}
