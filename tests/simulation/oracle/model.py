"""Simulates a scenario: one process per call, and resources for connections and workers.

Events at an equal time come in this order: responses, deadlines, slots of the throttling queue, retries, arrivals. simpy's own
events have the priority 1, so that a free connection is granted before the next deadline or slot.
"""

from collections import deque
from fractions import Fraction
from math import ceil

import simpy

import limits
from limits import MILLISECOND, SECOND
from tally import Tally

RESPONSE, DEADLINE, SLOT, RETRY, ARRIVAL = 0, 2, 3, 4, 5
ATTEMPTS = 4
MAX_QUEUE = 6 * 3600 * SECOND
FINAL_STATUSES = [401, 403, 404]


class At(simpy.events.Event):
    """An event at a time, with a priority among the events of that time."""

    def __init__(self, env, time, priority):
        super().__init__(env)
        self._ok, self._value = True, None
        env.schedule(self, priority, time - env.now)


class ThrottlingQueue:
    """Retries wait in front of new calls."""

    def __init__(self, env, window):
        self.env, self.window = env, window
        self.retries, self.calls = deque(), deque()
        self.is_running = False

    def has_slot(self, is_retry):
        return not self.retries and (is_retry or not self.calls) and self.window.has_slot(self.env.now)

    def wait(self, is_retry):
        grant = self.env.event()
        (self.retries if is_retry else self.calls).append(grant)
        if not self.is_running:
            self.is_running = True
            self.env.process(self.run())
        return grant

    def leave(self, grant, is_retry):
        (self.retries if is_retry else self.calls).remove(grant)

    def run(self):
        while self.retries or self.calls:
            yield At(self.env, self.window.next_slot(self.env.now), SLOT)
            while (self.retries or self.calls) and self.window.has_slot(self.env.now):
                self.window.take(self.env.now)
                (self.retries or self.calls).popleft().succeed()
        self.is_running = False


class Endpoint:
    """Works on every request in order of arrival, also after the caller gave up."""

    def __init__(self, env, scenario):
        self.env = env
        self.rate, self.servers = scenario["requests_per_second"], scenario["servers"]
        workers = 1 if self.rate else self.servers
        self.workers = workers and simpy.Resource(env, workers)

    def send(self, latency):
        response = self.env.event()
        self.env.process(self.work(latency, response))
        return response

    def work(self, latency, response):
        if self.rate:
            with self.workers.request() as worker:
                yield worker
                yield At(self.env, self.env.now + Fraction(SECOND, self.rate), RESPONSE)
                end = ceil(self.env.now)
            yield At(self.env, end + latency, RESPONSE)
        elif self.servers:
            with self.workers.request() as worker:
                yield worker
                yield At(self.env, self.env.now + latency, RESPONSE)
        else:
            yield At(self.env, self.env.now + latency, RESPONSE)
        response.succeed()


class OtherCalls:
    """Calls to other endpoints, spread evenly over each second. They come before requests at an equal time."""

    def __init__(self, scenario):
        counts = scenario["other_calls"] if scenario["default_cap_scope"] != "endpoint" else []
        self.times = (
            second * SECOND + call * SECOND // count for second, count in enumerate(counts) for call in range(count)
        )
        self.next = next(self.times, None)

    def take_slots(self, window, now):
        while self.next is not None and self.next <= now:
            if window.has_slot(self.next):
                window.take(self.next)
            self.next = next(self.times, None)


class Call:
    """The progress and the end of a call."""

    def __init__(self, at, journey, attempts):
        self.at, self.journey, self.attempts = at, journey, attempts
        self.deadline = None
        self.throttling_wait, self.connection_wait, self.requests = 0, 0, 0
        self.outcome, self.ended = None, None


class Simulation:
    def __init__(self, scenario):
        self.env = simpy.Environment()
        self.timeout = scenario["timeout_seconds"] * SECOND
        self.retry_delay = scenario["retry_delay_ms"] * MILLISECOND
        self.is_retried = scenario["failure_status"] not in FINAL_STATUSES
        self.retries_capped = scenario["capped_call"] == "retried"
        self.rejects_without_connection = scenario["no_connection"] == "reject"
        window = limits.throttling_window(scenario)
        self.queue = window and ThrottlingQueue(self.env, window)
        self.caps = limits.caps(scenario)
        connections = limits.connections(scenario)
        self.connections = connections and simpy.Resource(self.env, connections)
        self.endpoint = Endpoint(self.env, scenario)
        self.other_calls = OtherCalls(scenario)
        self.tally = Tally(scenario["journeys"])
        self.calls = [Call(*call) for call in scenario["calls"]]

    @property
    def now(self):
        """Only the work of an endpoint ends at a fraction of a microsecond."""
        assert self.env.now == int(self.env.now)
        return int(self.env.now)

    def run(self):
        for call in self.calls:
            self.env.process(self.run_call(call))
        self.env.run()
        ends = [[it.outcome, it.ended, it.throttling_wait, it.connection_wait, it.requests] for it in self.calls]
        return {"calls": ends, **self.tally.result()}

    def run_call(self, call):
        yield At(self.env, call.at, ARRIVAL)
        self.count(call, "offered")
        for number, (latency, is_failure) in enumerate(call.attempts):
            outcome = yield from self.attempt(call, number > 0, latency, is_failure)
            may_retry = outcome == "failed" and self.is_retried or outcome == "rejected by cap" and self.retries_capped
            retry_at = self.now + self.retry_delay
            if not may_retry or number + 1 == ATTEMPTS or retry_at >= call.deadline:
                break
            yield At(self.env, retry_at, RETRY)
        call.outcome = "rejected" if outcome == "rejected by cap" else outcome
        call.ended = self.now
        self.count(call, call.outcome)

    def attempt(self, call, is_retry, latency, is_failure):
        if self.queue and not (yield from self.pass_throttling(call, is_retry)):
            return "timed_out" if is_retry else "dropped"
        if call.deadline is None:
            call.deadline = self.now + self.timeout
        if not self.pass_caps():
            return "rejected by cap"
        if not self.connections:
            return (yield from self.request(call, is_retry, latency, is_failure, 0))
        if self.rejects_without_connection and self.connections.count == self.connections.capacity:
            self.tally.exceed("connections")
            return "rejected"
        with self.connections.request() as connection:
            since = self.now
            if not connection.triggered:
                self.tally.exceed("connections")
            yield connection | At(self.env, call.deadline, DEADLINE)
            wait = self.now - since
            call.connection_wait += wait
            # A connection that gets free at the deadline is too late.
            if self.now >= call.deadline:
                return "timed_out"
            return (yield from self.request(call, is_retry, latency, is_failure, wait))

    def pass_throttling(self, call, is_retry):
        wait = 0
        if self.queue.has_slot(is_retry):
            self.queue.window.take(self.now)
        else:
            since = self.now
            if not is_retry:
                self.tally.exceed("throttling")
                self.count(call, "throttled")
                self.tally.change_waiting(since, 1)
            grant = self.queue.wait(is_retry)
            yield grant | At(self.env, call.deadline if is_retry else call.at + MAX_QUEUE, DEADLINE)
            wait = self.now - since
            call.throttling_wait += wait
            if not is_retry:
                self.tally.change_waiting(self.now, -1)
            if not grant.triggered:
                self.queue.leave(grant, is_retry)
                return False
        if not is_retry:
            self.tally.durations["throttling_wait"].add(wait)
        return True

    def pass_caps(self):
        now = self.now
        for name, window in self.caps:
            if name == "default_cap":
                self.other_calls.take_slots(window, now)
        full = next((name for name, window in self.caps if not window.has_slot(now)), None)
        if full:
            self.tally.exceed(full)
            return False
        for _, window in self.caps:
            window.take(now)
        return True

    def request(self, call, is_retry, latency, is_failure, connection_wait):
        since = self.now
        self.count(call, "sent")
        if is_retry:
            self.count(call, "retried")
        call.requests += 1
        self.tally.durations["connection_wait"].add(connection_wait)
        response = self.endpoint.send(latency)
        yield response | At(self.env, call.deadline, DEADLINE)
        if not response.triggered:
            return "timed_out"
        if is_failure:
            return "failed"
        self.tally.durations["latency"].add(self.now - since)
        return "succeeded"

    def count(self, call, name):
        self.tally.count(self.now, call.journey, name)
