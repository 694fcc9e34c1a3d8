"""JSMS callbacks inside Django: one file, a whole app.

Install:  pip install "jsms-client[callbacks]" django gunicorn
Run:      JSMS_APP_KEY=… JSMS_MASTER_SECRET=… JSMS_STORE=jsms.db gunicorn --workers 4 app:application
Then enter https://<your host>/jsms/callback in the JSMS console: the view responds to the service's check.

The view uses the receiver itself, for apps that want the steps in their own hands. Workers share the nonces of handled
callbacks in JSMS_STORE: a file (jsms.db), or the address of Redis or a database. Without it, run one worker: a callback
that one has handled would pass again at another.
"""

from __future__ import annotations

import os
import sys

from django.conf import settings

settings.configure(
    ALLOWED_HOSTS=os.environ.get("ALLOWED_HOSTS", "127.0.0.1,localhost").split(","),
    ROOT_URLCONF=__name__,
    SECRET_KEY=os.environ.get("DJANGO_SECRET_KEY", "only-for-this-example"),
)

from django.core.handlers.wsgi import WSGIHandler  # noqa: E402 - Django reads its settings first
from django.http import HttpRequest, HttpResponse, JsonResponse  # noqa: E402 - after the settings
from django.urls import path  # noqa: E402 - after the settings
from django.views.decorators.csrf import csrf_exempt  # noqa: E402 - after the settings
from django.views.decorators.http import require_http_methods  # noqa: E402 - after the settings

from jsms_client.callbacks import (  # noqa: E402 - after the settings
    CallbackError,
    CallbackReceiver,
    DeliveryReport,
    Event,
    ReviewStatus,
    SignReviewed,
    TemplateReviewed,
    UserReply,
)

delivered: dict[str, int] = {}  # in place of models
opted_out: set[str] = set()
reviewed: dict[str, bool] = {}


receiver = CallbackReceiver(nonce_store=os.environ.get("JSMS_STORE"))


def on_event(event: Event) -> None:
    """Keep what happened; an exception in here makes the service try again, so an event can come twice."""
    match event:
        case DeliveryReport(msg_id=msg_id, status=status):
            delivered[msg_id] = int(status)
        case UserReply(phone=phone, content=content):
            if content.strip().upper() == "TD":
                opted_out.add(phone)
        case TemplateReviewed(temp_id=temp_id, status=status):
            reviewed[f"template {temp_id}"] = status == ReviewStatus.PASSED
        case SignReviewed(sign_id=sign_id, status=status):
            reviewed[f"signature {sign_id}"] = status == ReviewStatus.PASSED


@csrf_exempt  # the signature says who it is from
@require_http_methods(["GET", "POST"])
def callback(request: HttpRequest) -> HttpResponse:
    """Respond to the service's check, and take its callbacks."""
    try:
        if request.method == "GET":
            return HttpResponse(receiver.check(request.GET.get("echostr")), content_type="text/plain")
        # Leaving the block with an exception gives the nonce back: Django responds 500, and the service tries again.
        with receiver.accept(request.body) as received:
            for event in received.events:
                on_event(event)
    except CallbackError as error:
        return HttpResponse(status=error.http_status)
    return HttpResponse()


def message(_request: HttpRequest, msg_id: str) -> HttpResponse:
    """Handle the outcome of a message."""
    return JsonResponse({"status": delivered.get(msg_id)})


urlpatterns = [path("jsms/callback", callback), path("messages/<msg_id>", message)]
application = WSGIHandler()

if __name__ == "__main__":
    import django
    from django.core.management import execute_from_command_line

    django.setup()
    execute_from_command_line(sys.argv)
