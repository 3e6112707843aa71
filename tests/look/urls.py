"""The real addresses and one more: a form that says back what it was sent."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from jiuyuan.urls import urlpatterns as real


def echo(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        files = ",".join(request.FILES)
        return HttpResponse(f"{request.user}|{request.POST.getlist('word')}|{files}|{sorted(request.POST)}")
    return render(request, "403.html")


urlpatterns = [*real, path("echo/", echo, name="echo")]
