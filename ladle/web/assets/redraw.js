// One place that says: draw again. Many may say so before the next frame; it is drawn once.

let work = () => {};
let asked = false;

/** @param {() => void} draw */
export function drawWith(draw) {
  work = draw;
}

export function redraw() {
  if (asked) return;
  asked = true;
  requestAnimationFrame(() => {
    asked = false;
    work();
  });
}
