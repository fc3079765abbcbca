"""The limits that apply to a scenario, from Adobe's documentation."""

from windows import WINDOWS, SlidingWindow

MILLISECOND = 1000
SECOND = 1_000_000


def throttling_window(scenario):
    rate = scenario["throttling"]
    return rate and WINDOWS[scenario["window"]](rate, SECOND)


def caps(scenario):
    """Pairs of name and window. The default cap and the cap of slow endpoints always slide."""
    window = WINDOWS[scenario["window"]]
    result = []
    if scenario["capping"]:
        calls, period = scenario["capping"]
        result.append(("capping", window(calls, period * MILLISECOND)))
    if scenario["service"] == "dataSource":
        result.append(("data_source", window(scenario["data_source_calls"], SECOND)))
        return result
    is_limited = scenario["throttling"] or scenario["capping"]
    if not (is_limited and scenario["default_cap_replaced"]):
        result.append(("default_cap", SlidingWindow(300_000, 60 * SECOND)))
    if scenario["mean_latency"] > 750 * MILLISECOND:
        result.append(("slow_endpoint", SlidingWindow(150_000, 30 * SECOND)))
    return result


def connections(scenario):
    """The number of connections, or None without a limit."""
    if scenario["connections"] is not None:
        return scenario["connections"]
    counts = [scenario["max_http_connections"]] if scenario["max_http_connections"] is not None else []
    if scenario["throttling"]:
        estimates = [(2000, 50), (3000, 75), (4000, 100)]
        counts.append(next((count for rate, count in estimates if scenario["throttling"] <= rate), 125))
    return min(counts, default=None)
