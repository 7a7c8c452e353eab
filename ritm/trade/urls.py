"""Urls of the trade room."""

from __future__ import annotations

from django.urls import path

from ritm.trade.views import goods, orders, quick

app_name = "trade"
urlpatterns = [
    path("orders/", orders.listing, name="orders"),
    path("orders/<int:pk>/", orders.page, name="order"),
    path("orders/<int:pk>/payments/", orders.pay, name="pay"),
    path("orders/<int:pk>/cancel/", orders.cancel, name="cancel"),
    path("orders/<int:pk>/restore/", orders.restore, name="restore"),
    path("payments/<int:pk>/remove/", orders.unpay, name="unpay"),
    path("clients/<int:client_id>/orders-by-month/", orders.months, name="months"),
    path("clients/<int:client_id>/new-order/", quick.quick, name="quick"),
    path("clients/<int:client_id>/new-order/save/", quick.save, name="quick_save"),
    path("products/", goods.listing, name="products"),
    path("products/suggest/", quick.suggest, name="suggest"),
    path("products/new/", goods.product, name="product_new"),
    path("products/<int:pk>/", goods.product, name="product"),
    path("products/<int:pk>/withdraw/", goods.withdraw, name="product_withdraw"),
    path("products/<int:pk>/restore/", goods.restore, name="product_restore"),
    path("products/groups/new/", goods.group, name="group_new"),
    path("products/groups/<int:pk>/", goods.group, name="group"),
]
