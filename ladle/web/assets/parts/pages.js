// Pages of a long answer, one after the other: each names the next.

import { need } from "../data.js";
import { h } from "../dom.js";
import { redraw } from "../redraw.js";

/** How many further pages of a list a person came to. @type {Map<string, number>} */
const grown = new Map();

/**
 * The rows of the first page, and of the further ones that were wanted.
 * @param {string} name @param {{rows: any[], next: string|null}} first @param {(cursor: string) => string} urlOf
 */
export function paged(name, first, urlOf) {
  const rows = [...first.rows];
  let next = first.next;
  let busy = false;
  let trouble = null;
  for (let page = 0; next && page < (grown.get(name) ?? 0); page++) {
    const entry = need(urlOf(next));
    if (!entry.value) {
      busy = !entry.trouble;
      trouble = entry.trouble;
      break;
    }
    rows.push(...(entry.value.rows ?? entry.value.lines));
    next = entry.value.next;
  }
  const more = () => {
    if (busy || !next) return;
    grown.set(name, (grown.get(name) ?? 0) + 1);
    redraw();
  };
  return { rows, next, busy, trouble, more };
}

/** What stands under a list that goes on: it grows when one comes near, or by its button. @param {{next: any, busy: boolean, trouble: any, more: () => void}} pages */
export function further({ next, busy, trouble, more }) {
  if (!next) return null;
  return h(
    "div",
    { class: "none", key: "further", use: (/** @type {any} */ element) => near(element, more) },
    trouble
      ? trouble.message
      : busy
        ? "Loading more"
        : h("button", { type: "button", class: "b s", on: { click: more } }, "Show more"),
  );
}

/** @param {any} element @param {() => void} more */
function near(element, more) {
  element.more = more;
  if (element.observer) return;
  element.observer = new IntersectionObserver(
    (entries) => entries.some((each) => each.isIntersecting) && element.more(),
    { rootMargin: "200px" },
  );
  element.observer.observe(element);
}
