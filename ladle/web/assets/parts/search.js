// One field that finds workflows, runs, steps and errors.

import { open } from "../address.js";
import { api, need } from "../data.js";
import { h } from "../dom.js";
import { redraw } from "../redraw.js";
import { icon } from "../status.js";

const PAUSE = 120;

let text = "";
let asked = "";
let active = false;
let chosen = 0;
let timer = 0;

const field = () => /** @type {HTMLInputElement|null} */ (document.querySelector("#find"));

/** Put the cursor into the field. */
export function focus() {
  field()?.focus();
  field()?.select();
}

function found() {
  return active && asked ? need(api("search", { q: asked })) : null;
}

export function search() {
  const answer = found();
  const hits = answer?.value?.hits ?? [];
  chosen = Math.max(0, Math.min(chosen, hits.length - 1));
  const open_ = active && asked !== "";
  return h(
    "div",
    { class: "find", role: "search" },
    h(
      "svg",
      { class: "i", viewBox: "0 0 16 16", "aria-hidden": "true" },
      h("circle", { cx: 7, cy: 7, r: 4.5 }),
      h("path", { d: "m10.5 10.5 4 4" }),
    ),
    h("input", {
      id: "find",
      type: "search",
      placeholder: "Workflow, run, step, error",
      "aria-label": "Search",
      autocomplete: "off",
      spellcheck: "false",
      role: "combobox",
      "aria-expanded": String(open_),
      "aria-controls": "hits",
      "aria-autocomplete": "list",
      "aria-activedescendant": open_ && hits.length ? `hit-${chosen}` : null,
      on: { input: typed, focus: enter, blur: leave, keydown: key },
    }),
    h("kbd", { "aria-hidden": "true" }, "/"),
    h(
      "div",
      { class: open_ ? "hits" : "sr", id: "hits", role: "listbox", "aria-label": "Results" },
      open_ ? hits.map(hit) : null,
      open_ && !hits.length
        ? h(
            "p",
            { class: "mut", role: "option", "aria-selected": "false" },
            answer?.trouble?.message ?? (answer?.value ? "Nothing found." : "Searching"),
          )
        : null,
    ),
  );
}

/** @param {any} hit @param {number} index */
const hit = (hit, index) =>
  h(
    "a",
    {
      id: `hit-${index}`,
      href: hit.href,
      role: "option",
      tabindex: -1,
      key: `${hit.kind} ${hit.href}`,
      class: index === chosen ? "on" : "",
      "aria-selected": String(index === chosen),
      on: { mousedown: (/** @type {Event} */ e) => e.preventDefault(), click: shut },
    },
    hit.status ? icon(hit.status) : h("span", { class: "i" }),
    h("span", { class: "ell", title: hit.text }, hit.text),
    h("small", null, hit.detail),
  );

function typed() {
  text = field()?.value.trim() ?? "";
  clearTimeout(timer);
  timer = window.setTimeout(() => {
    asked = text;
    chosen = 0;
    redraw();
  }, PAUSE);
}

function enter() {
  active = true;
  redraw();
}

function leave() {
  active = false;
  redraw();
}

function shut() {
  const input = field();
  if (input) input.value = "";
  text = asked = "";
  input?.blur();
}

/** @param {KeyboardEvent} event */
function key(event) {
  const hits = found()?.value?.hits ?? [];
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    chosen = (chosen + (event.key === "ArrowDown" ? 1 : -1) + hits.length) % Math.max(1, hits.length);
    redraw();
    document.getElementById(`hit-${chosen}`)?.scrollIntoView({ block: "nearest" });
  } else if (event.key === "Enter" && text === asked && hits[chosen]) {
    const { href } = hits[chosen];
    shut();
    open(href);
  } else if (event.key === "Escape") {
    event.stopPropagation();
    shut();
  }
}
