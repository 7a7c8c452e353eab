"""`ritm worker`: does the jobs and rings the periodic clocks."""

from __future__ import annotations

import asyncio
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from procrastinate.contrib.django import app


class Command(BaseCommand):
    help = "Do jobs until told to stop."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--concurrency", type=int, default=2, help="jobs done at once")
        parser.add_argument("--once", action="store_true", help="do what is due now, then stop")

    def handle(self, *args: Any, concurrency: int, once: bool, **options: Any) -> None:
        asyncio.run(self._work(concurrency, once))

    async def _work(self, concurrency: int, once: bool) -> None:
        connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]
        with app.replace_connector(connector) as working:
            async with working.open_async():
                await working.run_worker_async(
                    concurrency=concurrency,
                    wait=not once,
                    delete_jobs="successful",
                    # A job in hand at Ctrl-C has this long to end; after that it is done again by the next worker.
                    shutdown_graceful_timeout=15,
                    install_signal_handlers=True,
                )
