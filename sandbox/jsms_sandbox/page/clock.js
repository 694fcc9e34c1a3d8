// @ts-check
// The sandbox's clock, and times as the page writes them.

import { act, call } from "./api.js";
import { $, h, icon } from "./dom.js";
import { toast } from "./feedback.js";
import { language, t } from "./language.js";
import { render } from "./render.js";
import { state } from "./state.js";

const beijing = new Intl.DateTimeFormat("sv-SE", {
  timeZone: "Asia/Shanghai",
  dateStyle: "short",
  timeStyle: "medium",
});

export const fullTime = (at) => beijing.format(at);

export function now() {
  const clock = state.clock;
  return clock ? clock.now + (clock.frozen ? 0 : performance.now() - clock.read) : Date.now();
}

export function shortTime(at) {
  const [day, time] = fullTime(at).split(" ");
  return day === fullTime(now()).split(" ")[0] ? time : `${day.slice(5)} ${time}`;
}

export function span(milliseconds) {
  const seconds = Math.floor(Math.abs(milliseconds) / 1000);
  if (seconds < 1) return t("now");
  if (seconds < 60) return t("{n} s", { n: seconds });
  if (seconds < 3600) return t("{n} min", { n: Math.floor(seconds / 60) });
  if (seconds < 86_400) return t("{n} h", { n: Math.floor(seconds / 3600) });
  return t("{n} d", { n: Math.floor(seconds / 86_400) });
}

export function age(at) {
  const passed = now() - at;
  return passed < -1000 ? t("in {age}", { age: span(passed) }) : span(Math.max(passed, 0));
}

export const aged = (at) => h("time", { "data-age": at, title: fullTime(at) }, age(at));

export function setClock(clock) {
  state.clock = { ...clock, read: performance.now() };
  render("clock", "list", "detail");
}

export async function readClock() {
  try {
    setClock(await call("GET", "clock"));
  } catch {
    /* the connection's state shows it */
  }
}

export function moveClock(body, path = "clock") {
  return act(
    async () => {
      setClock(await call("POST", path, { body }));
    },
    () => t("It is {time} in the sandbox.", { time: state.clock.beijing }),
  );
}

const advance = (seconds) => moveClock({ seconds }, "clock/advance");

async function advanceToNext() {
  const clock = await act(() => call("GET", "clock"));
  if (!clock) return;
  if (clock.next_due_at === null) toast(t("Nothing is due."));
  else await advance(Math.max(0, (clock.next_due_at - clock.now) / 1000 + 0.001));
}

export function drawClock() {
  const box = $("clock"),
    clock = state.clock;
  if (!clock) return;
  const key = `${language} ${clock.frozen} ${clock.ahead !== 0}`;
  if (box.dataset.key !== key) {
    const step = (text, label, onclick) =>
      h("button", { type: "button", title: label, "aria-label": label, onclick }, text);
    const moved = clock.frozen || Math.abs(clock.ahead) > 0.5;
    box.dataset.key = key;
    box.classList.toggle("moved", moved);
    box.replaceChildren(
      h("time", {}),
      h("span", { class: "zone" }, t("Beijing")),
      h(
        "div",
        { class: "steps" },
        step(t("+1 min"), t("Advance by one minute"), () => advance(60)),
        step(t("+5 min"), t("Advance by five minutes"), () => advance(300)),
        step(t("+1 h"), t("Advance by one hour"), () => advance(3600)),
        step(t("+1 d"), t("Advance by one day"), () => advance(86_400)),
        step(icon("next"), t("Advance to what is due next"), advanceToNext),
        step(icon(clock.frozen ? "play" : "pause"), clock.frozen ? t("Start the clock") : t("Freeze the clock"), () =>
          moveClock({ frozen: !state.clock.frozen }),
        ),
        moved && step("↺", t("Back to real time"), () => moveClock({ real: true, frozen: false })),
      ),
    );
  }
  box.firstChild.textContent = fullTime(now());
}
