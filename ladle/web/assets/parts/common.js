// Pieces that several views have.

import { h } from "../dom.js";
import { select } from "../address.js";
import { icon, shape } from "../status.js";
import { moment, iso } from "../format.js";

/** @param {[text: string, href: string][]} steps */
export const crumb = (steps) =>
  h(
    "nav",
    { class: "crumb", "aria-label": "Breadcrumb" },
    steps.map(([text, href], index) => [
      index ? h("span", { "aria-hidden": "true" }, "/") : null,
      h("a", { href, class: "ell" }, text),
    ]),
  );

/**
 * The top of a view.
 * @param {{status?: string, title: any, lines?: any[], actions?: any[]}} wanted
 */
export const head = ({ status, title, lines = [], actions = [] }) =>
  h(
    "div",
    { class: "head" },
    h(
      "div",
      null,
      h("h1", { tabindex: -1 }, status ? icon(status) : null, h("span", null, title)),
      lines.map((line) => h("div", { class: "meta" }, line)),
    ),
    actions.length ? h("div", { class: "acts" }, actions) : null,
  );

/** A button that opens a confirmation. @param {string} verb @param {string} text @param {string} [look] */
export const ask = (verb, text, look = "") =>
  h(
    "button",
    {
      type: "button",
      class: `b ${look}`,
      key: `ask ${verb}`,
      "data-ask": verb,
      on: { click: () => select({ ask: verb }) },
    },
    text,
  );

/** Chips of which one holds. @param {string} label @param {string} parameter @param {string} chosen @param {[value: string, text: string][]} choices @param {Record<string, any>} [also] */
export const chips = (label, parameter, chosen, choices, also = {}) =>
  h(
    "div",
    { class: "chips", role: "group", "aria-label": label },
    choices.map(([value, text]) =>
      h(
        "button",
        {
          type: "button",
          class: "chip",
          key: value,
          "aria-pressed": String(value === chosen),
          on: { click: () => select({ ...also, [parameter]: value || null }) },
        },
        text,
      ),
    ),
  );

/** A time as a person reads it, with the exact one behind it. @param {number|null|undefined} at @param {string} [text] */
export const time = (at, text) =>
  at == null ? null : h("time", { datetime: iso(at), title: `${moment(at, true)} (${iso(at)})` }, text ?? moment(at));

/** @param {string} title @param {any} kids @param {{id?: string, side?: any, kind?: string, key?: string}} [more] */
export const card = (
  title,
  kids,
  { id = title.toLowerCase().replace(/\W+/g, "-"), side = null, kind = "", key } = {},
) =>
  h(
    "section",
    { class: `card ${kind}`, "aria-labelledby": `h-${id}`, key: key ?? id },
    h("div", { class: "ch" }, h("h2", { id: `h-${id}` }, title), side),
    kids,
  );

/** A view that cannot be shown, and what to do. @param {import("../data.js").Trouble} trouble @param {string} home */
export function trouble({ status, message, hint }, home) {
  const words =
    status === 403
      ? "Not allowed"
      : status === 404
        ? "Nothing at this address"
        : status === 0
          ? "The server is gone"
          : "This did not work";
  return h(
    "div",
    { class: "alone", role: "alert" },
    shape(status === 404 ? "missed" : "failed"),
    h("h1", { tabindex: -1 }, words),
    h("p", null, message),
    status === 403
      ? h(
          "p",
          { class: "mut" },
          "Open the address that ",
          h("code", null, "ladle ui"),
          " printed: it carries the token of this session.",
        )
      : hint
        ? h("p", { class: "mut" }, hint)
        : null,
    status === 0
      ? h("p", { class: "mut" }, "The page tries again by itself.")
      : status !== 403 && h("a", { class: "b", href: home }, "All workflows"),
  );
}

/** What stands in the place of a view that is being asked for. */
export const loading = () =>
  h(
    "div",
    { "aria-busy": "true", key: "loading" },
    h("p", { class: "sr", role: "status" }, "Loading"),
    [
      ["40%", "28px"],
      ["62%", "18px"],
      ["100%", "140px"],
      ["100%", "320px"],
    ].map(([width, height]) => h("div", { class: "bone gap", style: { width, height } })),
  );

const TRIGGERS = /** @type {Record<string, string>} */ ({
  schedule: "Schedule",
  s3: "S3",
  backfill: "Backfill",
  hand: "By hand",
  nested: "Nested",
  resume: "Resumed",
});

/** What started a run, in a word. @param {string} trigger */
export const triggerWord = (trigger) => TRIGGERS[trigger] ?? trigger;
