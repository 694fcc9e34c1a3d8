"""What the recipe in tasks.py needs of a Django project's settings."""

from __future__ import annotations

import os

import django

SECRET_KEY = os.environ["DJANGO_SECRET_KEY"]
# psycopg reads PGHOST, PGPORT, PGUSER and PGPASSWORD by itself.
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": os.environ["PGDATABASE"]}}
INSTALLED_APPS = ["django_tasks_db", *(["django_tasks"] if django.VERSION < (6,) else [])]
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
