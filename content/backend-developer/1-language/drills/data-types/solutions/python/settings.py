"""Read what a service is configured with."""


def read_settings(environment):
    """Return the settings that stand in the environment, each as the value it stands for."""
    hosts = environment["HOSTS"]
    limit = environment.get("LIMIT", "")
    return {
        "port": int(environment["PORT"]),
        "debug": environment["DEBUG"] == "true",
        "hosts": hosts.split(",") if hosts else [],
        "limit": int(limit) if limit else None,
    }
