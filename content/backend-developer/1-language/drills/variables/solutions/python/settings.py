"""The settings of services that share a base."""


def settings_for(base, names):
    """Return the settings of each service, in the order of the names."""
    all_settings = []
    for name in names:
        settings = {
            **base,
            "name": name,
            "env": {**base["env"], "SERVICE": name},
            "volumes": [*base["volumes"], f"/data/{name}"],
        }
        all_settings.append(settings)
    return all_settings
