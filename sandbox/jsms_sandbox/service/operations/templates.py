"""Templates and their review: create, change, look up and delete."""

from __future__ import annotations

from jsms_contract.codes import INVALID_TEMP_ID, MODIFY_TEMPLATE_NOT_ALLOW
from jsms_contract.values import REVIEW_STATUS_IN_REVIEW, REVIEW_STATUS_REJECTED, TEMPLATE_TYPE_VERIFICATION_CODE
from jsms_sandbox.service.composing import own_template, usable_sign
from jsms_sandbox.service.request import CheckedRequest, Refusal
from jsms_sandbox.service.response import EMPTY, Response, json_response
from jsms_sandbox.service.text import check_template_text
from jsms_sandbox.simulation.reviews import publish, submit
from jsms_sandbox.state.entities import Template
from jsms_sandbox.state.state import State


def create_template(state: State, request: CheckedRequest) -> Response:
    """Submit a template for review."""
    app = request.app
    _check_text(state, request)
    while app.next_temp_id in state.templates[app.app_key]:
        app.next_temp_id += 1
    template = Template(app.app_key, app.next_temp_id, "", 0, None, "", REVIEW_STATUS_IN_REVIEW, state.clock.now())
    app.next_temp_id += 1
    state.save(app)
    state.add_template(template)
    return _save(state, request, template)


def update_template(state: State, request: CheckedRequest) -> Response:
    """Change a rejected template and submit it again."""
    template = _own(state, request)
    if request.fields["temp_id"] != template.temp_id:
        raise Refusal(INVALID_TEMP_ID, "template", "temp_id in the body is not the one in the path.")
    if template.status != REVIEW_STATUS_REJECTED:
        raise Refusal(
            MODIFY_TEMPLATE_NOT_ALLOW, "template", "Only a template that was rejected in review may be changed."
        )
    _check_text(state, request)
    return _save(state, request, template)


def get_template(state: State, request: CheckedRequest) -> Response:
    """Look a template up."""
    template = _own(state, request)
    fields: dict[str, object] = {"temp_id": template.temp_id, "template": template.template, "type": template.type}
    if template.ttl is not None:
        fields["ttl"] = template.ttl
    return json_response(fields | {"remark": template.remark, "status": template.status})


def delete_template(state: State, request: CheckedRequest) -> Response:
    """Delete a template."""
    template = _own(state, request)
    del state.templates[template.app_key][template.temp_id]
    state.storage.remove(template)
    publish(state, template, deleted=True)
    return EMPTY


def _own(state: State, request: CheckedRequest) -> Template:
    return own_template(state, request.app, int(request.path_id))


def _check_text(state: State, request: CheckedRequest) -> None:
    app, fields = request.app, request.fields
    sign = usable_sign(state, app, None)
    check_template_text(app, sign, fields["template"], fields["type"], fields.get("remark") or "")


def _save(state: State, request: CheckedRequest, template: Template) -> Response:
    fields = request.fields
    template.template, template.type = fields["template"], fields["type"]
    template.ttl = fields["ttl"] if template.type == TEMPLATE_TYPE_VERIFICATION_CODE else None
    template.remark = fields.get("remark") or ""
    submit(state, request.app, template)
    return json_response({"temp_id": template.temp_id})
