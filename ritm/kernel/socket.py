"""Sockets: places where a room above plugs something into a room below, without being known to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Socket(Generic[T]):
    """
    A named collection of plugs, kept in order of (order, key).

    A plug is registered once, at start-up, from a room's `apps.ready()`; registering the same key again with
    another object is a programming error and raises ValueError.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._plugs: dict[str, tuple[int, T]] = {}

    def plug(self, key: str, *, order: int = 100) -> Callable[[T], T]:
        """This decorator will register the decorated object under `key`."""

        def register(thing: T) -> T:
            held = self._plugs.get(key)
            if held is not None and held[1] is not thing:
                raise ValueError(f"{self.name}: '{key}' is plugged in twice")
            self._plugs[key] = (order, thing)
            return thing

        return register

    def __iter__(self) -> Iterator[T]:
        for _, (_, thing) in sorted(self._plugs.items(), key=lambda item: (item[1][0], item[0])):
            yield thing

    def __getitem__(self, key: str) -> T:
        return self._plugs[key][1]

    def get(self, key: str) -> T | None:
        """This function will return the plug under `key`, or None."""
        held = self._plugs.get(key)
        return held[1] if held else None

    def keys(self) -> list[str]:
        """This function will list the keys in order."""
        return [key for key, _ in sorted(self._plugs.items(), key=lambda item: (item[1][0], item[0]))]
