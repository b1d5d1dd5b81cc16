"""The smallest engines that a world can be played against."""

from collections.abc import Callable
from random import Random

from wegweiser.demo.acts import Question, Reply, Report, Send
from wegweiser.demo.messages import OFFERS
from wegweiser.demo.play import play
from wegweiser.demo.world import World
from wegweiser.terms.instant import DAY_MS

Acts = list[Send | Question | Report]


def account_of(question: Question) -> str:
    """The account that a question is about."""
    subject = question.body["subject"]
    assert isinstance(subject, dict)
    return str(subject["account"]).removeprefix("group_id:")


def silent(question: Question) -> Reply:
    """Never says anything."""
    return {"decision_id": None, "status": "nothing", "items": []}


class AnyMessage:
    """Shows any message to treated accounts, at most four per buyer in seven days."""

    def __init__(self, seed: int, treated: Callable[[str], bool]) -> None:
        self.luck, self.treated = Random(seed), treated
        self.contacts: dict[str, list[int]] = {}

    def __call__(self, question: Question) -> Reply:
        subject, placements = question.body["subject"], question.body["placements"]
        assert isinstance(subject, dict)
        assert isinstance(placements, list)
        assert isinstance(placements[0], dict)
        if not self.treated(account_of(question)):
            return silent(question)
        past = self.contacts.setdefault(str(subject["person"]), [])
        if sum(at > question.at - 7 * DAY_MS for at in past) >= 4:
            return silent(question)
        past.append(question.at)
        message = OFFERS[int(self.luck.random() * len(OFFERS))].key
        item = {"placement": placements[0]["key"], "slot": 0, "message": message, "variant": "x"}
        decision_id = f"dec-{question.body['request_id']}"
        return {"decision_id": decision_id, "status": "decided", "items": [item]}


def played(world: World, answer: Callable[[Question], Reply | None]) -> Acts:
    """Play a world and keep every act."""
    acts: Acts = []

    def ask(question: Question) -> Reply | None:
        acts.append(question)
        return answer(question)

    assert play(world, acts.append, ask, acts.append) == len(acts)
    return acts


def sends(acts: Acts) -> list[Send]:
    """The deliveries among the acts."""
    return [act for act in acts if isinstance(act, Send)]
