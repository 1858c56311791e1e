// One step of a run: its error with the traceback, its input and output, its log, its attempts. Asked for when it is opened.

import { to, with_ } from "../address.js";
import { api, headers, need } from "../data.js";
import { h } from "../dom.js";
import { clock, count, duration, size } from "../format.js";
import { icon, isActive, isFailure, word } from "../status.js";
import { json } from "./json.js";
import { further, paged } from "./pages.js";

/** Where a step's details are asked at. @param {string} run @param {string} step @param {URLSearchParams} params */
export const detailUrl = (run, step, params) =>
  api(`runs/${encodeURIComponent(run)}/step`, { step, attempt: params.get("attempt"), entry: params.get("entry") });

const TITLES = /** @type {Record<string, string>} */ ({ error: "Error", input: "Input", output: "Output", log: "Log" });

/** @param {any} run @param {any} row the selected row, if it has one @param {string} step @param {URLSearchParams} params */
export function detail(run, row, step, params) {
  const entry = need(detailUrl(run.id, step, params));
  const told = entry.value;
  const status = told?.status ?? row?.status ?? "pending";
  const attempt =
    told?.attempts?.find((/** @type {any} */ each) => each.number === told.attempt) ?? told?.attempts?.at(-1);
  const tabs = [...(attempt?.error ? ["error"] : []), "input", "output", "log"];
  const wanted = params.get("tab") ?? "";
  const tab = tabs.includes(wanted) ? wanted : tabs[0] === "error" ? "error" : status === "waiting" ? "log" : "input";
  return h(
    "section",
    { class: "card", "aria-labelledby": "h-detail", key: "detail" },
    h(
      "div",
      { class: "ch" },
      h(
        "h2",
        { class: "step", id: "h-detail" },
        icon(status),
        h("span", { class: "ell", title: step }, step),
        row && row.label !== step && row.item != null
          ? h("span", { class: "mut ell" }, row.label.replace(/^\[\d+\]\s*/, ""))
          : null,
      ),
      h(
        "div",
        { class: "tabs", role: "tablist", "aria-label": "Detail", on: { keydown: alongTabs } },
        tabs.map((name) =>
          h(
            "a",
            {
              key: name,
              id: `tab-${name}`,
              role: "tab",
              "aria-controls": "tab-body",
              "aria-selected": String(name === tab),
              tabindex: name === tab ? 0 : -1,
              href: with_({ step, tab: name }),
            },
            TITLES[name],
          ),
        ),
      ),
    ),
    h(
      "div",
      { class: "dp" },
      h(
        "div",
        { id: "tab-body", role: "tabpanel", "aria-labelledby": `tab-${tab}` },
        told
          ? body(tab, told, attempt, run, step, params)
          : entry.trouble
            ? h("p", { class: "note bad", role: "alert" }, entry.trouble.message)
            : h("div", { class: "bone", style: { height: "96px" } }),
      ),
      h("div", null, told ? facts(told, row, run, step) : null),
    ),
  );
}

/** Arrow keys move along the tabs. @param {KeyboardEvent} event */
function alongTabs(event) {
  if (event.key !== "ArrowRight" && event.key !== "ArrowLeft") return;
  const tabs = /** @type {HTMLElement[]} */ ([
    .../** @type {Element} */ (event.currentTarget).querySelectorAll("[role=tab]"),
  ]);
  const at = tabs.indexOf(/** @type {HTMLElement} */ (event.target)) + (event.key === "ArrowRight" ? 1 : -1);
  const next = tabs[(at + tabs.length) % tabs.length];
  event.preventDefault();
  next.click();
  next.focus();
}

/** @param {string} tab @param {any} told @param {any} attempt @param {any} run @param {string} step @param {URLSearchParams} params */
function body(tab, told, attempt, run, step, params) {
  if (tab === "error") return [error(attempt), lastLines(told, step)];
  if (tab === "log") return log(told, run, step, params);
  const value = told[tab];
  if (value != null) return shown(value, tab, run, step);
  if (tab === "input") return h("p", { class: "mut" }, "No input: the step was not reached.");
  return h(
    "p",
    { class: "mut" },
    "No output: ",
    isFailure(told.status)
      ? "the step failed."
      : told.attempts?.length
        ? isActive(told.status)
          ? "the step has not ended."
          : `the step was ${word(told.status)}.`
        : "the step was not reached.",
  );
}

/** @param {any} attempt */
const error = ({ error: name, message, cause, frames }) => [
  h("p", { class: "err", tabindex: message?.length > 600 ? 0 : null }, name, message ? `: ${message}` : ""),
  frames?.length
    ? h(
        "pre",
        { tabindex: 0, role: "region", "aria-label": "Traceback" },
        h(
          "code",
          { class: "trace" },
          "Traceback (most recent call last):\n",
          frames.map((/** @type {any} */ frame) =>
            h(
              "span",
              { class: frame.own ? "own" : "theirs" },
              `  ${frame.file}:${frame.line}, in ${frame.name}\n`,
              frame.text ? `    ${frame.text}\n` : "",
            ),
          ),
        ),
      )
    : cause && cause !== message
      ? h("pre", { tabindex: 0, role: "region", "aria-label": "Cause" }, cause)
      : null,
];

/** @param {any} told @param {string} step */
const lastLines = (told, step) =>
  told.log?.lines?.length
    ? [
        h(
          "p",
          { class: "sub" },
          "Log, last lines: ",
          h("a", { class: "link", href: with_({ step, tab: "log" }) }, "all"),
        ),
        lines(told.log.lines.slice(-3)),
      ]
    : null;

/** @param {any} told @param {any} run @param {string} step @param {URLSearchParams} params */
function log(told, run, step, params) {
  const first = { rows: told.log?.lines ?? [], next: told.log?.next ?? null };
  const pages = paged(`log ${run.id} ${step} ${params.get("attempt") ?? ""}`, first, (after) =>
    api(`runs/${encodeURIComponent(run.id)}/log`, { step, attempt: params.get("attempt"), after }),
  );
  if (!pages.rows.length)
    return h(
      "p",
      { class: "mut" },
      told.attempts?.length ? "The step wrote no log." : "No log: the step was not reached.",
    );
  return [
    told.log.dropped
      ? h("p", { class: "note warn gap" }, `${size(told.log.dropped)} of the log were too much to keep.`)
      : null,
    lines(pages.rows),
    further(pages),
  ];
}

const LEVELS = /** @type {Record<string, string>} */ ({
  ERROR: "t-bad",
  CRITICAL: "t-bad",
  WARNING: "t-retry",
  WARN: "t-retry",
});

/** @param {[number|null, string|null, string][]} rows */
const lines = (rows) =>
  h(
    "ol",
    { class: "log", tabindex: 0, "aria-label": "Log lines" },
    rows.map(([at, level, text], index) =>
      h(
        "li",
        { key: index, class: at == null && !level ? "plain" : "" },
        at == null && !level
          ? null
          : [
              h(
                "span",
                null,
                at == null ? "" : `${clock(at, true)}.${String(Math.floor((at % 1) * 1000)).padStart(3, "0")}`,
              ),
              h("span", { class: LEVELS[level ?? ""] ?? "mut" }, level ?? ""),
            ],
        h("span", null, text),
      ),
    ),
  );

/** @param {any} value @param {string} which @param {any} run @param {string} step */
function shown(value, which, run, step) {
  if (!("text" in value)) return json(value.value, TITLES[which]);
  return [
    h(
      "p",
      { class: "note gap" },
      `The first ${size(value.text.length)} of ${size(value.size)}. `,
      h(
        "button",
        { type: "button", class: "b s", on: { click: () => save(run.id, step, which) } },
        "Save the whole value",
      ),
    ),
    h("pre", { class: "json", tabindex: 0, role: "region", "aria-label": TITLES[which] }, value.text),
  ];
}

/** Save a value as a file. It cannot be a plain link: the token travels in a header. @param {string} run @param {string} step @param {string} which */
async function save(run, step, which) {
  const response = await fetch(api(`runs/${encodeURIComponent(run)}/value`, { step, which }), { headers: headers() });
  if (!response.ok) return;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = `${run}.${step.replace(/\W+/g, "_")}.${which}.json`;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** @param {any} told @param {any} row @param {any} run @param {string} step */
function facts(told, row, run, step) {
  return [
    told.attempts?.length
      ? [
          h("p", { class: "sub" }, "Attempts"),
          h(
            "div",
            { class: "atm" },
            told.attempts.map((/** @type {any} */ each) => attempt(each, told, run, step)),
          ),
        ]
      : h("p", { class: "mut" }, "Not reached."),
    told.entries > 1
      ? h("p", { class: "small mut" }, `Entered ${count(told.entries)} times; the last is shown.`)
      : null,
    h("p", { class: "sub" }, "Step"),
    h(
      "dl",
      { class: "kv" },
      [
        ["Kind", told.kind, ""],
        ["Function", told.function, "m"],
        ["Memory", told.memory ? `${told.memory} MB` : null, ""],
        ["Times out", told.timeout ? `after ${duration(told.timeout)}` : null, ""],
        ["Source", told.source?.file ? `${told.source.file.split("/").pop()}:${told.source.line}` : null, "m"],
      ].map(([name, value, look]) =>
        value
          ? [h("dt", null, name), h("dd", { class: look, title: name === "Source" ? told.source.file : null }, value)]
          : null,
      ),
    ),
    told.comment ? h("p", { class: "small mut" }, told.comment) : null,
    row?.map
      ? h(
          "p",
          { class: "acts" },
          h("a", { class: "b", href: to(["r", run.id, "map", step]) }, `All ${count(row.map.total)} items`),
        )
      : null,
    row?.nested
      ? h("p", { class: "acts" }, h("a", { class: "b", href: to(["r", row.nested]) }, "Open the nested run"))
      : null,
  ];
}

/** @param {any} each @param {any} told @param {any} run @param {string} step */
const attempt = (each, told, run, step) =>
  h(
    "a",
    {
      key: each.number,
      href: with_({ step, attempt: each.number }),
      "aria-current": each.number === told.attempt ? "true" : null,
    },
    icon(each.status),
    h(
      "span",
      null,
      told.attempts.length === 1 && each.status !== "failed" ? word(each.status) : `attempt ${each.number}`,
    ),
    h("span", { class: "mut nw" }, duration((each.end ?? Math.max(each.start, run.now - run.started)) - each.start)),
    each.error || each.backoff
      ? h(
          "small",
          null,
          [each.error, each.backoff ? `then ${duration(each.backoff)} backoff` : null].filter(Boolean).join(", "),
        )
      : null,
  );
