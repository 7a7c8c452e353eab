"""What a file may bring in. Each kind registers itself here: orders, clients."""

from ritm.bridge.kinds.base import KINDS, Kind, Mapping, Problem, Session, plain_role

__all__ = ["KINDS", "Kind", "Mapping", "Problem", "Session", "plain_role"]
