// Judge from how full a disk is whether somebody has to look after it.

/** Return one word for so many percent: fine, warn, alarm or unknown. */
export function judgeDisk(used, warn, alarm) {
  if (used >= 0 && used < warn) return "fine";
  if (used >= warn && used < alarm) return "warn";
  if (used >= alarm && used <= 100) return "alarm";
  return "unknown";
}
