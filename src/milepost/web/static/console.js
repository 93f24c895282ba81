// The console of a lab's database: the tables once the pane is opened, and statements that are run
// or planned in a copy of the database. A reload empties it.
import { createEditor } from "./editor.js";
import { UNREACHABLE, make, makeOutput, runCode, sayEnding, sayWait, write } from "./running.js";

const $ = (id) => document.getElementById(id);
const data = JSON.parse($("lab-data").textContent);
const FILE = "console.sql";
const LONGEST = 64 * 1024;
const buttons = [$("console-run"), $("console-plan")];
const result = $("console-result");
let text = "";
let editor = null;
let isBusy = false;

function say(sentence) {
  const line = make("p", { className: "run-line" });
  write(line, sentence);
  result.hidden = false;
  result.classList.remove("is-bad");
  result.removeAttribute("data-ending");
  if (result.textContent !== line.textContent) result.replaceChildren(line);
}

function setBusy(now) {
  isBusy = now;
  // Not `disabled`: a button that has the focus would lose it, and the keyboard its place.
  for (const button of buttons) button.setAttribute("aria-disabled", String(now));
}

async function drawTables(run) {
  if (!run.result.tables) return; // what was drawn before is what a run begins with
  const answer = await fetch(`/labs/${encodeURIComponent(data.lab)}/tables/${run.id}`);
  if (answer.ok) $("tables").innerHTML = await answer.text();
}

function show({ result: ended }, isLook) {
  if (isLook && ended.ending === "exited") {
    result.hidden = true;
    return;
  }
  const told = [sayEnding(ended)];
  if (ended.is_cut) told.push("There is more than is shown here.");
  say(told.join(" "));
  result.dataset.ending = ended.ending;
  result.classList.toggle("is-bad", ended.ending !== "exited");
  for (const [name, output] of [["Result", ended.stdout], ["Errors", ended.stderr]]) {
    if (output) result.append(...makeOutput(name, output));
  }
  result.scrollIntoView({ block: "nearest", behavior: "instant" });
}

/** Run what is written, plan it, or with `isLook` run nothing and look at the tables. */
async function ask({ showsPlan = false, isLook = false } = {}) {
  if (isBusy) return;
  setBusy(true);
  say(isLook ? "Looking at the tables." : "Sent.");
  const body = { language: "sql", lab: data.lab, stack: $("panel-database").dataset.stack, code: isLook ? "" : text, shows_plan: showsPlan };
  try {
    const run = await runCode(data.learner, body, (waiting) => say(sayWait(waiting)));
    await drawTables(run);
    show(run, isLook);
  } catch (error) {
    say(error instanceof TypeError ? UNREACHABLE : error.message);
  }
  setBusy(false);
}

function run() {
  if (text.trim()) ask();
  else say("There is no statement yet. Write one, such as `SELECT 1;`.");
}

function open() {
  if (editor) return;
  $("console").hidden = false;
  editor = createEditor($("console-editor"), {
    nonce: data.nonce,
    languages: data.languages,
    describedBy: "console-help",
    most: LONGEST,
    onChange: (_, changed) => { text = changed; },
    onTooLarge: () => say("That is more than a console may hold, so nothing was put in."),
    onRun: run,
    onSubmit: () => ask({ showsPlan: true }),
    onTabMode(leaves) { $("console-tab-leaves").textContent = leaves ? "Tab leaves the editor now." : ""; },
  });
  editor.show(FILE, "");
  ask({ isLook: true });
}

$("tab-database").addEventListener("click", open);
$("console-run").addEventListener("click", run);
$("console-plan").addEventListener("click", () => ask({ showsPlan: true }));
