// The settings of services that share a base.

/** Return the settings of each service, in the order of the names. */
export function settingsFor(base, names) {
  const allSettings = [];
  for (const name of names) {
    const settings = base;
    // …
    allSettings.push(settings);
  }
  return allSettings;
}
