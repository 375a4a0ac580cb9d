"""A backlog second by second: what comes in, what the narrowest part lets through, what waits."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Run:
    title: str
    about: str
    arrivals: list[float]
    done: list[float]
    waiting: list[float]

    def lag(self, second: int) -> float:
        """Seconds for which a message waits that arrives then: until all before it are done."""
        ahead = self.waiting[second]
        for wait, done in enumerate(self.done[second + 1 :], 1):
            ahead -= done
            if ahead <= 0:
                return wait
        return float(len(self.done) - second)


def run(title: str, about: str, arrivals: list[float], capacity: list[float]) -> Run:
    waiting, done, queue = [], [], 0.0
    for arriving, able in zip(arrivals, capacity, strict=True):
        queue += arriving
        now = min(queue, able)
        queue -= now
        done.append(now)
        waiting.append(queue)
    return Run(title, about, arrivals, done, waiting)


def burst(title: str, limit: float) -> Run:
    about = (
        f"Ten minutes at half its limit of {limit:,.0f} messages a second, one of them at twice it."
    )
    arrivals = [limit * 2 if 60 <= second < 120 else limit / 2 for second in range(600)]
    return run(title, about, arrivals, [limit] * 600)


def backlog(title: str, limit: float) -> Run:
    half = limit / 2
    about = (
        f"Nothing is written for five minutes, while {half:,.0f} messages a second go on coming."
    )
    arrivals = [half] * 1800
    capacity = [0.0 if 60 <= second < 360 else limit for second in range(1800)]
    return run(title, about, arrivals, capacity)
