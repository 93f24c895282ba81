// What the browser keeps for a learner's lab: the draft of each stack, the versions set aside, and the
// run that has no verdict yet. A tab writes only what was changed in it, and only over what it has seen:
// an old tab changes nothing. Storage may be full or switched off; then the page says so and works on.
import { DraftSync } from "./draft_sync.js";

const MOST_ASIDE = 5;
const memory = new Map(); // what the browser's storage did not take, for as long as the page is there

const place = (kind, { learner, lab, stack }) => `milepost:${kind}:${learner}:${lab}:${stack}`;

function read(key) {
  if (memory.has(key)) return memory.get(key);
  try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
}

function write(key, value) {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
    memory.delete(key);
    return true;
  } catch {
    memory.set(key, value);
    return false;
  }
}

// No files at all (null) stand for what the lab begins with.
const same = (one, two) => {
  if (!one || !two) return one === two;
  const names = Object.keys(one);
  return names.length === Object.keys(two).length && names.every((name) => one[name] === two[name]);
};

// A stored draft has a new revision with each save; where nothing is stored, that is one too.
const revisionOf = (kept) => (kept ? kept.revision ?? "before revisions" : "");

// Drafts were kept without their learner's name once: such a one is taken over.
function takeOver(data, key) {
  const former = `milepost:draft:${data.lab}:${data.stack}`;
  const kept = read(former);
  if (kept && read(key) === null && write(key, kept)) write(former, null);
}

/**
 * The files being worked on, saved a moment after each edit and when the page goes away. What is kept
 * is `{ files, version, active, revision, base, isSent, tried }`: `base` is the server's revision that
 * the files go back to, `isSent` tells whether it has them, `tried` what was sent and not confirmed.
 */
export class Draft {
  /**
   * `onSaved(isKept)` is called after each save, `onTaken()` when the files became those of another
   * tab or browser, `onParted()` when there are two versions to choose from: `partedFrom` names the
   * other's place, and this tab saves beside it.
   */
  constructor(data, { onSaved, onTaken, onParted }) {
    this.data = data;
    this.key = place("draft", data);
    this.aside = place("aside", data);
    this.activeKey = place("active", data);
    this.tab = newKey();
    this.starter = data.starter;
    this.beginning = data.passed ?? data.starter;
    this.version = data.version;
    this.timer = 0;
    this.partedFrom = "";
    this.isKept = true;
    Object.assign(this, { onSaved, onTaken, onParted });
    takeOver(data, this.key);
    this.sync = new DraftSync(data, this, () => this.onSaved(this.isKept));
    // A browser that keeps nothing, or an older draft, begins with the server's.
    const { kept } = this;
    const isNewer = data.draft && data.draft.revision > (kept?.base ?? "");
    if (isNewer && (!kept || kept.isSent)) this.store(data.draft);
    this.take(this.kept);
    this.starterChanged = Boolean(this.kept && this.kept.version !== data.version);
    addEventListener("storage", (event) => { if (event.key === this.key) this.look(); });
    // A page that was frozen, or kept for Back, was told of nothing meanwhile.
    addEventListener("pageshow", () => this.look());
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.look(); });
  }

  /** Once the page can show what happens: bring in a submission that was opened, ask the server. */
  begin() {
    const { kept, data } = this;
    if (data.opened && !same(data.opened, this.files)) this.open(data.opened);
    const isOther = (data.draft?.revision ?? "") !== (kept?.base ?? "");
    if (isOther || (kept && !kept.isSent)) this.sync.refresh();
  }

  get kept() { return read(this.key); }

  get isStarter() { return same(this.files, this.starter); }

  get isParted() { return this.partedFrom !== ""; }

  /** Where the draft is, in words. */
  get whereabouts() {
    const { kept } = this;
    if (this.isParted) return this.listAside().some(({ tab }) => tab === this.tab) ? "Kept beside the draft" : "";
    if (!kept?.files && same(this.files, this.beginning)) return this.isStarter ? "" : "The files that passed";
    if (kept?.isSent) return "Draft saved";
    if (this.isKept) return this.sync.problem || "Draft kept in this browser";
    return "This browser keeps no drafts: leave the page open";
  }

  /** Whether a reload would lose something. */
  get isAtRisk() { return !this.isKept && !this.kept?.isSent; }

  take(kept) {
    const files = kept?.files && Object.keys(kept.files).length ? kept.files : this.beginning;
    this.files = { ...files };
    this.revision = revisionOf(kept);
    this.isTouched = false;
    this.partedFrom = "";
    let active = null;
    try { active = sessionStorage.getItem(this.activeKey); } catch { /* The first file will do. */ }
    this.active = [active, kept?.active].find((path) => path in this.files) ?? this.first(this.files);
  }

  /** Show a submission's files: as the draft where there is none, else beside it, to choose from. */
  open(files) {
    const isFree = !this.kept;
    this.files = { ...files };
    this.active = this.first(files);
    if (isFree) {
      this.isTouched = true;
      this.save();
    } else {
      this.partedFrom = "submission";
    }
    this.onTaken();
  }

  /** The file to begin with: source code before what merely goes with it, such as a go.mod. */
  first(files) {
    const isSource = (path) => path.slice(path.lastIndexOf(".")) in this.data.languages;
    return Object.keys(files).find(isSource) ?? Object.keys(files)[0];
  }

  show(path) {
    this.active = path;
    try { sessionStorage.setItem(this.activeKey, path); } catch { /* Then a reload shows the first. */ }
  }

  change(path, text) {
    this.files[path] = text;
    this.later();
  }

  remove(path) {
    delete this.files[path];
    this.later();
  }

  /** Begin again with the starter; what was written is set aside. */
  restore() {
    this.save();
    if (!this.isStarter) this.keepAside(newKey(), this.files);
    this.files = { ...this.starter };
    this.active = this.first(this.files);
    this.starterChanged = false;
    this.isTouched = true;
    this.save();
  }

  later() {
    this.isTouched = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), 250);
  }

  /** Take over what another tab has saved, unless this one holds changes of its own. */
  look() {
    const { kept } = this;
    if (!this.isTouched && !this.isParted && revisionOf(kept) !== this.revision) {
      const isOther = !same(kept?.files ?? this.beginning, this.files);
      this.take(kept);
      if (isOther) this.onTaken();
    }
    this.onSaved(this.isKept);
  }

  save() {
    clearTimeout(this.timer);
    if (!this.isTouched) return;
    const { kept } = this;
    if (!this.isParted && revisionOf(kept) !== this.revision) {
      if (same(kept?.files ?? this.beginning, this.files)) { this.take(kept); return; }
      this.part("tab");
    }
    this.isKept = this.isParted ? this.keepAside(this.tab, this.files) : this.keep();
    this.isTouched = this.isParted && !this.isKept;
    this.onSaved(this.isKept);
  }

  part(from) {
    this.partedFrom = from;
    this.onParted();
  }

  keep() {
    const { base = "", tried } = this.kept ?? {};
    const files = same(this.files, this.beginning) ? null : this.files;
    const { version, active } = this;
    const fresh = { version, files, active, revision: newKey(), base, tried, isSent: false };
    // What neither the browser nor the server has needs no record of being gone.
    const isNothing = !files && !base && tried === undefined;
    const isKept = write(this.key, isNothing ? null : fresh);
    this.revision = isNothing ? "" : fresh.revision;
    if (!isNothing) this.sync.later();
    return isKept;
  }

  // What the exchange with the server notes beside the draft, which is no change of it.

  mark(facts) {
    const { kept } = this;
    if (kept) write(this.key, { ...kept, ...facts });
  }

  forgetTried() { this.mark({ tried: undefined }); }

  /** The server has what was `sent` now, as `base`; more may have been written meanwhile. */
  markSent(sent, base) {
    const { kept } = this;
    if (!kept) return;
    const isSent = kept.revision === sent.revision;
    if (isSent && !base) {
      write(this.key, null);
      if (this.revision === kept.revision) this.revision = "";
    } else {
      this.mark({ base, isSent, tried: undefined });
    }
  }

  /** Keep what the server has as this browser's draft. */
  store(theirs) {
    if (!theirs) { write(this.key, null); return; }
    const { files, version, revision } = theirs;
    write(this.key, { files, version, revision, base: revision, isSent: true });
  }

  /** Take in what the server has, null if nothing; what it never had is set aside, not lost. */
  receive(theirs) {
    const { kept } = this;
    const base = theirs?.revision ?? "";
    const files = theirs?.files ?? null;
    if ((kept?.base ?? "") === base) { this.forgetTried(); return; }
    if (kept && !kept.isSent && kept.tried !== undefined && same(files, kept.tried)) {
      this.mark({ base, tried: undefined }); // it was ours, and the answer was lost
      return;
    }
    const isNews = kept && !kept.isSent && !same(files, kept.files);
    const isShown = !this.isParted && revisionOf(kept) === this.revision;
    if (isNews && !this.keepAside(isShown ? this.tab : newKey(), kept.files ?? this.beginning)) {
      throw new Error("no room for both versions");
    }
    this.store(theirs);
    if (isNews && isShown) this.part("browser");
    else this.look();
  }

  // Of the versions set aside, the newest is first; each tab has one.
  listAside() {
    const list = read(this.aside);
    return Array.isArray(list) ? list.filter((each) => each?.files) : [];
  }

  keepAside(tab, files) {
    const others = this.listAside().filter((each) => each.tab !== tab);
    const mine = { tab, files, version: this.version, at: new Date().toISOString() };
    return write(this.aside, [mine, ...others].slice(0, MOST_ASIDE));
  }

  dropAside(tab) {
    const others = this.listAside().filter((each) => each.tab !== tab);
    write(this.aside, others.length ? others : null);
  }

  /** Make this tab's files the draft; what was the draft is set aside, and nothing is lost. */
  keepMine() {
    const theirs = this.kept;
    if (theirs && !this.keepAside(newKey(), theirs.files ?? this.beginning)) return false;
    this.revision = revisionOf(theirs);
    this.partedFrom = "";
    this.isTouched = true;
    this.dropAside(this.tab);
    this.save();
    return this.isKept;
  }

  /** Show the draft; this tab's files stay aside. */
  takeTheirs() {
    this.save();
    if (!this.isKept) return false;
    this.tab = newKey();
    this.take(this.kept);
    return true;
  }

  /** Exchange the draft with the newest version that was set aside. */
  exchange() {
    this.save();
    const [other] = this.listAside();
    if (!other || (!this.isStarter && !this.keepAside(newKey(), this.files))) return false;
    this.dropAside(other.tab);
    this.files = { ...other.files };
    this.active = this.first(this.files);
    this.isTouched = true;
    this.save();
    return true;
  }
}

/** The run that was sent and has no verdict yet: it survives a reload, and a repeat sends the same key. */
export class PendingRun {
  constructor(data) { this.key = place("run", data); }

  get() { return read(this.key); }

  set(run) { write(this.key, run); }

  /** Forget this run; one that another tab has sent since stays. */
  clear(run) {
    if (this.get()?.idempotencyKey === run.idempotencyKey) write(this.key, null);
  }

  /** The key for sending these files: the earlier one if exactly this was sent before. */
  keyFor(kind, files) {
    const earlier = this.get();
    if (earlier && earlier.kind === kind && same(earlier.files, files)) return earlier.idempotencyKey;
    return newKey();
  }
}

function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
