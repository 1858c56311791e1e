// The bar over every page: home, stage, search, whether what is shown is true now.

import { select, to } from "../address.js";
import { h } from "../dom.js";
import { clock } from "../format.js";
import { redraw } from "../redraw.js";
import { search } from "./search.js";
import { flip } from "./theme.js";

/**
 * @param {any} session @param {import("../address.js").Address} here
 * @param {{gone: boolean, live: boolean, value: any}} state
 */
export function bar(session, here, state) {
  const stage = here.params.get("stage") ?? session?.stage;
  return h(
    "header",
    { class: "top", key: "top" },
    h(
      "div",
      null,
      h(
        "a",
        { class: "brand", href: to([]), "aria-label": "Ladle, overview" },
        h(
          "svg",
          { viewBox: "0 0 20 20", "aria-hidden": "true" },
          h("path", { d: "M16.5 2.5c-2.6 0-3.5 1.6-3.5 4V12" }),
          h("path", { d: "M2.5 11h11a5.5 5.5 0 0 1-11 0z", class: "bowl" }),
        ),
        h("span", null, "ladle"),
      ),
      session ? stages(session, stage) : null,
      search(),
      connection(state),
      h(
        "button",
        { type: "button", class: "ib", "aria-label": "Light or dark", title: "Light or dark (t)", on: { click: flip } },
        h(
          "svg",
          { viewBox: "0 0 16 16", "aria-hidden": "true" },
          h("circle", { cx: 8, cy: 8, r: 6 }),
          h("path", { d: "M8 2a6 6 0 0 1 0 12z", fill: "currentColor" }),
        ),
      ),
      h(
        "button",
        {
          type: "button",
          class: "ib wide",
          "aria-label": "Keyboard shortcuts",
          title: "Shortcuts (?)",
          "data-ask": "help",
          on: { click: () => select({ ask: "help" }) },
        },
        h("b", null, "?"),
      ),
    ),
  );
}

/** @param {any} session @param {string} current */
const stages = (session, current) =>
  h(
    "nav",
    { class: "stage", "aria-label": "Stage" },
    (session.stages.length ? session.stages : [session.stage]).map((/** @type {string} */ name) =>
      h(
        "a",
        {
          href: to([], { stage: name === session.stage ? null : name }),
          class: "ell",
          key: name,
          "aria-current": name === current ? "true" : null,
          title: name,
        },
        name,
      ),
    ),
  );

/** @param {{gone: boolean, live: boolean, value: any}} state */
function connection({ gone, live, value }) {
  if (gone)
    return h("span", { class: "live gone", role: "alert", key: "gone" }, h("i", null), "server gone, trying again");
  if (!live || !value?.now) return h("span", { class: "live", key: "live" });
  return h("span", { class: "live", key: "live" }, h("i", { class: "paint" }), `live, ${clock(Date.now() / 1000)}`);
}

/** @type {{id: number, text: string}[]} */
let said = [];
let last = 0;

/** Tell something in passing. @param {string} text */
export function toast(text) {
  const id = ++last;
  said = [...said, { id, text }];
  redraw();
  setTimeout(() => {
    said = said.filter((each) => each.id !== id);
    redraw();
  }, 4000);
}

/** What is being told in passing. The region is always there, so that readers of the screen notice what comes into it. */
export const toasts = () =>
  h(
    "div",
    { role: "status", key: "toasts" },
    said.slice(-1).map(({ id, text }) => h("div", { class: "toast", key: id }, text)),
  );
