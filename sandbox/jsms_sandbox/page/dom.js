// @ts-check
// Creation of elements. Data enters the page as text, never as HTML.

/** @type {(id: string) => any} An element by its id, whichever kind it is. */
export const $ = (id) => document.getElementById(id);

/** @type {(selector: string) => NodeListOf<HTMLElement>} */
export const all = (selector) => document.querySelectorAll(selector);

export function h(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (name === "value" || name === "checked" || name === "selected") element[name] = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(
    ...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false),
  );
  return element;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

export const chip = (text, kind = "") => h("span", { class: `chip ${kind}` }, text);

export const button = (text, onclick, more = {}) =>
  h("button", { type: "button", class: "button", onclick, ...more }, text);

export function facts(...pairs) {
  const shown = pairs.filter((pair) => pair && pair[1] !== null && pair[1] !== undefined && pair[1] !== "");
  return h(
    "dl",
    { class: "facts" },
    shown.map(([name, ...values]) => [h("dt", {}, name), h("dd", {}, ...values)]),
  );
}

export function card(title, ...children) {
  return h("section", { class: "card" }, title && h("h3", {}, title), ...children);
}

export function blank(name, title, text) {
  return h("div", { class: "hollow" }, icon(name), h("h2", {}, title), h("p", {}, text));
}

export const shorten = (text, most) => (text.length > most ? `${text.slice(0, most)}…` : text);
