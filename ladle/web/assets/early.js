// Runs before the first paint, so that a chosen theme does not flash the other one. The rest is a module.
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem("ladle.theme");
  } catch {
    // Storage may be forbidden; the system's preference holds then.
  }
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
})();
