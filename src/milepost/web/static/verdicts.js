// Follows one grading: checks arrive one by one as fragments of HTML, then the verdict.
// Used by the lab page and by a submission's own page while it is being graded.
import { localiseTimes } from "./page.js";

const PATIENCE = [500, 1000, 2000, 4000, 8000];

function fragment(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

const byName = (list, name) => list.querySelector(`[data-check="${CSS.escape(name)}"]`);

/** Change the page without moving `anchor` on the screen: on a phone it stands below the change. */
export function inPlace(anchor, change) {
  const before = anchor?.getBoundingClientRect().top;
  change();
  if (anchor) scrollBy({ top: anchor.getBoundingClientRect().top - before, behavior: "instant" });
}

/** The list of checks on the page: waiting ones are replaced by finished ones, tasks light up. */
export class CheckList {
  /** `anchor` is what must not move under the reader's eyes while checks arrive above it. */
  constructor(list, anchor = null) {
    this.list = list;
    this.anchor = anchor;
    this.blank = list.innerHTML;
    this.opened = false;
  }

  reset() {
    inPlace(this.anchor, () => { this.list.innerHTML = this.blank; });
    this.opened = false;
  }

  add(html) {
    inPlace(this.anchor, () => this.place(html));
  }

  place(html) {
    const arrived = fragment(html).querySelector("[data-check]");
    if (!arrived) return;
    const failed = hasFailed(arrived.dataset.outcome);
    const details = arrived.querySelector("details");
    if (details) {
      details.open = failed && !this.opened;
      if (failed) this.opened = true;
    }
    arrived.classList.add("has-arrived");
    const waiting = byName(this.list, arrived.dataset.check);
    if (waiting) waiting.replaceWith(arrived);
    else this.placeFor(arrived.dataset.task).append(arrived);
    window.htmx?.process(arrived);
    this.light();
  }

  placeFor(task) {
    const section = this.list.querySelector(`[data-task="${CSS.escape(task)}"]:not(li)`);
    return section?.querySelector(".checks") ?? this.list.querySelector(".checks") ?? this.list;
  }

  light() {
    for (const task of this.list.querySelectorAll(".task")) {
      const outcomes = [...task.querySelectorAll("[data-check]")].map((check) => check.dataset.outcome);
      const passed = outcomes.filter((outcome) => outcome === "passed").length;
      const failed = outcomes.some(hasFailed);
      task.classList.toggle("is-lit", outcomes.length > 0 && passed === outcomes.length);
      task.classList.toggle("is-unlit", failed);
      const tally = task.querySelector("[data-task-tally]");
      if (tally) tally.textContent = `${passed} of ${outcomes.length} passed`;
    }
  }

  count() {
    const outcomes = [...this.list.querySelectorAll("[data-check]")].map((check) => check.dataset.outcome);
    const done = outcomes.filter((outcome) => outcome !== "waiting");
    return { done: done.length, passed: done.filter((outcome) => outcome === "passed").length };
  }

  show(name) {
    const check = byName(this.list, name);
    const details = check?.querySelector("details");
    if (details) details.open = true;
    const target = details?.querySelector("summary") ?? check;
    if (!target) return;
    if (target === check) target.tabIndex = -1;
    check.scrollIntoView({ block: "start" });
    target.focus({ preventScroll: true });
  }
}

function hasFailed(outcome) {
  return !["passed", "waiting", "running", "not_run"].includes(outcome);
}

function replaceMoved(content) {
  for (const template of content.querySelectorAll("template[data-into]")) {
    const target = document.getElementById(template.dataset.into);
    const fresh = template.content.firstElementChild;
    if (target && fresh) {
      fresh.classList.add("has-moved");
      target.replaceWith(fresh);
    }
    template.remove();
  }
}

/** The status with which the server tells of a submission; 0 if it does not answer. */
async function askFor(submission) {
  try {
    return (await fetch(`/api/v1/submissions/${submission}`, { cache: "no-store" })).status;
  } catch {
    return 0;
  }
}

/**
 * Follow a submission until its verdict. `says(html, isFragment)` shows a line or a fragment;
 * `onEnd(verdict)` is called once, or `onGone()` if the server no longer has it. A lost connection
 * is said calmly and taken up again: the browser resumes by the last event's id, and after a refusal
 * the list starts over. Returns what stops it.
 */
export function follow(submission, { checks, says, onCheck, onEnd, onGone }) {
  const address = `/submissions/${submission}/events`;
  let source = null;
  let attempt = 0;
  let tries = 0;
  let lost = false;
  let stopped = false;

  const attemptOf = (event) => Number(event.lastEventId.split(".")[0]) || 0;
  const found = () => { lost = false; tries = 0; };

  function stop() {
    stopped = true;
    source?.close();
  }

  function open() {
    source = new EventSource(address);
    source.addEventListener("open", () => {
      if (lost) says("Connected again. The checks go on.");
      found();
    });
    source.addEventListener("queued", (event) => says(event.data, true));
    source.addEventListener("doubted", (event) => says(event.data, true));
    source.addEventListener("interrupted", (event) => {
      if (attemptOf(event) >= attempt) says(event.data, true);
    });
    source.addEventListener("started", (event) => {
      const number = attemptOf(event);
      if (number > attempt) checks.reset();
      attempt = Math.max(attempt, number);
      says(event.data, true);
    });
    source.addEventListener("check", (event) => {
      if (attemptOf(event) < attempt) return;
      checks.add(event.data);
      onCheck?.(checks.count());
    });
    source.addEventListener("verdict", (event) => {
      stop();
      const content = fragment(event.data);
      replaceMoved(content);
      const box = content.querySelector("[data-verdict]");
      says(box?.outerHTML ?? "", true);
      localiseTimes();
      onEnd(box?.dataset.verdict ?? "");
    });
    source.addEventListener("error", () => {
      if (stopped) return;
      if (!lost) says("The connection is lost. What you sent is safe; this page takes it up again by itself.");
      lost = true;
      if (source.readyState === EventSource.CLOSED) tryAgain();
    });
  }

  /** After a refusal: find out what it means, and open the stream again if that may help. */
  async function tryAgain() {
    const status = await askFor(submission);
    if (stopped) return;
    if (status === 401) {
      says("You are signed out, so this page no longer follows the run. It is graded all the same, and your files are kept. Sign in with the link that `milepost open` prints, then reload this page.");
      stop();
      onEnd("");
      return;
    }
    if (status === 404 && onGone) {
      stop();
      onGone();
      return;
    }
    if (tries >= PATIENCE.length) {
      says("The server has not answered for a while. Your files are safe in this browser. Check that Milepost is running, then reload this page: the verdict will be here.");
      stop();
      onEnd("");
      return;
    }
    setTimeout(() => { if (!stopped) open(); }, PATIENCE[tries]);
    tries += 1;
  }

  open();
  return stop;
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy]");
  if (!button) return;
  const text = button.parentElement.querySelector("pre").textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Select the line and copy it";
  }
  setTimeout(() => { button.textContent = "Copy"; }, 2000);
});
