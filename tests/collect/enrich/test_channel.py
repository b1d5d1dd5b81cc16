"""Channels, as people who buy advertising would file these arrivals."""

import pytest

from wegweiser.collect.enrich.arrival import arrival_reader
from wegweiser.ports.regions import NOWHERE

READ = arrival_reader(lambda address: NOWHERE)
HERE = "https://www.shop.example/"


def channel(query="", referrer="", campaign=(), viewed=True):
    return READ("", None, HERE + query, referrer, campaign, "", viewed).get("channel", "")


@pytest.mark.parametrize(
    ("query", "referrer", "expected"),
    [
        ("", "", "direct"),
        ("", "https://www.shop.example/cart", ""),
        ("", "https://blog.shop.example/", ""),
        ("", "https://www.google.de/", "organic_search"),
        ("", "https://www.google.co.uk/", "organic_search"),
        ("", "https://www.bing.com/search?q=x", "organic_search"),
        ("", "https://www.ecosia.org/", "organic_search"),
        ("", "https://suche.web.de/web?su=x", "organic_search"),
        ("", "https://suche.t-online.de/", "organic_search"),
        ("", "https://metager.de/", "organic_search"),
        ("", "https://de.linkedin.com/", "organic_social"),
        ("", "https://www.xing.com/", "organic_social"),
        ("", "https://t.co/abc", "organic_social"),
        ("", "android-app://com.linkedin.android/", "organic_social"),
        ("", "https://www.youtube.com/watch?v=1", "organic_video"),
        ("", "https://mail.google.com/", "email"),
        ("", "https://3c.gmx.net/mail", "email"),
        ("", "https://deref-web.de/mail/client", "email"),
        ("", "android-app://com.google.android.gm/", "email"),
        ("", "https://chatgpt.com/", "assistant"),
        ("", "https://www.perplexity.ai/", "assistant"),
        ("", "https://partner.example.org/list", "referral"),
        ("?gclid=1", "https://www.google.de/", "paid_search"),
        ("?msclkid=1", "", "paid_search"),
        ("?li_fat_id=1", "", "paid_social"),
        ("?fbclid=1", "https://l.facebook.com/", "organic_social"),
        ("?utm_source=google&utm_medium=cpc", "", "paid_search"),
        ("?utm_source=linkedin&utm_medium=paid-social", "", "paid_social"),
        ("?utm_source=xing&utm_medium=cpc", "", "paid_social"),
        ("?utm_source=unknown&utm_medium=cpc", "", "paid_other"),
        ("?utm_source=portal&utm_medium=Display", "", "display"),
        ("?utm_source=crm&utm_medium=e-mail", "https://www.google.de/", "email"),
        ("?utm_source=newsletter", "", "email"),
        ("?utm_source=partner&utm_medium=affiliate", "", "affiliate"),
        ("?utm_source=fair&utm_medium=qr", "", "offline"),
        ("?utm_source=something&utm_medium=strange", "", "other"),
    ],
)
def test_an_arrival_has_its_channel(query, referrer, expected):
    assert channel(query, referrer) == expected


def test_what_the_sender_states_goes_before_the_address():
    stated = (("source", "newsletter"), ("medium", "email"))
    assert channel("?utm_source=google&utm_medium=cpc", campaign=stated) == "email"


def test_only_views_arrive_but_tags_always_tell():
    assert channel(viewed=False) == ""
    assert channel("?gclid=1", viewed=False) == "paid_search"


def test_without_a_page_nothing_arrives():
    assert READ("", None, "", "", (), "", True) == {}


def test_search_words_and_click_ids_are_read_whatever_their_case():
    found = READ("", None, HERE + "find?Q=single+sign-on&GCLID=Ab1", "", (), "", True)
    assert (found["search"], found["clickIds"]) == ("single sign-on", {"gclid": "Ab1"})
