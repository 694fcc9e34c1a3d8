// @ts-check
// Rendering, once a frame: changed parts are marked, and rendered together.

const due = new Set();

let asked = false;

// In this order: a row must be rendered before it is scrolled into view.
const PARTS = ["side", "list", "clock", "detail", "row"];

const renderers = new Map();

export const onRender = (part, draw) => renderers.set(part, draw);

export function render(...parts) {
  for (const part of parts) due.add(part);
  if (asked) return;
  asked = true;
  const draw = () => {
    asked = false;
    const wanted = PARTS.filter((part) => due.has(part));
    due.clear();
    for (const part of wanted) renderers.get(part)();
  };
  // A hidden page gets no frames.
  if (document.hidden) setTimeout(draw, 200);
  else requestAnimationFrame(draw);
}
