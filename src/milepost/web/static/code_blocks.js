// Code in lessons and briefs: each block can be copied, and an example that is there in several
// languages shows one of them, chosen for all examples of all pages. Without scripts all are shown.
import { moveWithArrows } from "./files.js";
import { inPlace } from "./verdicts.js";

const SELECTED = "Copying is not allowed here, so the code is selected: press Ctrl+C.";
const IN_EDITOR = "Copying is not allowed here. Select the code in the editor and press Ctrl+C.";
const announcer = document.createElement("p");
announcer.className = "visually-hidden";
announcer.setAttribute("role", "status");
document.body.append(announcer);

/** Tell a screen reader; the same text twice is told twice. */
export function announce(text) {
  announcer.textContent = "";
  setTimeout(() => { announcer.textContent = text; }, 50);
}

/** A button of a block's bar: `label` is what it does, to which block. */
export function makeButton(text, label, onPress) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "code-button";
  button.textContent = text;
  button.setAttribute("aria-label", label);
  button.addEventListener("click", () => onPress(button));
  return button;
}

function select(element) {
  const range = document.createRange();
  range.selectNodeContents(element);
  const selection = getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
}

/** Copy a text from a field of our own, which browsers allow where they offer no clipboard: over HTTP. */
function copyFromField(text) {
  const { activeElement } = document;
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "visually-hidden";
  document.body.append(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  activeElement?.focus({ preventScroll: true });
  return isCopied;
}

/** Copy a text. Where the browser refuses, select the `element` that shows it. */
async function copy(text, element) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const isCopied = copyFromField(text);
    if (!isCopied) select(element);
    return isCopied;
  }
}

// Without its last line break, with which a shell would run what is pasted.
export const textOf = (block) => block.querySelector("pre").textContent.replace(/\n$/, "");

async function copyBlock(button, block, read) {
  const shown = block.querySelector("pre");
  const isCopied = await copy(read(), shown);
  announce(isCopied ? "Copied." : shown.hidden ? IN_EDITOR : SELECTED);
  button.textContent = isCopied ? "Copied" : "Press Ctrl+C";
  setTimeout(() => { button.textContent = "Copy"; }, 2000);
}

function makeCopyButton(name, block, read = () => textOf(block)) {
  return makeButton("Copy", `Copy the ${name}`, (button) => copyBlock(button, block, read));
}

// What was chosen is kept beside the language that stood first, the track's: another track starts anew.
const keyOf = (first) => `milepost:code-language:${first}`;
function readChoice(first) {
  try { return localStorage.getItem(keyOf(first)); } catch { return null; }
}
function keepChoice(first, language) {
  try { localStorage.setItem(keyOf(first), language); } catch { /* Then it holds for this page. */ }
}

function makeDiv(name) {
  const made = document.createElement("div");
  made.className = name;
  return made;
}

const languageOf = (block) => block.dataset.language;
const nameOf = (block) => block.querySelector(".code-name")?.textContent ?? "";

/** One example: its blocks, of which one is shown, a bar above them, and what it prints. */
class Example {
  constructor(element, number) {
    this.element = element;
    this.blocks = [...element.querySelectorAll(":scope > .code")];
    this.output = element.querySelector(":scope > .output");
    this.shown = this.blocks[0];
    this.name = nameOf(this.shown); // of a block that stands alone
    this.tools = new Map(); // by block: what makes its other buttons
    this.texts = new Map(); // by block: what reads its text, where that may be another by now
    this.actions = makeDiv("code-actions");
    this.bar = makeDiv("code-bar");
    if (this.blocks.length > 1) this.bar.append(this.makeTabs(number));
    else this.bar.append(...this.shown.querySelectorAll(".code-name"));
    this.bar.append(this.actions);
    element.prepend(this.bar);
    if (this.list) this.show(readChoice(this.first) ?? this.first);
    else this.drawActions();
    if (this.output) this.makeOutputBar();
  }

  makeTabs(number) {
    this.first = languageOf(this.blocks[0]);
    this.list = makeDiv("code-tabs");
    this.list.setAttribute("role", "tablist");
    this.list.setAttribute("aria-label", "Show the example in");
    for (const block of this.blocks) {
      const tab = document.createElement("button");
      tab.type = "button";
      tab.role = "tab";
      tab.textContent = nameOf(block);
      tab.dataset.language = languageOf(block);
      tab.id = `code-tab-${number}-${languageOf(block)}`;
      block.id = `code-${number}-${languageOf(block)}`;
      block.setAttribute("role", "tabpanel");
      block.setAttribute("aria-labelledby", tab.id);
      tab.setAttribute("aria-controls", block.id);
      tab.addEventListener("click", () => choose(this, languageOf(block)));
      this.list.append(tab);
    }
    moveWithArrows(this.list);
    this.element.classList.add("has-tabs");
    return this.list;
  }

  makeOutputBar() {
    const bar = makeDiv("code-bar");
    bar.append(this.output.querySelector(".code-name"), makeCopyButton("output", this.output));
    this.output.prepend(bar);
  }

  /** Show the block in a language, or the first where it is not there in that. */
  show(language) {
    if (!this.list) return;
    this.shown = this.blocks.find((block) => languageOf(block) === language) ?? this.blocks[0];
    for (const block of this.blocks) block.hidden = block !== this.shown;
    for (const tab of this.list.children) {
      const isShown = tab.dataset.language === languageOf(this.shown);
      tab.setAttribute("aria-selected", String(isShown));
      tab.tabIndex = isShown ? 0 : -1;
    }
    this.drawActions();
  }

  /** What people call the code of a block. */
  say(block) {
    const name = this.list ? nameOf(block) : this.name;
    return name ? `${name} code` : "code";
  }

  drawActions() {
    const { shown } = this;
    const read = this.texts.get(shown) ?? (() => textOf(shown));
    const tools = this.tools.get(shown)?.() ?? [];
    this.actions.replaceChildren(...tools, makeCopyButton(this.say(shown), shown, read));
  }
}

function choose(chosenIn, language) {
  keepChoice(chosenIn.first, language);
  inPlace(chosenIn.element, () => { for (const each of examples) each.show(language); });
}

export const examples = [...document.querySelectorAll(".prose .example")].map((element, index) => new Example(element, index + 1));
