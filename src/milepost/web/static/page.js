// What every page has: the theme switch, the list of shortcuts, times in the reader's own zone.
const dialog = document.getElementById("shortcuts");
const toggle = document.querySelector("[data-theme-toggle]");
const opener = document.querySelector("[data-shortcuts-open]");
const switchKeys = document.querySelector("[data-single-keys]");
const KEYS_OFF = "milepost:single-keys-off";

const stored = (key) => { try { return localStorage.getItem(key); } catch { return null; } };

function nameTheme() {
  const next = document.documentElement.dataset.shownTheme === "dark" ? "light" : "dark";
  toggle.setAttribute("aria-label", `Switch to ${next}`);
}

const switchTheme = () => window.milepostTheme.toggle();

function toggleShortcuts() {
  if (dialog.open) dialog.close();
  else dialog.showModal();
}

// In a radio button or a checkbox nothing is typed, so single keys keep their meaning there.
export function isTyping(target) {
  return target instanceof HTMLElement && (target.isContentEditable
    || target.matches('textarea, select, input:not([type="radio"], [type="checkbox"])'));
}

export const areSingleKeysOn = () => !stored(KEYS_OFF);

const goTo = (selector) => document.querySelector(selector)?.click();
let leader = 0;

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (isTyping(event.target) || !areSingleKeysOn()) return;
  if (event.key === "?") { event.preventDefault(); toggleShortcuts(); return; }
  if (document.querySelector("dialog[open]")) return;
  const second = Date.now() - leader < 1500;
  leader = 0;
  if (second) {
    const links = { p: ".masthead nav li:first-child a", l: 'a[href="/labs"]', s: 'a[href="/submissions"]' };
    if (links[event.key]) { event.preventDefault(); goTo(links[event.key]); }
    return;
  }
  if (event.key === "g") leader = Date.now();
  if (event.key === "t") switchTheme();
  document.dispatchEvent(new CustomEvent("milepost:key", { detail: event.key }));
}

export function localiseTimes(root = document) {
  const minute = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "short" });
  const day = new Intl.DateTimeFormat("en-GB", { dateStyle: "long" });
  for (const time of root.querySelectorAll("time[datetime]:not([title])")) {
    const moment = new Date(time.dateTime);
    if (Number.isNaN(moment.valueOf())) continue;
    time.title = time.textContent;
    time.textContent = ("day" in time.dataset ? day : minute).format(moment);
  }
}

toggle.hidden = false;
opener.hidden = false;
for (const hint of document.querySelectorAll("[data-shortcuts-hint]")) hint.hidden = false;
nameTheme();
// The theme also changes with the system, and by the switch of another tab.
new MutationObserver(nameTheme).observe(document.documentElement, { attributeFilter: ["data-shown-theme"] });
toggle.addEventListener("click", switchTheme);
opener.addEventListener("click", toggleShortcuts);
dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
switchKeys.checked = !stored(KEYS_OFF);
switchKeys.addEventListener("change", () => {
  try {
    if (switchKeys.checked) localStorage.removeItem(KEYS_OFF);
    else localStorage.setItem(KEYS_OFF, "yes");
  } catch { /* Without storage the choice lasts for this page. */ }
});
document.addEventListener("keydown", onKey);
// Back and Forward show a page as it was left or as it was cached; what it says may be old by now.
addEventListener("pageshow", (event) => {
  const [visit] = performance.getEntriesByType("navigation");
  const isOld = event.persisted || (visit?.type === "back_forward" && visit.transferSize === 0);
  if (isOld && !document.documentElement.hasAttribute("data-unsaved")) location.reload();
});
document.addEventListener("htmx:afterSettle", (event) => {
  const fresh = event.detail.elt;
  localiseTimes(fresh);
  // The button that was pressed is gone: the keyboard goes on at what took its place.
  if (document.activeElement === document.body) fresh.querySelector("button, a")?.focus();
});
for (const kind of ["htmx:responseError", "htmx:sendError"]) {
  document.addEventListener(kind, (event) => {
    const form = event.detail.elt;
    form.querySelector("[role=alert]")?.remove();
    const line = document.createElement("p");
    line.role = "alert";
    line.className = "notice";
    line.textContent = kind === "htmx:sendError"
      ? "The server could not be reached, so nothing was changed. Check that Milepost is running and press the button again."
      : "The server refused this, so nothing was changed. Reload the page: it says why.";
    form.append(line);
  });
}
localiseTimes();
