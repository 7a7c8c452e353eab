"""Saved views, as tabs above the list."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ritm.clients import operations
from ritm.clients.listing.request import Asked
from ritm.clients.models import SavedView
from ritm.shell.htmx import go_to, toast
from ritm.staff.composed import composed
from ritm.staff.doors import door
from ritm.staff.viewer import Viewer


@composed
def views_of(viewer: Viewer) -> QuerySet[SavedView]:
    """This function will list the viewer's own views, those of his unit and those for everybody."""
    scope = SavedView.Scope
    return (
        SavedView.objects.visible_to(viewer)
        .filter(Q(employee_id=viewer.employee_id) | Q(scope=scope.ALL) | Q(scope=scope.UNIT, unit_id__in=viewer.units))
        .order_by("scope", "name", "pk")
    )


@require_POST
@door("client", "see")
def save(request: HttpRequest) -> HttpResponse:
    """This view will save the list under a name and open it as a tab."""
    viewer = request.viewer  # type: ignore[attr-defined]
    asked = Asked.read(QueryDict(request.POST.get("query", "")), viewer).beside(view_id=None)
    scope = request.POST.get("scope", "private")
    # Only who sees further than himself shows his lists to others.
    if viewer.reach("client") < 3:
        scope = "private"
    saved = operations.save_view(
        name=request.POST.get("name", ""), query=asked.url()[1:], scope=scope, by=viewer.actor(), at=timezone.now()
    )
    answer = go_to(request, reverse("clients:list") + asked.beside(view_id=saved.pk).url())
    return toast(answer, _("View saved"))


@require_POST
@door("client", "see")
def forget(request: HttpRequest, view_id: int) -> HttpResponse:
    """This view will remove one of the viewer's own views."""
    viewer = request.viewer  # type: ignore[attr-defined]
    rows = SavedView.objects.visible_to(viewer).filter(employee_id=viewer.employee_id)
    operations.forget_view(view=get_object_or_404(rows, pk=view_id))
    return toast(go_to(request, reverse("clients:list")), _("View removed"))
