// The file tabs above the editor: one tab a file, moved through with the arrow keys.

/** Draw the tabs of `paths` with `active` chosen; `onChoose(path)` is called when another is. */
export function drawTabs(list, paths, active, onChoose) {
  list.replaceChildren(...paths.map((path, index) => {
    const tab = document.createElement("button");
    tab.type = "button";
    tab.role = "tab";
    tab.id = `file-tab-${index}`;
    tab.textContent = path;
    tab.dataset.path = path;
    tab.setAttribute("aria-controls", "editor");
    tab.setAttribute("aria-selected", String(path === active));
    tab.tabIndex = path === active ? 0 : -1;
    tab.addEventListener("click", () => onChoose(path));
    return tab;
  }));
  const chosen = list.querySelector('[aria-selected="true"]');
  if (chosen) list.scrollLeft = chosen.offsetLeft - list.offsetLeft - 24;
}

/** Arrow keys, Home and End move within a tab list, as ARIA's tabs pattern says. */
export function moveWithArrows(list) {
  list.addEventListener("keydown", (event) => {
    const tabs = [...list.querySelectorAll('[role="tab"]')];
    const at = tabs.indexOf(document.activeElement);
    const to = {
      ArrowRight: (at + 1) % tabs.length, ArrowLeft: (at - 1 + tabs.length) % tabs.length,
      Home: 0, End: tabs.length - 1,
    }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    const name = tabs[to].id;
    tabs[to].click();
    document.getElementById(name)?.focus();
  });
}

/** Say what is wrong with a new file's name, or nothing. The server has the last word. */
export function findNameProblem(name, taken) {
  if (!name) return "A file needs a name, such as parsing.py.";
  if (name.startsWith("/") || name.includes("\\")) return "Name it from the solution's own folder, with / between folders.";
  if (name.split("/").some((part) => ["", ".", ".."].includes(part))) return "Each part of the name must be a real name; “..” would leave the folder.";
  if (/[\u0000-\u001f\u007f]/.test(name)) return "The name holds characters that can't be seen. Type it anew.";
  if (taken.some((path) => path.toLowerCase() === name.toLowerCase())) return "There is a file of that name already.";
  return "";
}
