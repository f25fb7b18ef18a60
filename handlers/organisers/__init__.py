"""Organisers and the other roles: the first by a code, the others let in by those who may; and taken back."""

from handlers.organisers import admin, invite, overview
from handlers.organisers.admin import ADMIN_CODE
from handlers.organisers.feature import feature

__all__ = ["ADMIN_CODE", "admin", "feature", "invite", "overview"]
