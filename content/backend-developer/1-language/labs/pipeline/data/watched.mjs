import { IMPORTS } from "./hives.mjs";

// Gives items one by one, and counts how many it has given.
class Stream {
  constructor(items) {
    this.items = items.values();
    this.read = 0;
  }

  [Symbol.iterator]() {
    return this;
  }

  next() {
    const step = this.items.next();
    if (!step.done) this.read += 1;
    return step;
  }
}

DEFINED
const seen = [];

function say(error) {
  seen.push({ error: String(error?.name ?? "Error"), message: String(error?.message ?? error) });
}

// Asks a step for one item after the other, and notes how far the stream was read each time.
function probe(items, use, most = 100) {
  const stream = new Stream(items);
  const note = { given: [], reads: [] };
  try {
    const made = use(stream);
    note.called = stream.read;
    for (const item of made) {
      note.given.push(item);
      note.reads.push(stream.read);
      if (note.given.length === most) break;
    }
    note.ended = stream.read;
    note.items = items;
    seen.push(note);
  } catch (error) {
    say(error);
  }
}

// Notes what comes out at the end.
function value(items, use) {
  try {
    seen.push({ value: use(new Stream(items)) ?? null });
  } catch (error) {
    say(error);
  }
}

// Asks for items of two streams in turn.
function together(items, others, use) {
  try {
    const walks = [items, others].map((each) => use(new Stream(each))[Symbol.iterator]());
    const given = walks.map(() => []);
    for (let turn = 0; turn < 100; turn += 1) {
      walks.forEach((walk, side) => {
        const step = walk.next();
        if (!step.done) given[side].push(step.value);
      });
    }
    seen.push({ value: given });
  } catch (error) {
    say(error);
  }
}

STEPS
console.log();
console.log(JSON.stringify(seen));
