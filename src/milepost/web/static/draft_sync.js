// Keeps a lab's draft in this browser and the one on the server the same. What is written here is sent a
// moment after typing stops; what another browser wrote is read when this page is looked at again. The
// server takes a draft only from a browser that knew the newest one, so nothing is ever overwritten unseen.

const PAUSE = 800;
const PATIENCE = [2000, 5000, 15_000, 60_000];
const ROUNDS = 5; // more than this in one go, and somebody else is writing all the while
const OUTLIVES_PAGE = 60_000; // browsers let 64 KiB be on their way when a page has gone

// One of a browser's tabs at a time; without a secure context there are no locks, and the server decides.
const alone = (name, work) => (navigator.locks ? navigator.locks.request(name, work) : work());

export class DraftSync {
  /** `store` is what the browser keeps (`Draft`); `onState()` is called whenever `state` may be another. */
  constructor(data, store, onState) {
    const lab = `/api/v1/labs/${encodeURIComponent(data.lab)}/drafts`;
    this.list = lab;
    this.address = `${lab}/${encodeURIComponent(data.stack)}`;
    this.stack = data.stack;
    this.learner = data.learner;
    this.store = store;
    this.onState = onState;
    this.timer = 0;
    this.tries = 0;
    this.running = null;
    this.leaving = null;
    this.mustRead = false;
    this.problem = ""; // why the server does not have the draft, once it did not take it
    this.isRefused = false;
    addEventListener("online", () => this.refresh());
    addEventListener("focus", () => this.refresh());
    addEventListener("pageshow", (event) => { if (event.persisted) this.refresh(); });
    document.addEventListener("visibilitychange", () => (document.hidden ? this.leave() : this.refresh()));
    addEventListener("pagehide", () => this.leave());
  }

  /** Send what was written, once nobody has typed for a moment. */
  later(pause = PAUSE) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.run(), pause);
  }

  /** See what other browsers have written, and send what is not on the server yet. */
  refresh() {
    this.mustRead = true;
    this.run();
  }

  run() {
    clearTimeout(this.timer);
    this.running ??= alone(`${this.store.key}:sync`, () => this.agree())
      .catch(() => this.fail("This draft is kept in this browser alone: the page could not send it. Reload it."))
      .finally(() => {
        this.running = null;
        this.onState();
      });
    return this.running;
  }

  /** The page may go away now: send at once what is not on its way yet. */
  leave() {
    this.store.save();
    const kept = this.store.kept;
    if (!kept || kept.isSent || kept.tried !== undefined) return;
    this.leaving = this.write(kept).then(() => { this.leaving = null; this.run(); }, () => {});
  }

  async agree() {
    await this.leaving; // the page stayed after all
    this.store.save();
    for (let round = 0; round < ROUNDS; round += 1) {
      const kept = this.store.kept;
      // Something was sent before, and nobody knows whether it arrived: it may be what is there now.
      const isUnsure = kept && !kept.isSent && kept.tried !== undefined;
      if ((this.mustRead || isUnsure) && !await this.read()) return;
      const fresh = this.store.kept;
      if (!fresh || fresh.isSent) { this.succeed(); return; }
      if (!await this.write(fresh)) return;
    }
    this.later();
  }

  /** Take in what the server has; false if it can't be known now. */
  async read() {
    const listed = await this.ask("GET", this.list);
    if (!listed) return false;
    const { items } = await listed.json();
    const found = items.find((draft) => draft.stack === this.stack);
    let theirs = null;
    if (found && found.revision !== this.store.kept?.base) {
      const answer = await this.ask("GET", this.address);
      if (!answer) return false;
      theirs = await answer.json();
    }
    this.mustRead = false;
    this.store.save(); // what was typed meanwhile
    if (theirs || !found) this.store.receive(theirs);
    else this.store.forgetTried();
    return true;
  }

  /** Send what is kept here; false if that is not possible now. */
  async write(kept) {
    this.store.mark({ tried: kept.files });
    const condition = kept.base ? { "If-Match": `"${kept.base}"` } : { "If-None-Match": "*" };
    const body = kept.files && JSON.stringify({ version: kept.version, files: kept.files });
    const answer = await this.ask(kept.files ? "PUT" : "DELETE", this.address, {
      headers: { ...condition, ...(body && { "Content-Type": "application/json" }) },
      ...(body && { body }),
      keepalive: !body || new Blob([body]).size < OUTLIVES_PAGE,
    });
    if (!answer) {
      if (this.isRefused) this.store.forgetTried();
      return false;
    }
    if (answer.status === 412) this.mustRead = true;
    else this.store.markSent(kept, answer.status === 204 ? "" : (await answer.json()).revision);
    return true;
  }

  async ask(method, address, { headers = {}, ...options } = {}) {
    let answer;
    try {
      answer = await fetch(address, { method, cache: "no-store", headers: { ...headers, "Milepost-Account": this.learner }, ...options });
    } catch {
      this.retry();
      return null;
    }
    if (answer.ok || answer.status === 412) return answer;
    if (answer.status >= 500) this.retry();
    else await this.refuse(answer);
    return null;
  }

  retry() {
    this.problem = "Draft kept in this browser until the server can be reached";
    this.isRefused = false;
    this.later(PATIENCE[Math.min(this.tries, PATIENCE.length - 1)]);
    this.tries += 1;
  }

  async refuse(answer) {
    if (answer.status === 401) { this.fail("Draft kept in this browser: you are signed out"); return; }
    const problem = await answer.json().catch(() => ({}));
    this.fail(`Draft kept in this browser alone. ${problem.detail ?? `The server answered ${answer.status}.`}`);
  }

  fail(problem) {
    this.problem = problem;
    this.isRefused = true;
  }

  succeed() {
    this.problem = "";
    this.isRefused = false;
    this.tries = 0;
  }
}
