// A mailbox that never holds more than its quota.

export class Mailbox {
  #quota;
  #used = 0;
  #subjects = [];

  constructor(quota) {
    if (quota < 1) throw new RangeError(`A mailbox needs a quota of 1 or more, not ${quota}.`);
    this.#quota = quota;
  }
  get used() {
    return this.#used;
  }
  get subjects() {
    return [...this.#subjects];
  }
  receive(subject, size) {
    if (size < 1) throw new RangeError(`A mail has a size of 1 or more, not ${size}.`);
    if (this.#used + size > this.#quota) {
      throw new RangeError(`${size} kB do not fit: ${this.#used} of ${this.#quota} are used.`);
    }
    this.#used += size;
    this.#subjects.push(subject);
  }
}
