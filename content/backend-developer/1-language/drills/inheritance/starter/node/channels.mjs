// Channels on which alerts are sent.

export class Channel {
  constructor(target) {
    this.target = target;
  }

  lines(text) {
    return [`${this.target}: ${text}`];
  }
}
