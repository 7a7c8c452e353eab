"""Orders: the list, one order, its payments, cancelling and restoring."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from ritm.clients.models import Client
from ritm.kernel.calendar import local_date
from ritm.kernel.reach import Reach
from ritm.shell.charts import Chart, Label, Point, Series
from ritm.shell.htmx import go_to, is_htmx, toast
from ritm.shell.writing import show_month, show_month_name
from ritm.staff.doors import door
from ritm.staff.viewer import Viewer
from ritm.trade import queries
from ritm.trade.forms import OrderFilterForm, PaymentForm
from ritm.trade.models import Order, Payment
from ritm.trade.months import Month, by_month
from ritm.trade.operations import orders as verbs
from ritm.trade.operations import payments
from ritm.trade.queries import Place


@require_GET
@door("client", "see")
def listing(request: Any) -> HttpResponse:
    """The list of orders within reach, newest first."""
    viewer: Viewer = request.viewer
    form = OrderFilterForm(request.GET)
    wanted = form.wanted()
    client = None
    if wanted.client_id is not None:
        client = get_object_or_404(Client.objects.visible_to(viewer), pk=wanted.client_id)
    after, before = Place.parse(request.GET.get("after")), Place.parse(request.GET.get("before"))
    page = queries.orders_page(viewer, wanted, after=after, before=None if after else before)
    narrowed = {key: value for key, value in request.GET.items() if key not in ("after", "before") and value}
    return render(
        request,
        "trade/orders.html",
        {
            "form": form,
            "client": client,
            "narrowed": bool(narrowed),
            "orders": page.orders,
            "standings": queries.standings(page.orders),
            "page": _pages(page, narrowed),
        },
    )


@require_GET
@door("client", "see")
def months(request: Any, client_id: int) -> HttpResponse:
    """A client's twelve months beside those of a year before, drawn; a piece of his page, and a page of its own."""
    viewer: Viewer = request.viewer
    client = get_object_or_404(Client.objects.visible_to(viewer), pk=client_id)
    held = by_month(viewer, client.pk, local_date(timezone.now(), viewer.timezone))
    series = [
        Series(_("A year before"), [Point(one.year_before) for one in held], "quiet"),
        Series(_("These 12 months"), [Point(one.total, _orders_of(client, one) if one.total else "") for one in held]),
    ]
    labels = [Label(show_month(one.first), show_month_name(one.first)) for one in held]
    chart = Chart("orders-by-month", _("Orders by month"), _("Month"), labels, series, unit="money",
                  currency=viewer.currency)  # fmt: skip
    template = "trade/_months.html" if is_htmx(request) else "trade/months.html"
    return render(request, template, {"client": client, "chart": chart})


def _orders_of(client: Client, month: Month) -> str:
    asked = {"client": client.pk, "since": month.first, "until": month.last}
    return f"{reverse('trade:orders')}?{urlencode(asked)}"


def _pages(page: queries.OrderPage, narrowed: dict[str, str]) -> dict[str, str]:
    def url(key: str, order: Order) -> str:
        return "?" + urlencode(narrowed | {key: str(Place(order.ordered_on, order.pk))})

    return {
        "next": url("after", page.orders[-1]) if page.orders and page.older else "",
        "previous": url("before", page.orders[0]) if page.orders and page.newer else "",
    }


@require_GET
@door("client", "see")
def page(request: Any, pk: int) -> HttpResponse:
    """One order: its lines, its payments, whose it is, how it stands."""
    order = get_object_or_404(Order.objects.visible_to(request.viewer).select_related("client__owner"), pk=pk)
    return _page(request, order)


def _page(request: Any, order: Order, form: PaymentForm | None = None) -> HttpResponse:
    viewer: Viewer = request.viewer
    paid = list(Payment.objects.filter(order=order).order_by("paid_on", "id"))
    standing = queries.standing(order, sum((payment.amount for payment in paid), start=order.amount * 0))
    today = local_date(timezone.now(), viewer.timezone)
    may_order = _may(viewer, order, "create", "order")
    as_far = viewer.reach("order", "cancel") == viewer.reach("order", "create")
    may_cancel = may_order if as_far else _may(viewer, order, "cancel", "order")
    may_pay = standing.state in ("unpaid", "partly") and _may(viewer, order, "create", "payment")
    return render(
        request,
        "trade/order.html",
        {
            "order": order,
            "client": order.client,
            "lines": queries.lines_of(order),
            "payments": paid,
            "standing": standing,
            "may_cancel": may_cancel,
            "may_order": may_order,
            "payment_form": (
                form or PaymentForm(initial={"amount": f"{standing.left:f}".replace(".", ","), "paid_on": today})
            )
            if may_pay
            else None,
        },
        status=422 if form is not None else 200,
    )


def _may(viewer: Viewer, order: Order, verb: str, noun: str) -> bool:
    """Whether the viewer's reach with this verb holds this order's client; who reaches everybody's needs no look."""
    reach = viewer.reach(noun, verb)
    if reach in (Reach.NOBODY, Reach.ORGANISATION):
        return reach == Reach.ORGANISATION
    return bool(Order.objects.visible_to(viewer, verb, noun).filter(pk=order.pk).exists())


@require_POST
@door("payment", "create")
def pay(request: Any, pk: int) -> HttpResponse:
    """Enter money that came in for the order."""
    reach = Order.objects.visible_to(request.viewer, "create", "payment").select_related("client__owner")
    order = get_object_or_404(reach, pk=pk)
    form = PaymentForm(request.POST)
    if not form.is_valid():
        return _page(request, order, form)
    payment = payments.record_payment(
        client=order.client, order=order, by=request.viewer.actor(), at=timezone.now(), **form.cleaned_data
    )
    return toast(
        go_to(request, reverse("trade:order", args=[pk])),
        _("Payment recorded"),
        undo=reverse("trade:unpay", args=[payment.pk]),
    )


@require_POST
@door("payment", "create")
def unpay(request: Any, pk: int) -> HttpResponse:
    """Take back a payment that was entered by mistake."""
    payment = get_object_or_404(Payment.objects.visible_to(request.viewer, "create", "payment"), pk=pk)
    order_id = payment.order_id
    payments.withdraw_payment(payment=payment, by=request.viewer.actor(), at=timezone.now())
    where = reverse("trade:order", args=[order_id]) if order_id else reverse("trade:orders")
    return toast(go_to(request, where), _("Payment removed"))


@require_POST
@door("order", "cancel")
def cancel(request: Any, pk: int) -> HttpResponse:
    """Cancel the order; the toast takes it back."""
    order = get_object_or_404(Order.objects.visible_to(request.viewer, "cancel", "order"), pk=pk)
    verbs.cancel_order(order=order, by=request.viewer.actor(), at=timezone.now())
    return toast(
        go_to(request, reverse("trade:order", args=[pk])),
        _("Order %(number)s is cancelled") % {"number": order.number},
        undo=reverse("trade:restore", args=[pk]),
    )


@require_POST
@door("order", "cancel")
def restore(request: Any, pk: int) -> HttpResponse:
    """Take a cancellation back."""
    order = get_object_or_404(Order.objects.visible_to(request.viewer, "cancel", "order"), pk=pk)
    verbs.restore_order(order=order, by=request.viewer.actor(), at=timezone.now())
    return toast(
        go_to(request, reverse("trade:order", args=[pk])), _("Order %(number)s stands again") % {"number": order.number}
    )


def client_for_order(viewer: Viewer, pk: int) -> Client:
    """This function will find the client for whom the viewer may take an order; 404 for any other."""
    found: Client = get_object_or_404(Client.objects.visible_to(viewer, "create", "order"), pk=pk, archived_at=None)
    return found
