// Pictures as values: `h` describes elements, `render` makes the document agree with the description.
//
// Text reaches the document only as text nodes and attributes, never as markup, so a value cannot become
// a script. Elements that stay are kept, not made anew: focus, scroll positions and selections survive a
// live update.

const SVG = "http://www.w3.org/2000/svg";
const HTML = "http://www.w3.org/1999/xhtml";

/**
 * @typedef {{tag: string, key: string|number|null, props: Record<string, any>, kids: Picture[]}} Element_
 * @typedef {Element_|string} Picture
 */

/**
 * Describe an element. Props: `class` (text, or a list whose false members are left out), `style` (an object of CSS properties),
 * `on` (listeners by event), `key` (tells siblings apart), `use` (called with the element after each rendering), else attributes.
 * @param {string} tag @param {Record<string, any>|null} [props] @param {...any} kids
 * @returns {Element_}
 */
export function h(tag, props, ...kids) {
  return { tag, key: props?.key ?? null, props: props ?? {}, kids: /** @type {Picture[]} */ (flat(kids)) };
}

/** @param {any[]} kids @param {any[]} [into] @returns {any[]} */
function flat(kids, into = []) {
  for (const kid of kids) {
    if (Array.isArray(kid)) flat(kid, into);
    else if (kid != null && kid !== false && kid !== true) into.push(typeof kid === "object" ? kid : String(kid));
  }
  return into;
}

/** What an element shows now: its children's descriptions, and its listeners. */
const shown = new WeakMap();
const listeners = new WeakMap();

/**
 * Make `parent` show just `kids`.
 * @param {Element} parent @param {any[]} kids
 */
export function render(parent, kids) {
  /** @type {Function[]} */
  const after = [];
  agree(parent, flat(kids), after);
  for (const call of after) call();
}

/** @typedef {{picture: Picture, node: ChildNode}} Entry */

/** @param {Element} parent @param {Picture[]} next @param {Function[]} after */
function agree(parent, next, after) {
  /** @type {Entry[]} */
  const before = shown.get(parent) ?? [];
  const matches = matched(before, next);
  const kept = new Set(matches);
  // What goes, goes first: then what stays need not move, and keeps its focus and its scroll position.
  for (const entry of before) if (!kept.has(entry)) entry.node.remove();
  let place = parent.firstChild;
  /** @type {Entry[]} */
  const now = next.map((picture, index) => {
    const old = matches[index];
    const node = old ? old.node : make(picture, parent, after);
    if (old) change(node, old.picture, picture, after);
    if (place && node === place) place = place.nextSibling;
    else if (old && "moveBefore" in parent) /** @type {any} */ (parent).moveBefore(node, place);
    else parent.insertBefore(node, place);
    return { picture, node };
  });
  shown.set(parent, now);
}

/** For each picture, what shows it already: the one of its key, else the next of its kind. @param {Entry[]} before @param {Picture[]} next */
function matched(before, next) {
  const named = new Map();
  /** @type {Entry[]} */
  const loose = [];
  for (const entry of before) {
    const name = nameOf(entry.picture);
    if (name === null) loose.push(entry);
    else named.set(name, entry);
  }
  let taken = 0;
  return next.map((picture) => {
    const name = nameOf(picture);
    if (name === null) return taken < loose.length && sameKind(loose[taken].picture, picture) ? loose[taken++] : null;
    const entry = named.get(name) ?? null;
    named.delete(name);
    return entry;
  });
}

/** @param {Picture} picture */
const nameOf = (picture) =>
  typeof picture === "string" || picture.key === null ? null : `${picture.tag} ${picture.key}`;

/** @param {Picture} a @param {Picture} b */
const sameKind = (a, b) => (typeof a === "string" ? typeof b === "string" : typeof b !== "string" && a.tag === b.tag);

/** @param {Picture} picture @param {Element} parent @param {Function[]} after */
function make(picture, parent, after) {
  if (typeof picture === "string") return document.createTextNode(picture);
  const inSvg = picture.tag === "svg" || (parent.namespaceURI === SVG && parent.tagName !== "foreignObject");
  const node = document.createElementNS(inSvg ? SVG : HTML, picture.tag);
  dress(node, {}, picture.props);
  agree(node, picture.kids, after);
  settle(node, picture.props);
  if (picture.props.use) after.push(() => picture.props.use(node));
  return node;
}

/** @param {any} node @param {any} old @param {any} picture @param {Function[]} after */
function change(node, old, picture, after) {
  if (old === picture) return;
  if (typeof picture === "string") {
    if (old !== picture) node.data = picture;
    return;
  }
  dress(node, old.props, picture.props);
  agree(node, picture.kids, after);
  settle(node, picture.props);
  if (picture.props.use) after.push(() => picture.props.use(node));
}

/** @param {any} node @param {Record<string, any>} old @param {Record<string, any>} next */
function dress(node, old, next) {
  for (const name in old) if (!(name in next)) put(node, name, old[name], null);
  for (const name in next) if (next[name] !== old[name]) put(node, name, old[name], next[name]);
}

/** @param {any} node @param {string} name @param {any} old @param {any} value */
function put(node, name, old, value) {
  if (name === "key" || name === "use" || name === "value" || name === "checked") return;
  if (name === "on") listen(node, value ?? {});
  else if (name === "style") {
    for (const property in old ?? {}) if (!(property in (value ?? {}))) node.style.removeProperty(property);
    for (const property in value ?? {})
      if (value[property] !== old?.[property]) node.style.setProperty(property, value[property]);
  } else {
    if (name === "class" && Array.isArray(value)) value = value.filter(Boolean).join(" ");
    if (value == null || value === false || value === "") {
      if (value === "" && name !== "class") node.setAttribute(name, "");
      else node.removeAttribute(name);
    } else node.setAttribute(name, value === true ? "" : value);
  }
}

/** What a field holds is set last, when its options are there, and never while a person is in it. */
function settle(/** @type {any} */ node, /** @type {Record<string, any>} */ props) {
  if ("value" in props && document.activeElement !== node && node.value !== String(props.value ?? ""))
    node.value = props.value ?? "";
  if ("checked" in props) node.checked = Boolean(props.checked);
}

/** One listener a kind of event for the life of an element; what it calls may change. */
function listen(/** @type {any} */ node, /** @type {Record<string, Function|null>} */ wanted) {
  const known = listeners.get(node) ?? {};
  for (const event in wanted)
    if (!(event in known)) node.addEventListener(event, (/** @type {any} */ e) => listeners.get(node)[event]?.(e));
  for (const event in known) if (!(event in wanted)) wanted = { ...wanted, [event]: null };
  listeners.set(node, wanted);
}
