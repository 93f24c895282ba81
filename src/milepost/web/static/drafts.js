// What the browser keeps for a learner's lab: the draft of each stack, the versions set aside, and the
// run that has no verdict yet. A tab writes only what was changed in it, and only over what it has seen:
// an old tab changes nothing. Storage may be full or switched off; then the page says so and works on.

const MOST_ASIDE = 5;

const place = (kind, { learner, lab, stack }) => `milepost:${kind}:${learner}:${lab}:${stack}`;

function read(key) {
  try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
}

function write(key, value) {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

const same = (one, two) => {
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

/** The files being worked on, saved a moment after each edit and when the page goes away. */
export class Draft {
  /**
   * `onSaved(kept)` is called after each save, `onTaken()` when the files became those of another
   * tab, `onParted()` when both tabs hold changes: then this one saves beside the other's.
   */
  constructor(data, { onSaved, onTaken, onParted }) {
    this.key = place("draft", data);
    this.aside = place("aside", data);
    this.activeKey = place("active", data);
    this.tab = newKey();
    this.starter = data.starter;
    this.version = data.version;
    this.timer = 0;
    this.isParted = false;
    this.isKept = true;
    Object.assign(this, { onSaved, onTaken, onParted });
    takeOver(data, this.key);
    const kept = read(this.key);
    this.take(kept);
    this.starterChanged = Boolean(kept && kept.version !== data.version);
    addEventListener("pagehide", () => this.save());
    addEventListener("storage", (event) => { if (event.key === this.key) this.look(); });
    // A page that was frozen, or kept for Back, was told of nothing meanwhile.
    addEventListener("pageshow", () => this.look());
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.look(); });
  }

  get isStarter() { return same(this.files, this.starter); }

  take(kept) {
    this.files = kept?.files && Object.keys(kept.files).length ? { ...kept.files } : { ...this.starter };
    this.revision = revisionOf(kept);
    this.isTouched = false;
    this.isParted = false;
    let active = null;
    try { active = sessionStorage.getItem(this.activeKey); } catch { /* The first file will do. */ }
    this.active = [active, kept?.active].find((path) => path in this.files) ?? Object.keys(this.files)[0];
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
    this.active = Object.keys(this.files)[0];
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
    const kept = read(this.key);
    if (this.isTouched || this.isParted || revisionOf(kept) === this.revision) return;
    const isOther = !same(kept?.files ?? this.starter, this.files);
    this.take(kept);
    if (isOther) this.onTaken();
  }

  save() {
    clearTimeout(this.timer);
    if (!this.isTouched) return;
    const kept = read(this.key);
    if (!this.isParted && revisionOf(kept) !== this.revision) {
      if (same(kept?.files ?? this.starter, this.files)) { this.take(kept); return; }
      this.isParted = true;
      this.onParted();
    }
    this.isKept = this.isParted ? this.keepAside(this.tab, this.files) : this.keep();
    this.isTouched = !this.isKept;
    this.onSaved(this.isKept);
  }

  keep() {
    const fresh = this.isStarter ? null : {
      version: this.version, files: this.files, active: this.active, revision: newKey(),
    };
    const isKept = write(this.key, fresh);
    if (isKept) this.revision = revisionOf(fresh);
    return isKept;
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

  /** Make this tab's files the draft; what another tab saved is set aside, and nothing is lost. */
  keepMine() {
    const theirs = read(this.key);
    if (theirs && !this.keepAside(newKey(), theirs.files)) return false;
    this.revision = revisionOf(theirs);
    this.isParted = false;
    this.isTouched = true;
    this.dropAside(this.tab);
    this.save();
    return this.isKept;
  }

  /** Show what the other tab saved; this tab's files stay aside. */
  takeTheirs() {
    this.save();
    if (!this.isKept) return false;
    this.tab = newKey();
    this.take(read(this.key));
    return true;
  }

  /** Exchange the draft with the newest version that was set aside. */
  exchange() {
    this.save();
    const [other] = this.listAside();
    if (!other || (!this.isStarter && !this.keepAside(newKey(), this.files))) return false;
    this.dropAside(other.tab);
    this.files = { ...other.files };
    this.active = Object.keys(this.files)[0];
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
