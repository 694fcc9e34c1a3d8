// @ts-check
// Dialogs: keys, search syntax, assumptions.

import { $, button, h } from "./dom.js";
import { t } from "./language.js";
import { state } from "./state.js";

function dialog(id, ...inside) {
  const box = $(id);
  const close = button(t("Close"), () => box.close());
  box.replaceChildren(
    h("div", { class: "title" }, h("h2", {}, t(box.dataset.tLabel || "Help")), h("span", { class: "gap" }), close),
    ...inside,
  );
  if (!box.open) box.showModal();
}

export function showHelp() {
  const keys = [
    ["j k ↓ ↑", "next, previous"],
    ["g G", "first, last"],
    ["/", "search"],
    ["c", "copy the code"],
    ["r", "reply as the user"],
    ["e", "expire the code"],
    ["1 … 7", "the views on the left"],
    ["Esc", "leave a field, clear the search, follow the newest"],
    ["?", "this help"],
  ];
  const words = [
    ["to:138", "part of the number"],
    ['text:"a b"', "part of the text; quotes for spaces"],
    ["code:50014", "a verification code, or an error code"],
    ["type:code", "code, voice, notice, marketing"],
    ["status:4001", "4001, pending, delivered …"],
    ["tag:", "part of the tag"],
    ["msg:", "the msg_id"],
    ["-word  -to:138", "not this"],
  ];
  dialog(
    "help",
    h("h3", {}, t("Keys")),
    h(
      "dl",
      { class: "facts" },
      keys.map(([key, text]) => [
        h(
          "dt",
          {},
          key.split(" ").map((each) => [h("kbd", {}, each), " "]),
        ),
        h("dd", {}, t(text)),
      ]),
    ),
    h("br"),
    h("h3", {}, t("Searching")),
    h(
      "dl",
      { class: "facts" },
      words.map(([word, text]) => [h("dt", { class: "mono" }, word), h("dd", {}, t(text))]),
    ),
  );
}

export function showAssumptions(lit) {
  const rows = state.info.assumptions.map(({ subject, text }) => [
    h("dt", { class: `named ${lit.includes(subject) ? "lit" : ""}` }, subject),
    h("dd", { class: lit.includes(subject) ? "lit" : "" }, text),
  ]);
  dialog(
    "assumptions",
    h(
      "p",
      { class: "note" },
      t("What no source documents, and the sandbox had to choose."),
      " ",
      t("If the page relies on one, it says “assumed”."),
    ),
    h("br"),
    h("dl", { class: "facts assumed-list", lang: "en" }, rows),
  );
  $("assumptions").querySelector(".lit")?.scrollIntoView({ block: "center" });
}

export function assumed(...subjects) {
  const known = subjects.filter((subject) => state.info?.assumptions.some((each) => each.subject === subject));
  if (!known.length) return null;
  const texts = state.info.assumptions.filter((each) => known.includes(each.subject)).map((each) => each.text);
  return h(
    "button",
    {
      type: "button",
      class: "assumed",
      title: [t("No source documents this; the sandbox had to choose."), ...texts].join("\n"),
      onclick: (event) => {
        event.stopPropagation();
        showAssumptions(known);
      },
    },
    t("assumed"),
  );
}
