"""A request for a host that is not ours is refused in our own words."""


def test_a_host_that_is_not_ours_gets_our_page(client, settings):
    settings.ALLOWED_HOSTS, settings.DEBUG = ["jiuyuan.example"], False
    answer = client.get("/", headers={"host": "elsewhere.example"})
    words = answer.content.decode()
    assert answer.status_code == 400
    assert "这个请求看不懂" in words
    assert "Bad Request" not in words
