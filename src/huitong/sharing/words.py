"""What sharing puts on record with steps beside the words of the text: items, version, decisions.

An application states all its words under every text, also those that a text does not ask for; a
decision says what becomes of each item.
"""

from huitong.cases import gate
from huitong.sharing.deciding import KINDS

gate.admit(
    KINDS,
    {
        "scenario": "text",
        "mode": "text",
        "scope": "text",
        "duty_basis": "text",
        "purpose": "text",
        "use_until": "date",
        "items": "list",
        "dataset_version": "number",
        "decisions": "mapping",
        "row_filter": "mapping",
        "reason": "text",
        "reason_of_refused_items": "text",
    },
)
gate.admit(
    ["use_change"],
    {"purpose": "text", "scope": "text", "recipient": "text", "reason": "text"},
)
gate.admit(["share_service_change"], {"decisions": "mapping", "scope": "text"})
