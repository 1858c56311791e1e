// The address holds every state of the page: what is open, what is selected, which filters hold.

const base = new URL(document.baseURI).pathname;

/**
 * @typedef {{view: string, path: string[], params: URLSearchParams, place: string}} Address
 * `place` is the address without its parameters: two addresses with one place are one page.
 */

/** @type {Set<(address: Address, how: "open"|"select"|"back") => void>} */
const watchers = new Set();

/** Where we are. @returns {Address} */
export function here() {
  const rest = location.pathname.startsWith(base) ? location.pathname.slice(base.length) : "";
  const path = rest.split("/").filter(Boolean).map(decoded);
  const params = new URLSearchParams(location.search);
  return { view: viewOf(path), path, params, place: `${rest}?stage=${params.get("stage") ?? ""}` };
}

/** @param {string} part */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a stray % in a hand-written address is itself
  }
}

/** @param {string[]} path */
function viewOf(path) {
  if (!path.length) return "overview";
  if (path[0] === "w" && path.length === 2) return "workflow";
  if (path[0] === "r" && path.length === 2) return "run";
  if (path[0] === "r" && path.length === 4 && path[2] === "map") return "map";
  if (path[0] === "compare" && path.length === 2 && path[1].includes("..")) return "compare";
  return "nothing";
}

/**
 * An address for `href`, relative to the page's base. The stage stays.
 * @param {string[]} path @param {Record<string, any>} [params]
 */
export function to(path, params = {}) {
  const query = new URLSearchParams();
  const stage = "stage" in params ? params.stage : here().params.get("stage");
  if (stage) query.set("stage", stage);
  for (const name in params) if (name !== "stage" && !empty(params[name])) query.set(name, String(params[name]));
  const text = String(query);
  return (path.map(encodeURIComponent).join("/") || "./") + (text ? `?${text}` : "");
}

/** This page with some parameters changed; null takes one away. @param {Record<string, any>} changes */
export function with_(changes) {
  const { path, params } = here();
  const all = { ...Object.fromEntries(params), ...changes };
  return to(path, all);
}

const empty = (/** @type {any} */ value) => value == null || value === "" || value === false;

/** Open a page: adds an entry to the history. @param {string} href */
export function open(href) {
  if (!sameAs(href)) history.pushState({}, "", href);
  tell("open");
}

/** Move a selection: replaces the entry. @param {Record<string, any>} changes */
export function select(changes) {
  selectAt(with_(changes));
}

/** The same, with an address that a link has. @param {string} href */
export function selectAt(href) {
  if (!sameAs(href)) history.replaceState(history.state, "", href);
  tell("select");
}

const sameAs = (/** @type {string} */ href) => new URL(href, document.baseURI).href === location.href;

/** Call when the address changes. @param {(address: Address, how: "open"|"select"|"back") => void} watcher */
export function watch(watcher) {
  watchers.add(watcher);
}

/** @param {"open"|"select"|"back"} how */
function tell(how) {
  const address = here();
  for (const watcher of watchers) watcher(address, how);
}

/** Follow plain clicks on our own links without loading the page anew; every other click stays the browser's. */
export function followLinks() {
  history.scrollRestoration = "manual";
  addEventListener("popstate", () => tell("back"));
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey)
      return;
    // A link in a drawing is no HTML element: what it leads to is read from its attribute.
    const link = /** @type {Element} */ (event.target).closest("a[href]");
    if (!link || link.hasAttribute("target") || link.hasAttribute("download")) return;
    const href = link.getAttribute("href") ?? "";
    const url = new URL(href, document.baseURI);
    if (url.origin !== location.origin || !url.pathname.startsWith(base) || url.pathname.startsWith(`${base}api/`))
      return;
    event.preventDefault();
    if (href.startsWith("#")) return;
    if (url.pathname === location.pathname) selectAt(href);
    else open(href);
  });
}
