// Sets light or dark before anything is painted, so the page never flashes. Loaded first, in <head>.
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const read = () => {
    try { return localStorage.getItem("milepost:theme"); } catch { return null; }
  };
  const apply = (chosen) => {
    const shown = chosen === "light" || chosen === "dark" ? chosen : system.matches ? "dark" : "light";
    root.dataset.theme = shown;
    root.dataset.shownTheme = shown;
  };
  apply(read());
  system.addEventListener("change", () => apply(read()));
  addEventListener("storage", (event) => {
    if (event.key === "milepost:theme") apply(event.newValue);
  });
  window.milepostTheme = {
    toggle() {
      const next = root.dataset.shownTheme === "dark" ? "light" : "dark";
      const own = system.matches ? "dark" : "light";
      try {
        if (next === own) localStorage.removeItem("milepost:theme");
        else localStorage.setItem("milepost:theme", next);
      } catch { /* Without storage the choice lasts for this page. */ }
      apply(next);
      return next;
    },
  };
})();
