// Confirmations: what will happen, what is kept, what it costs, and the same in the shell. Nothing is done that was not shown:
// the server gives each plan a ticket, and does only what has one.

import { here, open, select } from "../address.js";
import { api, need, refresh, send } from "../data.js";
import { h } from "../dom.js";
import { cost, isoDay } from "../format.js";
import { redraw } from "../redraw.js";
import { KEYS } from "./keys.js";
import { toast } from "./frame.js";

/** @type {Record<string, string>} */
const TITLES = {
  start: "Start a run",
  stop: "Stop this run",
  redrive: "Redrive this run",
  resume: "Resume on fixed code",
  backfill: "Backfill",
  replay: "Replay locally",
  help: "Keyboard",
};

/**
 * What a person typed, and where the focus was before. It is no state of the page: a confirmation is opened anew each time.
 * @type {{verb: string, fields: Record<string, string>, busy: boolean, refused: string, from: HTMLElement|null, copied: boolean, asked: any, plan: any}}
 */
const state = { verb: "", fields: {}, busy: false, refused: "", from: null, copied: false, asked: null, plan: null };

/** @typedef {{body: any, title?: string, plan?: any, confirm?: string, off?: boolean}} Content */
/** So long a person may type before what they typed is asked about, in milliseconds. */
const PAUSE = 250;
let typing = 0;

/** @param {import("../address.js").Address} address @param {any} value @param {any} session */
export function confirmation(address, value, session) {
  const verb = address.params.get("ask") ?? "";
  if (!(verb in TITLES)) return ((state.verb = ""), null);
  if (state.verb !== verb) begin(verb, address, value);
  const content = verb === "help" ? help() : verb === "replay" ? replay(address, session) : action(verb, address);
  return h(
    "dialog",
    { key: `ask ${verb}`, "aria-labelledby": "ask-title", use: show, on: { cancel: refuse } },
    h(
      "form",
      {
        method: "dialog",
        novalidate: true,
        on: {
          submit: (/** @type {Event} */ e) =>
            void (e.preventDefault(), content.confirm && !content.off && act(verb, address, content.plan)),
        },
      },
      h("header", { id: "ask-title" }, content.title ?? TITLES[verb]),
      h("div", { class: "bd" }, content.body),
      h(
        "footer",
        null,
        h(
          "button",
          { type: "button", class: "b", key: "no", on: { click: close } },
          content.confirm ? "Cancel" : "Close",
        ),
        content.confirm
          ? h(
              "button",
              {
                type: "submit",
                class: `b ${verb === "stop" ? "d" : "p"}`,
                key: "yes",
                disabled: content.off || state.busy,
              },
              state.busy ? "Working" : content.confirm,
            )
          : null,
      ),
    ),
  );
}

/** @param {string} verb @param {import("../address.js").Address} address @param {any} value */
function begin(verb, address, value) {
  Object.assign(state, {
    verb,
    fields: {},
    busy: false,
    refused: "",
    copied: false,
    asked: null,
    plan: null,
    from: /** @type {HTMLElement|null} */ (document.activeElement),
  });
  if (verb === "backfill") {
    const missed = (value?.grid?.slots ?? []).filter((/** @type {any} */ slot) => slot.status === "missed");
    const slot = (value?.grid?.slots ?? []).find(
      (/** @type {any} */ each) => String(each.at) === address.params.get("slot") && each.status === "missed",
    );
    const around = slot ? neighbours(value.grid.slots, slot) : missed;
    const now = value?.now ?? Date.now() / 1000;
    state.fields = {
      from: isoDay(around[0]?.at ?? now),
      to: isoDay(around.at(-1)?.at ?? now),
      concurrency: "2",
      newest_first: "",
    };
  }
  if (verb === "start") state.fields = { input: JSON.stringify(example(value?.parameters ?? []), null, 2) };
}

/** The empty slots that stand together with one. @param {any[]} slots @param {any} slot */
function neighbours(slots, slot) {
  let from = slots.indexOf(slot);
  let to = from;
  while (slots[from - 1]?.status === "missed") from--;
  while (slots[to + 1]?.status === "missed") to++;
  return slots.slice(from, to + 1);
}

/** An input to begin from. @param {{name: string, type: string, required: boolean, default: any}[]} parameters */
function example(parameters) {
  /** @type {Record<string, any>} */
  const input = {};
  for (const { name, type, required, default: preset } of parameters)
    if (required)
      input[name] = /^(int|float)/.test(type)
        ? 0
        : /^bool/.test(type)
          ? false
          : /^list/.test(type)
            ? []
            : /^str/.test(type)
              ? ""
              : null;
    else if (preset !== undefined && preset !== null) input[name] = preset;
  return input;
}

/** @param {any} dialog */
function show(dialog) {
  if (dialog.open) return;
  dialog.showModal();
  (dialog.querySelector("input, textarea, select") ?? dialog.querySelector("footer button"))?.focus();
}

/** @param {Event} event */
function refuse(event) {
  event.preventDefault();
  close();
}

function close() {
  const { from, verb } = state;
  select({ ask: null });
  const opener = from?.isConnected && from !== document.body ? from : document.querySelector(`[data-ask="${verb}"]`);
  /** @type {HTMLElement|null} */ (opener ?? document.querySelector("#main"))?.focus({ preventScroll: true });
}

/** @returns {Content} */
function help() {
  return {
    body: h(
      "div",
      { class: "keys" },
      KEYS.map(([keys, what]) => [
        h(
          "span",
          null,
          keys.split(" ").map((key) => [h("kbd", null, key), " "]),
        ),
        h("span", null, what),
      ]),
    ),
  };
}

/** @param {import("../address.js").Address} address @param {any} session @returns {Content} */
function replay(address, session) {
  const stage = address.params.get("stage") ?? session.stage;
  const flag = stage === "local" ? "" : ` --stage ${stage}`;
  const run = address.path[1];
  return {
    body: [
      h(
        "p",
        null,
        "Runs the workflow on this machine with the recorded results of its tasks. Nothing is called on AWS.",
      ),
      command(
        `ladle replay ${quoted(run)}${flag}\nladle replay ${quoted(run)}${flag} --from STEP\nladle replay ${quoted(run)}${flag} --save tests/cases/NAME`,
      ),
    ],
  };
}

const quoted = (/** @type {string} */ word) =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** @param {string} verb @param {import("../address.js").Address} address @returns {Content} */
function action(verb, address) {
  const body = bodyOf(verb, address);
  const bad = body.trouble;
  const entry = bad || typing ? null : planOf(verb, body);
  const plan = entry?.value ?? (typing ? state.plan : null);
  state.plan = plan;
  return {
    title: plan?.title,
    plan,
    confirm: plan?.confirm ?? TITLES[verb],
    off: Boolean(bad || typing || !plan?.ok || entry?.pending),
    body: [
      verb === "start" ? startFields() : verb === "backfill" ? backfillFields() : null,
      bad ? h("p", { class: "note bad", role: "alert" }, bad) : null,
      entry?.trouble
        ? h(
            "p",
            { class: "note bad", role: "alert" },
            entry.trouble.message,
            entry.trouble.hint ? h("span", { class: "mut" }, ` ${entry.trouble.hint}`) : null,
          )
        : null,
      plan ? planned(plan) : bad || entry?.trouble ? null : h("div", { class: "bone", style: { height: "120px" } }),
      state.refused ? h("p", { class: "note bad", role: "alert" }, state.refused) : null,
    ],
  };
}

/** What the server is asked with. @param {string} verb @param {import("../address.js").Address} address @returns {Record<string, any>} */
function bodyOf(verb, address) {
  if (verb === "start") {
    try {
      return { workflow: address.path[1], input: JSON.parse(state.fields.input) };
    } catch (error) {
      return { trouble: `This is not JSON: ${/** @type {Error} */ (error).message}` };
    }
  }
  if (verb === "backfill") {
    const { from, to, concurrency, newest_first } = state.fields;
    if (!from || !to) return { trouble: "Give the first and the last day." };
    if (from > to) return { trouble: "The last day is before the first." };
    return {
      workflow: address.path[1],
      from,
      to,
      concurrency: Number(concurrency),
      newest_first: newest_first === "yes",
    };
  }
  return { run: address.path[1] };
}

/** A plan changes nothing, so it is asked for like any value. @param {string} verb @param {Record<string, any>} body */
function planOf(verb, body) {
  state.asked = body;
  return need(api(`plan/${verb}`), body);
}

/** @param {any} plan */
const planned = (plan) => [
  plan.text ? h("p", null, plan.text) : null,
  plan.facts?.length
    ? h(
        "dl",
        { class: "kv" },
        plan.facts.map((/** @type {[string, string]} */ [k, v]) => [h("dt", null, k), h("dd", null, v)]),
      )
    : null,
  plan.again?.length || plan.kept?.length
    ? h(
        "dl",
        { class: "note again" },
        plan.again?.length ? [h("dt", null, "Runs again"), h("dd", null, plan.again.join(", "))] : null,
        plan.kept?.length ? [h("dt", null, "Kept"), h("dd", null, plan.kept.join(", "))] : null,
      )
    : null,
  (plan.warnings ?? []).map((/** @type {string} */ text) => h("p", { class: "note warn" }, text)),
  plan.ok ? null : h("p", { class: "note bad", role: "alert" }, plan.reason ?? "This cannot be done now."),
  plan.cost != null ? h("p", { class: "mut" }, `About ${cost(plan.cost)} on AWS.`) : null,
  plan.command ? command(plan.command) : null,
];

/** @param {string} text */
function command(text) {
  const copy = async () => {
    await navigator.clipboard.writeText(text.split("\n")[0] === text ? text : text.replaceAll("\\\n", ""));
    state.copied = true;
    redraw();
  };
  return h(
    "div",
    { class: "command" },
    h("pre", { tabindex: 0, role: "region", "aria-label": "The same in the shell" }, text),
    navigator.clipboard
      ? h("button", { type: "button", class: "b s", on: { click: copy } }, state.copied ? "Copied" : "Copy")
      : null,
  );
}

/** @param {string} label @param {string} name @param {any} control */
const labelled = (label, name, control) => h("label", { class: "f", key: name }, h("span", null, label), control);

/** @param {string} name @param {Event} event */
function set(name, event) {
  state.fields = { ...state.fields, [name]: /** @type {HTMLInputElement} */ (event.target).value };
  state.refused = "";
  clearTimeout(typing);
  typing = window.setTimeout(() => {
    typing = 0;
    redraw();
  }, PAUSE);
  redraw();
}

const startFields = () => [
  labelled(
    "Input, as JSON",
    "input",
    h("textarea", {
      name: "input",
      spellcheck: "false",
      rows: 5,
      value: state.fields.input,
      on: { input: (/** @type {Event} */ e) => set("input", e) },
    }),
  ),
];

function backfillFields() {
  const input = (/** @type {string} */ name) =>
    h("input", {
      type: "date",
      name,
      value: state.fields[name],
      on: { change: (/** @type {Event} */ e) => set(name, e) },
    });
  const choice = (/** @type {string} */ name, /** @type {[string, string][]} */ options) =>
    h(
      "select",
      { name, value: state.fields[name], on: { change: (/** @type {Event} */ e) => set(name, e) } },
      options.map(([value, text]) => h("option", { value }, text)),
    );
  return h(
    "div",
    { class: "two-fields" },
    labelled("From", "from", input("from")),
    labelled("To", "to", input("to")),
    labelled(
      "At once",
      "concurrency",
      choice("concurrency", [
        ["1", "1"],
        ["2", "2"],
        ["4", "4"],
        ["8", "8"],
      ]),
    ),
    labelled(
      "Order",
      "newest_first",
      choice("newest_first", [
        ["", "Oldest first"],
        ["yes", "Newest first"],
      ]),
    ),
  );
}

/** @param {string} verb @param {import("../address.js").Address} address @param {any} plan */
async function act(verb, address, plan) {
  state.busy = true;
  state.refused = "";
  redraw();
  try {
    const done = await send(api(`do/${verb}`), { ...state.asked, ticket: plan.ticket });
    // Tickets serve once: plans that were read are of no more use.
    refresh((url) => !url.startsWith("api/session") && !url.startsWith("api/plan/"));
    forgetPlans();
    close();
    if (done.href && address.place === here().place) open(done.href);
    toast(done.message);
  } catch (error) {
    state.refused = /** @type {import("../data.js").Trouble} */ (error).message;
    forgetPlans();
  }
  state.busy = false;
  redraw();
}

const forgetPlans = () => refresh((url) => url.startsWith("api/plan/"));
