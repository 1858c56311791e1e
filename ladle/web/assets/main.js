// The page: looks at the address, asks for what its view needs, draws it, and keeps it true.

import * as address from "./address.js";
import { api, begin as beginData, current, headers, need, peek, refresh } from "./data.js";
import { h, render } from "./dom.js";
import { begin as beginLive, follow } from "./live.js";
import { confirmation } from "./parts/confirm.js";
import { loading, trouble } from "./parts/common.js";
import { bar, toasts } from "./parts/frame.js";
import { begin as beginKeys } from "./parts/keys.js";
import { begin as beginLists, reset as resetLists } from "./parts/list.js";
import { patterns } from "./parts/marks.js";
import * as theme from "./parts/theme.js";
import { drawWith, redraw } from "./redraw.js";
import { routeOf } from "./routes.js";

const NOTHING = {
  status: 404,
  message: "There is no page here.",
  hint: "The run may be older than the 90 days that AWS keeps.",
};
const TRY_AGAIN = 2000;

const root = document.createElement("div");
let gone = false;
let entered = "";
/** What the page that is open showed last. */
let last = { place: "", value: /** @type {any} */ (undefined) };
/** Where each entry of the history was scrolled to. @type {Map<string, number>} */
const scrolled = new Map();
let wantedScroll = /** @type {number|null} */ (null);

function start() {
  document.body.append(root);
  drawWith(draw);
  beginData(reach);
  beginLive(reach);
  beginLists();
  address.followLinks();
  address.watch(moved);
  theme.onChange(redraw);
  addEventListener("scroll", () => scrolled.set(history.state?.at ?? "", scrollY), { passive: true });
  addEventListener("resize", redraw, { passive: true });
  beginKeys(shown);
  setInterval(() => document.hidden || gone || redraw(), 1000); // durations of what runs go on, "12 min ago" too
  draw();
}

/** @param {address.Address} _to @param {"open"|"select"|"back"} how */
function moved(_to, how) {
  if (how === "open") history.replaceState({ at: `${Date.now()}-${Math.random()}` }, "");
  if (how !== "select") wantedScroll = how === "back" ? (scrolled.get(history.state?.at ?? "") ?? 0) : 0;
  draw();
}

/** Whether the server answers. While it does not, ask it now and then; when it does again, ask everything anew. @param {boolean} answered */
function reach(answered) {
  if (gone === !answered) return;
  gone = !answered;
  if (gone) knock();
  redraw();
}

async function knock() {
  while (gone) {
    await new Promise((done) => setTimeout(done, TRY_AGAIN));
    try {
      await fetch(api("session"), { cache: "no-store", headers: headers() });
    } catch {
      continue; // still gone
    }
    gone = false;
    refresh(() => true);
  }
}

/** The view that is shown, and its value as far as it is known. */
function shown() {
  const here = address.here();
  const route = routeOf(here, redraw);
  return { view: route?.view, value: route && peek(route.url(here))?.value };
}

function draw() {
  const here = address.here();
  const route = routeOf(here, redraw);
  const view = route?.view;
  const session = need(api("session"));
  const entry = route ? need(route.url(here)) : null;
  if (entry?.value !== undefined) last = { place: here.place, value: entry.value };
  // A page that is asked anew, with another filter say, shows what it has until the answer comes.
  const value = entry?.value ?? (entry?.trouble || last.place !== here.place ? undefined : last.value);
  const ready = view !== undefined && value !== undefined && session.value !== undefined;
  render(root, [
    h("a", { class: "sr skip", href: "#main", on: { click: skip } }, "Skip to content"),
    patterns(),
    bar(session.value, here, { gone, live: Boolean(view?.live), value }),
    h("main", { id: "main", tabindex: -1, key: here.place }, content(here, route, session, entry, value)),
    ready ? confirmation(here, value, session.value) : null,
    toasts(),
  ]);
  document.title = `${route ? route.title(here) : "Nothing here"} - Ladle`;
  arrive(here, ready || Boolean(entry?.trouble) || !route);
  follow(
    ready && entry?.value !== undefined && view.live && view.merge && route
      ? { url: route.url(here), params: view.live(here), merge: view.merge }
      : null,
    session.value ?? { live: false, poll: null },
  );
}

/** @param {address.Address} here @param {import("./routes.js").Route|undefined} route @param {import("./data.js").Entry} session @param {import("./data.js").Entry|null} entry @param {any} value */
function content(here, route, session, entry, value) {
  const home = address.to([]);
  if (!route) return trouble(NOTHING, home);
  if (session.trouble && !session.value) return trouble(session.trouble, home);
  if (value !== undefined && session.value && route.view) {
    const body = route.view.draw(current(value), here, session.value);
    return entry?.trouble?.status ? [staleNote(entry.trouble), body] : body;
  }
  return entry?.trouble ? trouble(entry.trouble, home) : loading();
}

/** A new page was opened: begin at its top, and let readers of the screen begin there, too. @param {address.Address} here @param {boolean} ready */
function arrive(here, ready) {
  if (!ready) return;
  if (entered !== here.place) {
    const first = entered === "";
    entered = here.place;
    resetLists();
    if (!first && !document.querySelector("dialog[open]"))
      /** @type {HTMLElement|null} */ (document.querySelector("main h1") ?? document.querySelector("main"))?.focus({
        preventScroll: true,
      });
  }
  if (wantedScroll !== null) {
    scrollTo(0, wantedScroll);
    wantedScroll = null;
  }
}

/** @param {Event} event */
function skip(event) {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

/** @param {import("./data.js").Trouble} trouble */
const staleNote = ({ message }) =>
  h("p", { class: "note bad gap", role: "alert" }, "What you see is not new: ", message);

start();
