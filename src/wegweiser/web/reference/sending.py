"""The way out of mails, and where to find what became of messages."""

from wegweiser.web.reference.documented import NO_KEY, Documented, Family

FAMILY = Family(
    "Mails and deliveries",
    "Every mail carries a signed link by which its reader is rid of more, as RFC 8058 asks. What\n"
    "was sent, what needs somebody, what came back and how endpoints fare is told by operations\n"
    "below `/v1/admin/`: `delivery_list`, `delivery_counts`, `delivery_show` (scope `export`),\n"
    "`bounce_load` (`ingest:trusted`), `delivery_retry`, `delivery_give_up`, `endpoint_list`,\n"
    "`endpoint_enable`, `address_show`, `address_lift` and `audience_write` (`admin`). Files of\n"
    "many messages are listed by `audience_list` (`export`), and their receiver says by\n"
    "`audience_acknowledge` (`ingest:trusted`) that it has one. What the owner of a mail address\n"
    "wants to hear of is told by `subscription_show` (`profile:read`; fields `address`), noted by\n"
    "`subscription_set` (`ingest:trusted`; fields `address`, `topic`, `status` and `reason`, with\n"
    "topic `*` for all, and status `subscribed` or `unsubscribed`), and for many at once by\n"
    "`subscription_load` (`ingest:trusted`; `rows` of `address`, `topic`, `status`, `at` and\n"
    "`reason`, at most 5,000, with `dry_run`): newer words stand, and each row that cannot be\n"
    "used is told by its number.",
    (
        Documented(
            "GET",
            ("/u/{wayout}",),
            "Shows the page behind the link of a mail, with buttons in German and English: no more"
            " of its topic at this address, no more at all, or again. Looking changes nothing.",
            NO_KEY,
            media="text/html",
            refusal_media="text/html",
        ),
        Documented(
            "POST",
            ("/u/{wayout}",),
            "Unsubscribes the address of the mail from its topic at once: no sign-in, one click."
            " `do=all` is every topic, `do=again` subscribes once more. A mail without a topic"
            " withdraws consent to its purpose. Once more does no harm.",
            NO_KEY,
            media="text/html",
            refusal_media="text/html",
        ),
    ),
)
