// A mailbox that never holds more than its quota.

export class Mailbox {
  #quota;
  #used = 0;
  #subjects = [];

  constructor(quota) {
    this.#quota = quota;
  }
  get used() {
    return this.#used;
  }
  get subjects() {
    return this.#subjects;
  }
  receive(subject, size) {
    this.#used += size;
    this.#subjects.push(subject);
  }
}
