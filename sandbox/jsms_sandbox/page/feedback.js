// @ts-check
// A short notice at the foot of the page, and copying to the clipboard.

import { $, h, icon } from "./dom.js";
import { t } from "./language.js";

let toastTimer = 0;

export function toast(text, bad = false) {
  const box = $("toast");
  box.textContent = text;
  box.className = bad ? "toast shown bad" : "toast shown";
  clearTimeout(toastTimer);
  toastTimer = setTimeout(
    () => {
      box.className = "toast";
    },
    bad ? 6000 : 2200,
  );
}

export async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = h("textarea", { value: text, class: "sprite" });
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy"); // browsers offer nothing else if the page is not on loopback
    area.remove();
    if (!done) return toast(t("Could not be copied."), true);
  }
  return toast(t("Copied {what}", { what }));
}

export function copyButton(text, what, more = {}) {
  const onclick = (event) => {
    event.stopPropagation();
    copy(text, what);
  };
  return h(
    "button",
    { type: "button", class: "bare", "aria-label": `${t("Copy")} ${what}`, title: t("Copy"), onclick, ...more },
    icon("copy"),
  );
}
