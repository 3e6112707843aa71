"""The URL configuration. All views require a login unless they say otherwise."""

from django.conf import settings
from django.urls import include, path

from jiuyuan.notifications.receipts import receipt
from jiuyuan.portal.home import home
from jiuyuan.web import confirming, health, look, sign_in_pages, sign_on_pages, views

handler500 = "jiuyuan.request_checks.server_error"
urlpatterns = [
    path("", home, name="home"),
    path("login/", views.LoginPage.as_view(), name="login"),
    path("login/kept/", views.kept, name="kept"),
    path("login/second/", sign_in_pages.second_step, name="second_step"),
    path("login/again/", confirming.confirm_again, name="confirm_again"),
    path("login/with/<str:who>/", sign_on_pages.sign_on, name="sign_on"),
    path("login/back/<str:who>/", sign_on_pages.sign_on_back, name="sign_on_back"),
    path("login/open/", sign_in_pages.sign_ins_open, name="sign_ins"),
    path("logout/", views.Logout.as_view(), name="logout"),
    path("larger-type/", views.larger_type, name="larger_type"),
    path("health/live", health.live, name="live"),
    path("health/ready", health.ready, name="ready"),
    path("metrics", health.metrics, name="metrics"),
    path("sms/receipts/", receipt, name="sms_receipts"),
    path("demonstration/day/", views.move_day, name="move_day"),
    path("desk/", include("jiuyuan.desk.urls")),
    path("api/v1/", include("jiuyuan.api.urls")),
    path("", include("jiuyuan.portal.urls")),
]

if settings.JIUYUAN.time_can_move:
    urlpatterns += [
        path("demonstration/preparing/", views.how_far, name="preparing"),
        path("demonstration/sms/", views.texts, name="texts"),
        path("look/", look.portal, name="look"),
        path("look/desk/", look.desk, name="look_desk"),
        path("look/work/", look.work, name="look_work"),
        path("look/confirm/", look.confirm, name="look_confirm"),
    ]
