// @ts-check
// The search: parse the query, and match items.

import { $ } from "./dom.js";
import { language } from "./language.js";
import { render } from "./render.js";
import { state } from "./state.js";

const FIELDS = ["to", "text", "code", "type", "status", "tag", "msg"];

function parse(query) {
  const tokens = [];
  for (const [, minus, name, quoted, word] of query.matchAll(/(-?)(?:(\w+):)?(?:"([^"]*)"?|(\S+))/g)) {
    const known = name && FIELDS.includes(name.toLowerCase());
    const value = (known || !name ? "" : `${name}:`) + (quoted ?? word);
    if (!value || FIELDS.some((field) => value === `${field}:`)) continue; // not typed to its end
    tokens.push({ not: minus === "-", field: known ? name.toLowerCase() : null, value: value.toLowerCase() });
  }
  return tokens;
}

const hay = new WeakMap();

export function matches(view, item, tokens) {
  let found = hay.get(item);
  if (found?.language !== language) {
    const fields = Object.fromEntries(
      Object.entries(view.search(item)).map(([name, values]) => [
        name,
        [values]
          .flat()
          .filter((value) => value !== null && value !== undefined)
          .map((value) => String(value).toLowerCase()),
      ]),
    );
    found = { language, fields, all: Object.values(fields).flat().join("\n") };
    hay.set(item, found);
  }
  return tokens.every(
    ({ not, field, value }) =>
      not !== (field ? (found.fields[field] ?? []).some((each) => each.includes(value)) : found.all.includes(value)),
  );
}

export function setQuery(query) {
  if ($("search").value !== query) $("search").value = query;
  state.query = query;
  state.tokens = parse(query);
  state.listed = null;
  render("list", "detail");
}
