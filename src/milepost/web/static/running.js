// Runs of examples and of statements in a lab's database: asked for, waited for, and told in words.
// Nothing of them is recorded.
const ADDRESS = "/api/v1/example-runs";
const PAUSES = [150, 250, 400, 700]; // ms between two questions; from then on LONGEST_PAUSE
const LONGEST_PAUSE = 1000;
const MOST_FAILURES = 5;
const SIGNED_OUT = "You are signed out, so nothing was run. Your code is still on this page: copy it if you have changed it. Then sign in with the link that `milepost open` prints, and reload this page.";
export const UNREACHABLE = "The server could not be reached. Your code is still on this page. Check that Milepost is running, then press Run again.";

const wait = (ms) => new Promise((done) => { setTimeout(done, ms); });

export function make(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

/** Put a sentence into an element; what stands between backticks is code. */
export function write(element, sentence) {
  element.replaceChildren(...sentence.split("`").map((part, at) => (at % 2 ? make("code", {}, part) : part)));
}

/** A part of what a run printed, under its name. */
export function makeOutput(name, text) {
  const shown = make("pre", { tabIndex: 0 }, make("code", {}, text));
  shown.setAttribute("role", "group");
  shown.setAttribute("aria-label", name);
  return [make("p", { className: "code-name" }, name), shown];
}

/** What a server says of why it did not do something. */
async function explain(response) {
  if (response.status === 401) return SIGNED_OUT;
  try {
    const problem = await response.json();
    return problem.detail || problem.title;
  } catch {
    return `The server answered ${response.status} without saying why. Run it again in a moment.`;
  }
}

/** Ask for a run as this account, and return it once it has finished; `onWait(run)` is told where it stands until then. */
export async function runCode(account, body, onWait) {
  const sent = await fetch(ADDRESS, {
    method: "POST",
    headers: { "Content-Type": "application/json", "Milepost-Account": account },
    body: JSON.stringify(body),
  });
  if (!sent.ok) throw new Error(await explain(sent));
  let run = await sent.json();
  let failures = 0;
  for (let asked = 0; run.status !== "finished"; asked += 1) {
    onWait(run);
    await wait(PAUSES[asked] ?? LONGEST_PAUSE);
    try {
      const answer = await fetch(`${ADDRESS}/${run.id}`, { cache: "no-store" });
      if (!answer.ok && answer.status < 500) throw new Error(await explain(answer));
      if (answer.ok) run = await answer.json();
      failures = answer.ok ? 0 : failures + 1;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // fetch's own: nobody answered
      failures += 1;
    }
    if (failures >= MOST_FAILURES) throw new Error(UNREACHABLE);
  }
  return run;
}

export function sayWait({ status, waits_because: reason, queue_position: position }) {
  if (status === "running") return "Running.";
  if (reason) return reason;
  return position > 1 ? `It waits behind ${position - 1} ${position === 2 ? "other" : "others"}. Work that is graded comes first.` : "A worker takes it up now.";
}

export function sayEnding({ ending, message, exit_code: code, seconds }) {
  if (ending !== "exited") return message;
  const after = seconds === null ? "" : ` after ${seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(1)} s`}`;
  if (code === null) return `Done${after}.`;
  return code < 0 ? `Ended by signal ${-code}${after}.` : `Ended with exit code ${code}${after}.`;
}
