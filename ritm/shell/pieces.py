"""Many small templates for one answer: what every page knows is gathered once for all of them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template import Engine, RequestContext
from django.template.loader import get_template
from django.utils.safestring import SafeString


class Pieces:
    """Renders the pieces of one request."""

    def __init__(self, request: HttpRequest) -> None:
        self._context = RequestContext(request)
        for processor in Engine.get_default().template_context_processors:
            self._context.update(processor(request))

    def render(self, template_name: str, known: dict[str, Any]) -> SafeString:
        """This function will render one template; what it sets stays within it."""
        template = get_template(template_name).template  # type: ignore[attr-defined]
        with self._context.push(**known):
            self._context.template = template
            return SafeString(template.render(self._context))
