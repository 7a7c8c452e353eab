"""Urls of the clients room."""

from __future__ import annotations

from django.urls import path

from ritm.clients.views import bulk, consents, edit, erasing, list, own, page, same, saved

app_name = "clients"
urlpatterns = [
    path("clients/", list.clients, name="list"),
    path("clients/conditions/<slug:key>/", list.condition, name="condition"),
    path("clients/totals/", list.totals, name="totals"),
    path("clients/new/", edit.new, name="new"),
    path("clients/similar/", same.similar, name="similar"),
    path("clients/pairs/", same.pairs, name="pairs"),
    path("clients/pairs/<int:pair_id>/dismiss/", same.dismiss, name="dismiss"),
    path("clients/reassign/", bulk.reassign, name="reassign"),
    path("clients/capacity/", bulk.capacity, name="capacity"),
    path("clients/archive/", bulk.archive, name="archive_many"),
    path("clients/fill-in/", bulk.fill_in, name="fill_in_many"),
    path("clients/tag/", bulk.tag, name="tag_many"),
    path("clients/export/", bulk.export, name="export"),
    path("clients/batches/", bulk.batches, name="batches"),
    path("clients/batches/<int:batch_id>/", bulk.batch, name="batch"),
    path("clients/batches/<int:batch_id>/cancel/", bulk.cancel, name="cancel_batch"),
    path("clients/batches/<int:batch_id>/go-on/", bulk.go_on, name="go_on_batch"),
    path("clients/batches/<int:batch_id>/undo/", bulk.undo_batch, name="undo_batch"),
    path("office/fields/", own.fields, name="own_fields"),
    path("office/fields/new/", own.new, name="new_own_field"),
    path("office/fields/<int:field_id>/", own.field, name="own_field"),
    path("office/fields/<int:field_id>/away/", own.away, name="own_field_away"),
    path("office/fields/<int:field_id>/back/", own.back, name="own_field_back"),
    path("office/fields/<int:field_id>/move/", own.move, name="own_field_move"),
    path("clients/<int:client_id>/erase/", erasing.erase, name="erase"),
    path("office/consents/", consents.texts, name="consent_texts"),
    path("clients/<int:client_id>/consents/<int:text_id>/give/", consents.give, name="give_consent"),
    path("clients/<int:client_id>/consents/<int:consent_id>/withdraw/", consents.withdraw, name="withdraw_consent"),
    path("clients/<int:client_id>/own/<slug:key>/", own.value, name="own_value"),
    path("clients/views/save/", saved.save, name="save_view"),
    path("clients/views/<int:view_id>/forget/", saved.forget, name="forget_view"),
    path("clients/<int:client_id>/merge/", same.merge, name="merge"),
    path("clients/<int:client_id>/tags/<int:tag_id>/remove/", edit.untag, name="untag"),
    path("clients/<int:client_id>/tags/", edit.tag, name="tag"),
    path("clients/<int:client_id>/", page.client, name="page"),
    path("clients/<int:client_id>/moments/", page.moments, name="moments"),
    path("clients/<int:client_id>/identity/", page.identity, name="identity"),
    path("clients/<int:client_id>/sight/", page.sight, name="sight"),
    path("clients/<int:client_id>/fields/<slug:name>/", edit.field, name="field"),
    path("clients/<int:client_id>/owner/", edit.owner, name="owner"),
    path("clients/<int:client_id>/parts/<slug:kind>/", edit.part, name="new_part"),
    path("clients/<int:client_id>/parts/<slug:kind>/<int:part_id>/", edit.part, name="part"),
    path("clients/<int:client_id>/parts/<slug:kind>/<int:part_id>/remove/", edit.remove_part, name="remove_part"),
    path("clients/<int:client_id>/archive/", edit.archive, name="archive"),
    path("clients/<int:client_id>/undo/<int:entry_id>/", edit.undo, name="undo"),
]
