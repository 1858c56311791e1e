// One run: where it broke and why, and what took the time. Graph and timeline share one selection.

import { open, selectAt, to, with_ } from "../address.js";
import { refresh } from "../data.js";
import { h } from "../dom.js";
import { cost, duration, some } from "../format.js";
import { merged } from "../live.js";
import { ask, card, crumb, head, time, triggerWord } from "../parts/common.js";
import { detail, detailUrl } from "../parts/detail.js";
import { followSelection } from "../parts/keys.js";
import { graph } from "../parts/graph.js";
import { elapsed, foldSwitch, legend, timeline } from "../parts/timeline.js";
import { isActive, isFailure, shape, tone, word } from "../status.js";

/** @type {import("../routes.js").View} */
const view = {
  live: ({ path, params }) => ({ view: "run", id: path[1], step: withItem(params.get("step")) }),
  merge(value, change) {
    const next = { ...value, ...change.set };
    const { rows, nodes, edges, order = {} } = change;
    next.rows = merged(next.rows, rows, (row) => row.step, order.rows);
    if (nodes || edges || order.nodes || order.edges)
      next.graph = {
        ...next.graph,
        nodes: merged(next.graph.nodes, nodes, (node) => node.id, order.nodes),
        edges: merged(
          next.graph.edges,
          edges,
          (edge) => JSON.stringify([edge.from, edge.to, edge.kind]),
          order.edges?.map((/** @type {any} */ each) => JSON.stringify(each)),
        ),
      };
    const params = new URLSearchParams(location.search);
    const step = chosenStep(next, params);
    // What is open at the right is asked anew when its step went on; it stays to be read meanwhile.
    if (rows?.some((/** @type {any} */ row) => row.step === step)) refresh(detailUrl(value.id, step, params));
    return next;
  },
  up: (_, value) => to(["w", value.workflow]),
  keys: ({ params }, value) => ({
    j: () => move(value, params, 1),
    k: () => move(value, params, -1),
    e: () => nextFailure(value, params),
    "[": () => value.previous && open(to(["r", value.previous])),
    "]": () => value.next && open(to(["r", value.next])),
    c: () => value.last_success && open(to(["compare", `${value.last_success}..${value.id}`])),
    b: () => open(to(["w", value.workflow], { ask: "backfill" })),
    "g w": () => open(to(["w", value.workflow])),
  }),
  draw(run, { params }, session) {
    const step = chosenStep(run, params);
    const row = run.rows.find((/** @type {any} */ each) => each.step === step);
    const times = timeline(run, step, params);
    return [
      crumb([
        ["Workflows", to([])],
        [run.workflow, to(["w", run.workflow])],
        ...(run.parent ? [/** @type {[string, string]} */ ([run.parent.id, to(["r", run.parent.id])])] : []),
      ]),
      head({ status: run.status, title: run.id, lines: [facts(run)], actions: actions(run, session) }),
      banner(run),
      h(
        "div",
        { class: ["rw", run.graph.width > 470 && "broad"] },
        card("Graph", graph(run.graph, step, `Graph of ${run.workflow}`, run.id, true), {
          side: h("span", { class: "told small mut" }, h("i", { class: "sample paint line" }), "critical path"),
        }),
        h(
          "div",
          { class: "stack" },
          card("Timeline", [times.picture, legend()], {
            side: [
              times.foldable ? foldSwitch(params) : null,
              run.critical.length
                ? h(
                    "span",
                    { class: "mut small wide ell", title: run.critical.join(", ") },
                    `critical path: ${run.critical.join(", ")}`,
                  )
                : null,
            ],
          }),
          detail(run, row, step, params),
        ),
      ),
    ];
  },
};
export default view;

/** An item that is looked at has a row, though it may have succeeded. @param {string|null} step */
const withItem = (step) => (step && /\[\d+\]/.test(step) ? step : null);

/** The selected step: the one in the address, else the first real failure. @param {any} run @param {URLSearchParams} params */
const chosenStep = (run, params) => params.get("step") ?? run.focus ?? (cutOff(run) ?? run.rows[0])?.step ?? "";

/** Where a run was that its time limit or a person ended. @param {any} run */
const cutOff = (run) =>
  run.rows.findLast(
    (/** @type {any} */ row) => row.segments.length && (isFailure(row.status) || row.status === "stopped"),
  );

/** @param {any} run */
const facts = (run) => [
  h("span", { class: `t-${tone(run.status)}` }, word(run.status)),
  time(run.started),
  h("span", null, h("b", null, duration(elapsed(run)))),
  h("span", null, triggerWord(run.trigger)),
  run.code ? h("span", null, "code ", h("b", { class: "m" }, run.code)) : null,
  h("span", null, some(run.transitions, "transition"), run.cost == null ? "" : `, ${cost(run.cost)}`),
];

/** @param {any} run @param {any} session */
function actions(run, session) {
  const may = (/** @type {string} */ verb) => run.actions.includes(verb) && session.actions.includes(verb);
  return [
    may("resume") ? ask("resume", "Resume on fixed code", "p") : null,
    may("redrive") ? ask("redrive", "Redrive", may("resume") ? "" : "p") : null,
    isActive(run.status) ? null : ask("replay", "Replay locally"),
    run.last_success
      ? h("a", { class: "b", href: to(["compare", `${run.last_success}..${run.id}`]) }, "Compare")
      : null,
    may("stop") ? ask("stop", "Stop", "d") : null,
  ].filter(Boolean);
}

/** @param {any} run */
function banner(run) {
  if (run.error && isFailure(run.status)) {
    const { error, message, step, frame, nested } = run.error;
    return h(
      "div",
      { class: "ban", key: "ban" },
      shape(run.status),
      h(
        "div",
        null,
        step ? [h("b", { class: "t-bad" }, step), ` ${word(run.status)}: `] : null,
        h("b", null, error),
        message ? `: ${clipped(message)}` : "",
        ". ",
        h("span", { class: "mut" }, leftBehind(run)),
      ),
      nested?.length
        ? h("a", { class: "link", href: to(["r", nested[nested.length - 1]]) }, "the run in which it failed")
        : frame
          ? h(
              "a",
              { class: "link m", href: with_({ step: step ?? run.focus, tab: "error" }) },
              `${frame.file.split("/").pop()}:${frame.line}`,
            )
          : null,
    );
  }
  if (run.status === "timed_out")
    return h(
      "div",
      { class: "ban", key: "ban" },
      shape("timed_out"),
      h("div", null, h("b", { class: "t-bad" }, run.focus ?? run.id), " was cut off: the run passed its timeout."),
    );
  if (run.status === "stopped")
    return h(
      "div",
      { class: "ban quiet", key: "ban" },
      shape("stopped"),
      h(
        "div",
        null,
        h("b", null, "Stopped"),
        run.error?.message ? `: ${clipped(run.error.message)}` : ". Steps that ran then were cut off.",
      ),
    );
  if (run.waits) {
    const { step, since, until, for: what } = run.waits;
    return h(
      "div",
      { class: "ban wait", key: "ban" },
      shape("waiting"),
      h(
        "div",
        null,
        h("b", { class: "t-wait" }, step),
        ` has waited ${duration(Math.max(0, run.now - since))} for ${what === "answer" ? "an answer" : "its time"}. `,
        until ? [what === "answer" ? "It times out " : "It goes on ", time(until), "."] : null,
      ),
    );
  }
  const map = run.rows.find((/** @type {any} */ row) => row.map && row.status === "running");
  if (map)
    return h(
      "div",
      { class: "ban run", key: "ban" },
      shape("running"),
      h(
        "div",
        null,
        h("b", { class: "t-run" }, map.label),
        `: ${map.map.done.toLocaleString("en-US")} of ${some(map.map.total, "item")} done, ${map.map.failed.toLocaleString("en-US")} failed.`,
      ),
      h("a", { class: "link", href: to(["r", run.id, "map", map.step]) }, "All items"),
    );
  return null;
}

const clipped = (/** @type {string} */ text) =>
  (text.length > 300 ? `${text.slice(0, 300)}…` : text).replace(/\.$/, "");

/** @param {any} run */
function leftBehind(run) {
  const node = run.graph.nodes.find((/** @type {any} */ each) => each.map?.counts?.failed);
  if (!node) return "";
  const { stopped = 0, pending = 0 } = node.map.counts;
  return (
    [
      stopped ? `${some(stopped, "item")} ${stopped === 1 ? "was" : "were"} stopped` : "",
      pending ? `${pending} never started` : "",
    ]
      .filter(Boolean)
      .join(", ") + (stopped || pending ? "." : "")
  );
}

/** @param {any} run @param {URLSearchParams} params @param {1|-1} by */
function move(run, params, by) {
  const at = run.rows.findIndex((/** @type {any} */ row) => row.step === chosenStep(run, params));
  const next = run.rows[Math.max(0, Math.min(run.rows.length - 1, at + by))];
  if (next) pick(next.step);
}

/** @param {any} run @param {URLSearchParams} params */
function nextFailure(run, params) {
  const holders = new Set(run.rows.map((/** @type {any} */ row) => row.parent));
  const failed = run.rows.filter((/** @type {any} */ row) => isFailure(row.status));
  // Where a step fails because of another inside of it, the inner one is the failure.
  const real = failed.filter(
    (/** @type {any} */ row) =>
      !holders.has(row.step) || !failed.some((/** @type {any} */ other) => other.parent === row.step),
  );
  const at = real.findIndex((/** @type {any} */ row) => row.step === chosenStep(run, params));
  const next = real[(at + 1) % real.length];
  if (next) pick(next.step);
}

/** @param {string} step */
function pick(step) {
  selectAt(with_({ step, attempt: null, tab: null, item: null }));
  followSelection(".trow");
}
