// @ts-check
// Drawing, once a frame: what changed is marked, and drawn together.

const due = new Set();

let asked = false;

// In this order: a row that is to be seen must be drawn before.
const PARTS = ["side", "list", "clock", "detail", "row"];

const painters = new Map();

export const paints = (part, draw) => painters.set(part, draw);

export function paint(...parts) {
  for (const part of parts) due.add(part);
  if (asked) return;
  asked = true;
  const draw = () => {
    asked = false;
    const wanted = PARTS.filter((part) => due.has(part));
    due.clear();
    for (const part of wanted) painters.get(part)();
  };
  // A hidden page gets no frames.
  if (document.hidden) setTimeout(draw, 200);
  else requestAnimationFrame(draw);
}
