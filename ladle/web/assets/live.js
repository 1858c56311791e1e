// The event stream of what is open: changes in order, each naming the one before it. After a gap the view is asked anew.

import { amend, api, headers, peek, refresh } from "./data.js";
import { redraw } from "./redraw.js";

/**
 * @typedef {{url: string, params: Record<string, any>, merge: (value: any, change: any) => any}} Source
 * `url` is what the view was asked at, `params` tell the stream what to watch, `merge` puts a change into the view's value.
 */

/** Changes are drawn at most so often, in milliseconds: faster than that nobody reads. */
const PACE = 100;
const RETRY = [500, 1000, 2000, 5000];

/** @type {{source: Source, abort: AbortController}|null} */
let current = null;
let poll = 0;
let reached = (/** @type {boolean} */ _answered) => {};
let waiting = 0;

/** @param {(answered: boolean) => void} onReach */
export function begin(onReach) {
  reached = onReach;
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) soon();
  });
}

/** Follow one view, and leave the one before. @param {Source|null} source @param {{live: boolean, poll: number|null}} session */
export function follow(source, session) {
  if (current && source && current.source.url === source.url) return;
  current?.abort.abort();
  clearInterval(poll);
  current = null;
  if (!source) return;
  const mine = { source, abort: new AbortController() };
  current = mine;
  if (session.live) keep(mine);
  else if (session.poll) poll = window.setInterval(() => document.hidden || refresh(source.url), session.poll * 1000);
}

/** @param {{source: Source, abort: AbortController}} mine */
async function keep(mine) {
  for (let failures = 0; current === mine;) {
    try {
      await read(mine, () => (failures = 0));
    } catch (error) {
      if (mine.abort.signal.aborted) return;
      if (error instanceof Refused)
        refresh(mine.source.url); // the view's own answer will say why
      else if (!(error instanceof TypeError)) throw error;
      else if (failures > 0) reached(false);
    }
    if (current !== mine) return;
    await new Promise((done) => setTimeout(done, RETRY[Math.min(failures++, RETRY.length - 1)]));
  }
}

class Refused extends Error {}

/** One connection, until it ends. @param {{source: Source, abort: AbortController}} mine @param {() => void} alive */
async function read(mine, alive) {
  const { source, abort } = mine;
  const since = peek(source.url)?.value?.seq;
  if (since === undefined) return; // not there yet, or in trouble: ask again later
  const response = await fetch(api("live", { ...source.params, since }), {
    cache: "no-store",
    headers: headers({ Accept: "text/event-stream" }),
    signal: abort.signal,
  });
  if (!response.ok || !response.body) throw new Refused(String(response.status));
  alive();
  reached(true);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const parts = (rest + value).split("\n\n");
    rest = parts.pop() ?? "";
    for (const part of parts) if (!take(source, part)) return void reader.cancel();
  }
}

/** One event. False: the view has to be asked anew, and this connection is of no more use. @param {Source} source @param {string} text */
function take(source, text) {
  let kind = "message";
  let data = "";
  for (const line of text.split("\n")) {
    if (line.startsWith("event:")) kind = line.slice(6).trim();
    else if (line.startsWith("data:")) data += line.slice(5).trim();
  }
  if (kind === "reload") return again(source);
  if (kind !== "change") return true;
  const change = JSON.parse(data);
  const known = peek(source.url)?.value;
  if (!known || known.seq !== change.after) return again(source);
  amend(source.url, (value) => ({ ...source.merge(value, change), seq: change.seq }));
  soon();
  return true;
}

/** @param {Source} source */
function again(source) {
  refresh(source.url);
  return false;
}

/** Draw before long; not at all while nobody looks. */
function soon() {
  if (waiting || document.hidden) return;
  waiting = window.setTimeout(() => {
    waiting = 0;
    if (!document.hidden) redraw();
  }, PACE);
}

/**
 * Put changed rows in the place of those with the same name; new ones go where `order` says, else last; what `order` leaves out is gone.
 * @param {any[]} rows @param {any[]|undefined} changed @param {(row: any) => string} name @param {string[]} [order]
 */
export function merged(rows, changed, name, order) {
  if (!changed?.length && !order) return rows;
  const byName = new Map(rows.map((row) => [name(row), row]));
  for (const row of changed ?? []) byName.set(name(row), row);
  if (!order) return [...byName.values()];
  return order.map((each) => byName.get(each)).filter(Boolean);
}
