"""Nouns of the clients room."""

from ritm.clients.models.clients import (
    Address,
    Client,
    ClientQuerySet,
    Contact,
    Email,
    OfClientQuerySet,
    Pair,
    Phone,
    Requisites,
    SavedView,
    Tag,
    Tagging,
    Tenure,
    within_reach,
)
from ritm.clients.models.consents import Consent, ConsentText
from ritm.clients.models.own import ClientValue, OwnField, OwnOption, OwnValue

__all__ = [
    "Address",
    "Client",
    "ClientQuerySet",
    "ClientValue",
    "Consent",
    "ConsentText",
    "Contact",
    "Email",
    "OfClientQuerySet",
    "OwnField",
    "OwnOption",
    "OwnValue",
    "Pair",
    "Phone",
    "Requisites",
    "SavedView",
    "Tag",
    "Tagging",
    "Tenure",
    "within_reach",
]
