"""The decision on a case: which step, and the facts that the law asks of it.

The form is made from the flat table of the case, so that a new regulation needs no new form.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.functional import lazystr
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from huitong.cases.rules import CONSENT
from huitong.regulations import clauses, vocabulary
from huitong.regulations.predicates import PREDICATES
from huitong.regulations.types import ON_PAPER, FactWord, FlatTable, Step
from huitong.web.forms.house import HouseForm

PREFIX = "fact_"


def words_of(step: Step) -> tuple[str, ...]:
    """Return the facts that a step may carry, the required ones first."""
    conditional = (need.name for need in step.facts_when)
    consent = (CONSENT,) if step.consent else ()
    return tuple(dict.fromkeys((*step.facts, *conditional, *step.optional, *consent)))


class StepForm(HouseForm):
    """One step out of those that are open, with its facts.

    `skip` names facts that another part of the page asks for (the decision on each column);
    `always` those that go with any step when they are filled in; `on_paper` maps steps that the
    person may also take for somebody without an account to who that is.
    """

    version = forms.IntegerField(widget=forms.HiddenInput)
    step = forms.ChoiceField(label=_("决定"), error_messages={"required": _("请选择一项决定。")})

    def __init__(
        self,
        *args: Any,  # noqa: ANN401  as Django's own
        steps: Sequence[Step],
        table: FlatTable,
        lang: str,
        skip: Iterable[str] = (),
        always: Iterable[str] = (),
        on_paper: Mapping[str, str] | None = None,
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(*args, **kwargs)
        self.steps = {step.name: step for step in steps}
        self.skip = frozenset(skip)
        self.always = tuple(always)
        choice = self.fields["step"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101  declared so above
        choice.choices = [(step.name, step.names.get(lang)) for step in self.steps.values()]
        askers: dict[str, list[str]] = {}
        for step in self.steps.values():
            for word in words_of(step):
                if word not in self.skip:
                    askers.setdefault(word, []).append(step.names.get(lang))
        for word, names in askers.items():
            between = ", " if lang == "en" else "、"
            told = format_lazy(_("用于：{}"), between.join(names))
            self.fields[PREFIX + word] = _field(word, table.facts.get(word), lang, help_text=told)
        for word in self.always:
            if word not in table.facts:  # asked for by a room, not by the table
                known = vocabulary.shared()[0].facts.get(word)
                self.fields[PREFIX + word] = _field(word, known, lang, help_text="")
        self.on_paper = on_paper or {}
        if self.on_paper:
            told = format_lazy(
                _("只在记录{}的决定时填写。"), "、".join(dict.fromkeys(self.on_paper.values()))
            )
            for word in ON_PAPER:
                field = _field(word, table.facts.get(word), lang, help_text=told)
                self.fields.setdefault(PREFIX + word, field)

    @property
    def fact_fields(self) -> list[forms.BoundField]:
        """Return the facts in the order in which steps ask for them."""
        return [self[name] for name in self.fields if name.startswith(PREFIX)]

    def facts(self) -> dict[str, object]:
        """Return the facts of the chosen step that were filled in; valid forms only."""
        step = self.steps[self.cleaned_data["step"]]
        found: dict[str, object] = {}
        on_paper = ON_PAPER if step.name in self.on_paper else ()
        for word in dict.fromkeys((*words_of(step), *self.always, *on_paper)):
            value = self.cleaned_data.get(PREFIX + word)
            if value not in (None, "", []):
                found[word] = value
        return found


class FactsForm(HouseForm):
    """The facts of one step, or of steps that are taken one after the other.

    What a step always needs is required here too, under its article; what it needs in some
    circumstances only the engine asks for.
    """

    def __init__(
        self,
        *args: Any,  # noqa: ANN401  as Django's own
        steps: Sequence[Step],
        table: FlatTable,
        lang: str,
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(*args, **kwargs)
        between = "; " if lang == "en" else "、"
        for step in steps:
            articles = between.join(clauses.label(one, lang, short=True) for one in step.cite)
            for word in words_of(step):
                needed = word in step.facts
                field = _field(
                    word,
                    table.facts.get(word),
                    lang,
                    help_text=_asked(step, word, lang, articles),
                )
                field.required = needed
                field.error_messages["required"] = format_lazy(_("请填写（依据{}）。"), articles)
                self.fields.setdefault(PREFIX + word, field)

    def facts(self) -> dict[str, object]:
        """Return the facts that were filled in; valid forms only."""
        return {
            name.removeprefix(PREFIX): value
            for name, value in self.cleaned_data.items()
            if name.startswith(PREFIX) and value not in (None, "", [])
        }


def _asked(step: Step, word: str, lang: str, articles: str) -> Any:  # noqa: ANN401  text translated later
    """Say whether a fact must be given, in which circumstances, and by which article."""
    if word in step.facts:
        return format_lazy(_("必填，依据{}。"), articles)
    conditions = [need for need in step.facts_when if need.name == word]
    if not conditions:
        return format_lazy(_("选填，依据{}。"), articles)
    need = conditions[0]
    when = PREDICATES[need.when].names.get(lang)
    cited = [clauses.label(one, lang, short=True) for one in need.cite]
    return format_lazy(
        _("“{}”时必填，依据{}。"), when, ("; " if lang == "en" else "、").join(cited)
    )


def _field(name: str, word: FactWord | None, lang: str, *, help_text: Any) -> forms.Field:  # noqa: ANN401  text, or one translated later
    label = word.names.get(lang) if word else _("同意人") if name == CONSENT else lazystr(name)
    common: dict[str, Any] = {
        "label": label,
        "required": False,
        "help_text": help_text,
    }
    kind = word.type if word else "text"
    if kind == "date":
        return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), **common)
    if kind == "boolean":
        return forms.TypedChoiceField(
            choices=[("", "—"), ("yes", _("是")), ("no", _("否"))],
            coerce=lambda value: value == "yes",
            empty_value=None,
            **common,
        )
    if kind == "number":
        return forms.IntegerField(**common)
    if kind == "choice" and word is not None:
        listed = [(key, names.get(lang)) for key, names in word.choices.items()]
        return forms.ChoiceField(choices=[("", "—"), *listed], **common)
    if kind == "list":
        return Lines(widget=forms.Textarea(attrs={"rows": 4}), **common)
    return forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), max_length=2000, **common)


class Lines(forms.Field):
    """A list of texts, one a line."""

    widget = forms.Textarea

    def to_python(self, value: object) -> list[str]:
        """Return the lines that hold something."""
        lines = str(value or "").splitlines()
        return [line.strip() for line in lines if line.strip()]
