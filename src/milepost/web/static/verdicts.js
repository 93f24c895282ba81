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

function focusOn(check) {
  const target = check.querySelector("summary") ?? check;
  if (target === check) target.tabIndex = -1;
  target.focus({ preventScroll: true });
}

const checksIn = (element) => [...element.querySelectorAll("[data-check]")];

/** The list of checks on the page: waiting ones are replaced by finished ones, tasks light up. */
export class CheckList {
  /**
   * `anchor` is what must not move under the reader's eyes while checks arrive above it;
   * `onPlaced(check)` is called for each that has come into the list, `onShown(check, wasAskedFor)`
   * for one that was opened, by itself or because somebody asked for it.
   */
  constructor(list, { anchor = null, onPlaced = () => {}, onShown = () => {} } = {}) {
    Object.assign(this, { list, anchor, onPlaced, onShown });
    this.blank = list.cloneNode(true);
    this.tools = document.getElementById("check-tools");
    this.opened = false;
    this.current = null; // the name of the check that was shown last
    checksIn(list).forEach(onPlaced);
    this.states = statesIn(document.getElementById("lab-stages"));
    this.light();
    this.tools?.querySelector("button").addEventListener("click", () => this.showNextFailed());
    document.addEventListener("milepost:key", ({ detail: key }) => {
      if (key === "n") this.showNextFailed();
      else if (key === "N") this.showNextFailed(-1);
    });
    // A check that was asked for in full takes its own place.
    document.addEventListener("htmx:afterSettle", ({ detail: { elt } }) => {
      if (list.contains(elt) && elt.matches("[data-check]")) onPlaced(elt);
    });
  }

  /** Show these checks, or all of them, as waiting. */
  reset(names = []) {
    const blank = this.blank.cloneNode(true);
    const fresh = names.length ? names.map((name) => byName(blank, name)) : checksIn(blank);
    for (const check of fresh) check.querySelector(".check-word").textContent = "Waiting";
    inPlace(this.anchor, () => {
      if (names.length) for (const check of fresh) this.put(check);
      else this.list.replaceChildren(...blank.childNodes);
      fresh.forEach(this.onPlaced);
      if (!names.length) this.states = {};
      this.light();
    });
    this.opened = false;
  }

  /** Take over where the server says each stage stands, and open what is to be looked at. */
  stand(steps, failed) {
    if (!steps) return;
    this.states = statesIn(steps);
    inPlace(this.anchor, () => {
      for (const [task, state] of Object.entries(this.states)) {
        const fold = this.taskOf(task)?.querySelector("details.stage");
        if (fold) fold.open = state === "current";
      }
      this.light();
    });
    const check = failed ? byName(this.list, failed) : null;
    const details = check?.querySelector("details");
    if (!details) return;
    for (const other of checksIn(this.list)) if (other !== check) other.querySelector("details")?.removeAttribute("open");
    details.open = true;
    this.note(check, false);
  }

  taskOf(slug) {
    return this.list.querySelector(`[data-task="${CSS.escape(slug)}"]:not(li)`);
  }

  /** Whether what failed here can wait: an earlier stage is not passed, or not known to be. */
  isLater(task) {
    const slug = task?.dataset.task;
    if (!task?.querySelector("details.stage")) return false;
    if (slug in this.states) return this.states[slug] === "later";
    const before = [...this.list.querySelectorAll(".task")];
    return before.slice(0, before.indexOf(task)).some((each) =>
      checksIn(each).some((check) => check.dataset.outcome !== "passed"));
  }

  /** Put a check where it stood before; the keyboard stays with it. */
  put(check) {
    const former = byName(this.list, check.dataset.check);
    const hadFocus = former?.contains(document.activeElement);
    if (former) former.replaceWith(check);
    else this.placeFor(check.dataset.task).append(check);
    if (hadFocus) focusOn(check);
  }

  add(html) {
    inPlace(this.anchor, () => this.place(html));
  }

  place(html) {
    const arrived = fragment(html).querySelector("[data-check]");
    if (!arrived) return;
    const failed = hasFailed(arrived.dataset.outcome);
    const details = arrived.querySelector("details");
    arrived.classList.add("has-arrived");
    this.put(arrived);
    const task = arrived.closest(".task");
    if (details) {
      const isFirst = failed && !this.opened && !this.isLater(task);
      details.open = isFirst;
      if (isFirst) this.opened = true;
      const fold = task?.querySelector("details.stage");
      if (isFirst && fold) fold.open = true;
    }
    window.htmx?.process(arrived);
    this.onPlaced(arrived);
    if (details?.open) this.note(arrived, false);
    this.light();
  }

  placeFor(task) {
    return this.taskOf(task)?.querySelector(".checks") ?? this.list.querySelector(".checks") ?? this.list;
  }

  light() {
    const missed = this.listFailed();
    const later = missed.filter((check) => this.isLater(check.closest(".task"))).length;
    if (this.tools) {
      this.tools.hidden = !missed.length;
      this.tools.querySelector("[data-failed]").textContent = missed.length > later ? `${missed.length - later} not passed` : "";
      this.tools.querySelector("[data-later]").textContent = later ? `${later} in later stages` : "";
    }
    for (const task of this.list.querySelectorAll(".task")) {
      task.classList.toggle("is-later", this.isLater(task));
      const outcomes = checksIn(task).map((check) => check.dataset.outcome);
      const passed = outcomes.filter((outcome) => outcome === "passed").length;
      const failed = outcomes.some(hasFailed);
      task.classList.toggle("is-lit", outcomes.length > 0 && passed === outcomes.length);
      task.classList.toggle("is-unlit", failed);
      const tally = task.querySelector("[data-task-tally]");
      const isAwaited = outcomes.every((outcome) => outcome === "waiting");
      if (tally) tally.textContent = isAwaited ? "" : `${passed} of ${outcomes.length} passed`;
    }
  }

  count() {
    const outcomes = checksIn(this.list).map((check) => check.dataset.outcome);
    const done = outcomes.filter((outcome) => outcome !== "waiting");
    return { done: done.length, passed: done.filter((outcome) => outcome === "passed").length };
  }

  /** The checks to look at, those of stages that are reached first. */
  listFailed() {
    const failed = checksIn(this.list).filter((check) => hasFailed(check.dataset.outcome));
    const waits = (check) => Number(this.isLater(check.closest(".task")));
    return failed.sort((one, other) => waits(one) - waits(other));
  }

  /** Open the failed check after the one at hand, or before it; after the last comes the first. */
  showNextFailed(step = 1) {
    const failed = this.listFailed();
    if (!failed.length) return;
    const at = failed.findIndex((check) => check.dataset.check === this.current);
    const next = at < 0 ? (step > 0 ? 0 : failed.length - 1) : at + step;
    this.show(failed.at(next % failed.length).dataset.check);
  }

  note(check, wasAskedFor) {
    this.current = check.dataset.check;
    this.onShown(check, wasAskedFor);
  }

  show(name) {
    const check = byName(this.list, name);
    const details = check?.querySelector("details");
    if (details) details.open = true;
    if (!check) return;
    const fold = check.closest("details.stage");
    if (fold) fold.open = true;
    this.note(check, true);
    check.scrollIntoView({ block: "start" });
    focusOn(check);
  }
}

/** Where each stage stands, by its task, as the steps at the top of a page tell. */
function statesIn(steps) {
  const found = [...(steps?.querySelectorAll("[data-stage]") ?? [])];
  return Object.fromEntries(found.map((step) => [step.dataset.stage, step.dataset.state]));
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
 * Follow a submission until its verdict, or a try of `only` some checks. `says(html, isFragment)` shows a line or a fragment;
 * `onEnd(verdict)` is called once, or `onGone()` if the server no longer has it. A lost connection
 * is said calmly and taken up again: the browser resumes by the last event's id, and after a refusal
 * the list starts over. Returns what stops it.
 */
export function follow(submission, { checks, only = [], says, onStart, onCheck, onEnd, onGone }) {
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
      if (number > attempt) checks.reset(only);
      attempt = Math.max(attempt, number);
      says(event.data, true);
      onStart?.();
    });
    source.addEventListener("check", (event) => {
      if (attemptOf(event) < attempt) return;
      checks.add(event.data);
      onCheck?.(checks.count());
    });
    source.addEventListener("verdict", (event) => {
      stop();
      const content = fragment(event.data);
      const stages = content.querySelector('template[data-into="lab-stages"]');
      checks.stand(stages?.content, stages?.dataset.failed);
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

// A step leads to its stage: the stage unfolds, wherever it stands.
document.addEventListener("click", (event) => {
  const step = event.target.closest?.("[data-show-stage]");
  const heading = step && document.getElementById(`task-${step.dataset.showStage}`);
  if (!heading) return;
  event.preventDefault();
  document.dispatchEvent(new CustomEvent("milepost:stage", { detail: step.dataset.showStage }));
  const fold = heading.closest("details");
  if (fold) fold.open = true;
  heading.scrollIntoView({ block: "start" });
  heading.closest("summary")?.focus({ preventScroll: true });
});

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
