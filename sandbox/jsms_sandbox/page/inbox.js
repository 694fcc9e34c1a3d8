// @ts-check
// The inbox: what the sandbox holds, live. This is where it starts.

import { age, drawClock, fullTime, now, readClock } from "./clock.js";
import { drawDetail } from "./detail.js";
import { showHelp } from "./dialogs.js";
import { $, all } from "./dom.js";
import { pressed } from "./keyboard.js";
import { setLanguage, t } from "./language.js";
import { drawList, drawRows, reveal } from "./list.js";
import { begin, drawAll } from "./live.js";
import { readHash } from "./navigation.js";
import { paint, paints } from "./paint.js";
import { setQuery } from "./search.js";
import { drawSide } from "./side.js";
import { state } from "./state.js";
import { left } from "./views/messages.js";

function tick() {
  if (state.clock) $("clock").firstChild.textContent = fullTime(now());
  for (const element of all("[data-age]")) {
    const text = age(Number(element.dataset.age));
    if (element.textContent !== text) element.textContent = text;
  }
  for (const element of all("[data-left]")) {
    if (
      now() >= Number(element.dataset.left) &&
      element.textContent.includes(t("expires in {age}", { age: "" }).trim())
    )
      paint("detail");
    element.textContent = left(Number(element.dataset.left));
  }
  for (const element of all("[data-expires]"))
    element.classList.toggle("used", now() >= Number(element.dataset.expires));
}

paints("side", drawSide);
paints("list", drawList);
paints("clock", drawClock);
paints("detail", drawDetail);
paints("row", reveal);

$("search").addEventListener("input", (event) => setQuery(event.target.value));
$("app").addEventListener("change", (event) => {
  state.app = event.target.value || null;
  state.listed = null;
  state.following = true;
  paint("side", "list", "detail");
});
$("help-button").addEventListener("click", showHelp);
$("list").addEventListener("scroll", drawRows, { passive: true });
$("detail").addEventListener("input", (event) => {
  event.target.dataset.touched = "yes";
});
for (const each of all("[data-language]"))
  each.addEventListener("click", () => {
    setLanguage(each.dataset.language);
    drawAll();
  });
/** @type {NodeListOf<HTMLDialogElement>} */
const dialogs = document.querySelectorAll("dialog");
for (const each of dialogs)
  each.addEventListener("click", (event) => {
    if (event.target === each) each.close();
  });
document.addEventListener("keydown", pressed);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  state.unseen = 0;
  readClock();
  paint("side", "list", "detail");
});
addEventListener("resize", () => paint("list"));
// For an address that is typed or followed, too.
addEventListener("popstate", () => {
  readHash();
  paint("side", "list", "detail");
});

readHash();
drawAll();
setInterval(tick, 500);
begin();
