"""What all forms of the house share: no colon of Django's, described errors, plain widgets."""

from typing import Any

from django import forms


class HouseForm(forms.Form):
    """A form whose errors are tied to their fields and whose labels carry no punctuation."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  as Django's own
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def named_error(self, field: str, message: str) -> None:
        """Tie a refusal of a rule to the field that it names, or to the form when it has none."""
        self.add_error(field if field in self.fields else None, message)
