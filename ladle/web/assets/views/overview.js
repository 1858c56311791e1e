// All workflows: is something wrong, and are the others healthy.

import { to } from "../address.js";
import { h } from "../dom.js";
import { ago, coming, cost, count, duration, share, span } from "../format.js";
import { merged } from "../live.js";
import { card, chips, head, time } from "../parts/common.js";
import { list } from "../parts/list.js";
import { barSample, spark } from "../parts/marks.js";
import { icon, isActive, tone, word } from "../status.js";

const FIRST = 12;
const ACTIONS = /** @type {Record<string, string>} */ ({
  resume: "Resume",
  redrive: "Redrive",
  backfill: "Backfill",
  answer: "Answer",
  open: "Open",
});
const narrow = matchMedia("(max-width: 760px)");

/** @type {import("../routes.js").View} */
export default {
  live: () => ({ view: "overview" }),
  merge: (value, change) => ({
    ...value,
    ...change.set,
    workflows: merged(
      change.set?.workflows ?? value.workflows,
      change.workflows,
      (each) => each.name,
      change.order?.workflows,
    ),
  }),
  draw(value, { params }) {
    const show = params.get("show") ?? "";
    return [
      head({
        title: ["Workflows", h("span", { class: "mut beside" }, `last ${value.days} days`)],
        actions: [
          chips("Show", "show", show, [
            ["", "All"],
            ["attention", "Needs attention"],
            ["running", "Running"],
          ]),
        ],
      }),
      summary(value.totals),
      show === "running" ? null : attention(value, params.get("all") === "yes"),
      value.workflows.length ? table(value, show) : empty(),
      value.workflows.length ? legend() : null,
    ];
  },
};

/** @param {any} totals */
const summary = ({ runs, succeeded, failed, missed, active, cost: dollars }) =>
  h(
    "dl",
    { class: "sum" },
    [
      ...(succeeded + failed ? [[share(succeeded, succeeded + failed), "succeeded"]] : []),
      [count(runs), runs === 1 ? "run" : "runs"],
      [count(failed), "failed"],
      [count(missed), missed === 1 ? "slot missed" : "slots missed"],
      [count(active), "in progress"],
      [cost(dollars ?? 0), "on AWS"],
    ].map(([figure, what]) => h("div", { key: what }, h("dt", null, what), h("dd", null, figure))),
  );

/** @param {any} value @param {boolean} all */
function attention(value, all) {
  const items = value.attention;
  if (!items.length) return null;
  const shown = all ? items : items.slice(0, FIRST);
  return card(
    "Needs attention",
    [
      h(
        "ul",
        null,
        shown.map((/** @type {any} */ item) =>
          h(
            "li",
            { key: `${item.href} ${item.status}` },
            h(
              "a",
              { href: item.href, "data-row": true },
              icon(item.status),
              h("strong", { class: "ell", title: item.workflow }, item.workflow),
              h(
                "span",
                { class: "mut ell", title: item.text },
                item.step ? emphasised(item.text, item.step) : item.text,
              ),
              h("span", { class: "dim r nw" }, time(item.at, ago(item.at, value.now))),
              h("span", { class: "link r nw" }, `${ACTIONS[item.action] ?? "Open"} ›`),
            ),
          ),
        ),
      ),
      shown.length < items.length
        ? h(
            "p",
            { class: "more" },
            h("a", { class: "link", href: to([], { all: "yes" }) }, `All ${count(items.length)}`),
          )
        : null,
    ],
    { side: h("span", { class: "mut" }, count(items.length)), kind: "att" },
  );
}

/** The step's name stands out of the sentence. @param {string} text @param {string} step */
function emphasised(text, step) {
  const at = text.indexOf(step);
  return at < 0 ? text : [text.slice(0, at), h("b", null, step), text.slice(at + step.length)];
}

/** @param {any} value @param {string} show */
function table(value, show) {
  const needy = new Set(value.attention.map((/** @type {any} */ each) => each.workflow));
  const rows = value.workflows.filter((/** @type {any} */ w) =>
    show === "attention"
      ? needy.has(w.name)
      : show === "running"
        ? (w.active ?? (isActive(w.health) || isActive(w.recent?.status) ? 1 : 0)) > 0
        : true,
  );
  return h(
    "section",
    { class: "card wf", "aria-label": "All workflows", key: "table" },
    h(
      "div",
      { class: "hd", "aria-hidden": "true" },
      h("span", null),
      h("span", null, "Workflow"),
      h("span", null, "Last runs"),
      h("span", null, "Last run"),
      h("span", { class: "nx" }, "Next"),
      h("span", { class: "r" }, `Failed, ${value.days} d`),
      h("span", { class: "r x" }, "p50"),
      h("span", { class: "r x" }, "p95"),
      h("span", { class: "r x" }, `Cost, ${value.days} d`),
    ),
    rows.length
      ? list({
          name: `workflows ${show}`,
          total: rows.length,
          height: narrow.matches ? 112 : 58,
          row: (index) => row(rows[index], value.now),
        })
      : h("p", { class: "none" }, show === "running" ? "Nothing is running." : "Nothing needs you."),
  );
}

/** @param {any} w @param {number} now */
const row = (w, now) =>
  h(
    "a",
    { class: "row", "data-row": true, key: w.name, href: to(["w", w.name]) },
    icon(w.health),
    h(
      "div",
      { class: "n ell" },
      h("b", { class: "ell", title: w.name }, w.name),
      h("span", { class: "ell", title: w.trigger }, w.trigger),
    ),
    h("div", { class: "sp" }, w.last.length ? spark(w.last) : h("span", { class: "dim small" }, "no run yet")),
    h(
      "div",
      { class: "two lr" },
      w.recent
        ? [
            h(
              "div",
              { class: `t-${tone(w.recent.status)} ell` },
              w.recent.status === "retried" ? "succeeded" : word(w.recent.status),
            ),
            h("span", null, since(w.recent, now)),
          ]
        : null,
    ),
    h(
      "div",
      { class: "nx ell" },
      w.next
        ? [h("b", { class: "lbl" }, "next "), time(w.next, coming(w.next, now))]
        : h("span", { class: "dim wide" }, "none"),
    ),
    h(
      "div",
      { class: "r fr nw" },
      h(
        "span",
        { class: w.failed ? (w.failed / w.of > 0.05 ? "t-bad" : "") : "dim" },
        `${count(w.failed)} of ${count(w.of)}`,
      ),
      h("b", { class: "lbl" }, " failed"),
    ),
    h("div", { class: "r x" }, duration(w.p50)),
    h("div", { class: "r x" }, duration(w.p95)),
    h("div", { class: "r x mut" }, cost(w.cost)),
  );

/** @param {any} recent @param {number} now */
const since = (recent, now) =>
  isActive(recent.status) ? `for ${span(now - recent.at)}` : time(recent.at, ago(recent.at, now));

const empty = () =>
  h(
    "section",
    { class: "card alone" },
    h("h2", null, "No workflow yet"),
    h(
      "p",
      { class: "mut" },
      "A workflow is a function with ",
      h("code", null, "@workflow"),
      " in a file of ",
      h("code", null, "statemachines/"),
      ". Run one and it shows up here:",
    ),
    h("pre", { tabindex: 0 }, "ladle run NAME --input '{}'"),
  );

const legend = () =>
  h(
    "div",
    { class: "leg" },
    h("span", null, "Height is duration."),
    ["succeeded", "retried", "failed", "timed_out", "stopped", "running", "waiting", "missed"].map((status) =>
      h("span", { key: status }, barSample(status), word(status)),
    ),
  );
