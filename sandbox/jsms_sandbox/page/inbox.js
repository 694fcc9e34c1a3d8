// @ts-check
// The entry point of the inbox: the sandbox's content, live.

import { age, drawClock, fullTime, now, readClock } from "./clock.js";
import { drawDetail } from "./detail.js";
import { showHelp } from "./dialogs.js";
import { $, all } from "./dom.js";
import { pressed } from "./keyboard.js";
import { setLanguage, t } from "./language.js";
import { drawList, drawRows, reveal } from "./list.js";
import { begin, drawAll } from "./live.js";
import { readHash } from "./navigation.js";
import { render, onRender } from "./render.js";
import { setQuery } from "./search.js";
import { drawSide } from "./sidebar.js";
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
      render("detail");
    element.textContent = left(Number(element.dataset.left));
  }
  for (const element of all("[data-expires]"))
    element.classList.toggle("used", now() >= Number(element.dataset.expires));
}

onRender("side", drawSide);
onRender("list", drawList);
onRender("clock", drawClock);
onRender("detail", drawDetail);
onRender("row", reveal);

$("search").addEventListener("input", (event) => setQuery(event.target.value));
$("app").addEventListener("change", (event) => {
  state.app = event.target.value || null;
  state.listed = null;
  state.following = true;
  render("side", "list", "detail");
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
  render("side", "list", "detail");
});
addEventListener("resize", () => render("list"));
// For an address that is typed or followed, too.
addEventListener("popstate", () => {
  readHash();
  render("side", "list", "detail");
});

readHash();
drawAll();
setInterval(tick, 500);
begin();
