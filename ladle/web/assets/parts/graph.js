// The state machine as it was compiled, coloured by a run. Places come from the server, once a compiled version.

import { with_ } from "../address.js";
import { h } from "../dom.js";
import { count, duration } from "../format.js";
import { redraw } from "../redraw.js";
import { glyphAt, statusOf, tone, word } from "../status.js";

/** A drawing is made smaller to fit its card, but not beyond reading. */
const SMALLEST = 0.62;
const LARGEST = 1.1;
const EDGE = 6;
const STEP = 160;
/** Up to so many states all are drawn; of more, those in sight. */
const ALL = 120;

let room = 414;
/** What is in sight, in the drawing's own units. */
let sight = { x: 0, y: 0, width: 600, height: 900 };

/** @param {any} graph @param {string} chosen @param {string} label @param {string} name @param {boolean} ofRun */
export function graph(graph, chosen, label, name, ofRun) {
  const base = stateOf(chosen);
  const width = graph.width + 2 * EDGE;
  const height = graph.height + 2 * EDGE;
  const factor = Math.max(SMALLEST, Math.min(LARGEST, (room - 16) / width));
  const all = graph.nodes.length <= ALL;
  const seen = (/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ w, /** @type {number} */ h_) =>
    all ||
    (x < sight.x + sight.width + 200 &&
      x + w > sight.x - 200 &&
      y < sight.y + sight.height + 300 &&
      y + h_ > sight.y - 300);
  const edges = graph.edges.filter((/** @type {any} */ edge) => {
    const xs = edge.points.map((/** @type {number[]} */ p) => p[0]);
    const ys = edge.points.map((/** @type {number[]} */ p) => p[1]);
    return seen(Math.min(...xs), Math.min(...ys), Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys));
  });
  const rank = (/** @type {any} */ edge) => (edge.critical ? 2 : edge.taken ? 1 : 0);
  edges.sort((/** @type {any} */ a, /** @type {any} */ b) => rank(a) - rank(b));
  const nodes = graph.nodes.filter((/** @type {any} */ node) => seen(node.x, node.y, node.w, node.h));
  const holders = nodes.filter(isFrame);
  const leaves = nodes.filter((/** @type {any} */ node) => !isFrame(node));
  return h(
    "div",
    {
      class: "gr",
      tabindex: 0,
      role: "region",
      "aria-label": label,
      key: name,
      use: (/** @type {any} */ element) => (
        show(
          element,
          `${name} ${base} ${factor}`,
          graph.nodes.find((/** @type {any} */ node) => node.id === base),
          factor,
        ),
        look(element, factor)
      ),
      on: { scroll: (/** @type {any} */ e) => look(e.currentTarget, factor) },
    },
    h(
      "svg",
      {
        viewBox: `${-EDGE} ${-EDGE} ${width} ${height}`,
        width: Math.round(width * factor),
        height: Math.round(height * factor),
        role: "group",
        "aria-label": label,
      },
      holders.map((/** @type {any} */ node) => frame(node, node.id === base, ofRun)),
      edges.map((/** @type {any} */ edge) => line(edge, graph.nodes)),
      leaves.map((/** @type {any} */ node) => box(node, node.id === base, ofRun)),
      edges.filter((/** @type {any} */ e) => e.label).map((/** @type {any} */ edge) => text(edge, graph.nodes)),
      graph.start ? h("circle", { cx: graph.start[0], cy: graph.start[1], r: 6, class: "dot" }) : null,
      graph.end
        ? [
            h("circle", { cx: graph.end[0], cy: graph.end[1], r: 7.5, class: "end" }),
            h("circle", { cx: graph.end[0], cy: graph.end[1], r: 3.6, class: "dot" }),
          ]
        : null,
    ),
  );
}

/** The state that a step or item belongs to. @param {string} step */
const stateOf = (step) => (step.includes("]/") ? step.slice(step.lastIndexOf("]/") + 2) : step).replace(/\[\d+\]$/, "");

/** A state that others are drawn inside of. @param {any} node */
const isFrame = (node) => node.frame;

/** A selection that moved comes into sight, within the card. @param {any} element @param {string} wanted @param {any} node @param {number} factor */
function show(element, wanted, node, factor) {
  if (element.showing === wanted) return;
  element.showing = wanted;
  if (!node) return;
  const [x, y] = [node.x * factor, node.y * factor];
  if (y < element.scrollTop || y + node.h * factor > element.scrollTop + element.clientHeight)
    element.scrollTop = y - element.clientHeight / 2;
  if (x < element.scrollLeft || x + node.w * factor > element.scrollLeft + element.clientWidth)
    element.scrollLeft = x - element.clientWidth / 2 + (node.w * factor) / 2;
}

/** @param {any} element @param {number} factor */
function look(element, factor) {
  if (Math.abs(element.clientWidth - room) > 1) {
    room = element.clientWidth;
    redraw();
  }
  // In steps, so that not every pixel of scrolling draws.
  const step = (/** @type {number} */ pixels) => Math.ceil(pixels / factor / STEP) * STEP;
  const now = {
    x: step(element.scrollLeft) - STEP,
    y: step(element.scrollTop) - STEP,
    width: step(element.clientWidth) + STEP,
    height: step(element.clientHeight) + STEP,
  };
  if (now.x === sight.x && now.y === sight.y && now.width === sight.width && now.height === sight.height) return;
  sight = now;
  redraw();
}

/** @param {any} node @param {boolean} on @param {boolean} ofRun @param {any[]} kids */
const linked = (node, on, ofRun, kids) =>
  h(
    "a",
    {
      key: node.id,
      class: [
        "nd",
        tone(node.status),
        node.status === "pending" && "pending",
        on && "on",
        isFrame(node) && "group",
        !isFrame(node) && node.kind !== "Task" && node.kind !== "Map" && "aside",
      ],
      href: ofRun ? with_({ step: node.id, attempt: null, tab: null, item: null }) : with_({ step: node.id }),
      "data-node": node.id,
      "aria-current": on ? "true" : null,
      tabindex: on ? 0 : -1,
      "aria-label": `${node.label}, ${kindWord(node)}${ofRun ? `, ${word(node.status)}` : ""}`,
    },
    h("title", null, node.comment ? `${node.label}: ${node.comment}` : node.label),
    kids,
  );

/** @param {any} node */
const kindWord = (node) => (node.kind === "Task" ? "task" : node.kind.toLowerCase());

/** @param {any} node @param {boolean} on @param {boolean} ofRun */
const frame = (node, on, ofRun) =>
  linked(node, on, ofRun, [
    h("rect", { class: "bx", x: node.x, y: node.y, width: node.w, height: node.h, rx: 12 }),
    glyphAt(node.status, node.x + 19, node.y + 16, 0.8),
    h(
      "text",
      { class: "sub2", x: node.x + 31, y: node.y + 20 },
      fitted([node.label, node.note, tally(node)].filter(Boolean).join(", "), node.w - 40, 6),
    ),
  ]);

/** @param {any} node */
const tally = (node) => (node.map ? `${count(doneOf(node.map))} of ${count(node.map.total)}` : "");

/** @param {any} map */
const doneOf = (map) => (map.counts?.succeeded ?? 0) + (map.counts?.retried ?? 0) + (map.counts?.caught ?? 0);

/** @param {any} node @param {boolean} on @param {boolean} ofRun */
function box(node, on, ofRun) {
  const { x, y, w, h: tall } = node;
  const shape = h("rect", {
    class: "bx",
    x,
    y,
    width: w,
    height: tall,
    rx: node.kind === "Choice" ? Math.min(20, tall / 2) : 8,
  });
  if (node.kind === "Map") return mapBox(node, on, ofRun, shape);
  const below = secondLine(node);
  return linked(node, on, ofRun, [
    shape,
    glyphAt(node.status, x + 19, y + tall / 2),
    h("text", { class: "name", x: x + 34, y: y + tall / 2 + (below ? -2.5 : 4.5) }, fitted(node.label, w - 44, 7)),
    below ? h("text", { class: "sub2", x: x + 34, y: y + tall / 2 + 12.5 }, fitted(below, w - 42, 6)) : null,
  ]);
}

/** @param {any} node */
function secondLine(node) {
  if (node.status === "waiting") return `waits${node.duration != null ? `, ${duration(node.duration)}` : ""}`;
  if (node.tries > 1) return `${node.tries} attempts${node.duration != null ? `, ${duration(node.duration)}` : ""}`;
  return node.duration != null && node.kind !== "Choice" && node.kind !== "Pass" ? duration(node.duration) : node.note;
}

/** @param {any} node @param {boolean} on @param {boolean} ofRun @param {any} shape */
function mapBox(node, on, ofRun, shape) {
  const { x, y, w, h: tall } = node;
  const kids = [
    h("rect", { class: "pile", x: x + 5, y: y + 5, width: w, height: tall, rx: 8 }),
    shape,
    glyphAt(node.status, x + 19, y + 20),
    h("text", { class: "name", x: x + 34, y: y + 24.5 }, fitted(node.label, w - 78, 7)),
    h("text", { class: "sub2", x: x + w - 12, y: y + 24.5, "text-anchor": "end" }, "Map"),
  ];
  if (node.map) {
    const cells = node.map.items
      ? ticks(node.map.items, x + 14, y + 35, w - 28, Math.max(10, tall - 58))
      : stripOf(node.map, x + 14, y + 37, w - 28, 14);
    kids.push(
      ...cells,
      h(
        "text",
        { class: "sub2", x: x + 14, y: y + tall - 8 },
        `${tally(node)}${node.map.counts?.failed ? `, ${count(node.map.counts.failed)} failed` : ""}`,
      ),
    );
  } else kids.push(h("text", { class: "sub2", x: x + 34, y: y + 40 }, fitted(node.note ?? "", w - 44, 6)));
  return linked(node, on, ofRun, kids);
}

/** A few items, one tick each. @param {string} letters @param {number} x @param {number} y @param {number} width @param {number} height */
function ticks(letters, x, y, width, height) {
  const rows = letters.length > 20 ? 3 : letters.length > 8 ? 2 : 1;
  const columns = Math.ceil(letters.length / rows) || 1;
  const step = width / columns;
  const tall = Math.min(9, height / rows - 3);
  return [...letters].map((letter, index) => {
    const left = x + (index % columns) * step;
    const top = y + Math.floor(index / columns) * (tall + 3);
    const wide = Math.max(2, step - 2.5);
    const status = statusOf(letter);
    if (status === "pending" || status === "scheduled")
      return h("rect", {
        key: index,
        x: left + 0.5,
        y: top + 0.5,
        width: wide - 1,
        height: tall - 1,
        rx: 1,
        class: "cellbox",
      });
    if (status === "failed" || status === "timed_out")
      return h(
        "g",
        { key: index },
        h("rect", { x: left, y: top, width: wide, height: tall, rx: 1, class: "f-bad" }),
        h("path", {
          d: `M${left + wide / 2 - 2.4} ${top + tall / 2 - 2.4}l4.8 4.8m0-4.8l-4.8 4.8`,
          class: "mark thin",
        }),
      );
    const [x_, y_] = [left + wide / 2, top + tall / 2];
    const inside =
      status === "retried"
        ? h("circle", { cx: x_, cy: y_, r: 2, class: "f-card" })
        : status === "caught"
          ? h("path", { d: `M${x_} ${y_ - 3}l3.2 5.6h-6.4z`, class: "f-card" })
          : null;
    return h(
      "g",
      { key: index },
      h("rect", { x: left, y: top, width: wide, height: tall, rx: 1, class: `f-${tone(status)} soft` }),
      inside,
    );
  });
}

/** Many items: how many are in which state. @param {any} map @param {number} x @param {number} y @param {number} width @param {number} height */
function stripOf(map, x, y, width, height) {
  let left = x;
  const parts = [
    ["succeeded", "f-ok soft"],
    ["retried", "f-ok soft"],
    ["caught", "f-retry"],
    ["failed", "f-bad"],
    ["running", "f-run"],
    ["stopped", "f-stop"],
  ].map(([status, look]) => {
    const wide = ((map.counts?.[status] ?? 0) / Math.max(1, map.total)) * width;
    const part = wide
      ? h("rect", {
          key: status,
          x: left,
          y,
          width: Math.max(status === "failed" ? 2 : 0.5, wide),
          height,
          class: look,
        })
      : null;
    left += wide;
    return part;
  });
  return [h("rect", { key: "all", x, y, width, height, class: "cellbox" }), ...parts];
}

/** @param {any} edge @param {any[]} nodes */
function line(edge, nodes) {
  const look = edge.critical ? "critical" : edge.taken ? "taken" : "";
  const { d, tip } = course(upright(edge, nodes), edge.critical ? 5 : 4);
  const key = `${edge.from} ${edge.to} ${edge.kind} ${edge.label}`;
  return h(
    "g",
    { key },
    h("path", { d, class: `edge ${edge.kind} ${look}` }),
    h("path", { d: tip, class: `tip ${look}` }),
  );
}

/** Courses that were worked out: a drawing's lines do not move. @type {WeakMap<any, [number, number][]>} */
const courses = new WeakMap();

/** Lines run upright and across, around the boxes where that is possible. @param {any} edge @param {any[]} nodes */
function upright(edge, nodes) {
  const known = courses.get(edge.points);
  if (known) return known;
  /** @type {[number, number][]} */
  const points = edge.points;
  const all = [points[0]];
  for (let i = 1; i < points.length; i++) {
    const [ax, ay] = points[i - 1];
    const [bx, by] = points[i];
    if (Math.abs(ax - bx) > 0.5 && Math.abs(ay - by) > 0.5) {
      const turn = bestTurn(points[i - 1], points[i], nodes);
      all.push([ax, turn], [bx, turn]);
    }
    all.push([bx, by]);
  }
  courses.set(edge.points, all);
  return all;
}

/** Where a line changes over: half-way, or close to either end when a box is in the way. @param {[number, number]} a @param {[number, number]} b @param {any[]} nodes */
function bestTurn([ax, ay], [bx, by], nodes) {
  const way = by > ay ? 1 : -1;
  const choices = [
    (ay + by) / 2,
    ay + way * Math.min(20, Math.abs(by - ay) / 2),
    by - way * Math.min(20, Math.abs(by - ay) / 2),
  ];
  const [left, right] = ax < bx ? [ax, bx] : [bx, ax];
  const hits = choices.map(
    (y) =>
      nodes.filter(
        (node) =>
          y > node.y && y < node.y + node.h && right > node.x && left < node.x + node.w && !holds(node, ax, ay, bx, by),
      ).length,
  );
  return choices[hits.indexOf(Math.min(...hits))];
}

/** Both ends are inside: the line is one of the frame's own. @param {any} node @param {number} ax @param {number} ay @param {number} bx @param {number} by */
const holds = (node, ax, ay, bx, by) =>
  [
    [ax, ay],
    [bx, by],
  ].every(([x, y]) => x > node.x && x < node.x + node.w && y > node.y && y < node.y + node.h);

/** Corners are rounded, the last piece ends before its tip. @param {[number, number][]} points @param {number} size */
function course(points, size) {
  const [x, y] = points[points.length - 1];
  const [px, py] = points[points.length - 2] ?? [x, y - 1];
  const length = Math.hypot(x - px, y - py) || 1;
  const [ux, uy] = [(x - px) / length, (y - py) / length];
  const end = [x - ux * size, y - uy * size];
  let d = `M${points[0][0]} ${points[0][1]}`;
  for (let i = 1; i < points.length - 1; i++) {
    const [cx, cy] = points[i];
    const before = towards(points[i], points[i - 1]);
    const after = towards(points[i], points[i + 1]);
    d += `L${before[0]} ${before[1]}Q${cx} ${cy} ${after[0]} ${after[1]}`;
  }
  d += `L${round(end[0])} ${round(end[1])}`;
  const side = size * 0.75;
  const tip = `M${round(x)} ${round(y)}L${round(x - ux * size * 1.7 - uy * side)} ${round(y - uy * size * 1.7 + ux * side)}L${round(x - ux * size * 1.7 + uy * side)} ${round(y - uy * size * 1.7 - ux * side)}z`;
  return { d, tip };
}

const round = (/** @type {number} */ n) => Math.round(n * 10) / 10;

/** A little way from one point to another. @param {[number, number]} a @param {[number, number]} b */
function towards([ax, ay], [bx, by]) {
  const length = Math.hypot(bx - ax, by - ay) || 1;
  const part = Math.min(8, length / 2) / length;
  return [round(ax + (bx - ax) * part), round(ay + (by - ay) * part)];
}

/** What leads along a line stands beside its last upright piece, on the side that it came from no other. @param {any} edge @param {any[]} nodes */
function text(edge, nodes) {
  const points = upright(edge, nodes);
  let at = points.length - 1;
  while (at > 1 && (points[at][0] !== points[at - 1][0] || Math.abs(points[at][1] - points[at - 1][1]) < 14)) at--;
  const [x, top] = points[at - 1];
  const left = at > 1 && points[at - 2][0] > x;
  return h(
    "text",
    {
      key: `text ${edge.from} ${edge.to} ${edge.kind} ${edge.label}`,
      class: "sub2 halo t2",
      x: x + (left ? -6 : 6),
      y: Math.min(top + 14, (top + points[at][1]) / 2 + 4),
      "text-anchor": left ? "end" : "start",
    },
    fitted(edge.label, 170, 6),
  );
}

/** As much of a text as fits; the whole is in the title. @param {string} text @param {number} width @param {number} letter */
function fitted(text, width, letter) {
  const most = Math.max(3, Math.floor(width / letter));
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
