// Two runs of a workflow: the first difference, then durations, input and code.

import { open, to } from "../address.js";
import { h } from "../dom.js";
import { cost, count, duration, moment } from "../format.js";
import { card, crumb, head, triggerWord } from "../parts/common.js";
import { isFailure, shape, tone, word } from "../status.js";

/** @type {import("../routes.js").View} */
const view = {
  up: (_, { b }) => to(["r", b.id]),
  keys: (_, { b }) => ({ "g w": () => open(to(["w", b.workflow])) }),
  draw(value) {
    const { a, b } = value;
    return [
      crumb([
        ["Workflows", to([])],
        [b.workflow, to(["w", b.workflow])],
      ]),
      head({
        title: "Compare two runs",
        lines: [[name("A", a), name("B", b)]],
        actions: [h("a", { class: "b", href: to(["compare", `${b.id}..${a.id}`]) }, "Swap")],
      }),
      first(value),
      steps(value),
      h(
        "div",
        { class: "halves" },
        h(
          "div",
          { class: "stack" },
          card(
            "What went in",
            h(
              "div",
              { class: "pad" },
              diff(value.input, "Input"),
              (value.results ?? []).map((/** @type {any} */ each) => [
                h("p", { class: "sub" }, `Result of ${each.step}`),
                diff(each.diff, `Result of ${each.step}`),
              ]),
            ),
          ),
          value.code?.length ? card("Code", h("div", { class: "pad" }, diff(value.code, "Code"))) : null,
        ),
        card("What ran", h("div", { class: "tw" }, facts(value))),
      ),
    ];
  },
};
export default view;

/** @param {string} letter @param {any} run */
const name = (letter, run) =>
  h(
    "span",
    { key: letter },
    h("span", { class: `ab ${letter}` }, letter),
    shape(run.status),
    " ",
    h("a", { class: "link m", href: to(["r", run.id]) }, run.id),
    h("span", { class: "sr" }, `, ${word(run.status)}`),
  );

/** @param {any} value */
function first({ first: difference, b }) {
  if (!difference)
    return h(
      "div",
      { class: "ban quiet" },
      shape("succeeded"),
      h("div", null, h("b", null, "No difference"), " in what the steps did; durations may differ."),
    );
  const bad = isFailure(b.status);
  return h(
    "div",
    { class: `ban ${bad ? "" : "quiet"}` },
    shape(bad ? b.status : "caught"),
    h(
      "div",
      null,
      h("b", null, "First difference: "),
      difference.step ? [h("b", { class: bad ? "t-bad" : "" }, difference.step), ", "] : null,
      difference.text,
    ),
  );
}

/** @param {any} value */
function steps({ rows, a, b }) {
  const longest = Math.max(
    a.duration ?? 0,
    b.duration ?? 0,
    ...rows.flatMap((/** @type {any} */ row) => [...row.a, ...row.b].map((s) => s[1] ?? s[0])),
    0.001,
  );
  return h(
    "section",
    { class: "card cmp gap", "aria-label": "Steps" },
    h(
      "div",
      { class: "cr hd", "aria-hidden": "true" },
      h("span", null, "Step"),
      h("span", null, `Both on one scale, 0 to ${duration(longest)}`),
      h("span", { class: "r" }, "A"),
      h("span", { class: "r" }, "B"),
      h("span", { class: "r" }, "Difference"),
    ),
    rows.map((/** @type {any} */ row) => {
      const differs = plain(row.a_status) !== plain(row.b_status);
      return h(
        "div",
        { class: ["cr", differs && "differs"], key: row.step },
        h(
          "span",
          { class: "ell", title: row.label, style: row.depth ? { "padding-left": `${row.depth * 16}px` } : {} },
          row.label,
        ),
        h("div", { class: "bars" }, bars(row.a, longest), bars(row.b, longest)),
        side("A", row.a_status, row.a_seconds),
        side("B", row.b_status, row.b_seconds),
        h("span", { class: `r nw ${differs && isFailure(row.b_status) ? "t-bad" : "mut"}` }, difference(row, differs)),
      );
    }),
  );
}

const plain = (/** @type {string} */ status) => (status === "retried" ? "succeeded" : status);

/** @param {any} row @param {boolean} differs */
function difference(row, differs) {
  if (differs) return word(plain(row.b_status));
  if (row.a_seconds == null || row.b_seconds == null) return "";
  const more = row.b_seconds - row.a_seconds;
  if (Math.abs(more) < Math.max(0.02, 0.02 * row.a_seconds)) return "same";
  return `${more < 0 ? "−" : "+"}${duration(Math.abs(more))}`;
}

/** @param {string} letter @param {string} status @param {number|null} seconds */
const side = (letter, status, seconds) =>
  h(
    "span",
    { class: "r nw" },
    h("span", { class: "sr" }, `${letter}: ${word(status)} `),
    shape(status),
    ` ${duration(seconds)}`,
  );

/** @param {any[]} segments @param {number} longest */
const bars = (segments, longest) =>
  h(
    "div",
    null,
    segments.map(([from, end, status], index) =>
      h("i", {
        key: index,
        class: `paint ${status === "backoff" ? "b-backoff" : `b-${tone(status)}`}`,
        style: {
          left: `${(100 * from) / longest}%`,
          width: `${(100 * Math.max(0, (end ?? longest) - from)) / longest}%`,
        },
      }),
    ),
  );

/** @param {any[]} lines @param {string} label */
function diff(lines, label) {
  if (!lines?.length) return h("p", { class: "mut" }, "Nothing.");
  return h(
    "pre",
    { class: "diff", tabindex: 0, role: "region", "aria-label": label },
    lines.map(([sign, text]) =>
      h("span", { class: sign === "-" ? "minus" : sign === "+" ? "plus" : "" }, `${sign === "-" ? "−" : sign} ${text}`),
    ),
  );
}

/** @param {any} value */
const facts = ({ facts: rows }) =>
  h(
    "table",
    null,
    h(
      "thead",
      null,
      h(
        "tr",
        null,
        h("th", null, h("span", { class: "sr" }, "Fact")),
        h("th", { class: "r" }, "A"),
        h("th", { class: "r" }, "B"),
      ),
    ),
    h(
      "tbody",
      null,
      rows.map((/** @type {any} */ [what, left, right]) =>
        h(
          "tr",
          { key: what },
          h("td", { class: "mut" }, what[0].toUpperCase() + what.slice(1)),
          h("td", { class: "r" }, said(what, left)),
          h("td", { class: "r" }, said(what, right)),
        ),
      ),
    ),
  );

/** How facts are told, by their names. @type {Record<string, (value: any) => string>} */
const SAID = {
  started: (at) => moment(at, true),
  duration,
  cost,
  status: word,
  trigger: triggerWord,
  transitions: count,
};

/** @param {string} what @param {any} value */
const said = (what, value) => (value == null ? "" : what in SAID && value !== "" ? SAID[what](value) : String(value));
