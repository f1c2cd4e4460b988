"""The addresses. Names stand in ``offices.PAGES``, which says whose each is."""

from __future__ import annotations

from allauth.account import views as account
from django.urls import include, path

from servanda.desk.configure import desk
from servanda.desk.views import (
    admin,
    api,
    arrivals,
    attached,
    board,
    case,
    demo,
    entry,
    explore,
    given,
    hand,
    library,
    live,
    papers,
    parts,
    party,
    patrols,
    place,
    queue,
    shift,
    sign,
    statements,
)

handler400 = "servanda.desk.views.shared.too_much"
handler404 = "servanda.desk.views.shared.not_there"
handler500 = "servanda.desk.views.shared.broken"

urlpatterns = [
    path("", queue.home, name="home"),
    path("queue/", queue.queue, name="queue"),
    path("queue/rows/", queue.rows, name="rows"),
    path("queue/bulk/", queue.bulk, name="bulk"),
    path("queue/save/", queue.save_view, name="save_view"),
    path("case/<path:incident>", case.case, name="case"),
    path("panel/<path:incident>", case.panel, name="panel"),
    path("step/<path:incident>", case.step, name="step"),
    path("fresh/<path:incident>", case.fresh, name="fresh"),
    path("preview/<path:incident>", case.preview, name="preview"),
    path("parts/", parts.parts, name="parts"),
    path("twins/<path:incident>", parts.twins_of, name="twins"),
    path("apart/<path:incident>", parts.apart, name="apart"),
    path("patrols/", patrols.patrols, name="patrols"),
    path("patrols/<int:number>/", patrols.patrol, name="patrol"),
    path("shift/", shift.shift, name="shift"),
    path("map/", explore.explore, name="explore"),
    path("map/tiles.pmtiles", explore.tiles, name="tiles"),
    path("reports/", papers.reports, name="reports"),
    path("reports/<int:number>/", papers.paper, name="paper"),
    path("reports/<int:number>/<path:name>", papers.paper_file, name="paper_file"),
    path("agreement/", library.agreement, name="agreement"),
    path("agreement/sequence.svg", library.sequence, name="sequence"),
    path("sources/", library.sources, name="sources"),
    path("figures/", library.figures, name="figures"),
    path("board/", board.board, name="board"),
    path("board/verdict/", board.verdict, name="verdict"),
    path("sign/", sign.sign, name="sign"),
    path("sign/publish/", sign.publish, name="publish"),
    path("entry/", entry.entry, name="entry"),
    path("entry/own/", entry.own, name="own"),
    path("demo/", demo.demo, name="demo"),
    path("entry/map.svg", place.place_map, name="place_map"),
    path("entry/own/<str:how>/<str:digest>/<int:entry>", attached.own_attachment, name="own_attachment"),
    path("attachment/<str:how>/<str:digest>/<path:incident>", attached.attachment, name="attachment"),
    path("arrivals/", arrivals.arrivals, name="arrivals"),
    path("arrivals/<int:number>/", arrivals.arrival, name="arrival"),
    path("arrivals/<int:number>/file", arrivals.arrival_file, name="arrival_file"),
    path("statements/", statements.statements, name="statements"),
    path("record/", library.record, name="record"),
    path("admin/", admin.admin, name="admin"),
    path("hand/<str:ident>/", hand.hand, name="hand"),
    path("key/", hand.own_key, name="own_key"),
    path("help/", admin.help_, name="help"),
    path("language/", admin.language, name="language"),
    path("events/", live.events, name="events"),
    path("state/", live.state, name="state"),
    path("here/", live.here, name="here"),
    path("account/login/", account.login, name="account_login"),
    path("account/logout/", account.logout, name="account_logout"),
    path("account/password/", account.password_change, name="account_change_password"),
    path("account/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("account/2fa/", include("allauth.mfa.urls")),
]

urlpatterns += [  # the room of a party
    path("room/", party.room, name="room"),
    path("room/complain/", party.complain, name="complain"),
    path("room/file/<str:how>/<str:digest>", party.own_file, name="room_file"),
    path("room/answer/<path:incident>", party.answer, name="answer"),
]

urlpatterns += [  # what those who are not the mission's own people are shown
    path("packages/", given.packages, name="packages"),
    path("given/", given.given, name="given"),
    path("given/file/<str:name>", given.given_file, name="given_file"),
    path("given/case/<path:incident>", given.given_case, name="given_case"),
]

urlpatterns += [  # sensors and partners, who have a token and no session
    path("api/v1/openapi.json", api.description, name="api_description"),
    path("api/v1/reports", api.reports, name="api_reports"),
    path("api/v1/reports/<str:ident>", api.report, name="api_report"),
    path("api/<path:nowhere>", api.nothing, name="api_nothing"),
]

if desk().openid is not None:
    urlpatterns += [path("account/openid/", include("servanda.desk.provider"))]
