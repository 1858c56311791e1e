// From seconds to places on the timeline, in percent. Long waits are folded: they would push everything else into a corner.

import { duration } from "../format.js";

/** A wait is folded when it is longer than this share of all the rest, and than this many seconds. */
const LONG = 0.5;
const SECONDS = 20;
/** The width that a folded wait keeps, in percent. */
const FOLDED = 12;
/** At the beginning and the end of a wait, so much of it stays at full scale. */
const EDGE = 0.04;

/**
 * @typedef {{from: number, to: number}} Span
 * @typedef {{at: (seconds: number) => number, folds: Span[], total: number, ticks: {at: number, text: string}[]}} Scale
 */

/**
 * Stretches in which nothing goes on but waiting: none of `busy` overlaps them.
 * @param {Span[]} waits @param {Span[]} busy @param {number} total @returns {Span[]}
 */
export function foldable(waits, busy, total) {
  if (!waits.length) return [];
  const spans = [...busy].sort((a, b) => a.from - b.from);
  const idle = [];
  let covered = 0;
  for (const { from, to } of spans) {
    if (from > covered) idle.push({ from: covered, to: from });
    covered = Math.max(covered, to);
  }
  if (total > covered) idle.push({ from: covered, to: total });
  const sure = idle.filter((gap) => waits.some((wait) => wait.from < gap.to && wait.to > gap.from));
  const active = total - sure.reduce((sum, gap) => sum + gap.to - gap.from, 0);
  return sure
    .map(({ from, to }) => ({
      from: from + Math.min(active * EDGE, (to - from) / 4),
      to: to - Math.min(active * EDGE, (to - from) / 4),
    }))
    .filter((gap) => gap.to - gap.from > Math.max(SECONDS, active * LONG));
}

/** @param {number} total seconds @param {Span[]} folds @param {number} places how many labels fit @returns {Scale} */
export function scale(total, folds, places) {
  const folded = folds.reduce((sum, fold) => sum + fold.to - fold.from, 0);
  const width = Math.min(FOLDED, 60 / Math.max(1, folds.length));
  const perSecond = (100 - folds.length * width) / Math.max(total - folded, 1e-6);
  const at = (/** @type {number} */ seconds) => {
    let place = 0;
    let passed = 0;
    for (const { from, to } of folds) {
      if (seconds <= from) break;
      place += (from - passed) * perSecond;
      if (seconds < to) return place + ((seconds - from) / (to - from)) * width;
      place += width;
      passed = to;
    }
    return Math.min(100, place + (seconds - passed) * perSecond);
  };
  return { at, folds, total, ticks: ticks(total - folded, total, folds, places) };
}

const STEPS = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200,
  14400, 43200, 86400, 604800,
];

/** @param {number} shown @param {number} total @param {Span[]} folds @param {number} places */
function ticks(shown, total, folds, places) {
  const step = STEPS.find((each) => shown / each <= places) ?? shown;
  const found = [];
  const clear = step * 0.3;
  for (let n = 0; n * step <= total * 1.000001; n++) {
    const at = n * step;
    if (found.length > 40) break;
    const fold = folds.find(({ from, to }) => at > from - clear && at < to + clear);
    if (fold)
      n = Math.max(n, Math.floor((fold.to + clear) / step)); // on behind the fold
    else found.push({ at, text: label(at, step) });
  }
  return found;
}

/** As few digits as tell one mark from the next. @param {number} at @param {number} step */
function label(at, step) {
  if (at === 0) return "0 s";
  if (step >= 60) return duration(at).replace(/ ([mh]) 00$/, " $1");
  if (step >= 1) return `${at} s`;
  return step >= 0.1 ? `${at.toFixed(1)} s` : `${Math.round(at * 1000)} ms`;
}
