"""What no source documents and the sandbox had to choose.

The contract marks its own assumptions; these are the rules that are code here.
"""

from __future__ import annotations

from jsms_contract.service import ASSUMPTIONS

OWN = (
    (
        "order of checks",
        (
            "Path and method, credentials, access, media type, body, fields, template, signature, parameters, content, "
            "opt-out, duplicates, frequency, credit."
        ),
    ),
    ("refusals", "A refused request uses up neither quota nor credit."),
    (
        "codes",
        (
            "A wrong attempt changes nothing; a newer code does not void an older one; a used code is "
            "refused as used, expired or not. A text code is checked neither for blocked words nor for its length: "
            "sendCode has no 50037 and no 50038."
        ),
    ),
    (
        "schedules",
        (
            "Credit is charged when the SMS is sent; with too little left its report is 4005. Ids of single and batch "
            "schedules do not mix. Text and recipients are fixed when it is scheduled: who opts out after that still "
            "gets it. A deleted schedule is no longer found."
        ),
    ),
    (
        "credit",
        (
            "A send takes from its own pool first, then from the one for all types. The developer account's pools "
            "shrink with the app's, and never refuse a send. An app whose pools are all null has no quota (50033)."
        ),
    ),
    ("frequency", "Limits are rolling windows over accepted sends; scheduled SMS count when sent and are not refused."),
    (
        "receipts",
        (
            "A poll within five seconds of the last is refused with 50009. With a callback URL set up polls return an "
            "empty list. Records older than three days are gone."
        ),
    ),
    (
        "reviews",
        "The first signature that passes becomes the default one. A signature in review refuses every other (50103).",
    ),
    (
        "numbers",
        "A mobile number is 11 digits: one with +86, 86 or separators is refused with 50006.",
    ),
    (
        "code templates",
        (
            "sendMessage, sendMessageBatch and schedules send them as notices. sendCode refuses a template of another "
            "type (50025). ttl may be absent for types 2 and 3. A code template has one {{code}}, once; names of "
            "variables have no underscore."
        ),
    ),
    (
        "signature forms",
        (
            "The form of September 2025 takes types 1, 3, 6 and 7 (50104 for others). The older form, with image0 to "
            "image9 or images, takes types 1 to 7 and needs an image."
        ),
    ),
    ("template changes", "temp_id in the body must be the one in the path (50013)."),
    (
        "marketing",
        "Outside 08:00 to 21:00 Beijing time it is sent all the same, with a warning. The opt-out text is made up.",
    ),
    ("--strict", "A body on GET or DELETE is refused with 50018: no documented code fits."),
)


def assumptions() -> tuple[tuple[str, str], ...]:
    """List every assumption: what it is about, and what was chosen."""
    return OWN + ASSUMPTIONS
