// Every item of a Map as one cell of a field. A canvas: ten thousand cells are no ten thousand elements. Only cells that
// changed are painted again.

import { h } from "../dom.js";
import { count, duration } from "../format.js";
import { statusOf, word } from "../status.js";
import { colours, theme } from "./theme.js";

const NAMES = ["ok", "bad", "run", "wait", "retry", "stop", "line", "card", "on", "ink"];

/** @typedef {{element: HTMLCanvasElement, codes: Uint8Array, drawn: Uint8Array, columns: number, size: number, look: string, palette: Record<string, string>, chosen: number|null}} Field */

/** @type {Field|null} */
let field = null;

/**
 * @param {Uint8Array} codes one letter an item @param {number|null} chosen @param {string} name
 * @param {string} label @param {(index: number) => void} pick @param {(index: number|null) => void} hover
 */
export function itemField(codes, chosen, name, label, pick, hover) {
  return h("canvas", {
    key: name,
    role: "img",
    "aria-label": label,
    use: (/** @type {HTMLCanvasElement} */ element) => paint(element, codes, chosen),
    on: {
      click: (/** @type {MouseEvent} */ event) => {
        const index = at(event);
        if (index !== null) pick(index);
      },
      mousemove: (/** @type {MouseEvent} */ event) => hover(at(event)),
      mouseleave: () => hover(null),
    },
  });
}

/** @param {HTMLCanvasElement} element @param {Uint8Array} codes @param {number|null} chosen */
function paint(element, codes, chosen) {
  const room = (element.parentElement?.clientWidth ?? 400) - 32;
  const { columns, size } = plan(codes.length, room);
  const rows = Math.ceil(codes.length / columns);
  const dots = devicePixelRatio || 1;
  const look = `${columns} ${size} ${dots} ${codes.length} ${theme()}`;
  if (!field || field.element !== element || field.look !== look) {
    element.width = Math.ceil(columns * size * dots);
    element.height = Math.ceil(rows * size * dots);
    element.style.width = `${columns * size}px`;
    element.style.height = `${rows * size}px`;
    element.getContext("2d")?.setTransform(dots, 0, 0, dots, 0, 0);
    field = {
      element,
      codes,
      drawn: new Uint8Array(codes.length),
      columns,
      size,
      look,
      palette: colours(NAMES),
      chosen: null,
    };
  }
  const context = /** @type {CanvasRenderingContext2D} */ (element.getContext("2d"));
  field.codes = codes;
  if (field.chosen !== null && field.chosen !== chosen) unframe(field, field.chosen);
  for (let index = 0; index < codes.length; index++)
    if (codes[index] !== field.drawn[index]) {
      field.drawn[index] = codes[index];
      cell(context, field, index);
    }
  field.chosen = chosen;
  if (chosen !== null && chosen < codes.length) frame(context, field, chosen);
}

/** As large as fits: a few items are large cells, ten thousand small ones. @param {number} total @param {number} room */
function plan(total, room) {
  const size = Math.max(
    4,
    Math.min(22, Math.floor(Math.sqrt((room * Math.min(room * 0.75, 560)) / Math.max(1, total)) * 2) / 2),
  );
  return { columns: Math.max(1, Math.floor(room / size)), size };
}

/** @param {CanvasRenderingContext2D} context @param {Field} field @param {number} index */
function cell(context, { codes, columns, size, palette }, index) {
  const x = (index % columns) * size;
  const y = Math.floor(index / columns) * size;
  const gap = size > 5 ? 1 : 0.6;
  const side = size - gap;
  const status = statusOf(String.fromCharCode(codes[index]));
  context.clearRect(x, y, size, size);
  context.globalAlpha = status === "succeeded" || status === "retried" ? 0.82 : 1;
  context.fillStyle = palette[FILL[status] ?? "line"];
  context.fillRect(x, y, side, side);
  context.globalAlpha = 1;
  if (status === "failed" || status === "timed_out") {
    const inset = side * 0.24;
    context.strokeStyle = palette.on;
    context.lineWidth = Math.max(1, side / 8);
    context.beginPath();
    context.moveTo(x + inset, y + inset);
    context.lineTo(x + side - inset, y + side - inset);
    context.moveTo(x + side - inset, y + inset);
    context.lineTo(x + inset, y + side - inset);
    context.stroke();
  } else if (status === "retried") {
    const dot = Math.max(2, side / 3);
    context.fillStyle = palette.card;
    context.fillRect(x + (side - dot) / 2, y + (side - dot) / 2, dot, dot);
  } else if (status === "running" || status === "waiting") {
    context.fillStyle = palette.card;
    context.fillRect(x + side * 0.2, y + side * 0.42, side * 0.6, Math.max(1, side * 0.16));
  } else if (status === "caught" || status === "backoff") {
    context.fillStyle = palette.card;
    context.beginPath();
    context.moveTo(x + side / 2, y + side * 0.2);
    context.lineTo(x + side * 0.84, y + side * 0.8);
    context.lineTo(x + side * 0.16, y + side * 0.8);
    context.fill();
  } else if (status === "stopped") {
    context.fillStyle = palette.on;
    context.fillRect(x + side * 0.22, y + side * 0.42, side * 0.56, Math.max(1, side * 0.16));
  }
}

/** @type {Record<string, string>} */
const FILL = {
  succeeded: "ok",
  retried: "ok",
  failed: "bad",
  timed_out: "bad",
  running: "run",
  waiting: "wait",
  caught: "retry",
  backoff: "retry",
  stopped: "stop",
};

/** @param {CanvasRenderingContext2D} context @param {Field} field @param {number} index */
function frame(context, { columns, size, palette }, index) {
  context.strokeStyle = palette.ink;
  context.lineWidth = 2;
  context.strokeRect((index % columns) * size + 0.5, Math.floor(index / columns) * size + 0.5, size - 2, size - 2);
}

/** Cells around a frame are painted again. @param {Field} field @param {number} index */
function unframe({ drawn, columns }, index) {
  for (const dx of [-1, 0, 1])
    for (const dy of [-1, 0, 1]) {
      const other = index + dx + dy * columns;
      if (other >= 0 && other < drawn.length) drawn[other] = 0;
    }
}

/** @param {MouseEvent} event @returns {number|null} */
function at(event) {
  if (!field) return null;
  const column = Math.floor(event.offsetX / field.size);
  const index = Math.floor(event.offsetY / field.size) * field.columns + column;
  return column >= 0 && column < field.columns && index >= 0 && index < field.codes.length ? index : null;
}

/** What a cell says when one points at it. @param {Uint8Array} codes @param {number} index @param {number|null} [seconds] */
export const described = (codes, index, seconds = null) =>
  `item ${count(index)}, ${itemWord(statusOf(String.fromCharCode(codes[index])))}${seconds ? `, ${duration(seconds)}` : ""}`;

/** Items that were not reached were not started. @param {string} status */
export const itemWord = (status) =>
  status === "pending" ? "not started" : status === "retried" ? "after a retry" : word(status);
