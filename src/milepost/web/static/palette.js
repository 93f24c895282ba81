// The palette: search from every page, as one types. It asks the API and opens what is chosen; the
// pattern is that of an editable combobox with a list (ARIA APG), so the focus stays in the field.
import { areSingleKeysOn, isTyping } from "./page.js";

const PAUSE_MS = 150; // between two letters of somebody who types
const MOST = 12;
const dialog = document.getElementById("palette");
const field = document.getElementById("palette-words");
const list = document.getElementById("palette-results");
const says = document.getElementById("palette-says");
const INVITATION = says.textContent;
const isApple = /Mac|iPhone|iPad/.test(navigator.platform);
let pause = 0;
let request = null; // the search under way, to be given up for the next one

function open() {
  if (dialog.open || document.querySelector("dialog[open]")) return;
  dialog.showModal();
  field.select();
}

function showNothing(sentence) {
  list.replaceChildren();
  list.hidden = true;
  field.setAttribute("aria-expanded", "false");
  field.removeAttribute("aria-activedescendant");
  says.textContent = sentence;
}

function select(option) {
  for (const each of list.children) each.setAttribute("aria-selected", String(each === option));
  if (option) field.setAttribute("aria-activedescendant", option.id);
  else field.removeAttribute("aria-activedescendant");
  option?.scrollIntoView({ block: "nearest" });
}

const selected = () => list.querySelector('[aria-selected="true"]');

function draw(tag, className, ...content) {
  const element = document.createElement(tag);
  element.className = className;
  element.append(...content);
  return element;
}

function drawOption(address, number, className, ...content) {
  const option = draw("a", className, ...content);
  option.href = address;
  option.id = `palette-option-${number}`;
  option.role = "option";
  option.tabIndex = -1;
  option.setAttribute("aria-selected", "false");
  return option;
}

function drawResult(result, number) {
  const isCode = result.kind === "source" || result.kind === "error";
  const more = draw("span", "found-more", result.context);
  if (!result.is_in_track) more.append(" · not in your track");
  if (result.excerpt.length) more.append(result.context ? " · " : "");
  for (const { text, is_match } of result.excerpt) more.append(is_match ? draw("mark", "", text) : text);
  const name = result.heading ? `${result.title}: ${result.heading}` : result.title;
  return drawOption(
    result.address, number, "",
    draw("span", "found-kind", list.dataset[result.kind] ?? result.kind), " ",
    draw("span", isCode ? "found-name is-code" : "found-name", name), " ", more,
  );
}

function show(found, words) {
  if (!found.items.length) {
    showNothing(`Nothing has “${words}”. Check the spelling, or use fewer words.`);
    return;
  }
  const count = found.total === 1 ? "1 result" : `${found.total} results`;
  const all = drawOption(`/search?q=${encodeURIComponent(words)}`, MOST, "found-all", `All ${count}, by kind`);
  list.replaceChildren(...found.items.map(drawResult), all);
  list.hidden = false;
  list.scrollTop = 0;
  field.setAttribute("aria-expanded", "true");
  select(list.firstElementChild);
  const shown = found.items.length < found.total ? `The first ${found.items.length} of ${count}.` : `${count}.`;
  says.textContent = found.has_all_words ? shown : `Nothing has all of these words. ${shown}`;
}

const explain = (status) => (status === 401
  ? "You are signed out, so nothing was searched. Reload the page to sign in again."
  : "The server refused this search. Press Enter: the search page says why.");

async function search(words) {
  request = new AbortController();
  const { signal } = request;
  try {
    const response = await fetch(`/api/v1/search?limit=${MOST}&q=${encodeURIComponent(words)}`, { signal });
    const found = response.ok ? await response.json() : null;
    if (signal.aborted) return;
    if (found) show(found, words);
    else showNothing(explain(response.status));
  } catch (error) {
    if (error.name === "AbortError" || signal.aborted) return;
    showNothing("The server could not be reached. Check that Milepost is running, then type on.");
  }
}

// What is listed belongs to what was typed before, so until the answer comes Enter opens none of it.
field.addEventListener("input", () => {
  clearTimeout(pause);
  request?.abort();
  select(null);
  const words = field.value.trim();
  if (words) pause = setTimeout(search, PAUSE_MS, words);
  else showNothing(INVITATION);
});

function move(step) {
  const options = Array.from(list.children);
  const at = options.indexOf(selected());
  select(options.at(at < 0 && step < 0 ? -1 : (at + step) % options.length));
}

field.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  if (event.key in steps && !list.hidden) {
    event.preventDefault();
    move(steps[event.key]);
  } else if (event.key === "Enter" && selected()) {
    event.preventDefault();
    if (event.ctrlKey || event.metaKey) window.open(selected().href, "_blank", "noopener");
    else selected().click();
  }
});

// A link to another part of this very page opens no other, so the palette gives way to it.
list.addEventListener("click", (event) => {
  if (!event.ctrlKey && !event.metaKey && !event.shiftKey) dialog.close();
});
dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
dialog.querySelector("[data-palette-close]").addEventListener("click", () => dialog.close());
dialog.querySelector("form").addEventListener("submit", (event) => { if (!field.value.trim()) event.preventDefault(); });

// Before the editor sees the key: on other keyboards than Apple's it has no use for Ctrl+K. On
// Apple's, Ctrl+K goes on to delete to the end of the line, and Cmd+K is the palette's.
document.addEventListener("keydown", (event) => {
  const isMod = isApple ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
  if (!isMod || event.shiftKey || event.altKey || event.key.toLowerCase() !== "k") return;
  event.preventDefault();
  event.stopPropagation();
  if (dialog.open) dialog.close();
  else open();
}, { capture: true });
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (isTyping(event.target) || !areSingleKeysOn() || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  open();
});
for (const opener of document.querySelectorAll("[data-palette-open]")) {
  opener.setAttribute("aria-haspopup", "dialog");
  opener.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return; // wants the page, in another tab
    event.preventDefault();
    open();
  });
}
for (const key of document.querySelectorAll("[data-mod]")) key.textContent = isApple ? "⌘" : "Ctrl";
for (const key of document.querySelectorAll("[data-palette-key]")) {
  key.textContent = isApple ? "⌘ K" : "Ctrl K";
  key.hidden = false;
}
