"""Ritm: a CRM that notices who is slipping away, and says what to do about it today."""
