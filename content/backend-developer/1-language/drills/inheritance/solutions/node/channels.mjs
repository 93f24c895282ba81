// Channels on which alerts are sent.

export class Channel {
  constructor(target) {
    this.target = target;
  }

  lines(text) {
    return [`${this.target}: ${text}`];
  }
}

export class Sms extends Channel {
  lines(text) {
    const all = [];
    for (let start = 0; start < text.length; start += 10) {
      all.push(...super.lines(text.slice(start, start + 10)));
    }
    return all;
  }
}

export class Muted {
  lines() {
    return [];
  }
}

export class Urgent {
  constructor(channel) {
    this.channel = channel;
  }

  lines(text) {
    return this.channel.lines(`!!${text}`);
  }
}
