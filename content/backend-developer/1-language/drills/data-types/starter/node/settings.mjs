// Read what a service is configured with.

/** Return the settings that stand in the environment, each as the value it stands for. */
export function readSettings(environment) {
  return {
    port: environment.PORT,
    debug: environment.DEBUG,
    hosts: environment.HOSTS,
    limit: environment.LIMIT,
  };
}
