// Functions and a class that checks use; see `contracts/function`.
export const STEP = 1;
let calls = 0;

export class Counter {
  constructor(total) {
    this.total = total;
  }

  countUp() {
    this.total += STEP;
  }
}

export const add = (left, right) => left + right;
export const giveBack = (value) => value;
export const say = (text) => console.log(text);
export const countCalls = () => (calls += STEP);
export const waitForEver = () => new Promise((resolve) => setTimeout(resolve, 1e6));

export function fail() {
  throw new Error("broken on purpose");
}
