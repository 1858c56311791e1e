// Which view an address shows, and where its value is asked at. The view's own code is loaded when it is needed.

import { api, peek } from "./data.js";

/** @typedef {import("./address.js").Address} Address */

/**
 * One kind of page. `live`: what its event stream watches. `merge`: put a change into its value. `up`: the address one
 * level higher. `keys`: what its own keys do.
 * @typedef {{
 *   draw: (value: any, a: Address, session: any) => any,
 *   live?: (a: Address) => Record<string, any>,
 *   merge?: (value: any, change: any) => any,
 *   up?: (a: Address, value: any) => string,
 *   keys?: (a: Address, value: any) => Record<string, () => void>,
 * }} View
 * @typedef {{load: () => Promise<{default: View}>, url: (a: Address) => string, title: (a: Address) => string, view?: View}} Route
 */

const part = encodeURIComponent;

/** The two runs that an address compares. @param {string} text */
const pair = (text) => {
  const at = text.indexOf("..");
  return { a: text.slice(0, at), b: text.slice(at + 2) };
};

/** The list of runs is kept by these statuses; the grid knows more. */
const LISTED = ["failed", "succeeded", "running", "stopped"];

/** What the runs of a workflow are filtered by. @param {URLSearchParams} params */
export const filters = (params) => ({
  status: LISTED.includes(params.get("status") ?? "") ? params.get("status") : null,
  trigger: params.get("trigger"),
});

/** An item that is looked at gets a row, though it succeeded: it is asked for where it has none. @param {Address} address */
function runUrl({ path, params }) {
  const step = params.get("step") ?? "";
  const plain = api(`runs/${part(path[1])}`);
  const rows = peek(plain)?.value?.rows;
  if (!/\[\d+\]/.test(step) || rows?.some((/** @type {any} */ row) => row.step === step)) return plain;
  return api(`runs/${part(path[1])}`, { item: step });
}

/** @type {Record<string, Route>} */
const ROUTES = {
  overview: { load: () => import("./views/overview.js"), url: () => api("overview"), title: () => "Workflows" },
  workflow: {
    load: () => import("./views/workflow.js"),
    url: ({ path, params }) => api(`workflows/${part(path[1])}`, filters(params)),
    title: ({ path }) => path[1],
  },
  run: {
    load: () => import("./views/run.js"),
    url: runUrl,
    title: ({ path }) => path[1],
  },
  map: {
    load: () => import("./views/map.js"),
    url: ({ path }) => api(`runs/${part(path[1])}/map`, { step: path[3] }),
    title: ({ path }) => `${path[3]}, ${path[1]}`,
  },
  compare: {
    load: () => import("./views/compare.js"),
    url: ({ path }) => api("compare", pair(path[1])),
    title: ({ path }) => path[1].replace("..", " and "),
  },
};

/** The route of an address; undefined where there is no page. Its code begins to load. @param {Address} address @param {() => void} loaded @returns {Route|undefined} */
export function routeOf(address, loaded) {
  const route = ROUTES[address.view];
  if (route && !route.view && !loading.has(route)) {
    loading.add(route);
    route.load().then(
      (module) => {
        route.view = module.default;
        loaded();
      },
      () => loading.delete(route), // the server is gone: the next drawing tries again
    );
  }
  return route;
}

/** @type {Set<Route>} */
const loading = new Set();
