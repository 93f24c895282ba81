// The settings of services that share a base.

/** Return the settings of each service, in the order of the names. */
export function settingsFor(base, names) {
  const allSettings = [];
  for (const name of names) {
    const settings = structuredClone(base);
    settings.name = name;
    settings.env.SERVICE = name;
    settings.volumes.push(`/data/${name}`);
    allSettings.push(settings);
  }
  return allSettings;
}
