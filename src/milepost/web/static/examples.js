// Examples of a lesson are run as they stand, or edited in place and run. Nothing of it is recorded:
// a reload brings the lesson's own code back, and what a run printed is gone from the server soon.
import { announce, examples, makeButton, textOf } from "./code_blocks.js";
import { UNREACHABLE, make, makeOutput, runCode, sayEnding, sayWait, write } from "./running.js";

const data = JSON.parse(document.getElementById("example-data").textContent);
/** The line of the file that an error names, or null: Python names it last, Node.js first. */
function findErrorLine(text, file) {
  const places = [...text.matchAll(new RegExp(`${file.replace(".", "\\.")}(?:", line |:)(\\d+)`, "g"))];
  const place = file.endsWith(".py") ? places.at(-1) : places[0];
  return place ? Number(place[1]) : null;
}

/** A block that can be run: its buttons, its editor once it is edited, and what the last run printed. */
class RunnableBlock {
  constructor(example, block) {
    Object.assign(this, { example, block, ...data.runnable[block.dataset.language] });
    this.original = `${textOf(block)}\n`;
    this.text = this.original;
    this.pre = block.querySelector("pre");
    this.editor = null;
    this.isBusy = false;
    this.result = make("div", { className: "run-result", hidden: true });
    this.line = make("p", { className: "run-line" });
    this.result.append(this.line);
    block.append(this.result);
    example.tools.set(block, () => this.makeButtons());
    example.texts.set(block, () => this.text.replace(/\n$/, ""));
    example.drawActions();
  }

  makeButtons() {
    const name = this.example.say(this.block);
    this.runButton = makeButton("Run", `Run the ${name}`, () => this.run());
    this.runButton.classList.add("run-button");
    this.runButton.setAttribute("aria-disabled", String(this.isBusy));
    const other = this.editor
      ? makeButton("Reset", `Reset the ${name} to the lesson’s`, () => this.reset())
      : makeButton("Edit", `Edit the ${name}`, () => this.edit());
    return [this.runButton, other];
  }

  async edit() {
    let module;
    try {
      module = await import("./editor.js");
    } catch {
      this.say(UNREACHABLE);
      return;
    }
    if (this.editor) return;
    const help = make("p", { className: "editor-help code-help muted", id: `code-help-${this.block.id || RunnableBlock.count}` });
    RunnableBlock.count += 1;
    const leaves = make("strong");
    leaves.setAttribute("role", "status");
    const key = (name) => make("kbd", {}, name);
    help.append(
      key("Ctrl"), " ", key("Enter"), " runs; ", key("Esc"), ", then ", key("Tab"), ", leaves the editor. ",
      "Nothing is recorded, so a reload brings the lesson’s code back. ", leaves,
    );
    const host = make("div", { className: "code-editor" });
    this.pre.hidden = true;
    this.pre.after(host, help);
    this.editor = module.createEditor(host, {
      nonce: data.nonce,
      languages: data.languages,
      describedBy: help.id,
      most: data.largest,
      onChange: (_, text) => { this.text = text; },
      onTooLarge: () => this.say("That is more than an example may hold, so nothing was put in."),
      onRun: () => this.run(),
      onSubmit: () => this.run(),
      onTabMode(isLeaving) { leaves.textContent = isLeaving ? "Tab leaves the editor now." : ""; },
    });
    this.parts = [host, help];
    this.editor.show(this.file, this.text.replace(/\n$/, ""));
    this.example.drawActions();
    this.editor.focus();
  }

  reset() {
    for (const part of this.parts) part.remove();
    this.editor = null;
    this.text = this.original;
    this.pre.hidden = false;
    this.number = null; // what a run that is under way prints is no longer asked for
    this.setBusy(false);
    this.showResult(false);
    this.example.drawActions();
    this.example.actions.querySelector("button:nth-of-type(2)").focus();
    announce("The lesson’s code is back.");
  }

  setBusy(isBusy) {
    this.isBusy = isBusy;
    // Not `disabled`: a button that has the focus would lose it, and the keyboard its place.
    this.runButton.setAttribute("aria-disabled", String(isBusy));
  }

  showResult(isShown) {
    this.result.hidden = !isShown;
    const name = this.example.output?.querySelector(".code-name");
    if (name) name.textContent = isShown ? "The lesson’s output" : "Output";
  }

  say(sentence) {
    this.showResult(true);
    this.result.removeAttribute("data-ending");
    this.result.classList.remove("is-bad");
    this.result.replaceChildren(this.line);
    write(this.line, sentence);
    announce(sentence.replaceAll("`", ""));
  }

  /** What runs first: the lesson's examples before this one, where they build on each other. */
  listBefore() {
    if (!this.followsOn) return "";
    const alike = blocks.filter((each) => each.file === this.file);
    return alike.slice(0, alike.indexOf(this)).map((each) => `${each.original};\n`).join("");
  }

  async run() {
    if (this.isBusy) return;
    const number = (RunnableBlock.runs += 1);
    this.number = number;
    this.setBusy(true);
    this.say("Sent.");
    this.editor?.mark(null);
    const body = { language: this.block.dataset.language, code: this.text, before: this.listBefore() };
    let act;
    try {
      const { result } = await runCode(data.account, body, (run) => {
        const sentence = sayWait(run);
        if (this.number === number && this.line.textContent !== sentence.replaceAll("`", "")) this.say(sentence);
      });
      act = () => this.show(result);
    } catch (error) {
      act = () => this.say(error instanceof TypeError ? UNREACHABLE : error.message);
    }
    if (this.number !== number) return; // it was reset meanwhile
    this.setBusy(false);
    act();
  }

  show(result) {
    this.say(this.sum(result));
    this.result.dataset.ending = result.ending;
    this.result.classList.toggle("is-bad", result.ending !== "exited" || Boolean(result.exit_code));
    const parts = [["Your output", result.stdout], ["Errors", result.stderr]].filter(([, text]) => text);
    for (const [name, text] of parts) this.result.append(...makeOutput(name, text));
    const line = findErrorLine(result.stderr, this.file);
    if (line) this.editor?.mark({ file: this.file, line });
    this.result.scrollIntoView({ block: "nearest", behavior: "instant" });
  }

  sum(result) {
    const told = [sayEnding(result)];
    const expected = this.example.output && textOf(this.example.output).trimEnd();
    const printed = result.stdout.trimEnd();
    const isSame = this.followsOn ? printed.endsWith(expected) : printed === expected;
    if (result.is_cut) told.push("It printed more than is shown here.");
    if (result.ending === "exited" && !result.stdout && !result.stderr) told.push("It printed nothing.");
    if (expected && result.ending === "exited") told.push(isSame ? "It printed what the lesson shows." : "The lesson’s own output is below.");
    return told.join(" ");
  }
}
RunnableBlock.count = 1;
RunnableBlock.runs = 0;

const blocks = examples.flatMap((example) => example.blocks
  .filter((block) => "run" in block.dataset)
  .map((block) => new RunnableBlock(example, block)));
