// A drill: one editor, one button, and the verdict in place. Every run is a submission, so that passing
// counts; each stack has a draft of its own, and changing the stack leaves the page where it is.
import { Draft, PendingRun } from "./drafts.js";
import { createEditor } from "./editor.js";
import { drawTabs, moveWithArrows } from "./files.js";
import { findErrorPlace, linkPlaces, placeOf } from "./places.js";
import { sendRun } from "./sending.js";
import { CheckList, follow } from "./verdicts.js";

const $ = (id) => document.getElementById(id);
const data = JSON.parse($("drill-data").textContent);
const works = new Map(); // by stack: its facts, its draft, and the run that has no verdict yet
const blank = $("verdict").innerHTML;
let work = null; // of the stack that is shown
let busy = false;
let stopFollowing = null;

const checks = new CheckList($("check-list"), {
  onPlaced: (check) => linkPlaces(check, Object.keys(work?.draft.files ?? {}), () => "#drill"),
  onShown: (check) => editor.mark(findErrorPlace(check)),
});

const editor = createEditor($("editor"), {
  nonce: data.nonce,
  languages: data.languages,
  describedBy: "editor-help",
  most: data.largestFile,
  onChange: (path, text) => work.draft.change(path, text),
  onTooLarge: () => say("That is more than a file may hold, so nothing was put in. A drill needs a few lines."),
  onRun: run,
  onSubmit: run,
  onTabMode(leaves) { $("tab-leaves").textContent = leaves ? "Tab leaves the editor now." : ""; },
});

// What is written, a draft for each stack.
function openWork(stack) {
  if (works.has(stack)) return works.get(stack);
  const facts = { ...data, ...data.stacks[stack], stack };
  const fresh = { stack, facts, pending: new PendingRun(facts), hasBegun: false };
  const whenShown = (act) => () => { if (work === fresh) act(); };
  fresh.draft = new Draft(facts, {
    onSaved: whenShown(showDraftState),
    onTaken: whenShown(showFiles),
    onParted: whenShown(() => showApart(true)),
  });
  works.set(stack, fresh);
  return fresh;
}

function showDraftState() {
  const { draft } = work;
  $("draft-state").textContent = draft.whereabouts;
  document.documentElement.toggleAttribute("data-unsaved", [...works.values()].some((each) => each.draft.isAtRisk));
  $("restore").hidden = draft.isStarter || draft.isParted;
  $("exchange").hidden = draft.isParted || !draft.listAside().length;
}

function showFiles() {
  editor.forgetAll();
  showFile(work.draft.active);
  showApart(work.draft.isParted);
  showDraftState();
}

function showApart(isApart) {
  $("apart").hidden = !isApart;
  for (const line of $("apart").querySelectorAll("[data-parted-from]")) line.hidden = line.dataset.partedFrom !== work.draft.partedFrom;
}

function showFile(path) {
  const { draft } = work;
  draft.show(path);
  editor.show(path, draft.files[path]);
  drawTabs($("file-tabs"), Object.keys(draft.files), path, showFile);
  $("editor").setAttribute("aria-labelledby", $("file-tabs").querySelector('[aria-selected="true"]').id);
}

/** Show a stack: its files, and the run of it that is still under way. */
function showStack(stack) {
  const isFirst = work === null;
  if (work?.stack === stack) return;
  stopFollowing?.();
  stopFollowing = null;
  setBusy(false);
  work?.draft.save();
  work = openWork(stack);
  for (const tab of $("stack-tabs").children) {
    tab.setAttribute("aria-selected", String(tab.dataset.stack === stack));
    tab.tabIndex = tab.dataset.stack === stack ? 0 : -1;
  }
  $("drill-work").setAttribute("aria-labelledby", `stack-${stack}`);
  if (!isFirst) {
    checks.reset();
    $("verdict").innerHTML = blank;
    history.replaceState(null, "", `?stack=${encodeURIComponent(stack)}#drill`);
  }
  showFiles();
  if (!work.hasBegun) work.draft.begin();
  work.hasBegun = true;
  if (work.draft.starterChanged) say("What this drill begins with has changed since you began. Your draft is shown; Restore starter brings the new one.");
  takeUp();
}

function takeUp() {
  const unfinished = work.pending.get();
  if (!unfinished && work.facts.shown) {
    followRun(work.facts.shown);
    return;
  }
  const id = unfinished ? unfinished.id : data.unfinished[work.stack];
  if (id) followRun(unfinished ?? { id });
  else if (unfinished) say("Your last run may not have arrived. Press Run again: it counts once.");
}

// Running.
function say(text, isFragment = false) {
  if (isFragment) {
    $("verdict").innerHTML = text;
    const refused = $("verdict").querySelector(".build-output");
    if (!refused) return;
    linkPlaces(refused, Object.keys(work.draft.files), () => "#drill");
    const first = refused.querySelector(".place");
    if (first) editor.mark(placeOf(first));
    return;
  }
  const line = document.createElement("p");
  line.className = "verdict-line";
  line.textContent = text;
  $("verdict").replaceChildren(line);
}

function setBusy(now) {
  busy = now;
  // Not `disabled`: a button that has the focus would lose it, and the keyboard its place.
  $("run").setAttribute("aria-disabled", String(now));
}

function showTally({ passed, done }) {
  const line = $("verdict").querySelector(".verdict-progress") ?? document.createElement("p");
  line.className = "verdict-progress muted";
  line.textContent = `${done} of ${data.checks} in, ${passed === done ? "all passed so far" : `${done - passed} not passed`}.`;
  $("verdict").append(line);
}

function followRun(sent) {
  const { pending } = work;
  setBusy(true);
  stopFollowing = follow(sent.id, {
    checks,
    says: say,
    onCheck: showTally,
    onEnd(verdict) {
      if (verdict && sent.idempotencyKey) pending.clear(sent);
      delete data.unfinished[work.stack];
      work.facts.shown = null;
      setBusy(false);
      $("verdict").scrollIntoView({ block: "nearest", behavior: "instant" });
      if (sent.check) checks.show(sent.check);
    },
    onGone() {
      if (sent.idempotencyKey) pending.clear(sent);
      say("Your last run is no longer kept, so its verdict can’t be shown. Your files are as they were: press Run again.");
      setBusy(false);
    },
  });
}

async function run() {
  if (busy) return;
  setBusy(true);
  stopFollowing?.();
  const { facts, draft, pending, stack } = work;
  draft.save();
  const files = { ...draft.files };
  const kind = "submission";
  const sent = { kind, files, idempotencyKey: pending.keyFor(kind, files), only: [] };
  pending.set(sent);
  checks.reset();
  editor.mark(null);
  say("Sending your code.");
  const answer = await sendRun(facts, sent, "Run");
  if (answer.id) {
    sent.id = answer.id;
    pending.set(sent);
  } else if (answer.isRefused) {
    pending.clear(sent);
  }
  if (work.stack !== stack) return; // another is shown by now; coming back takes this run up
  if (answer.id) {
    say("Received.");
    followRun(sent);
  } else {
    say(answer.problem);
    setBusy(false);
  }
}

// Wiring.
for (const list of document.querySelectorAll('.drill [role="tablist"]')) moveWithArrows(list);
for (const tab of $("stack-tabs").children) tab.addEventListener("click", () => showStack(tab.dataset.stack));
$("run").addEventListener("click", run);
$("restore").addEventListener("click", () => { work.draft.restore(); showFiles(); editor.focus(); });
$("exchange").addEventListener("click", () => { if (work.draft.exchange()) { showFiles(); editor.focus(); } });
$("keep-mine").addEventListener("click", () => {
  if (work.draft.keepMine()) showFiles();
  else say("This browser could not keep both versions, so nothing was changed. Copy yours to a safe place first.");
});
$("take-theirs").addEventListener("click", () => { if (work.draft.takeTheirs()) { showFiles(); editor.focus(); } });
document.addEventListener("click", (event) => {
  const link = event.target.closest(".drill [data-show-check], .drill .place");
  if (!link) return;
  event.preventDefault();
  if (!link.matches(".place")) {
    checks.show(link.dataset.showCheck);
    return;
  }
  const { file, line, column } = placeOf(link);
  if (!(file in work.draft.files)) { say(`Your draft has no ${file} any more.`); return; }
  showFile(file);
  editor.goTo(line, column);
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.defaultPrevented) return;
  if (document.querySelector("dialog[open]")) return;
  event.preventDefault();
  run();
});
document.addEventListener("milepost:key", (event) => {
  if (event.detail === "e") setTimeout(() => editor.focus());
});

showStack(data.stack);
