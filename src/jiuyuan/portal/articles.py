"""Published articles on good practice by region, newest first. No login (五(四))."""

from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jiuyuan.oversight.models import Article

_MOST = 50


def published() -> "QuerySet[Article]":
    return Article.objects.unscoped().filter(status=Article.Status.PUBLISHED).select_related("agency")


@login_not_required
@require_safe
def articles(request: HttpRequest) -> HttpResponseBase:
    """All articles; `?place=` filters by office."""
    every = published()
    places = sorted({(one.agency.code, one.agency.name) for one in every.only("agency__code", "agency__name")})
    chosen = request.GET.get("place", "")
    rows = every.filter(agency__code=chosen) if chosen in dict(places) else every
    context = {"articles": rows.order_by("-published_on", "-pk")[:_MOST], "places": places, "chosen": chosen}
    return render(request, "portal/articles.html", context)


@login_not_required
@require_safe
def article(request: HttpRequest, pk: int) -> HttpResponseBase:
    found = published().filter(pk=pk).first()
    if found is None:
        raise Http404
    return render(request, "portal/article.html", {"article": found})
