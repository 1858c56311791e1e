// The keyboard. Keys of one letter; a view adds its own.

import { here, open, select, to } from "../address.js";
import { redraw } from "../redraw.js";
import { focus as focusSearch } from "./search.js";
import { flip } from "./theme.js";

/** What the list of keys says. @type {[keys: string, what: string][]} */
export const KEYS = [
  ["/", "search workflows, runs, steps, errors"],
  ["j k", "next, previous row or slot"],
  ["Enter", "open"],
  ["e", "next step that failed"],
  ["[ ]", "older, newer run of this workflow"],
  ["g o", "overview"],
  ["g w", "this workflow"],
  ["c", "compare with the last success"],
  ["b", "backfill"],
  ["t", "light or dark"],
  ["Esc", "close, up one level"],
  ["?", "this list"],
];

const TOGETHER = 900;

/** @param {() => {view: any, value: any}} state */
export function begin(state) {
  let gAt = 0;
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const target = /** @type {HTMLElement} */ (event.target);
    if (/^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName) || document.querySelector("dialog[open]")) return;
    const { view, value } = state();
    const address = here();
    const own = view?.keys && value !== undefined ? view.keys(address, value) : {};
    const afterG = event.timeStamp - gAt < TOGETHER;
    gAt = 0;
    const key = alongRows(event.key, target);
    const pressed = afterG && (key === "o" || key === "w") ? `g ${key}` : key;
    if (pressed === "Enter" && /^(A|BUTTON|SUMMARY)$/.test(target.tagName)) return; // the element's own
    const general = {
      "/": focusSearch,
      "?": () => select({ ask: "help" }),
      t: () => (flip(), redraw()),
      g: () => (gAt = event.timeStamp),
      "g o": () => open(to([])),
      j: () => step(1),
      k: () => step(-1),
      Escape: () =>
        address.view !== "overview" && open(view?.up && value !== undefined ? view.up(address, value) : to([])),
    };
    const act = own[pressed] ?? general[/** @type {keyof typeof general} */ (pressed)];
    if (!act) return;
    event.preventDefault();
    act();
  });
}

/** Within the timeline, the graph and the grid, arrows do what `j` and `k` do. @param {string} key @param {Element} target */
function alongRows(key, target) {
  if (target.closest(".trow, .nd")) return key === "ArrowDown" ? "j" : key === "ArrowUp" ? "k" : key;
  if (target.closest(".col")) return key === "ArrowLeft" ? "j" : key === "ArrowRight" ? "k" : key;
  return key;
}

/** Bring what is selected now into sight; the focus goes along if it was on what was selected before. @param {string} kind */
export function followSelection(kind) {
  const held = document.activeElement?.closest(kind);
  requestAnimationFrame(() => {
    const now = /** @type {HTMLElement|null} */ (document.querySelector(`${kind}.on`));
    now?.scrollIntoView({ block: "nearest", inline: "nearest" });
    if (held) now?.focus({ preventScroll: true });
  });
}

/** Put the focus on the next row of the page. @param {1|-1} by */
function step(by) {
  const rows = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("main [data-row]")]);
  const at = rows.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const next = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.max(0, Math.min(rows.length - 1, at + by))];
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: "nearest" });
}
