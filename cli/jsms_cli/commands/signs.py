"""``jsms sign``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from jsms_cli.client import connect
from jsms_cli.options import SIGN_TYPES, JsonOption, ProfileOption, SignIdArgument, beginning, word_or_number
from jsms_cli.results import show, show_done

group = typer.Typer(help="Signatures; people at the service review each.", no_args_is_help=True)

_Name = Annotated[str, typer.Argument(metavar="NAME", help="The name, 2 to 8 characters, without brackets.")]
_Type = Annotated[
    int,
    typer.Option(
        "--type",
        metavar="|".join(SIGN_TYPES),
        help="What the name is.",
        parser=word_or_number(SIGN_TYPES),
        autocompletion=beginning(SIGN_TYPES),
    ),
]
_Person = Annotated[str, typer.Option("--legal-person-name", metavar="NAME", help="The legal representative's name.")]
# Not only as an option: every user of this machine can read the list of processes.
_IdNumber = Annotated[
    str,
    typer.Option(
        "--legal-person-id-number",
        metavar="NUMBER",
        envvar="JSMS_LEGAL_PERSON_ID_NUMBER",
        help="The legal representative's identity number.",
    ),
]
_CreditCode = Annotated[
    str, typer.Option("--social-credit-code", metavar="CODE", help="The company's unified social credit code.")
]
_IdCard = Annotated[Path, typer.Option("--id-card-image", metavar="FILE", help="Identity card, PNG or JPEG.")]
_License = Annotated[
    Path | None, typer.Option("--business-license-image", metavar="FILE", help="Business licence; for type company.")
]
_Icp = Annotated[
    Path | None, typer.Option("--icp-app-screenshot", metavar="FILE", help="The app's ICP record; for type app.")
]
_Trademark = Annotated[
    Path | None, typer.Option("--trademark-image", metavar="FILE", help="Trademark certificate; for type brand.")
]
_Authorisation = Annotated[
    Path | None, typer.Option("--third-party-auth-image", metavar="FILE", help="Authorisation; for type other.")
]
_Company = Annotated[
    str | None, typer.Option("--third-party-company-name", metavar="NAME", help="The third party's name.")
]
_Other = Annotated[Path | None, typer.Option("--other-image", metavar="FILE", help="Any other proof.")]
_Remark = Annotated[str | None, typer.Option("--remark", metavar="TEXT", help="A note for the reviewers.")]


@group.command()
def create(
    name: _Name,
    type: _Type,
    legal_person_name: _Person,
    legal_person_id_number: _IdNumber,
    id_card_image: _IdCard,
    social_credit_code: _CreditCode,
    business_license_image: _License = None,
    icp_app_screenshot: _Icp = None,
    trademark_image: _Trademark = None,
    third_party_auth_image: _Authorisation = None,
    third_party_company_name: _Company = None,
    other_image: _Other = None,
    remark: _Remark = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Hand in a signature for review, with the papers that prove the right to it."""
    with connect(profile, "createSign") as jsms:
        saved = jsms.signs.create(
            name,
            type=type,
            legal_person_name=legal_person_name,
            legal_person_id_number=legal_person_id_number,
            id_card_image=id_card_image,
            social_credit_code=social_credit_code,
            business_license_image=business_license_image,
            icp_app_screenshot=icp_app_screenshot,
            trademark_image=trademark_image,
            third_party_auth_image=third_party_auth_image,
            third_party_company_name=third_party_company_name,
            other_image=other_image,
            remark=remark,
        )
    show(saved, as_json=as_json)


@group.command()
def update(
    sign_id: SignIdArgument,
    name: _Name,
    type: _Type,
    legal_person_name: _Person,
    legal_person_id_number: _IdNumber,
    id_card_image: _IdCard,
    social_credit_code: _CreditCode,
    business_license_image: _License = None,
    icp_app_screenshot: _Icp = None,
    trademark_image: _Trademark = None,
    third_party_auth_image: _Authorisation = None,
    third_party_company_name: _Company = None,
    other_image: _Other = None,
    remark: _Remark = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Change a signature that was rejected in review, and hand it in again, with all of its papers."""
    with connect(profile, "updateSign") as jsms:
        saved = jsms.signs.update(
            sign_id,
            name,
            type=type,
            legal_person_name=legal_person_name,
            legal_person_id_number=legal_person_id_number,
            id_card_image=id_card_image,
            social_credit_code=social_credit_code,
            business_license_image=business_license_image,
            icp_app_screenshot=icp_app_screenshot,
            trademark_image=trademark_image,
            third_party_auth_image=third_party_auth_image,
            third_party_company_name=third_party_company_name,
            other_image=other_image,
            remark=remark,
        )
    show(saved, as_json=as_json)


@group.command()
def get(sign_id: SignIdArgument, profile: ProfileOption = None, as_json: JsonOption = False) -> None:
    """Look at a signature and the state of its review."""
    with connect(profile, "getSign") as jsms:
        details = jsms.signs.get(sign_id)
    show(details, as_json=as_json)


@group.command()
def delete(sign_id: SignIdArgument, profile: ProfileOption = None, as_json: JsonOption = False) -> None:
    """Delete a signature; the app's default one cannot be deleted."""
    with connect(profile, "deleteSign") as jsms:
        jsms.signs.delete(sign_id)
    show_done({"sign_id": sign_id, "deleted": True}, f"signature {sign_id} is deleted.", as_json=as_json)
