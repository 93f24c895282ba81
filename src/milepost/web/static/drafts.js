// What the browser keeps for a lab: the draft of each stack, and the run that has no verdict yet.
// Storage may be full or switched off; then the page works on, and says that nothing is kept.

const place = (kind, lab, stack) => `milepost:${kind}:${lab}:${stack}`;

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

/** The files being worked on, saved a moment after each edit and when the page goes away. */
export class Draft {
  constructor({ lab, stack, version, starter }, onSaved) {
    this.key = place("draft", lab, stack);
    this.starter = starter;
    this.version = version;
    this.onSaved = onSaved;
    const kept = read(this.key);
    this.files = kept?.files && Object.keys(kept.files).length ? kept.files : { ...starter };
    this.active = kept?.active in this.files ? kept.active : Object.keys(this.files)[0];
    this.starterChanged = Boolean(kept && kept.version !== version);
    this.timer = 0;
    addEventListener("pagehide", () => this.save());
  }

  get isStarter() { return same(this.files, this.starter); }

  change(path, text) {
    this.files[path] = text;
    this.later();
  }

  remove(path) {
    delete this.files[path];
    this.later();
  }

  restore() {
    this.files = { ...this.starter };
    this.active = Object.keys(this.files)[0];
    this.starterChanged = false;
    this.save();
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), 250);
  }

  save() {
    clearTimeout(this.timer);
    const kept = write(this.key, this.isStarter ? null : {
      version: this.version, files: this.files, active: this.active,
    });
    this.onSaved(kept, this.isStarter);
  }
}

/** The run that was sent and has no verdict yet: it survives a reload, and a repeat sends the same key. */
export class PendingRun {
  constructor({ lab, stack }) { this.key = place("run", lab, stack); }

  get() { return read(this.key); }

  set(run) { write(this.key, run); }

  clear() { write(this.key, null); }

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
