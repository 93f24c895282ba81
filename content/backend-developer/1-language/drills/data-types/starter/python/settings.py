"""Read what a service is configured with."""


def read_settings(environment):
    """Return the settings that stand in the environment, each as the value it stands for."""
    return {
        "port": environment["PORT"],
        "debug": environment["DEBUG"],
        "hosts": environment["HOSTS"],
        "limit": environment.get("LIMIT"),
    }
