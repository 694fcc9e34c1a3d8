"""A table of calls: each operation through the resources and through the generated functions.

Made from the contract's examples: an operation that is added to it is in every test of all of them.
"""

from __future__ import annotations

import importlib
import inspect
import io
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import Protocol, cast, get_args

import attrs

from contract_tools.openapi import is_list, is_object
from jsms_api.types import File, Response
from jsms_client import JSMS, AsyncJSMS
from jsms_client.contract import ARGUMENTS, OPERATIONS, Argument, Operation
from servers.arguments import PNG, arguments_of, body_of

MOBILE = "13912345678"
SECOND_MOBILE = "13987654321"
CODE = "739152"
PARAMETER = "Parcel-K7Q2"
PERSON = "张三丰"
ID_NUMBER = "11010519491231002X"
CREDIT_CODE = "91350100M000100Y43"
MSG_ID = "288193860302"
SCHEDULE_ID = "dd3f8aa5-9c60-4c2c-9d29-3b1ff7a51a2e"
SEND_TIME = datetime(2030, 7, 1, 1, tzinfo=timezone(timedelta(0)))

PRIVATE = (MOBILE, SECOND_MOBILE, CODE, PARAMETER, PERSON, ID_NUMBER, CREDIT_CODE)
"""What a call carries that no log, repr or exception may show."""


class GeneratedFunction(Protocol):
    """What is used of a module of the generated client."""

    def sync_detailed(self, *path: object, **options: object) -> Response[object]: ...

    def asyncio_detailed(self, *path: object, **options: object) -> Awaitable[Response[object]]: ...


def _nothing() -> Mapping[str, object]:
    return {}


@dataclass(frozen=True, slots=True)
class Call:
    """One way to make an operation.

    Attributes:
        operation: Its operationId.
        resource: The resource of the client.
        method: The method of the resource.
        arguments: What it is called with by position.
        options: What it is called with by name.
        path: What the generated function takes for the path.
        query: What it takes for the query.
        image: The file in its form.
    """

    operation: str
    resource: str
    method: str
    arguments: tuple[object, ...] = ()
    options: Mapping[str, object] = field(default_factory=_nothing)
    path: tuple[object, ...] = ()
    query: Mapping[str, object] = field(default_factory=_nothing)
    image: bytes = PNG

    def on(self, client: JSMS) -> object:
        """Make the call."""
        return self._method(client)(*self.arguments, **self.options)

    async def on_async(self, client: AsyncJSMS) -> object:
        """Make the call."""
        return await cast("Awaitable[object]", self._method(client)(*self.arguments, **self.options))

    def generated_on(self, client: JSMS) -> Response[object]:
        """Make the call through the generated function."""
        return self._function().sync_detailed(*self.path, **self._with_body(client.api))

    async def generated_on_async(self, client: AsyncJSMS) -> Response[object]:
        """Make the call through the generated function."""
        return await self._function().asyncio_detailed(*self.path, **self._with_body(client.api))

    def _method(self, client: object) -> Callable[..., object]:
        return cast("Callable[..., object]", getattr(getattr(client, self.resource), self.method))

    def _function(self) -> GeneratedFunction:
        name = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in self.operation)
        module = importlib.import_module(f"jsms_api.api.{OPERATIONS[self.operation].tag.replace('-', '_')}.{name}")
        return cast("GeneratedFunction", module)

    def _with_body(self, api: object) -> dict[str, object]:
        taken = inspect.signature(self._function().sync_detailed, eval_str=True).parameters
        body = taken.get("body")
        options: dict[str, object] = {"client": api}
        options |= {name: _typed(value, taken[name].annotation) for name, value in self.query.items()}
        return options if body is None else options | {"body": _body(self.operation, body.annotation, self.image)}


def _typed(value: object, annotation: object) -> object:
    """Give a value of an example as a generated function takes it: some texts are dates."""
    if isinstance(value, bool) and bool not in get_args(annotation):
        return int(value)
    for kind in (datetime, date):
        if isinstance(value, str) and kind in get_args(annotation):
            return kind.fromisoformat(value)
    return value


_PARAMETERS = {"number": PARAMETER}
_AS_ARGUMENTS: Mapping[str, object] = {
    "mobile": MOBILE,
    "secret": CODE,
    "template-parameters": _PARAMETERS,
    "recipients": [(MOBILE, _PARAMETERS), {"mobile": SECOND_MOBILE, "temp_para": _PARAMETERS}],
    "beijing-time": SEND_TIME,
    "epoch-millis": SEND_TIME,
    "image": PNG,
}
_AS_JSON: Mapping[str, object] = {
    **_AS_ARGUMENTS,
    "recipients": [{"mobile": MOBILE, "temp_para": _PARAMETERS}, {"mobile": SECOND_MOBILE}],
    "beijing-time": "2030-07-01 09:00:00",
    "epoch-millis": 1_909_098_000_000,
}


def _value(argument: Argument, example: object, of_kind: Mapping[str, object]) -> object:
    """Return the value of an example, or a private value in its place."""
    if argument.kind == "personal-text" and argument.longest is None:
        return PERSON
    return of_kind.get(argument.kind, example)


def _call(operation: Operation) -> Call:
    """Return the contract's example of an operation as a call."""
    example = arguments_of(operation.id)
    arguments = [argument for argument in ARGUMENTS[operation.id] if argument.name in example]
    values = {each.name: _value(each, example[each.name], _AS_ARGUMENTS) for each in arguments}
    return Call(
        operation.id,
        operation.resource,
        operation.method_name,
        tuple(values[each.name] for each in arguments if each.positional),
        {each.name: values[each.name] for each in arguments if not each.positional},
        tuple(values[each.name] for each in arguments if each.place == "path"),
        {each.name: _value(each, example[each.name], _AS_JSON) for each in arguments if each.place == "query"},
    )


def _body(operation: str, model: type[object], image: bytes) -> object:
    """Return the contract's example of a body as the generated model."""
    example = body_of(operation)
    if is_list(example):
        read = getattr(next(iter(get_args(model)), None), "from_dict", None)
        return example if read is None else [read(each) for each in example]
    if not is_object(example):
        return example
    arguments = {each.field: each for each in ARGUMENTS[operation]}
    if not example.keys() <= arguments.keys():
        return cast("Callable[[object], object]", getattr(model, "from_dict"))(example)  # noqa: B009 - of any model
    of_kind = {**_AS_JSON, "image": image}
    values = {name: _value(arguments[name], value, of_kind) for name, value in example.items()}
    if OPERATIONS[operation].body == "json":
        return cast("Callable[[object], object]", getattr(model, "from_dict"))(values)  # noqa: B009 - of any model
    named = {arguments[name].name: _form_value(name, value) for name, value in values.items()}
    fields = {field.name.strip("_"): field.name for field in attrs.fields(cast("type[attrs.AttrsInstance]", model))}
    return model(**{fields[name]: value for name, value in named.items()})


def _form_value(name: str, value: object) -> object:
    if not isinstance(value, bytes):
        return value
    return File(payload=io.BytesIO(value), file_name=f"{name}.png", mime_type="image/png")


CALLS: Mapping[str, Call] = {operation.id: _call(operation) for operation in OPERATIONS.values()}
