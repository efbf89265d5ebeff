"""Starts the gateway's server: `python -m huitong.gateway.serve`, settings from the environment."""

import os

from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops

from huitong.gateway.settings import GatewaySettings, from_environment


def main(settings: GatewaySettings) -> None:
    """Serve until the process is told to stop; workers that die are started again."""
    # Workers are processes of their own and read the same settings from here.
    os.environ.update(settings.environment())
    Granian(
        "huitong.gateway.app:build",
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.RSGI,
        workers=settings.workers,
        loop=Loops.uvloop,
        http=HTTPModes.http1,
        websockets=False,
        backlog=2048,
        # More calls than this at once wait in the kernel, not in memory.
        backpressure=2048,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=10,
        # Query strings hold keys, which may be personal data: no access log.
        log_access=False,
    ).serve()


if __name__ == "__main__":
    main(from_environment())
