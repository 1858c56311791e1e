// One workflow: which slots ran, failed or stayed empty, at which step; its runs and its figures.

import { open, select, to } from "../address.js";
import { api } from "../data.js";
import { h } from "../dom.js";
import { coming, cost, count, duration, moment, share, some } from "../format.js";
import { merged } from "../live.js";
import { ask, card, chips, crumb, head, time, triggerWord } from "../parts/common.js";
import { grid, legend, move, selected } from "../parts/grid.js";
import { list } from "../parts/list.js";
import { further, paged } from "../parts/pages.js";
import { filters } from "../routes.js";
import { icon, isActive, shape, tone, word } from "../status.js";

const narrow = matchMedia("(max-width: 760px)");
const PAGE = 100;

/** What tells a slot from others: its time, and its run, of which a time may have several. @param {any} slot */
const placeOf = ({ at, run }) => String([at, run ?? ""]);

/** @type {import("../routes.js").View} */
const view = {
  live: ({ path }) => ({ view: "workflow", id: path[1] }),
  merge(value, change) {
    const next = { ...value, ...change.set };
    const { slots, order } = change;
    if (slots || order?.slots)
      next.grid = { ...next.grid, slots: merged(next.grid.slots, slots, placeOf, order?.slots?.map(String)) };
    return next;
  },
  up: () => to([]),
  keys: ({ params }, value) => {
    const slots = value.grid?.slots ?? [];
    const chosen = selected(slots, params);
    return {
      b: () => select({ ask: "backfill" }),
      ...(slots.length
        ? {
            j: () => move(slots, chosen, -1),
            k: () => move(slots, chosen, 1),
            Enter: () => void (chosen?.run && open(to(["r", chosen.run]))),
          }
        : {}),
    };
  },
  draw(value, { params, path }, session) {
    const name = path[1];
    const chosen = selected(value.grid?.slots ?? [], params);
    const may = (/** @type {string} */ verb) => session.actions.includes(verb) && (value.actions ?? []).includes(verb);
    return [
      crumb([["Workflows", to([])]]),
      head({
        status: value.health,
        title: value.name,
        lines: [
          value.doc || null,
          [
            value.triggers.map((/** @type {string} */ text) => h("span", { key: text }, text)),
            value.source ? h("span", { class: "m" }, value.source) : null,
            value.code
              ? h(
                  "span",
                  null,
                  "code ",
                  h("b", { class: "m" }, value.code),
                  value.deployed ? [", deployed ", time(value.deployed)] : null,
                )
              : null,
            value.stats.runs || !value.stats.next
              ? null
              : h("span", null, "next ", time(value.stats.next, coming(value.stats.next, value.now))),
          ],
        ],
        actions: [
          may("start") ? ask("start", "Start a run") : null,
          may("backfill") && (value.stats.next || hasSchedule(value)) ? ask("backfill", "Backfill") : null,
        ].filter(Boolean),
      }),
      value.stats.runs ? strip(value) : null,
      value.grid?.slots.length ? scheduled(value, chosen, params, name, may) : null,
      runs(value, params, name),
    ];
  },
};
export default view;

/** @param {any} value */
function strip({ stats, now }) {
  const facts = [
    [
      `Succeeded, ${stats.days} d`,
      share(stats.succeeded, stats.runs) || "no run",
      stats.runs ? `${count(stats.succeeded)} of ${count(stats.runs)}` : "",
    ],
    ["p50", duration(stats.p50) || "unknown", ""],
    [
      "p95",
      duration(stats.p95) || "unknown",
      stats.trend ? `${stats.trend > 0 ? "+" : "−"}${Math.abs(stats.trend * 100).toFixed(0)} %` : "",
    ],
    [
      "A run costs",
      stats.cost == null ? "unknown" : cost(stats.cost),
      stats.transitions ? some(Math.round(stats.transitions), "transition") : "",
    ],
    [
      "Critical path",
      stats.critical?.step ?? "unknown",
      stats.critical ? `${(stats.critical.share * 100).toFixed(0)} % of time` : "",
    ],
    ["Next", stats.next ? coming(stats.next, now) : "none", ""],
  ];
  return h(
    "dl",
    { class: "card strip" },
    facts.map(([what, figure, note]) =>
      h(
        "div",
        { key: what },
        h("dt", null, what),
        h("dd", { title: figure }, figure),
        note ? h("dd", null, note) : null,
      ),
    ),
  );
}

/** @param {any} value @param {any} chosen @param {URLSearchParams} params @param {string} name @param {(verb: string) => boolean} may */
function scheduled(value, chosen, params, name, may) {
  const { slots } = value.grid;
  const status = params.get("status") ?? "";
  const trigger = params.get("trigger") ?? "";
  const known = [...new Set(slots.map((/** @type {any} */ slot) => slot.trigger))].filter(Boolean);
  const triggers = /** @type {[string, string][]} */ (known.map((each) => [each, triggerWord(each)]));
  const past = slots.filter((/** @type {any} */ slot) => slot.status !== "scheduled");
  return card(
    hasSchedule(value) ? "Scheduled runs" : "Runs over time",
    [
      h(
        "div",
        { class: "gw" },
        h("div", { class: "stackless" }, grid(value.grid, chosen, { name, status, trigger }), legend()),
        h("aside", { class: "side", "aria-label": "Selected slot" }, slot(chosen, value, past, may)),
      ),
    ],
    {
      id: "grid",
      kind: "gap",
      side: [
        chips("Status", "status", status, [
          ["", "All"],
          ["failed", "Not succeeded"],
          ["retried", "Retried"],
          ...(hasSchedule(value) ? [/** @type {[string, string]} */ (["missed", "Missed"])] : []),
        ]),
        triggers.length > 1 ? chips("Trigger", "trigger", trigger, [["", "Any trigger"], ...triggers]) : null,
      ],
    },
  );
}

const hasSchedule = (/** @type {any} */ value) =>
  value.grid?.slots.some((/** @type {any} */ slot) => slot.trigger === "schedule" || slot.status === "missed");

/** @param {any} slot @param {any} value @param {any[]} past @param {(verb: string) => boolean} may */
function slot(slot, value, past, may) {
  const title = h("h3", null, icon(slot.status), h("span", null, moment(slot.at)));
  if (slot.status === "scheduled") return [title, h("p", { class: "mut" }, "Scheduled. Nothing to tell yet.")];
  if (slot.status === "missed") {
    const all = past.filter((each) => each.status === "missed").length;
    return [
      title,
      h("p", { class: "mut" }, "Nothing ran."),
      may("backfill") ? h("p", { class: "acts" }, ask("backfill", "Backfill", "p")) : null,
      h(
        "div",
        { class: "note" },
        all > 1 ? `${some(all, "slot")} of this grid stayed empty. ` : null,
        "A slot counts as missed when its time has passed by 15 minutes and no run carries its name.",
      ),
    ];
  }
  const middle = value.stats.p50;
  const before = past
    .slice(0, past.indexOf(slot))
    .findLast((each) => each.run && (each.status === "succeeded" || each.status === "retried"));
  const off = slot.duration && middle ? Math.round((slot.duration / middle - 1) * 100) : 0;
  return [
    title,
    h(
      "p",
      { class: `t-${tone(slot.status)}` },
      word(slot.status),
      slot.step ? [" at ", h("b", null, slot.step)] : null,
    ),
    h(
      "dl",
      { class: "kv" },
      h("dt", null, "Run"),
      h("dd", { class: "m ell", title: slot.run }, slot.run),
      h("dt", null, "Duration"),
      h(
        "dd",
        null,
        slot.duration == null
          ? "not ended"
          : [
              duration(slot.duration),
              " ",
              off ? h("span", { class: "dim" }, `${off > 0 ? "+" : "−"}${Math.abs(off)} %`) : null,
            ],
      ),
      h("dt", null, "Trigger"),
      h("dd", null, triggerWord(slot.trigger)),
      slot.code ? [h("dt", null, "Code"), h("dd", { class: "m" }, slot.code)] : null,
    ),
    h(
      "div",
      { class: "acts" },
      h("a", { class: "b p", href: to(["r", slot.run]) }, "Open run"),
      before && !isActive(slot.status)
        ? h("a", { class: "b", href: to(["compare", `${before.run}..${slot.run}`]) }, "Compare")
        : null,
    ),
    slot.error
      ? h(
          "div",
          { class: "note" },
          h("b", null, slot.error),
          slot.step ? ` in ${slot.step}` : null,
          seenBefore(slot, past),
        )
      : null,
  ];
}

/** @param {any} slot @param {any[]} past */
function seenBefore(slot, past) {
  const same = past.filter(
    (each) => each !== slot && each.at < slot.at && each.error === slot.error && each.step === slot.step,
  );
  if (!same.length) return ". Not seen before in this grid.";
  return `. Seen ${same.length === 1 ? "once" : `${same.length} times`} before, last on ${moment(same[same.length - 1].at)}.`;
}

/** @param {any} value @param {URLSearchParams} params @param {string} name */
function runs(value, params, name) {
  const status = params.get("status") ?? "";
  const key = `runs ${name} ${status} ${params.get("trigger") ?? ""}`;
  const pages = paged(key, value.runs, (after) =>
    api(`workflows/${encodeURIComponent(name)}/runs`, { ...filters(params), after, limit: PAGE }),
  );
  const shown =
    status === "missed" ? [] : status === "retried" ? pages.rows.filter((row) => row.status === "retried") : pages.rows;
  const { total } = value.runs;
  const counted =
    total == null || status === "retried" || status === "missed"
      ? some(shown.length, "run")
      : shown.length < total
        ? `${count(shown.length)} newest of ${count(total)}`
        : some(total, "run");
  return card(
    "Runs",
    [
      h(
        "div",
        { class: shown.some((run) => run.code) ? "runs" : "runs nocode" },
        shown.length > 0 &&
          h(
            "div",
            { class: "lhead", "aria-hidden": "true" },
            h("span", null, "Run"),
            h("span", null, "Status"),
            h("span", null, "Trigger"),
            h("span", null, "Started"),
            h("span", { class: "r" }, "Duration"),
            h("span", null, "Failed at"),
            h("span", { class: "y code" }, "Code"),
            h("span", { class: "r y" }, "Transitions"),
          ),
        shown.length
          ? list({
              name: key,
              total: shown.length,
              height: narrow.matches ? 54 : 36,
              row: (index) => row(shown[index]),
            })
          : h(
              "p",
              { class: "none" },
              value.runs.rows.length || status || params.get("trigger") ? "No run fits." : "No run yet.",
            ),
      ),
      status === "missed" ? null : further(pages),
    ],
    { side: h("span", { class: "mut" }, counted) },
  );
}

/** @param {any} run */
const row = (run) =>
  h(
    "a",
    { class: "lrow", key: run.id, "data-row": true, href: to(["r", run.id]) },
    h("span", { class: "m ell", title: run.id }, run.id),
    h(
      "span",
      { class: `told t-${tone(run.status)}` },
      shape(run.status),
      h("span", { class: "ell" }, run.status === "retried" ? "succeeded" : word(run.status)),
    ),
    h("span", { class: "mut ell" }, triggerWord(run.trigger)),
    h("span", { class: "mut nw" }, time(run.at)),
    h("span", { class: "r nw" }, duration(run.duration)),
    h("span", { class: "mut ell", title: run.step }, run.step),
    h("span", { class: "m mut y code ell" }, run.code),
    h("span", { class: "r mut y" }, run.transitions == null ? "" : count(run.transitions)),
  );
