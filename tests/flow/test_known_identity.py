"""Who is who as questions see it: each leaf with its person, and whether it is alone."""

import asyncio

import wegweiser
from wegweiser.flow.known_identity import identity_tables


def test_a_leaf_is_alone_until_another_counts_for_its_person() -> None:
    with wegweiser.open() as workspace:
        workspace.load(
            [
                {"type": "page", "messageId": "m-1", "anonymousId": "alone"},
                {"type": "identify", "messageId": "m-2", "anonymousId": "one", "userId": "u-1"},
            ]
        )
        assert _alone(workspace) == {
            "anonymous_id:alone": True,
            "anonymous_id:one": False,
            "user_id:u-1": False,
        }
        workspace.load(
            [{"type": "identify", "messageId": "m-3", "anonymousId": "alone", "userId": "u-2"}]
        )
        assert not any(_alone(workspace).values())


def _alone(workspace: wegweiser.Workspace) -> dict[str, bool]:
    asyncio.run(workspace.site.intake.checkpoint())
    leaves = identity_tables(workspace.site.engines.store)["leaves"]
    return {row["leaf"]: row["alone"] for row in leaves.to_pylist()}
