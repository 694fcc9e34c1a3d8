"""Ids: texts of digits that the service has been seen to send as numbers."""

from typing import Annotated

from pydantic import BeforeValidator

Digits = Annotated[str, BeforeValidator(lambda value: str(value) if type(value) is int else value)]
