// Scheduled runs over time: one column a slot, one row a step. An empty slot is a column like any other.

import { selectAt, with_ } from "../address.js";
import { h } from "../dom.js";
import { clock, day, duration, isMonday, midnight, moment } from "../format.js";
import { redraw } from "../redraw.js";
import { isFailure, word } from "../status.js";
import { followSelection } from "./keys.js";
import { bar, cell, cellSample, Marks } from "./marks.js";

const WIDTH = 21;
const TALL = 66;
const TOP = 91;
const ROW = 22;
/** Columns outside of what is in sight that exist all the same. */
const SPARE = 12;

let inSight = { from: 0, to: 0 };
/** The grid that was scrolled to its end: the newest slots are what one comes for. */
let placedFor = "";

/** What a slot is called in addresses: a time may have several runs. @param {any} slot */
export const slotName = (slot) => (slot.run ? slot.run : String(slot.at));

/** The selected slot: the one in the address, else the newest that is not to come. @param {any[]} slots @param {URLSearchParams} params */
export function selected(slots, params) {
  const wanted = params.get("slot");
  return (
    (wanted && slots.find((slot) => slotName(slot) === wanted || String(slot.at) === wanted)) ||
    slots.findLast((slot) => slot.status !== "scheduled") ||
    slots.at(-1)
  );
}

/** @param {any} slot @param {string} status @param {string} trigger */
export function fits(slot, status, trigger) {
  if (trigger && slot.trigger !== trigger) return false;
  if (!status) return true;
  if (status === "failed") return isFailure(slot.status) || slot.status === "stopped";
  return slot.status === status;
}

/**
 * @param {{steps: {id: string, label: string}[], slots: any[]}} grid @param {any} chosen
 * @param {{name: string, status: string, trigger: string}} shown
 */
export function grid({ steps, slots }, chosen, { name, status, trigger }) {
  const longest = Math.max(...slots.map((slot) => slot.duration ?? 0), 0.001);
  const height = TOP + steps.length * ROW + 15;
  const at = slots.indexOf(chosen);
  const { from, to } = slots.length <= 100 ? { from: 0, to: slots.length } : inSight;
  /** @type {number[]} */
  const columns = [];
  for (let index = Math.max(0, from); index < Math.min(slots.length, to); index++) columns.push(index);
  if (at >= 0 && !columns.includes(at)) columns.push(at);
  columns.sort((a, b) => a - b);
  return h(
    "div",
    {
      class: "gscroll",
      tabindex: 0,
      role: "region",
      "aria-label": "Grid of scheduled runs",
      key: name,
      use: place,
      on: { scroll: look },
    },
    h(
      "div",
      { class: "grid" },
      h(
        "div",
        { class: "gl", "aria-hidden": "true" },
        h(
          "div",
          { class: "a" },
          h("span", null, duration(longest)),
          h("span", null, duration(longest / 2)),
          h("span", null, "0"),
        ),
        steps.map(({ id, label }) => h("div", { class: "ell", title: label, key: id }, label)),
        h("div", { class: "d" }),
      ),
      columns.map((index, order) => {
        const gap = index - (order ? columns[order - 1] + 1 : 0);
        return [
          gap ? h("div", { class: "gspace", key: `gap ${index}`, style: { width: `${gap * WIDTH}px` } }) : null,
          column(index),
        ];
      }),
      h("div", {
        class: "gspace",
        key: "rest",
        style: { width: `${(slots.length - 1 - (columns.at(-1) ?? -1)) * WIDTH}px` },
      }),
    ),
  );

  /** @param {number} index */
  function column(index) {
    const slot = slots[index];
    const marks = new Marks();
    const date = dateUnder(slots, index);
    if (date) marks.add("s-base", `M.5 0V${height - 26}`);
    bar(marks, slot.status, 4.5, 12, Math.max(3, ((slot.duration ?? 0) / longest) * TALL), TALL + 4);
    const letters = slot.cells ?? (slot.status === "missed" ? "m" : "n").repeat(steps.length);
    steps.forEach((_, row) => cell(marks, letters[row] ?? "-", 10.5, TOP + row * ROW));
    const on = slot === chosen;
    return h(
      "a",
      {
        class: ["col", on && "on", !fits(slot, status, trigger) && "off"],
        key: `${slot.at} ${slot.run ?? ""}`,
        href: with_({ slot: slotName(slot) }),
        "aria-label": described(slot),
        "aria-current": on ? "true" : null,
        tabindex: on ? 0 : -1,
      },
      h("svg", { width: WIDTH, height, "aria-hidden": "true" }, marks.pictures()),
      date ? h("em", { "aria-hidden": "true" }, date) : null,
    );
  }

  /** @param {HTMLElement} element */
  function place(element) {
    if (placedFor !== name) {
      placedFor = name;
      element.scrollLeft = at >= 0 ? Math.max(0, (at + 3) * WIDTH - element.clientWidth + 136) : element.scrollWidth;
    }
    look({ currentTarget: element });
  }
}

/** @param {{currentTarget: any}} event */
function look({ currentTarget: element }) {
  const from = (Math.floor(element.scrollLeft / WIDTH / SPARE) - 1) * SPARE;
  const to = (Math.ceil((element.scrollLeft + element.clientWidth) / WIDTH / SPARE) + 1) * SPARE;
  if (from === inSight.from && to === inSight.to) return;
  inSight = { from, to };
  redraw();
}

/**
 * What stands under a column, if anything. Daily slots are dated at Mondays, closer ones at the first of each day or by their
 * time, those that are days apart at every third.
 * @param {any[]} slots @param {number} index
 */
function dateUnder(slots, index) {
  const { at } = slots[index];
  const days = (slots[slots.length - 1].at - slots[0].at) / 86400;
  if (slots.length > 7 && days < 1.5) return index % 6 === 0 ? clock(at) : null;
  if (days / slots.length > 3) return index % 3 === 0 ? day(at) : null;
  const first = index === 0 || midnight(slots[index - 1].at) !== midnight(at);
  return first && (slots.length > 2.5 * days || isMonday(at)) ? day(at) : null;
}

/** @param {any} slot */
const described = (slot) =>
  `${moment(slot.at)}, ${word(slot.status)}${slot.duration ? `, ${duration(slot.duration)}` : ""}${slot.step ? `, at ${slot.step}` : ""}`;

/** Select the next or the previous slot. @param {any[]} slots @param {any} chosen @param {1|-1} by */
export function move(slots, chosen, by) {
  const at = Math.max(0, Math.min(slots.length - 1, slots.indexOf(chosen) + by));
  selectAt(with_({ slot: slotName(slots[at]) }));
  followSelection(".col");
}

export const legend = () =>
  h(
    "div",
    { class: "leg gleg" },
    [
      ["s", "succeeded"],
      ["r", "retried"],
      ["f", "failed"],
      ["t", "timed_out"],
      ["x", "stopped"],
      ["m", "missed"],
      ["-", "pending"],
    ].map(([letter, status]) => h("span", { key: letter }, cellSample(letter), word(status))),
  );
