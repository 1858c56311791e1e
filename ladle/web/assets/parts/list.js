// A long list of rows of one height: only the rows in sight exist.

import { h } from "../dom.js";
import { redraw } from "../redraw.js";

const SPARE = 8;

/** What is in sight, by list. @type {Map<string, [first: number, end: number]>} */
const ranges = new Map();
/** @type {Set<() => void>} */
const measures = new Set();

export function begin() {
  const all = () => measures.forEach((measure) => measure());
  // Scrolling of any element is heard here on its way down.
  addEventListener("scroll", all, { capture: true, passive: true });
  addEventListener("resize", all, { passive: true });
}

/**
 * @param {{name: string, total: number, height: number, row: (index: number) => any, along?: number|null, most?: number}} wanted
 * `row` describes a row; it takes `style` of its place from `at`. `along` is a row that exists in any case (the selected one).
 */
export function list({ name, total, height, row, along = null, most = 100 }) {
  const [first, end] = total <= most ? [0, total] : (ranges.get(name) ?? [0, 40]);
  const rows = [];
  for (let index = Math.max(0, first); index < Math.min(total, end); index++)
    rows.push(placed(row(index), index, height));
  if (along != null && along >= 0 && along < total && (along < first || along >= end))
    rows.push(placed(row(along), along, height));
  return h(
    "div",
    { class: "list", key: name, style: { height: `${total * height}px` }, use: total <= most ? leave : watch },
    rows,
  );

  /** @param {HTMLElement} element */
  function watch(element) {
    const measure = () => {
      if (!element.isConnected) return void measures.delete(measure);
      if (/** @type {any} */ (element).measure !== measure) return void measures.delete(measure);
      const box = scrollerOf(element);
      const top = box ? box.scrollTop - element.offsetTop : -element.getBoundingClientRect().top;
      const seen = box ? box.clientHeight : innerHeight;
      // In steps of a few rows, so that not every pixel of scrolling draws.
      const from = Math.max(0, (Math.floor(top / height / SPARE) - 1) * SPARE);
      const to = Math.min(total, (Math.ceil((top + seen) / height / SPARE) + 1) * SPARE);
      const known = ranges.get(name);
      if (known && known[0] === from && known[1] === to) return;
      ranges.set(name, [from, to]);
      redraw();
    };
    /** @type {any} */ (element).measure = measure;
    measures.add(measure);
    measure();
  }
}

const leave = (/** @type {any} */ element) => void (element.measure = null);

/** The element that scrolls a list, or null where the page does. @param {HTMLElement} element */
function scrollerOf(element) {
  const box = element.parentElement;
  return box && /auto|scroll/.test(getComputedStyle(box).overflowY) ? box : null;
}

/** @param {any} picture @param {number} index @param {number} height */
function placed(picture, index, height) {
  picture.props = {
    ...picture.props,
    style: { ...picture.props.style, top: `${index * height}px`, height: `${height}px` },
  };
  return picture;
}

/** Forget where lists were: another page opens. */
export function reset() {
  ranges.clear();
}
