// @ts-check
// The view of faults: those that are set, and a form for a new one.

import { act, call } from "../api.js";
import { $, blank, button, card, chip, facts, h } from "../dom.js";
import { language, t } from "../language.js";
import { choose } from "../navigation.js";
import { render } from "../render.js";
import { title } from "../components.js";
import { state } from "../state.js";
import { appChip, store } from "../store.js";

const FAULT_KINDS = [
  "code: an error code",
  "drop: accept, then lose the response",
  "status: an HTTP status",
  "delay: respond late",
  "reset: reset the connection",
  "truncate: cut the response",
  "broken_json: broken JSON",
  "html: a proxy's page",
  "empty: an empty response",
  "variant: another form of the response",
];

const VARIANTS = [
  "numeric_msg_id",
  "number_for_text",
  "unknown_field",
  "unknown_status",
  "unknown_code",
  "time_text",
  "time_iso",
  "time_java",
  "time_digits",
];

export const faultsView = {
  id: "faults",
  title: "Faults",
  items: () => [...store.faults.items].reverse(),
  count: (items) => items.filter((each) => each.active).length,
  alert: true,
  free: true,
  search: (f) => ({
    to: f.mobile,
    text: f.text,
    code: f.code,
    type: [f.kind, f.operation],
    status: [f.status, f.active ? t("active") : t("over")],
  }),
  row: (f) => ({
    head: [h("strong", {}, f.operation ?? t("any")), chip(f.kind, "bad"), f.app_key && appChip(f.app_key)],
    meta: [chip(f.active ? t("active") : t("over"), f.active ? "wait" : "")],
    text: f.text,
    side: [h("small", { class: "note" }, t("hits: {n}", { n: f.hits }))],
    label: f.text,
  }),
  tools: () => [
    store.faults.items.length > 0 &&
      button(t("Delete all"), () => act(() => call("DELETE", "faults"), t("It was deleted.")), { class: "button bad" }),
    button(t("New fault"), () => {
      state.picked.delete("faults");
      render("list", "detail");
    }),
  ],
  detail: faultDetail,
  blankDetail: newFault,
  empty: () => blank("faults", t("No fault is set."), t("Make requests fail, to see what your app does.")),
};

function newFault() {
  const add = (event) => {
    event.preventDefault();
    const value = (id) => $(id).value.trim() || null,
      kind = $("fault-kind").value;
    const number = (id) => (value(id) === null ? null : Number(value(id)));
    const body = {
      kind,
      code: kind === "code" ? number("fault-code") : null,
      status: kind === "code" ? null : number("fault-status"),
      variant: kind === "variant" ? value("fault-variant") : null,
      delay: number("fault-delay") ?? 0,
      operation: value("fault-operation"),
      mobile: value("fault-mobile"),
      times: number("fault-times"),
      probability: number("fault-probability") ?? 1,
    };
    act(async () => {
      const made = await call("POST", "faults", { query: { app: state.app }, body });
      await store.faults.load();
      choose(String(made.number));
    }, t("The fault was added."));
  };
  const field = (label, input) => [h("label", { for: input.id }, label), input];
  const input = (id, more) => h("input", { class: "field", id, "data-keep": id, autocomplete: "off", ...more });
  return [
    title([h("h2", {}, t("New fault"))]),
    h("p", { class: "note" }, t("Make requests fail, to see what your app does.")),
    h(
      "form",
      { class: "card", onsubmit: add },
      h(
        "div",
        { class: "form" },
        field(
          t("Kind of fault"),
          h(
            "select",
            { class: "field", id: "fault-kind", "data-keep": "fault-kind" },
            FAULT_KINDS.map((each) => h("option", { value: each.split(":")[0] }, t(each))),
          ),
        ),
        field(t("Error code"), input("fault-code", { type: "number", list: "codes", value: "50014" })),
        h(
          "datalist",
          { id: "codes" },
          [...state.errors.values()].map((error) =>
            h(
              "option",
              { value: String(error.code) },
              `${error.name}: ${language === "en" ? error.meaning : error.meaning_zh}`,
            ),
          ),
        ),
        field(t("HTTP status"), input("fault-status", { type: "number", min: 200, max: 599, placeholder: "503" })),
        field(
          t("Variant"),
          h(
            "select",
            { class: "field", id: "fault-variant", "data-keep": "fault-variant" },
            h("option", { value: "" }, t("all together")),
            VARIANTS.map((each) => h("option", { value: each }, each)),
          ),
        ),
        field(t("Delay (s)"), input("fault-delay", { type: "number", min: 0, max: 60, step: "any", value: "0" })),
        field(
          t("Operation"),
          h(
            "select",
            { class: "field", id: "fault-operation", "data-keep": "fault-operation" },
            h("option", { value: "" }, t("any")),
            state.operations.map((each) =>
              h(
                "option",
                { value: each.id },
                `${each.id} (${each.method} ${each.path})`,
                !each.modelled && ` · ${t("not modelled")}`,
              ),
            ),
          ),
        ),
        field(t("Only this number"), input("fault-mobile", { placeholder: t("any"), inputmode: "numeric" })),
        field(
          t("How often"),
          input("fault-times", { type: "number", min: 1, value: "1", placeholder: t("unlimited") }),
        ),
        field(
          t("Probability"),
          input("fault-probability", { type: "number", min: 0, max: 1, step: "any", value: "1" }),
        ),
        h("div", { class: "wide" }, h("button", { class: "button main", "data-keep": "add" }, t("Add the fault"))),
      ),
    ),
  ];
}

function faultDetail(f) {
  return [
    title([h("h2", {}, f.text), chip(f.active ? t("active") : t("over"), f.active ? "wait" : "")]),
    h(
      "div",
      { class: "actions" },
      button(t("Delete"), () => act(() => call("DELETE", `faults/${f.number}`), t("It was deleted.")), {
        class: "button bad",
        "data-keep": "delete",
      }),
    ),
    card(
      null,
      facts(
        [t("Kind of fault"), f.kind],
        [t("Error code"), f.code && String(f.code)],
        [t("HTTP status"), f.status && String(f.status)],
        f.variant && [t("Variant"), f.variant],
        f.delay > 0 && [t("Delay (s)"), String(f.delay)],
        [t("Operation"), f.operation ?? t("any")],
        [t("Only this number"), f.mobile ?? t("any")],
        [t("App"), f.app_key ?? t("any")],
        [t("Takes effect"), f.carried_out ? t("yes") : t("no")],
        [t("Left"), f.times === null ? t("unlimited") : String(f.times)],
        [t("Probability"), String(f.probability)],
        [t("Hits"), String(f.hits)],
      ),
    ),
  ];
}
