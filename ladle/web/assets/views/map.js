// All items of a Map: how far it is, whether failures cluster, how many causes there are.

import { select, selectAt, to, with_ } from "../address.js";
import { api, need, peek } from "../data.js";
import { h } from "../dom.js";
import { count, duration, share, some, span } from "../format.js";
import { ask, card, chips, crumb, head } from "../parts/common.js";
import { described, itemField, itemWord } from "../parts/field.js";
import { json } from "../parts/json.js";
import { list } from "../parts/list.js";
import { redraw } from "../redraw.js";
import { icon, isFailure, shape, statusOf, tone, word } from "../status.js";

const HEIGHT = 30;
const PAGE = 200;

/** What one points at; of no interest to anybody else. @type {number|null} */
let pointed = null;

/** @type {import("../routes.js").View} */
const view = {
  live: ({ path }) => ({ view: "map", id: path[1], step: path[3] }),
  merge(value, change) {
    const next = { ...value, ...change.set };
    if (change.set?.statuses) return next;
    const codes = codesOf(next);
    for (const [index, letter] of change.cells ?? []) codes[index] = letter.charCodeAt(0);
    next.turn = (value.turn ?? 0) + (change.cells?.length ? 1 : 0);
    return next;
  },
  up: (_, value) => to(["r", value.run], { step: value.step }),
  keys: ({ params }, value) => ({
    j: () => move(value, params, 1),
    k: () => move(value, params, -1),
    e: () => nextFailure(value, params),
    "g w": () => selectAt(to(["w", value.workflow])),
  }),
  draw(value, { params }, session) {
    const codes = codesOf(value);
    const item = itemOf(params, codes.length);
    const status = params.get("status") ?? (value.counts.failed ? "failed" : "all");
    const wanted = params.get("error") ?? "";
    const shown = fitting(value, codes, status, wanted);
    return [
      crumb([
        ["Workflows", to([])],
        [value.workflow, to(["w", value.workflow])],
        [value.run, to(["r", value.run], { step: value.step })],
      ]),
      head({
        status: value.status,
        title: `${value.step}, ${some(value.total, "item")}`,
        lines: [facts(value)],
        actions: value.status === "running" && session.actions.includes("stop") ? [ask("stop", "Stop", "d")] : [],
      }),
      progress(value),
      h(
        "div",
        { class: "mapw" },
        h(
          "div",
          { class: "stack" },
          card(
            "Every item, in order",
            h(
              "div",
              { class: "pad" },
              itemField(
                codes,
                item,
                `${value.run} ${value.step}`,
                inWords(value),
                (index) => select({ item: index, status: "all", error: null }),
                point,
              ),
              h("p", { class: "sub" }, "Row by row from the top left. ", clusters(value)),
            ),
            {
              id: "field",
              side: h(
                "span",
                { class: "mut small wide" },
                pointed === null || pointed >= codes.length
                  ? "point at a cell, or use the list"
                  : described(codes, pointed),
              ),
            },
          ),
          value.durations ? histogram(value.durations) : null,
        ),
        h(
          "div",
          { class: "stack" },
          value.errors.length ? errors(value, wanted) : null,
          item === null ? null : one(value, item),
          items(value, codes, shown, item, status, wanted),
        ),
      ),
    ];
  },
};
export default view;

/** @type {WeakMap<any[], Uint8Array>} */
const expanded = new WeakMap();

/** One letter an item, as bytes; changes of the event stream are put into them. @param {any} value @returns {Uint8Array} */
function codesOf(value) {
  const known = expanded.get(value.statuses);
  if (known && known.length === value.total) return known;
  const codes = new Uint8Array(value.total);
  if (known) {
    codes.fill(45).set(known); // more items came
    expanded.set(value.statuses, codes);
    return codes;
  }
  let at = 0;
  for (const [letter, length] of value.statuses) {
    codes.fill(letter.charCodeAt(0), at, at + length);
    at += length;
  }
  codes.fill(45, at); // "-": not started
  expanded.set(value.statuses, codes);
  return codes;
}

/** @param {URLSearchParams} params @param {number} total */
function itemOf(params, total) {
  const text = params.get("item");
  const index = text === null ? NaN : Number(text);
  return Number.isInteger(index) && index >= 0 && index < total ? index : null;
}

/** @param {number|null} index */
function point(index) {
  if (index === pointed) return;
  pointed = index;
  redraw();
}

/** @param {any} value */
function facts(value) {
  const { failed = 0 } = value.counts;
  return [
    h("span", { class: `t-${tone(value.status)}` }, word(value.status)),
    value.concurrency ? h("span", null, `${count(value.concurrency)} at once`) : null,
    value.tolerated != null
      ? h(
          "span",
          null,
          `${typeof value.tolerated === "number" ? count(value.tolerated) : value.tolerated} may fail, now ${share(failed, value.total) || "none"}`,
        )
      : null,
    value.eta ? h("span", null, `about ${span(value.eta)} left`) : null,
  ];
}

const SHOWN = ["succeeded", "retried", "caught", "failed", "timed_out", "running", "waiting", "stopped", "pending"];

/** @param {any} value */
const progress = ({ counts, total }) =>
  h(
    "section",
    { class: "card pad gap", "aria-label": "Progress" },
    h(
      "div",
      { class: "prog", "aria-hidden": "true" },
      SHOWN.filter((status) => status !== "pending" && counts[status]).map((status) =>
        h("i", {
          key: status,
          class: `paint b-${tone(status)}`,
          style: { width: `${(100 * counts[status]) / Math.max(1, total)}%` },
        }),
      ),
    ),
    h(
      "div",
      { class: "cnt" },
      SHOWN.filter((status) => counts[status]).map((status) =>
        h(
          "span",
          { key: status },
          shape(status),
          h("b", null, count(counts[status])),
          h("span", { class: "mut" }, itemWord(status)),
        ),
      ),
    ),
  );

/** @param {any} value */
const inWords = ({ total, counts }) =>
  `${some(total, "item")}: ${count((counts.succeeded ?? 0) + (counts.retried ?? 0))} succeeded, ${count(counts.failed ?? 0)} failed, ${count(counts.running ?? 0)} running`;

/** Do failures stand together? @param {any} value */
function clusters({ errors, total }) {
  const all = errors.flatMap((/** @type {any} */ error) => error.items ?? []);
  const failures = errors.reduce((/** @type {number} */ sum, /** @type {any} */ error) => sum + error.count, 0);
  if (failures < 4 || total < 50) return "";
  const places = all
    .flatMap((/** @type {[number, number]} */ [first, length]) => Array.from({ length }, (_, i) => first + i))
    .sort((/** @type {number} */ a, /** @type {number} */ b) => a - b);
  const most = Math.ceil(places.length * 0.8);
  let best = { from: 0, to: Infinity };
  for (let i = 0; i + most <= places.length; i++)
    if (places[i + most - 1] - places[i] < best.to - best.from) best = { from: places[i], to: places[i + most - 1] };
  if (best.to - best.from > total / 10) return "The failures are spread.";
  return `Most failures stand together: items ${count(best.from)} to ${count(best.to)}.`;
}

/** @param {{p50: number, p95: number, max: number, width: number, bins: number[]}} durations */
function histogram({ p50, p95, max, width, bins }) {
  const most = Math.max(...bins, 1);
  const step = 100 / bins.length;
  const d = bins
    .map((n, index) => {
      const tall = Math.sqrt(n / most) * 66;
      return n
        ? `M${(index * step + 0.15).toFixed(2)} 70v${(-Math.max(1.5, tall)).toFixed(1)}h${(step - 0.3).toFixed(2)}V70z`
        : "";
    })
    .join("");
  return card(
    "Duration of an item",
    h(
      "div",
      { class: "pad" },
      h(
        "svg",
        {
          class: "hist",
          viewBox: "0 0 100 92",
          preserveAspectRatio: "none",
          role: "img",
          "aria-label": `Histogram of durations, median ${duration(p50)}`,
        },
        h("path", { d, class: "f-ok soft" }),
        h("path", { d: "M0 70.5H100", class: "s-line" }),
      ),
      h(
        "div",
        { class: "haxis mut", "aria-hidden": "true" },
        [0, 0.25, 0.5, 0.75, 1].map((part) => h("span", { key: part }, duration(part * width * bins.length))),
      ),
    ),
    {
      id: "durations",
      side: h("span", { class: "mut small" }, `p50 ${duration(p50)}, p95 ${duration(p95)}, longest ${duration(max)}`),
    },
  );
}

/** @param {any} value @param {string} wanted */
const errors = (value, wanted) =>
  card(
    "Why they failed",
    h(
      "ul",
      { class: "eg" },
      value.errors.map((/** @type {any} */ error) =>
        h(
          "li",
          { key: error.text },
          h(
            "button",
            {
              type: "button",
              "aria-pressed": String(wanted === error.text),
              on: { click: () => select({ error: wanted === error.text ? null : error.text, status: "failed" }) },
            },
            h("b", { class: "t-bad" }, count(error.count)),
            h(
              "span",
              { class: "two" },
              h("span", { class: "ell strong", title: error.error }, error.error),
              h("span", { class: "ell", title: error.text }, error.text.replace(`${error.error}: `, "")),
            ),
          ),
        ),
      ),
    ),
    { side: h("span", { class: "mut" }, some(value.errors.length, "cause")) },
  );

/** @param {any} value @param {number} index */
function one(value, index) {
  const entry = need(api(`runs/${encodeURIComponent(value.run)}/item`, { step: value.step, index }));
  const item = entry.value;
  const status = item?.status ?? statusOf(String.fromCharCode(codesOf(value)[index]));
  const attempt = item?.attempts?.at(-1);
  return h(
    "section",
    { class: "card", "aria-labelledby": "h-item", key: "item" },
    h(
      "div",
      { class: "ch" },
      h("h2", { class: "step", id: "h-item" }, icon(status), `Item ${count(index)}`),
      h("span", { class: "mut" }, itemWord(status), item?.duration ? `, ${duration(item.duration)}` : ""),
      h("a", { class: "link", href: with_({ item: null }) }, "Close"),
    ),
    h(
      "div",
      { class: "pad" },
      entry.trouble ? h("p", { class: "note bad", role: "alert" }, entry.trouble.message) : null,
      item || entry.trouble ? null : h("div", { class: "bone", style: { height: "60px" } }),
      attempt?.error
        ? h("p", { class: "err" }, `${attempt.error}${attempt.message ? `: ${attempt.message}` : ""}`)
        : null,
      item?.input
        ? [h("p", { class: "sub" }, "Input"), value_(item.input, "Input")]
        : item
          ? h("p", { class: "mut" }, "Not started.")
          : null,
      item?.output ? [h("p", { class: "sub" }, "Output"), value_(item.output, "Output")] : null,
      item
        ? h(
            "p",
            { class: "acts" },
            h(
              "a",
              {
                class: "b s",
                href:
                  item.run && item.run !== value.run
                    ? to(["r", item.run])
                    : to(["r", value.run], { step: item.step ?? `${value.step}[${index}]` }),
              },
              "In the run",
            ),
          )
        : null,
    ),
  );
}

/** @param {any} value @param {string} label */
const value_ = (value, label) =>
  "text" in value
    ? h("pre", { class: "json", tabindex: 0, role: "region", "aria-label": label }, value.text)
    : json(value.value, label);

/** @type {{of: Uint8Array|null, key: string, found: number[]}} */
let kept = { of: null, key: "", found: [] };

/** The items that fit the filters, in order. @param {any} value @param {Uint8Array} codes @param {string} status @param {string} wanted */
function fitting(value, codes, status, wanted) {
  const key = `${value.turn ?? 0} ${status} ${wanted}`;
  if (kept.of === codes && kept.key === key) return kept.found;
  const found = [];
  const error = wanted && value.errors.find((/** @type {any} */ each) => each.text === wanted);
  if (error) for (const [first, length] of error.items ?? []) for (let i = 0; i < length; i++) found.push(first + i);
  else if (!wanted)
    for (let index = 0; index < codes.length; index++)
      if (isOf(statusOf(String.fromCharCode(codes[index])), status)) found.push(index);
  kept = { of: codes, key, found };
  return found;
}

/** @param {string} status @param {string} wanted */
const isOf = (status, wanted) =>
  wanted === "all" ||
  status === wanted ||
  (wanted === "succeeded" && (status === "retried" || status === "caught")) ||
  (wanted === "failed" && isFailure(status));

/** @param {any} value @param {Uint8Array} codes @param {number[]} shown @param {number|null} item @param {string} status @param {string} wanted */
function items(value, codes, shown, item, status, wanted) {
  const at = item === null ? -1 : shown.indexOf(item);
  return h(
    "section",
    { class: "card", "aria-labelledby": "h-items", key: "items" },
    h(
      "div",
      { class: "ch" },
      h("h2", { id: "h-items", class: "sr" }, "Items"),
      chips(
        "Items",
        "status",
        wanted ? "" : status,
        [
          ["failed", "Failed"],
          ["running", "Running"],
          ["succeeded", "Succeeded"],
          ["all", "All"],
        ],
        { error: null },
      ),
      h("span", { class: "mut right" }, count(shown.length)),
    ),
    shown.length
      ? h(
          "div",
          {
            class: "vl",
            style: { height: `${Math.min(11, shown.length) * HEIGHT}px` },
            tabindex: 0,
            role: "region",
            "aria-label": "List of items",
          },
          list({
            name: `items ${value.run} ${value.step} ${status} ${wanted}`,
            total: shown.length,
            height: HEIGHT,
            along: at,
            row: (index) => row(value, codes, shown, index, item, status, wanted),
          }),
        )
      : h("p", { class: "none" }, "No item fits."),
  );
}

/** @param {any} value @param {Uint8Array} codes @param {number[]} shown @param {number} place @param {number|null} item @param {string} status @param {string} wanted */
function row(value, codes, shown, place, item, status, wanted) {
  const index = shown[place];
  const now = statusOf(String.fromCharCode(codes[index]));
  const told = toldOf(value, shown, place, status, wanted);
  const failed = isFailure(now) || now === "caught";
  return h(
    "a",
    {
      key: index,
      class: index === item ? "on" : "",
      href: with_({ item: index }),
      "data-row": true,
      "aria-current": index === item ? "true" : null,
    },
    icon(now),
    h("span", { class: "m" }, count(index)),
    h(
      "span",
      { class: failed ? "ell" : "ell mut", title: failed ? told?.[3] : null },
      failed && told?.[3] ? told[3].replace(/^[\w.]+: /, "") : itemWord(now),
    ),
    h("span", { class: "r mut nw" }, duration(told?.[2])),
  );
}

/** What the server tells of an item in the list, by pages. @param {any} value @param {number[]} shown @param {number} place @param {string} status @param {string} wanted */
function toldOf(value, shown, place, status, wanted) {
  const first = place - (place % PAGE);
  const after = first === 0 ? null : shown[first - 1];
  const url = api(`runs/${encodeURIComponent(value.run)}/items`, {
    step: value.step,
    status: wanted || status === "all" ? null : status,
    error: wanted,
    after,
    limit: PAGE,
  });
  const known = peek(url) ?? need(url);
  return known.value?.rows.find((/** @type {any} */ each) => each[0] === shown[place]);
}

/** @param {any} value @param {URLSearchParams} params @param {1|-1} by */
function move(value, params, by) {
  const codes = codesOf(value);
  const shown = fitting(
    value,
    codes,
    params.get("status") ?? (value.counts.failed ? "failed" : "all"),
    params.get("error") ?? "",
  );
  const at = shown.indexOf(itemOf(params, codes.length) ?? -1);
  const next = shown[Math.max(0, Math.min(shown.length - 1, at + by))];
  if (next !== undefined) go(next);
}

/** @param {any} value @param {URLSearchParams} params */
function nextFailure(value, params) {
  const codes = codesOf(value);
  const from = itemOf(params, codes.length) ?? -1;
  for (let n = 1; n <= codes.length; n++) {
    const index = (from + n) % codes.length;
    if (isFailure(statusOf(String.fromCharCode(codes[index])))) return go(index);
  }
}

/** @param {number} index */
function go(index) {
  select({ item: index });
  requestAnimationFrame(() => document.querySelector(".vl .on")?.scrollIntoView({ block: "nearest" }));
}
