// Values as indented JSON, coloured by kind. Built of text nodes: nothing in a value is ever markup.

import { h } from "../dom.js";

const LINES = 4000;

/** @param {any} value @param {string} label */
export function json(value, label) {
  /** @type {any[]} */
  const parts = [];
  write(value, "", parts, { left: LINES });
  return h("pre", { class: "json", tabindex: 0, role: "region", "aria-label": label }, parts);
}

/** @param {any} value @param {string} indent @param {any[]} into @param {{left: number}} budget */
function write(value, indent, into, budget) {
  if (value !== null && typeof value === "object") {
    const list = Array.isArray(value);
    const names = Object.keys(value);
    if (!names.length) return void into.push(list ? "[]" : "{}");
    into.push(list ? "[" : "{");
    for (const [index, name] of names.entries()) {
      if (budget.left-- <= 0) {
        into.push(`\n${indent}  … ${names.length - index} more`);
        break;
      }
      into.push(`\n${indent}  `);
      if (!list) into.push(h("span", { class: "k" }, JSON.stringify(name)), ": ");
      write(value[name], `${indent}  `, into, budget);
      if (index < names.length - 1) into.push(",");
    }
    into.push(`\n${indent}${list ? "]" : "}"}`);
  } else if (typeof value === "string") into.push(h("span", { class: "s" }, JSON.stringify(value)));
  else into.push(h("span", { class: "n" }, String(value)));
}
