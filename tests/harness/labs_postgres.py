"""What an engine keeps of the labs' PostgreSQL from run to run."""

from milepost.engine import Engine
from milepost.engine.backing.postgres.host import PostgresHost
from milepost.engine.backing.postgres.shared import OpenCluster


def labs_postgres(engine: Engine) -> OpenCluster | None:
    """The cluster that runs now; None until a run has asked for it."""
    host = engine._components.find("postgres")
    assert host is None or isinstance(host, PostgresHost)
    return host.opened if host is not None else None
