// Many small marks in few elements: the marks of one look become one path.

import { h } from "../dom.js";
import { statusOf } from "../status.js";

/** Paths by look (a CSS class), in the order of first use. */
export class Marks {
  constructor() {
    /** @type {Map<string, string[]>} */
    this.paths = new Map();
  }

  /** @param {string} look @param {string} d */
  add(look, d) {
    const known = this.paths.get(look);
    if (known) known.push(d);
    else this.paths.set(look, [d]);
  }

  pictures() {
    return [...this.paths].map(([look, parts]) =>
      h("path", { key: look, d: parts.join(""), ...(FILLS[look] ? { fill: FILLS[look] } : { class: look }) }),
    );
  }
}

/** Looks that are patterns of `patterns()`. @type {Record<string, string>} */
const FILLS = { stripes: "url(#stripes-run)", hatch: "url(#hatch-wait)" };

/** The patterns that drawings fill with, once a page. */
export const patterns = () =>
  h(
    "svg",
    { width: 0, height: 0, class: "sr", "aria-hidden": "true" },
    h(
      "defs",
      null,
      h(
        "pattern",
        { id: "hatch-wait", width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
        h("rect", { width: 6, height: 6, class: "p-wash-wait" }),
        h("rect", { width: 2, height: 6, class: "f-wait" }),
      ),
      h(
        "pattern",
        { id: "stripes-run", width: 8, height: 8, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
        h("rect", { width: 8, height: 8, class: "f-run" }),
        h("rect", { width: 2.5, height: 8, class: "p-wash-run" }),
      ),
    ),
  );

const n = (/** @type {number} */ x) => Math.round(x * 10) / 10;
const rect = (/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ w, /** @type {number} */ h_) =>
  `M${n(x)} ${n(y)}h${n(w)}v${n(h_)}h${n(-w)}z`;
const rounded = (/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ s, /** @type {number} */ r) =>
  `M${n(x + r)} ${n(y)}h${n(s - 2 * r)}q${r} 0 ${r} ${r}v${n(s - 2 * r)}q0 ${r} ${-r} ${r}h${n(2 * r - s)}q${-r} 0 ${-r} ${-r}v${n(2 * r - s)}q0 ${-r} ${r} ${-r}z`;
const disc = (/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ r) =>
  `M${n(x - r)} ${n(y)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;

/**
 * A run as a bar: its height is the duration, the mark under the base line the status.
 * @param {Marks} marks @param {string} status @param {number} x @param {number} width @param {number} height @param {number} base
 */
export function bar(marks, status, x, width, height, base) {
  const middle = x + width / 2;
  if (status === "missed") return marks.add("s-dashed", rect(x + 0.7, base - 8, width - 1.4, 8));
  if (status === "scheduled") return marks.add("s-quiet", disc(middle, base - 3, 1.4));
  if (status === "pending") return marks.add("s-quiet", `M${n(middle - 2)} ${base - 3}h4`);
  marks.add(LOOK[status] ?? "f-stop", rect(x, base - height, width, height));
  if (status === "failed") marks.add("f-bad", `M${n(middle)} ${base + 2}l3.4 5.6h-6.8z`);
  if (status === "timed_out") marks.add("s-bad", `M${n(middle)} ${base + 2.4}l3 5h-6z`);
  if (status === "retried") marks.add("f-retry", disc(middle, base + 4.6, 1.7));
  if (status === "stopped") marks.add("f-stop", rect(middle - 2.4, base + 2.6, 4.8, 4.8));
}

/** @type {Record<string, string>} */
const LOOK = {
  succeeded: "f-ok soft",
  retried: "f-ok soft",
  failed: "f-bad",
  timed_out: "f-bad",
  running: "stripes",
  waiting: "hatch",
  backoff: "f-retry",
  caught: "f-retry",
  stopped: "f-stop",
};

/** A step of a run as a cell of 14, centred on x, y. @param {Marks} marks @param {string} letter @param {number} x @param {number} y */
export function cell(marks, letter, x, y) {
  switch (statusOf(letter)) {
    case "succeeded":
      return marks.add("f-ok soft", rounded(x - 7, y - 7, 14, 3));
    case "retried":
      marks.add("f-ok soft", rounded(x - 7, y - 7, 14, 3));
      return marks.add("f-card", disc(x, y, 3));
    case "failed":
      marks.add("f-bad", `M${x} ${y - 8.3}l8.3 8.3-8.3 8.3-8.3-8.3z`);
      return marks.add("mark", `M${x - 2.2} ${y - 2.2}l4.4 4.4m0-4.4l-4.4 4.4`);
    case "timed_out":
      marks.add("f-bad", `M${x} ${y - 8.3}l8.3 8.3-8.3 8.3-8.3-8.3z`);
      return marks.add("mark", `M${x} ${y - 3.4}v3.8h2.8`);
    case "running":
      return marks.add("stripes", rounded(x - 7, y - 7, 14, 3));
    case "waiting":
      return marks.add("hatch", rounded(x - 7, y - 7, 14, 3));
    case "stopped":
      marks.add("f-stop", rounded(x - 6.5, y - 6.5, 13, 2.5));
      return marks.add("mark", `M${x - 2.8} ${y}h5.6`);
    case "backoff":
    case "caught":
      marks.add("f-retry", `M${x} ${y - 7}l7.5 13.4h-15z`);
      return marks.add("mark", `M${x} ${y - 2}v3.6m0 2.4v.1`);
    case "missed":
      return marks.add("s-dashed", rounded(x - 6.2, y - 6.2, 12.4, 2.5));
    case "scheduled":
      return marks.add("s-quiet", disc(x, y, 1.4));
    default:
      return marks.add("s-quiet", `M${x - 3.5} ${y}h7`);
  }
}

/** The last runs of a workflow in one line of bars. @param {[string, number|null][]} runs oldest first */
export function spark(runs) {
  const width = 250;
  const height = 40;
  const base = height - 9;
  const places = Math.max(runs.length, 12);
  const step = width / places;
  const thick = Math.max(3, step - 2.4);
  const longest = Math.max(...runs.map(([, seconds]) => seconds ?? 0), 0.001);
  const marks = new Marks();
  marks.add("s-line", `M0 ${base + 0.5}H${width}`);
  runs.forEach(([status, seconds], index) => {
    const tall = Math.max(3, Math.sqrt((seconds ?? longest / 4) / longest) * (base - 2));
    bar(marks, status, (places - runs.length + index) * step + 1, thick, tall, base);
  });
  return h(
    "svg",
    { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", role: "img", "aria-label": inWords(runs) },
    marks.pictures(),
  );
}

/** @param {[string, number|null][]} runs */
function inWords(runs) {
  const bad = runs.filter(([status]) => status === "failed" || status === "timed_out").length;
  const missed = runs.filter(([status]) => status === "missed").length;
  return `last ${runs.length} runs: ${bad} failed${missed ? `, ${missed} missed` : ""}`;
}

/** One bar for a legend. @param {string} status */
export function barSample(status) {
  const marks = new Marks();
  bar(marks, status, 2.5, 6, 11, 13);
  return h("svg", { width: 12, height: 22, viewBox: "0 0 12 22", "aria-hidden": "true" }, marks.pictures());
}

/** One cell for a legend. @param {string} letter */
export function cellSample(letter) {
  const marks = new Marks();
  cell(marks, letter, 8.5, 8.5);
  return h("svg", { width: 17, height: 17, viewBox: "0 0 17 17", "aria-hidden": "true" }, marks.pictures());
}
