import os
import sys

from jsms_generated import ApiClient, CodesApi, Configuration, SendCodeRequest, VerifyCodeRequest
from jsms_generated.exceptions import ForbiddenException
from urllib3 import Retry


def connect(key: str, secret: str) -> ApiClient:
    """One client for each pair of credentials."""
    # By default urllib3 tries again where no connection can be made, and sends a GET again that got no response.
    configuration = Configuration(host=os.environ["JSMS_BASE_URL"], username=key, password=secret, retries=Retry(0))
    return ApiClient(configuration)


def quickstart(mobile: str) -> None:
    codes = CodesApi(connect(os.environ["JSMS_APP_KEY"], os.environ["JSMS_MASTER_SECRET"]))
    sent = codes.send_code(SendCodeRequest(mobile=mobile, temp_id=1), _request_timeout=(5, 30))
    print(f"Sent as {sent.msg_id}. The code?")
    try:
        checked = codes.verify_code(sent.msg_id, VerifyCodeRequest(code=input()), _request_timeout=(5, 30))
    except ForbiddenException as refused:  # refused.data.error.code is the error code
        print("wrong", refused.data)
    else:
        print("right" if checked.is_valid else "wrong")


if __name__ == "__main__":
    quickstart(sys.argv[1])
