// A run's steps against time: attempts, backoff, waiting, the critical path, and a density strip for the items of a Map.

import { select, to, with_ } from "../address.js";
import { h } from "../dom.js";
import { duration } from "../format.js";
import { shape, tone, word } from "../status.js";
import { list } from "./list.js";
import { foldable, scale } from "./scale.js";

const ROW = 28;

/**
 * How long a run took, or takes so far. The clock of a local run skips waiting: then it is ahead of ours.
 * @param {any} run
 */
export function elapsed(run) {
  if (run.duration != null) return Math.max(run.duration, 0.001);
  return Math.max(run.span ?? 0, run.now - run.started, 0.001);
}

/** @param {any} run @param {string} chosen the selected step @param {URLSearchParams} params */
export function timeline(run, chosen, params) {
  const ends = run.rows.flatMap((/** @type {any} */ row) => row.segments.map((/** @type {any[]} */ s) => s[1] ?? s[0]));
  const total = Math.max(elapsed(run), ...ends);
  const folds = foldable(waits(run, total), busy(run, total), total);
  const trueScale = params.get("scale") === "true";
  const wide = innerWidth > 760;
  const drawn = scale(total, trueScale ? [] : folds, wide ? 8 : 4);
  const height = run.rows.length * ROW;
  const at = run.rows.findIndex((/** @type {any} */ row) => row.step === chosen);
  return {
    foldable: folds.length > 0,
    picture: h(
      "div",
      { class: "tl" },
      h(
        "div",
        {
          class: "tscroll",
          role: "group",
          "aria-label": `Timeline, ${duration(total)}`,
          use: (/** @type {any} */ element) => show(element, run.id, chosen, at),
        },
        h("div", { class: "axis", "aria-hidden": "true" }, h("div", null), h("div", null, axis(drawn)), h("div", null)),
        h(
          "div",
          { class: "tbody", style: { height: `${height}px` } },
          h(
            "div",
            { class: "tback", "aria-hidden": "true" },
            drawn.ticks.map((tick) => h("i", { key: `t${tick.at}`, style: { left: `${drawn.at(tick.at)}%` } })),
            drawn.folds.map((fold) =>
              h("i", {
                class: "fold",
                key: `f${fold.from}`,
                style: { left: `${drawn.at(fold.from)}%`, right: `${100 - drawn.at(fold.to)}%` },
              }),
            ),
            run.ended == null ? h("i", { class: "now paint", key: "now", style: { left: "100%" } }) : null,
          ),
          list({
            name: `timeline ${run.id}`,
            total: run.rows.length,
            height: ROW,
            along: at,
            row: (index) => row(run.rows[index], index === at, index === Math.max(0, at), drawn, total),
          }),
          h("div", { class: "tcrit", "aria-hidden": "true" }, critical(run, drawn, height)),
        ),
      ),
    ),
  };
}

/** A selection that moved comes into sight, within the timeline; nothing else ever scrolls it. @param {any} element @param {string} run @param {string} chosen @param {number} at */
function show(element, run, chosen, at) {
  const wanted = `${run} ${chosen}`;
  if (element.showing === wanted) return;
  element.showing = wanted;
  if (at < 0) return;
  const top = at * ROW;
  if (top < element.scrollTop || top + 2 * ROW > element.scrollTop + element.clientHeight)
    element.scrollTop = top - element.clientHeight / 2;
}

/** The button that folds waits, or not. @param {URLSearchParams} params */
export const foldSwitch = (params) => {
  const folded = params.get("scale") !== "true";
  return h(
    "button",
    {
      type: "button",
      class: "chip",
      key: "fold",
      "aria-pressed": String(folded),
      on: { click: () => select({ scale: folded ? "true" : null }) },
    },
    "Fold waits",
  );
};

const isWait = (/** @type {string} */ status) => status === "waiting" || status === "backoff";

/** @param {any} run @param {number} total */
const waits = (run, total) => spans(run, total, isWait);

/** What goes on besides waiting; steps that only hold others do not count. @param {any} run @param {number} total */
const busy = (run, total) => spans(run, total, (status) => !isWait(status));

/** @param {any} run @param {number} total @param {(status: string) => boolean} wanted */
function spans(run, total, wanted) {
  const holders = new Set(run.rows.map((/** @type {any} */ row) => row.parent).filter(Boolean));
  return run.rows.flatMap((/** @type {any} */ row) =>
    holders.has(row.step) && !row.density
      ? []
      : row.segments
          .filter((/** @type {any[]} */ s) => wanted(s[2]))
          .map((/** @type {any[]} */ s) => ({ from: s[0], to: s[1] ?? total })),
  );
}

/** @param {import("./scale.js").Scale} drawn */
const axis = (drawn) => [
  drawn.ticks.map((tick) => {
    const place = drawn.at(tick.at);
    return h(
      "span",
      { key: `t${tick.at}`, class: place < 1 ? "first" : place > 97 ? "last" : "", style: { left: `${place}%` } },
      tick.text,
    );
  }),
  drawn.folds.map((fold) =>
    h(
      "span",
      { key: `f${fold.from}`, style: { left: `${(drawn.at(fold.from) + drawn.at(fold.to)) / 2}%` } },
      innerWidth > 760 ? `folded, ${duration(fold.to - fold.from)}` : duration(fold.to - fold.from),
    ),
  ),
];

/** @param {any} row @param {boolean} on @param {boolean} stop whether the tabulator stops here @param {import("./scale.js").Scale} drawn @param {number} total */
function row(row, on, stop, drawn, total) {
  const seconds = spent(row, total);
  return h(
    "a",
    {
      class: ["trow", on && "on"],
      key: row.step,
      "data-row": true,
      "data-step": row.step,
      "aria-current": on ? "true" : null,
      tabindex: stop ? 0 : -1,
      href:
        row.nested && !row.segments.length
          ? to(["r", row.nested])
          : with_({ step: row.step, attempt: null, tab: null, item: null }),
      "aria-label": `${row.label}, ${word(row.status)}${seconds == null ? "" : `, ${duration(seconds)}`}${row.map ? `, ${row.map.done} of ${row.map.total} items` : ""}`,
    },
    h(
      "span",
      { class: "nm2", style: row.depth ? { "padding-left": `${4 + Math.min(row.depth, 5) * 13}px` } : {} },
      shape(row.status),
      h(
        "span",
        { class: row.segments.length ? "ell" : "ell mut", title: row.label },
        row.item == null ? row.label : row.label.slice(Math.max(0, row.label.indexOf("["))),
      ),
    ),
    h(
      "span",
      { class: "lane" },
      row.density
        ? density(row, drawn)
        : row.segments.map((/** @type {any[]} */ s, /** @type {number} */ index) =>
            segment(s, index, drawn, total, Boolean(row.kind === "Parallel" || row.kind === "Map" || row.nested)),
          ),
      row.segments.length ? null : h("span", { class: "reach" }, word(row.status)),
    ),
    h(
      "span",
      { class: "tot" },
      row.map && row.status === "running"
        ? `${Math.floor((100 * row.map.done) / Math.max(1, row.map.total))} %`
        : duration(seconds),
    ),
  );
}

/** @param {any} row @param {number} total */
function spent(row, total) {
  if (!row.segments.length) return null;
  const last = row.segments[row.segments.length - 1];
  return (last[1] ?? total) - row.segments[0][0];
}

/** @param {any[]} segment @param {number} index @param {import("./scale.js").Scale} drawn @param {number} total @param {boolean} holds */
function segment([from, end, status, attempt], index, drawn, total, holds) {
  const left = drawn.at(from);
  const width = Math.max(0, drawn.at(end ?? total) - left);
  const look = status === "backoff" ? "b-backoff" : `b-${tone(status)}`;
  return h("i", {
    key: index,
    class: ["seg paint", look, holds && !isWait(status) && "group", width < 2 && "tiny"],
    style: { left: `${left}%`, width: `${width}%` },
    title: `${word(status)}${attempt ? `, attempt ${attempt}` : ""}, ${duration((end ?? total) - from)}`,
  });
}

/** How many items ran at each time, and where some failed. @param {any} row @param {import("./scale.js").Scale} drawn */
function density(row, drawn) {
  const { from, to: end, buckets } = row.density;
  const most = Math.max(...buckets.map((/** @type {any} */ b) => b[0]), 0.001);
  const left = drawn.at(from);
  let running = "";
  let failed = "";
  buckets.forEach((/** @type {[number, number]} */ [ran, bad], /** @type {number} */ index) => {
    const tall = Math.max(ran > 0 ? 1 : 0, (ran / most) * 18);
    if (tall) running += `M${index} 18v${(-tall).toFixed(1)}h.8V18z`;
    if (bad) failed += `M${index} 0h.8v7h-.8z`;
  });
  return h(
    "span",
    {
      class: `density paint ${row.status === "running" ? "run" : ""}`,
      key: "density",
      style: { left: `${left}%`, width: `${Math.max(0.4, drawn.at(end) - left)}%` },
    },
    h(
      "svg",
      { viewBox: `0 0 ${buckets.length} 18`, preserveAspectRatio: "none", "aria-hidden": "true" },
      h("path", { d: running, class: "f-ok soft" }),
      failed ? h("path", { d: failed, class: "f-bad" }) : null,
    ),
  );
}

/** The critical path: a line under what held up the run, led from row to row. @param {any} run @param {import("./scale.js").Scale} drawn @param {number} height */
function critical(run, drawn, height) {
  /** @type {{from: number, to: number, y: number}[]} */
  const pieces = [];
  run.rows.forEach((/** @type {any} */ row, /** @type {number} */ index) => {
    for (const [from, end] of row.critical ?? []) pieces.push({ from, to: end ?? drawn.total, y: index * ROW + 25.5 });
  });
  pieces.sort((a, b) => a.from - b.from || a.y - b.y);
  let lines = "";
  let links = "";
  pieces.forEach((piece, index) => {
    const x = drawn.at(piece.from);
    lines += `M${x.toFixed(2)} ${piece.y}H${Math.max(drawn.at(piece.to), x + 0.2).toFixed(2)}`;
    const before = pieces[index - 1];
    if (before && before.y !== piece.y) links += `M${x.toFixed(2)} ${before.y}V${piece.y}`;
  });
  if (!lines) return null;
  return h(
    "svg",
    { viewBox: `0 0 100 ${Math.max(1, height)}`, preserveAspectRatio: "none" },
    h("path", { d: links, class: "link-down" }),
    h("path", { d: lines }),
  );
}

export const legend = () =>
  h(
    "div",
    { class: "leg pad-x" },
    [
      ["b-backoff", "backoff", 6],
      ["b-wait", "waiting", 12],
    ].map(([look, text, height]) =>
      h("span", { key: text }, h("i", { class: `sample paint ${look}`, style: { height: `${height}px` } }), text),
    ),
    h("span", { key: "critical" }, h("i", { class: "sample paint line" }), "critical path"),
    h(
      "span",
      { key: "items" },
      h(
        "svg",
        { width: 22, height: 12, "aria-hidden": "true" },
        h("path", { d: "M0 12V6h3V2h4v3h4V0h4v4h4v3h3v5z", class: "f-ok" }),
      ),
      "map items at once",
    ),
  );
