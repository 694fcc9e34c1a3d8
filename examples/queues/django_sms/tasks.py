"""Send from Django's tasks: one message for each key, whatever happens to workers, databases and responses.

Install:  pip install "jsms-client[sql]" "psycopg[binary]" django-tasks-db        (Django 5.2: and django-tasks)
Set up:   export DJANGO_SETTINGS_MODULE=django_sms.settings DJANGO_SECRET_KEY=… PGDATABASE=shop JSMS_STORE=postgresql+psycopg://…
Run:      python -m django migrate, then JSMS_APP_KEY=… JSMS_MASTER_SECRET=… python -m django db_worker
Enqueue:  send_code.enqueue("42", "13800138000")

A worker that is killed leaves its task RUNNING, and no worker takes it again: enqueue it again, as the key sends once.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import django

from jsms_client import JSMS

if TYPE_CHECKING or django.VERSION >= (6,):
    from django.tasks import task
else:
    from django_tasks import task

jsms = JSMS(store=os.environ["JSMS_STORE"])


@task
def send_code(login: str, mobile: str) -> str:
    """Send a verification code; gives the msg_id to verify it with."""
    return jsms.codes.send(mobile, temp_id=1, once=f"login-{login}").msg_id
