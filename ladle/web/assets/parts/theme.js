// Light or dark: the system's preference until a person chooses. A preference, so not in the address.

const dark = matchMedia("(prefers-color-scheme: dark)");

export const theme = () => document.documentElement.dataset.theme ?? (dark.matches ? "dark" : "light");

export function flip() {
  const next = theme() === "dark" ? "light" : "dark";
  document.documentElement.dataset.theme = next;
  try {
    localStorage.setItem("ladle.theme", next);
  } catch {
    // Storage may be forbidden: the choice holds for this page.
  }
}

/** Call when the theme changes with the system. @param {() => void} changed */
export const onChange = (changed) => dark.addEventListener("change", changed);

/** The colours behind names of tokens.css, as a canvas needs them. @param {string[]} names @returns {Record<string, string>} */
export function colours(names) {
  const probe = document.createElement("i");
  document.body.append(probe);
  /** @type {Record<string, string>} */
  const found = {};
  for (const name of names) {
    probe.style.color = `var(--${name})`;
    found[name] = getComputedStyle(probe).color;
  }
  probe.remove();
  return found;
}
