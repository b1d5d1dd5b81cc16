"""Credit by removal from a Markov chain, solved exactly. A split, not a cause.

People step from contact to contact until the goal or until nothing follows. The removal effect of
a channel is the share of all goals that would be missing if whoever reaches it were lost there.
Source: Anderl and others 2016, International Journal of Research in Marketing 33; the exact
solution instead of their simulation is our own.
"""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from wegweiser.measure.credit.path import Numbers, Paths

State = tuple[int, ...]


class Chain(msgspec.Struct, frozen=True):
    """Which state of the chain follows which; one row per step of a path.

    `states` holds the last `order` channels of each state, the empty one first, where all paths
    start. A step runs from `origin` to `target`, both numbers of states; the target is one or
    two beyond the last state where the path ends (goal, nothing).
    """

    channels: int
    states: tuple[State, ...]
    path: NDArray[np.intp]
    origin: NDArray[np.intp]
    target: NDArray[np.intp]

    @property
    def goal(self) -> int:
        """The target of a step to the goal."""
        return len(self.states)


def chain_of(paths: Paths, order: int = 1) -> Chain:
    """Find the states and steps of all paths, whatever their counts are.

    Raises ValueError unless order is at least 1.
    """
    if order < 1:
        raise ValueError(f"a chain remembers at least one contact, not {order}")
    states: dict[State, int] = {(): 0}
    steps: list[tuple[int, int, int]] = []
    for number, walked in enumerate(paths.steps):
        at = 0
        state: State = ()
        for channel in walked:
            state = (*state, channel)[-order:]
            following = states.setdefault(state, len(states))
            steps.append((number, at, following))
            at = following
        steps.append((number, at, -1))
    path, origin, target = np.array(steps, dtype=np.intp).reshape(-1, 3).T
    return Chain(len(paths.channels), tuple(states), path, origin, target)


def removal_effects(chain: Chain, paths: Paths) -> Numbers:
    """Give per channel the share of the goals that are lost with it, from 0 to 1.

    Order 1: (N_sk / N_kk) · c_k / c_s with N = (I - Q)^-1 and c = N·r, one solve for all; higher
    orders solve once more per channel without the states that contain it. Assumes that the next
    step hangs on the last `order` contacts only, and that whoever misses a contact goes nowhere
    else instead. All zero where no path reached a goal.

    >>> from wegweiser.measure.credit.path import Path, gather
    >>> walked = [Path(("c1", "c2", "c3"), 1), Path(("c1",), 0, 0, 1), Path(("c2", "c3"), 0, 0, 1)]
    >>> removal_effects(chain_of(gather(walked)), gather(walked)).tolist()
    [0.5, 1.0, 1.0]
    """
    among, to_goal = _probabilities(chain, paths)
    whole: Numbers = np.asarray(np.eye(len(among)) - among, dtype=np.float64)
    chance: Numbers = np.asarray(np.linalg.solve(whole, to_goal), dtype=np.float64)
    if not chance[0] > 0.0:
        return np.zeros(chain.channels)
    if all(len(state) <= 1 for state in chain.states):
        return _of_first_order(chain, whole, chance)
    return _by_deletion(chain, among, to_goal, float(chance[0]))


def _probabilities(chain: Chain, paths: Paths) -> tuple[Numbers, Numbers]:
    count = len(chain.states)
    ends = chain.target < 0
    weights = (paths.goals + paths.nulls)[chain.path]
    cells = chain.origin * count + np.where(ends, 0, chain.target)
    steps = np.bincount(cells[~ends], weights[~ends], count * count).reshape(count, count)
    last = chain.origin[ends]
    goals = np.bincount(last, paths.goals[chain.path[ends]], count)
    rows = steps.sum(axis=1) + np.bincount(last, weights[ends], count)
    # A state that nobody of this draw came to leads nowhere.
    rows = np.where(rows > 0.0, rows, 1.0)
    return steps / rows[:, None], goals / rows


def _of_first_order(chain: Chain, whole: Numbers, chance: Numbers) -> Numbers:
    visits = np.linalg.inv(whole)
    effects = np.zeros(chain.channels)
    for place, state in enumerate(chain.states):
        if state:
            reached = visits[0, place] / visits[place, place]
            effects[state[0]] = reached * chance[place] / chance[0]
    return effects


def _by_deletion(chain: Chain, among: Numbers, to_goal: Numbers, chance: float) -> Numbers:
    effects = np.zeros(chain.channels)
    for channel in range(chain.channels):
        left = [place for place, state in enumerate(chain.states) if channel not in state]
        whole = np.eye(len(left)) - among[np.ix_(left, left)]
        without = float(np.linalg.solve(whole, to_goal[left])[0])
        effects[channel] = 1.0 - without / chance
    return effects


def by_removal(effects: Sequence[float] | Numbers, goals: float) -> Numbers:
    """Split goals by removal effects: RE_k / ΣRE · goals.

    >>> by_removal([0.75, 0.5], 1.0).tolist()
    [0.6, 0.4]
    """
    given = np.asarray(effects, dtype=np.float64)
    whole = float(given.sum())
    return given / whole * goals if whole > 0.0 else np.zeros(len(given))
