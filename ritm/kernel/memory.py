"""How a long-lived process keeps its memory."""

from __future__ import annotations

import gc


def settle() -> None:
    """
    This function will let the collector leave alone what a process has loaded at its start, called when it has.

    Code, models and templates are some 150,000 objects that live as long as the process. To look through them all, as
    Python does now and then, takes 100 ms, in the middle of somebody's page. What comes after is looked through as
    before, only less often: a page makes thousands of objects and leaves next to none.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 20, 50)
