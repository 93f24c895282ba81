// A lab's preview: shows the page anew whenever the server tells that it is another.
import { localiseTimes } from "./page.js";
import "./verdicts.js"; // its buttons and links work wherever checks are shown

const status = document.getElementById("preview-status");
const gone = document.getElementById("preview-gone");
const shown = () => document.getElementById("preview");
let again = null; // what is to be fetched once the fetch that runs is over

/** Where a fold is, so that it is found on the page that comes. */
function placeOf(fold) {
  const check = fold.closest("[data-check]");
  const folds = [...(check ?? shown()).querySelectorAll("details")];
  return `${check?.dataset.check ?? ""} ${folds.indexOf(fold)}`;
}

function readFolds() {
  return new Map([...shown().querySelectorAll("details")].map((fold) => [placeOf(fold), fold.open]));
}

/** Put what came in the place of what is shown; folds, place and keyboard stay where they were. */
function take(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const fresh = page.getElementById("preview");
  if (!fresh) return location.reload();
  const folds = readFolds();
  const held = shown().contains(document.activeElement) ? document.activeElement : null;
  const address = held?.getAttribute("href");
  const fold = held?.matches("summary") ? placeOf(held.parentElement) : null;
  const styles = new Set([...document.querySelectorAll('link[rel="stylesheet"]')].map((link) => link.href));
  for (const link of page.querySelectorAll('link[rel="stylesheet"]')) {
    if (!styles.has(new URL(link.getAttribute("href"), location).href)) document.head.append(document.adoptNode(link));
  }
  shown().replaceWith(document.adoptNode(fresh));
  document.title = page.title;
  for (const each of shown().querySelectorAll("details")) {
    const wasOpen = folds.get(placeOf(each));
    if (wasOpen !== undefined) each.open = wasOpen || each.open;
  }
  localiseTimes(shown());
  if (address) [...shown().querySelectorAll("a")].find((link) => link.getAttribute("href") === address)?.focus({ preventScroll: true });
  if (fold) [...shown().querySelectorAll("details")].find((each) => placeOf(each) === fold)?.querySelector("summary").focus({ preventScroll: true });
  if (status.textContent !== shown().dataset.said) status.textContent = shown().dataset.said;
}

async function refresh() {
  if (again) { again.more = true; return; }
  again = { more: false };
  try {
    take(await (await fetch(location.href, { cache: "no-store" })).text());
  } catch { /* The stream says when the server is back. */ }
  const { more } = again;
  again = null;
  if (more) refresh();
}

const changes = new EventSource(`/changes?known=${encodeURIComponent(shown().dataset.state)}`);
changes.addEventListener("open", () => { gone.hidden = true; });
changes.addEventListener("changed", (event) => {
  if (event.data !== shown().dataset.state) refresh();
});
changes.addEventListener("error", () => { gone.hidden = false; });
