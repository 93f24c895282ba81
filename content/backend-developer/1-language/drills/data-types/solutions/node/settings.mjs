// Read what a service is configured with.

/** Return the settings that stand in the environment, each as the value it stands for. */
export function readSettings(environment) {
  const { PORT, DEBUG, HOSTS, LIMIT = "" } = environment;
  return {
    port: Number(PORT),
    debug: DEBUG === "true",
    hosts: HOSTS === "" ? [] : HOSTS.split(","),
    limit: LIMIT === "" ? null : Number(LIMIT),
  };
}
