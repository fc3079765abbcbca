"""Counts of a simulation, in total and for each journey and second."""

from limits import SECOND

COUNTS = ["offered", "sent", "retried", "throttled", "succeeded", "failed", "rejected", "dropped", "timed_out"]


class Durations:
    def __init__(self):
        self.count, self.sum, self.max = 0, 0, 0

    def add(self, duration):
        self.count += 1
        self.sum += duration
        self.max = max(self.max, duration)


class Tally:
    def __init__(self, journeys):
        self.journeys = [dict.fromkeys(COUNTS, 0) for _ in range(journeys)]
        self.rows = {}
        self.waiting = {}
        self.exceeded = {}
        self.durations = {name: Durations() for name in ["throttling_wait", "connection_wait", "latency"]}

    def count(self, at, journey, name):
        self.journeys[journey][name] += 1
        row = self.rows.setdefault(at // SECOND, dict.fromkeys(COUNTS, 0))
        row[name] += 1

    def exceed(self, limit):
        self.exceeded[limit] = self.exceeded.get(limit, 0) + 1

    def change_waiting(self, at, change):
        self.waiting[at // SECOND] = self.waiting.get(at // SECOND, 0) + change

    def result(self):
        waiting = 0
        rows = []
        for second in range(max([*self.rows, *self.waiting], default=-1) + 1):
            waiting += self.waiting.get(second, 0)
            counts = self.rows.get(second)
            # Most seconds of a long queue are empty.
            rows.append([*(counts.values() if counts else [0] * len(COUNTS)), waiting])
        durations = {name: [it.count, it.sum, it.max] for name, it in self.durations.items()}
        return {
            "journeys": [list(counts.values()) for counts in self.journeys],
            "rows": rows,
            "exceeded": self.exceeded,
            "durations": durations,
        }
