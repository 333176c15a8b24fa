"""A clock for tests: one second later at every look."""

from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 7, 31, 12, tzinfo=UTC)


class Clock:
    def __init__(self, start: datetime = NOON, step: float = 1.0) -> None:
        self.moment = start
        self.step = timedelta(seconds=step)

    def __call__(self) -> datetime:
        moment = self.moment
        self.moment += self.step
        return moment
