// Statuses: a colour, a shape and a word each. Never colour alone: several look alike to colour-blind eyes.

import { h } from "./dom.js";

/** The word, and the tone: one of the colour families of tokens.css. @type {Record<string, [word: string, tone: string]>} */
const TABLE = {
  succeeded: ["succeeded", "ok"],
  retried: ["succeeded after a retry", "ok"],
  failed: ["failed", "bad"],
  timed_out: ["timed out", "bad"],
  running: ["running", "run"],
  waiting: ["waiting", "wait"],
  backoff: ["waiting to retry", "retry"],
  caught: ["error caught", "retry"],
  stopped: ["stopped", "stop"],
  missed: ["missed", "stop"],
  pending: ["not reached", "stop"],
  scheduled: ["scheduled", "stop"],
};

/** Where statuses are packed, one letter each. @type {Record<string, string>} */
const LETTERS = {
  s: "succeeded",
  r: "retried",
  f: "failed",
  t: "timed_out",
  u: "running",
  w: "waiting",
  b: "backoff",
  c: "caught",
  x: "stopped",
  m: "missed",
  "-": "pending",
  n: "scheduled",
};

/** @param {string} status */
export const word = (status) => TABLE[status]?.[0] ?? status;
/** @param {string} status */
export const tone = (status) => TABLE[status]?.[1] ?? "stop";
/** @param {string} letter */
export const statusOf = (letter) => LETTERS[letter] ?? "pending";
/** @param {string} status */
export const isFailure = (status) => status === "failed" || status === "timed_out";
/** @param {string} status */
export const isActive = (status) => status === "running" || status === "waiting" || status === "backoff";

const TICK = "m5.2 8.2 2 2 3.7-4.2";
const DIAMOND = "M8 .2 15.8 8 8 15.8.2 8z";
const mark = (/** @type {string} */ d) => h("path", { d, class: "mark" });

/** The shape of a status in a square of 16, centred on 8, 8. @param {string} status @returns {any[]} */
export function glyph(status) {
  const fill = `f-${tone(status)}`;
  switch (status) {
    case "succeeded":
      return [h("circle", { cx: 8, cy: 8, r: 6.5, class: fill }), mark(TICK)];
    case "retried":
      return [
        h("circle", { cx: 8, cy: 8, r: 6.5, class: fill }),
        mark(TICK),
        h("circle", { cx: 13, cy: 3, r: 3, class: "f-retry ring" }),
      ];
    case "failed":
      return [h("path", { d: DIAMOND, class: fill }), mark("m5.9 5.9 4.2 4.2m0-4.2-4.2 4.2")];
    case "timed_out":
      return [h("path", { d: DIAMOND, class: fill }), mark("M8 4.8V8.4h2.6")];
    case "running":
      return [
        h("circle", { cx: 8, cy: 8, r: 5.6, class: "track" }),
        h("path", { d: "M8 2.4A5.6 5.6 0 0 1 13.6 8", class: "spin" }),
        h("circle", { cx: 8, cy: 8, r: 2.1, class: fill }),
      ];
    case "waiting":
      return [
        h("circle", { cx: 8, cy: 8, r: 6, class: "s-wait" }),
        h("path", { d: "M6.3 5.6v4.8M9.7 5.6v4.8", class: "s-wait" }),
      ];
    case "stopped":
      return [h("rect", { x: 2, y: 2, width: 12, height: 12, rx: 2.5, class: fill }), mark("M5.2 8h5.6")];
    case "backoff":
    case "caught":
      return [h("path", { d: "M8 1.4 15.2 14H.8z", class: `${fill} round` }), mark("M8 6v3.6M8 12v.1")];
    case "missed":
      return [h("circle", { cx: 8, cy: 8, r: 6, class: "s-missed" })];
    case "scheduled":
      return [h("circle", { cx: 8, cy: 8, r: 4, class: "s-quiet" })];
    default:
      return [h("path", { d: "M4.5 8h7", class: "s-quiet" })];
  }
}

/** A status as an icon that tells its word. @param {string} status @param {string} [kind] */
export const icon = (status, kind = "") =>
  h("svg", { class: ["i", "st", kind], viewBox: "0 0 16 16", role: "img", "aria-label": word(status) }, glyph(status));

/** The same where the word stands beside it. @param {string} status @param {string} [kind] */
export const shape = (status, kind = "") =>
  h("svg", { class: ["i", "st", kind], viewBox: "0 0 16 16", "aria-hidden": "true" }, glyph(status));

/** An icon inside a drawing, centred on x, y. @param {string} status @param {number} x @param {number} y @param {number} [scale] */
export const glyphAt = (status, x, y, scale = 1) =>
  h("g", { class: "st", transform: `translate(${x - 8 * scale} ${y - 8 * scale}) scale(${scale})` }, glyph(status));

/** Icon and word together. @param {string} status @param {string} [text] */
export const told = (status, text = word(status)) =>
  h("span", { class: ["told", `t-${tone(status)}`] }, shape(status), text);
