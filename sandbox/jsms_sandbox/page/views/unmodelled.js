// @ts-check
// The view of requests to operations that the sandbox does not model: it returns the contract's example.

import { aged } from "../clock.js";
import { blank, chip, h } from "../dom.js";
import { exchange } from "../exchange.js";
import { hintOf, refusalCode, where } from "../labels.js";
import { t } from "../language.js";
import { title } from "../components.js";
import { state } from "../state.js";
import { appChip, store } from "../store.js";

const unmodelled = () => state.operations.filter((each) => !each.modelled);

export const unmodelledView = {
  id: "unmodelled",
  title: "Not modelled",
  hidden: () => !unmodelled().length && !store.unmodelled.items.length,
  items: () => store.unmodelled.items,
  search: (r) => ({
    to: /1\d{10}/.exec(r.body)?.[0],
    text: [r.body, r.answer, r.path],
    code: [r.refusal?.code, r.status],
    type: r.operation,
    status: r.status,
    msg: [r.number, ...r.msg_ids],
    other: [r.refusal?.name, r.refusal?.hint, r.refusal?.hint_zh, r.fault],
  }),
  row: (r) => ({
    head: [h("strong", {}, where(r)), notModelled(r), appChip(r.app_key)],
    meta: [h("span", {}, `HTTP ${r.status}`), aged(r.at)],
    text: r.refusal ? hintOf(r.refusal) : r.answer,
    side: r.refusal && [h("span", { class: "big bad" }, String(refusalCode(r)))],
    label: `${where(r)} ${t("not modelled")}`,
  }),
  detail: (r) => [
    title(
      [h("h2", {}, where(r)), chip(`HTTP ${r.status}`, r.refusal ? "bad" : ""), notModelled(r), appChip(r.app_key)],
      h("span", { class: "note" }, aged(r.at)),
    ),
    h(
      "section",
      { class: "card" },
      h("p", {}, t("The sandbox checks such a request, and returns the contract's example.")),
    ),
    exchange(r),
  ],
  empty: () =>
    blank(
      "unmodelled",
      t("There was no such request."),
      `${t("The sandbox does not model:")} ${unmodelled()
        .map((each) => each.id)
        .join(", ")}`,
    ),
};

export const notModelled = (r) => (r.modelled ? null : chip(t("not modelled"), "wait"));
