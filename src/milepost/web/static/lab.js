// The lab page: ties the editor, the drafts, the tabs and the verdicts together.
import { Draft, PendingRun } from "./drafts.js";
import { createEditor } from "./editor.js";
import { drawTabs, findNameProblem, moveWithArrows } from "./files.js";
import { findErrorPlace, linkPlaces, placeOf } from "./places.js";
import { sendRun } from "./sending.js";
import { CheckList, follow, inPlace } from "./verdicts.js";

const $ = (id) => document.getElementById(id);
const data = JSON.parse($("lab-data").textContent);
const pending = new PendingRun(data);
const draft = new Draft(data, { onSaved: showDraftState, onTaken: showFiles, onParted: () => showApart(true) });
const runnable = new Set(Array.from($("check-list").querySelectorAll("[data-check]"), (check) => check.dataset.check));
const checks = new CheckList($("check-list"), {
  anchor: $("run"),
  onPlaced(check) {
    linkPlaces(check, Object.keys(draft.files), () => "#solution");
    if (runnable.has(check.dataset.check)) addRunButton(check);
  },
  onShown(check, wasAskedFor) {
    if (wasAskedFor) showPane("checks");
    else keepInSight(check);
    editor.mark(findErrorPlace(check));
  },
});
let busy = false;
let preparing = 0; // the timer that tells of a run whose first check has not come yet
let followed = null; // the run on the page: its kind, and how to stop following it

// The left pane: the brief, the checks, or the database where the lab has one (`console.js`).
const panes = { brief: [$("tab-brief"), $("panel-brief")], checks: [$("tab-checks"), $("panel-checks")] };
if ($("tab-database")) panes.database = [$("tab-database"), $("panel-database")];

function showPane(name) {
  for (const [key, [tab, panel]] of Object.entries(panes)) {
    tab.setAttribute("aria-selected", String(key === name));
    tab.tabIndex = key === name ? 0 : -1;
    panel.hidden = key !== name;
  }
}

// The editor and its files.
const editor = createEditor($("editor"), {
  nonce: data.nonce,
  languages: data.languages,
  describedBy: "editor-help",
  most: data.largestFile,
  onChange: (path, text) => draft.change(path, text),
  onTooLarge(length) {
    const size = (number) => `${Math.ceil(number / 1024).toLocaleString("en")} KiB`;
    say(`That would make a file of ${size(length)}, and ${size(data.largestFile)} are the most for one file, so nothing was put in. Data that a program made is no part of a solution.`);
    reveal({ always: true });
  },
  onRun: () => send("try"),
  onSubmit: () => send("submission"),
  onTabMode(leaves) { $("tab-leaves").textContent = leaves ? "Tab leaves the editor now." : ""; },
});

function goTo({ file, line, column }) {
  if (!(file in draft.files)) {
    say(`Your draft has no ${file} any more.`);
    return;
  }
  showFile(file);
  editor.goTo(line, column);
}

function showDraftState() {
  $("draft-state").textContent = draft.whereabouts;
  // Without a draft a reload would lose the text, so Back leaves the page as it was.
  document.documentElement.toggleAttribute("data-unsaved", draft.isAtRisk);
  $("restore").hidden = draft.isStarter || draft.isParted;
  $("exchange").hidden = draft.isParted || !draft.listAside().length;
}

/** Show the draft's files anew, since they are others now. */
function showFiles() {
  editor.forgetAll();
  showFile(draft.active);
  showApart(draft.isParted);
  showDraftState();
}

function showApart(isApart) {
  $("apart").hidden = !isApart;
  for (const line of $("apart").querySelectorAll("[data-parted-from]")) line.hidden = line.dataset.partedFrom !== draft.partedFrom;
  if (isApart) reveal({ always: true }, $("apart"));
}

function showFile(path) {
  draft.show(path);
  editor.show(path, draft.files[path]);
  drawTabs($("file-tabs"), Object.keys(draft.files), path, showFile);
  const active = $("file-tabs").querySelector('[aria-selected="true"]');
  $("editor").setAttribute("aria-labelledby", active.id);
  $("remove-file").hidden = Object.keys(draft.files).length < 2;
}

function addFile(name) {
  draft.change(name, "");
  showFile(name);
  draft.save();
  editor.focus();
}

function ask(title, text, yes, then) {
  $("confirm-title").textContent = title;
  $("confirm-text").textContent = text;
  $("confirm-yes").textContent = yes;
  $("confirm-yes").onclick = () => { $("confirm").close(); then(); };
  $("confirm").showModal();
}

/** Let a check be run by itself. Hidden ones can't be. */
function addRunButton(check) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "secondary small run-only";
  button.textContent = "Run only this check";
  button.dataset.runOnly = check.dataset.check;
  const body = check.querySelector(".check-body");
  const before = body?.querySelector(".sides") ?? body?.querySelector(".mentor");
  if (before) before.after(button);
  else (body ?? check).append(button);
}

/** Bring the first failure of a run into sight, where the checks have a pane of their own. */
function keepInSight(check) {
  const pane = $("panel-checks");
  if (getComputedStyle(pane).overflowY !== "auto") return;
  const top = check.getBoundingClientRect().top - pane.getBoundingClientRect().top;
  if (top < 0 || top > pane.clientHeight * 0.6) pane.scrollTop += top - pane.clientHeight * 0.15;
}

/** Link the places that a compiler names, and mark the first of them. */
function showRefused(output) {
  if (!output) return;
  linkPlaces(output, Object.keys(draft.files), () => "#solution");
  const first = output.querySelector(".place");
  if (first) editor.mark(placeOf(first));
}

// Running and submitting.
function say(text, isFragment = false) {
  clearInterval(preparing);
  if (isFragment) {
    $("verdict").innerHTML = text;
    showRefused($("verdict").querySelector(".build-output"));
  } else {
    const line = document.createElement("p");
    line.className = "verdict-line";
    line.textContent = text;
    $("verdict").replaceChildren(line);
  }
  $("verdict").scrollTop = 0;
}

// On a phone the verdict stands below the buttons: bring it into sight, unless it would be torn
// from whoever has gone on to read the checks.
function reveal({ always = false } = {}, box = $("verdict")) {
  const { top, height } = box.getBoundingClientRect();
  if (!always && (top < 0 || top > innerHeight)) return;
  box.scrollIntoView({ block: height < innerHeight / 2 ? "nearest" : "start", behavior: "instant" });
}

/** Tell what is made ready, and for how long, as soon as one would wonder. */
function showPreparing() {
  const since = Date.now();
  const line = $("preparing").content.firstElementChild.cloneNode(true);
  preparing = setInterval(() => {
    line.querySelector("[data-seconds]").textContent = `${Math.round((Date.now() - since) / 1000)} s so far.`;
    if (!line.isConnected) $("verdict").append(line);
  }, 1000);
}

function showTally({ passed, done }) {
  clearInterval(preparing);
  if (followed?.only.length) return; // what others show is of an earlier run
  const total = data.checks[followed?.kind ?? "submission"];
  const last = $("verdict").querySelector(".verdict-progress") ?? document.createElement("p");
  last.className = "verdict-progress muted";
  last.textContent = `${done} of ${total} in, ${passed === done ? "all passed so far" : `${done - passed} not passed`}.`;
  $("verdict").append(last);
}

function setBusy(now) {
  busy = now;
  for (const button of [$("run"), $("submit")]) {
    // Not `disabled`: a button that has the focus would lose it, and the keyboard its place.
    button.setAttribute("aria-disabled", String(now));
  }
}

/** Follow a run to its verdict, or show it once more. One that was sent earlier leaves the buttons alone. */
function followRun(run, { wasSentEarlier = false } = {}) {
  setBusy(!wasSentEarlier);
  inPlace($("run"), () => showPane("checks"));
  const only = run.only ?? [];
  const end = () => {
    reveal();
    setBusy(false);
    if (run.check) checks.show(run.check);
  };
  followed = {
    kind: run.kind,
    only,
    stop: follow(run.id, {
      checks,
      only,
      says: say,
      onStart: showPreparing,
      onCheck: showTally,
      onEnd(verdict) {
        if (verdict) pending.clear(run);
        end();
      },
      onGone() {
        pending.clear(run);
        say(`Your last ${run.kind === "try" ? "run" : "submission"} is no longer kept, so its verdict can’t be shown. Your files are as they were: press the button to send them again.`);
        end();
      },
    }),
  };
}

/** Send the files to be judged; with `only`, a try of the checks with these names. */
async function send(kind, only = []) {
  if (busy) return;
  setBusy(true);
  followed?.stop();
  draft.save();
  const files = { ...draft.files };
  const idempotencyKey = pending.keyFor(kind, files);
  const run = { kind, files, idempotencyKey, only };
  pending.set(run);
  checks.reset(only);
  editor.mark(null);
  say(kind === "try" ? "Sending your files for a run." : "Sending your solution.");
  reveal({ always: true });
  const sent = await sendRun(data, run, kind === "try" ? "Run" : "Submit");
  if (sent.problem) {
    if (sent.isRefused) pending.clear(run);
    say(sent.problem);
    setBusy(false);
    return;
  }
  say("Received.");
  run.id = sent.id;
  pending.set(run);
  followRun(run);
}

// Wiring.
for (const list of document.querySelectorAll('[role="tablist"]')) moveWithArrows(list);
for (const [name, [tab]] of Object.entries(panes)) tab.addEventListener("click", () => showPane(name));
$("run").addEventListener("click", () => send("try"));
$("submit").addEventListener("click", () => send("submission"));
$("restore").addEventListener("click", () => ask(
  "Restore the starter?", "The starter's files take the place of your draft, which is set aside.", "Restore the starter",
  () => { draft.restore(); showFiles(); editor.focus(); },
));
$("keep-mine").addEventListener("click", () => {
  if (draft.keepMine()) showFiles();
  else say("This browser could not keep both versions, so nothing was changed. Copy yours to a safe place first.");
});
$("take-theirs").addEventListener("click", () => { if (draft.takeTheirs()) { showFiles(); editor.focus(); } });
$("exchange").addEventListener("click", () => ask(
  "Show the version that was set aside?", "What you see now is set aside in its place, so nothing is lost.", "Show it",
  () => { if (draft.exchange()) { showFiles(); editor.focus(); } },
));
$("remove-file").addEventListener("click", () => {
  const path = draft.active;
  ask(`Remove ${path}?`, "The file leaves your draft. A file of the starter comes back with Restore starter.", "Remove the file", () => {
    editor.forget(path);
    draft.remove(path);
    showFile(draft.first(draft.files));
  });
});
$("add-file").addEventListener("click", () => {
  $("file-name").value = "";
  $("file-name-problem").textContent = "";
  $("name-file").showModal();
});
$("name-file-form").addEventListener("submit", (event) => {
  const name = $("file-name").value.trim();
  const problem = findNameProblem(name, Object.keys(draft.files));
  $("file-name-problem").textContent = problem;
  if (problem) event.preventDefault();
  else setTimeout(() => addFile(name));
});
for (const button of document.querySelectorAll("dialog [data-close]")) {
  button.addEventListener("click", () => button.closest("dialog").close());
}
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-show-check], [data-run-only], .place");
  if (!link) return;
  event.preventDefault();
  if (link.matches(".place")) goTo(placeOf(link));
  else if (link.dataset.runOnly) send("try", [link.dataset.runOnly]);
  else checks.show(link.dataset.showCheck);
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.defaultPrevented) return;
  if (document.querySelector("dialog[open]")) return;
  event.preventDefault();
  send(event.shiftKey ? "submission" : "try");
});
document.addEventListener("milepost:stage", () => showPane("checks"));
document.addEventListener("milepost:key", (event) => {
  const key = event.detail;
  if (key === "b" || key === "c") {
    const name = key === "b" ? "brief" : "checks";
    showPane(name);
    panes[name][1].focus();
  } else if (key === "e") setTimeout(() => editor.focus());
  else if (key === "r") {
    const name = document.activeElement.closest("[data-check]")?.dataset.check ?? checks.current;
    if (runnable.has(name)) send("try", [name]);
    else say("Open a check first: this key runs the one that you look at.");
  }
});

showFile(draft.active);
showDraftState();
draft.begin();
// What was opened is opened once: a reload shows the draft.
if (data.opened) history.replaceState(null, "", `/labs/${data.lab}?stack=${encodeURIComponent(data.stack)}`);
if (draft.starterChanged) say("The starter of this lab has changed since you began. Your draft is shown; Restore starter brings the new one.");
const unfinished = pending.get();
if (unfinished?.id) followRun(unfinished, { wasSentEarlier: true });
else if (unfinished) say(`Your last ${unfinished.kind === "try" ? "run" : "submission"} may not have arrived. Press the button again: it counts once.`);
else if (data.shown) followRun(data.shown, { wasSentEarlier: true });
else if (data.unfinished) followRun({ id: data.unfinished, kind: "submission" }, { wasSentEarlier: true });
