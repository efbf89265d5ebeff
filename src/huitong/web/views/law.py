"""The clauses that the platform knows, under their official names."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from huitong.regulations import clauses, profiles
from huitong.web.templatetags.ht import language


def show_law(request: HttpRequest) -> HttpResponse:
    """List every regulation that is loaded, with its clauses in their order."""
    lang = language()
    texts = [
        {
            "id": profile_id,
            "name": profiles.load(profile_id).names.get(lang),
            "clauses": [
                {
                    "id": clause.id,
                    "label": clauses.label(clause.id, lang, short=True),
                    "text": clause.en if lang == "en" else clause.zh,
                }
                for clause in clauses.all_clauses().values()
                if clause.profile_id == profile_id
            ],
        }
        for profile_id in profiles.all_ids()
    ]
    return render(request, "web/law.html", {"texts": texts})
