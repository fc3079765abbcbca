"""Windows that count slots. Times are microseconds."""

from collections import deque


class FixedWindow:
    """Consecutive periods from time 0."""

    def __init__(self, calls, period):
        self.calls, self.period = calls, period
        self.number, self.taken = 0, 0

    def has_slot(self, now):
        if now // self.period != self.number:
            self.number, self.taken = now // self.period, 0
        return self.taken < self.calls

    def take(self, now):
        assert self.has_slot(now)
        self.taken += 1

    def next_slot(self, now):
        return now if self.has_slot(now) else (now // self.period + 1) * self.period


class SlidingWindow:
    """The period before each moment. A slot taken at t is free again at t + period."""

    def __init__(self, calls, period):
        self.calls, self.period = calls, period
        self.taken = deque()

    def has_slot(self, now):
        while self.taken and self.taken[0] <= now - self.period:
            self.taken.popleft()
        return len(self.taken) < self.calls

    def take(self, now):
        assert self.has_slot(now)
        self.taken.append(now)

    def next_slot(self, now):
        return now if self.has_slot(now) else self.taken[0] + self.period


class TokenBucket:
    """Starts full and refills continuously. A token is `period` units, and each microsecond adds `calls` units."""

    def __init__(self, calls, period):
        self.calls, self.period = calls, period
        self.units, self.at = calls * period, 0

    def has_slot(self, now):
        self.units = min(self.calls * self.period, self.units + (now - self.at) * self.calls)
        self.at = now
        return self.units >= self.period

    def take(self, now):
        assert self.has_slot(now)
        self.units -= self.period

    def next_slot(self, now):
        missing = 0 if self.has_slot(now) else self.period - self.units
        return now + -(-missing // self.calls)


WINDOWS = {"fixed": FixedWindow, "sliding": SlidingWindow, "token_bucket": TokenBucket}
