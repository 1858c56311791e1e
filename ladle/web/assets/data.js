// What the server told, by the address it was asked at. Views say what they need and are drawn again when it comes.

import { here } from "./address.js";
import { redraw } from "./redraw.js";

/**
 * @typedef {{status: number, message: string, hint: string}} Trouble  `status` 0: no answer at all
 * @typedef {{value: any, trouble: Trouble|null, pending: boolean, stale: boolean, used: number}} Entry
 */

/** So many answers are kept. */
const KEEP = 300;
const TOKEN = "ladle-token";

/** @type {Map<string, Entry>} */
const entries = new Map();
let uses = 0;
let reached = (/** @type {boolean} */ _answered) => {};

/** @param {(answered: boolean) => void} onReach */
export function begin(onReach) {
  reached = onReach;
  const params = new URLSearchParams(location.search);
  const token = params.get("token");
  if (token === null) return;
  try {
    localStorage.setItem(TOKEN, token);
  } catch {
    memory = token; // storage is forbidden: this page works, the next one asks for the address again
  }
  params.delete("token");
  const rest = String(params);
  history.replaceState(history.state, "", location.pathname + (rest ? `?${rest}` : ""));
}

let memory = "";

function token() {
  if (memory) return memory;
  try {
    return localStorage.getItem(TOKEN) ?? "";
  } catch {
    return "";
  }
}

/** The headers of every request for data. @param {Record<string, string>} [more] @returns {Record<string, string>} */
export function headers(more = {}) {
  const secret = token();
  return secret ? { ...more, "X-Ladle-Token": secret } : more;
}

/**
 * The address of something to ask, with the stage.
 * @param {string} path below `api/` @param {Record<string, any>} [params]
 */
export function api(path, params = {}) {
  const query = new URLSearchParams();
  for (const name in params) if (params[name] != null && params[name] !== "") query.set(name, String(params[name]));
  const stage = here().params.get("stage");
  if (stage && path !== "session") query.set("stage", stage);
  const text = String(query);
  return `api/${path}${text ? `?${text}` : ""}`;
}

/**
 * What is at `url`: asked for when it is not known, or no longer true. What was known stays to be shown meanwhile.
 * With a `body` it is asked with POST.
 * @param {string} url @param {any} [body] @returns {Entry}
 */
export function need(url, body) {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const entry = known(text === undefined ? url : `${url} ${text}`);
  if ((entry.value === undefined && !entry.trouble) || entry.stale) ask(url, text, entry);
  return entry;
}

/** What is known at `url`, without asking. @param {string} url @returns {Entry|undefined} */
export const peek = (url) => entries.get(url);

/** @param {string} url @returns {Entry} */
function known(url) {
  let entry = entries.get(url);
  if (!entry) {
    entry = { value: undefined, trouble: null, pending: false, stale: false, used: 0 };
    entries.set(url, entry);
  }
  entry.used = ++uses;
  return entry;
}

/** @param {string} url @param {string|undefined} body @param {Entry} entry */
async function ask(url, body, entry) {
  if (entry.pending) return;
  entry.pending = true;
  entry.stale = false;
  try {
    const response = await fetch(url, body === undefined ? { cache: "no-cache", headers: headers() } : post(body));
    const value = await answer(response);
    // An answer that did not change may come from the browser's store; the server's clock is in the header then.
    const said = Date.parse(response.headers.get("Date") ?? "") / 1000;
    if (said > value.now) value.now = said;
    received.set(value, performance.now());
    entry.value = value;
    entry.trouble = null;
    reached(true);
  } catch (error) {
    entry.trouble = troubleOf(error);
    reached(entry.trouble.status !== 0);
  }
  entry.pending = false;
  forgetOld();
  redraw();
}

/** When values came. @type {WeakMap<any, number>} */
const received = new WeakMap();

/** A value with the time as it is now: what the server's clock says while one looks. @param {any} value */
export function current(value) {
  const came = received.get(value);
  return came === undefined || value.now === undefined
    ? value
    : { ...value, now: value.now + (performance.now() - came) / 1000 };
}

/** Ask again for what is at `url`, or at all addresses that `url` accepts. @param {string|((url: string) => boolean)} url */
export function refresh(url) {
  for (const [name, entry] of entries) {
    if (typeof url === "string" ? name !== url : !url(name)) continue;
    entry.stale = true;
    if (entry.trouble) entry.trouble = null;
  }
  redraw();
}

/** Change what is known, as the event stream tells. @param {string} url @param {(value: any) => any} change */
export function amend(url, change) {
  const entry = entries.get(url);
  if (!entry || entry.value === undefined) return;
  const next = change(entry.value);
  const came = received.get(entry.value);
  if (came !== undefined) received.set(next, came);
  entry.value = next;
}

/** Send something. Raises a `Trouble` when it was refused. @param {string} url @param {any} body */
export async function send(url, body) {
  try {
    return await answer(await fetch(url, post(JSON.stringify(body))));
  } catch (error) {
    throw troubleOf(error);
  }
}

/** @param {string} body @returns {RequestInit} */
const post = (body) => ({ method: "POST", headers: headers({ "Content-Type": "application/json" }), body });

/** @param {Response} response */
async function answer(response) {
  if (response.ok) return response.json();
  let told = null;
  try {
    told = (await response.json()).error;
  } catch {
    told = null; // not one of our answers: a proxy's, say
  }
  throw {
    status: response.status,
    message: told?.message ?? `the server answered ${response.status}`,
    hint: told?.hint ?? "",
  };
}

/** @param {any} error @returns {Trouble} */
export function troubleOf(error) {
  if (error && typeof error === "object" && "status" in error && "message" in error) return error;
  return { status: 0, message: "The server does not answer.", hint: "Is `ladle ui` still running?" };
}

function forgetOld() {
  if (entries.size <= KEEP) return;
  const old = [...entries].filter(([, e]) => !e.pending).sort(([, a], [, b]) => a.used - b.used);
  for (const [url] of old.slice(0, entries.size - KEEP)) entries.delete(url);
}
