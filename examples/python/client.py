#!/usr/bin/env python3
"""A Dither client in Python's standard library, written from docs/protocol.md alone.

    client.py registry.json values.json [--day YYYY-MM-DD] [--json] [--post http://127.0.0.1:8080]

`values.json` holds the value of the period that ended last, by metric: true, a text of the list, or a number; a
metric that is not named had no event, and is reported all the same. The batch is printed (hexadecimal, or JSON) or
posted.

It shows the protocol and feeds test servers. It is no telemetry client: it keeps no ledger, draws no participation
and asks nobody. Run twice for one period it spends twice, and run twice in one epoch of a metric with two stages it
answers twice, which a client must never do (docs/protocol.md, sections 4 and 5).
"""

import argparse
import base64
import datetime
import hashlib
import json
import secrets
import sys
import urllib.error
import urllib.request

EPOCH = datetime.date(1970, 1, 1)


# Section 3: the value of a period.


def value_of(metric, event):
    """Index of the event's value, or the text; None stands for "no event"."""
    kind, domain = metric["kind"], metric["domain"]
    if kind == "text":
        return cut(event or "", domain["maxLength"])
    if kind == "boolean":
        return 0 if event is None else 1
    if kind == "count":
        return 0 if event is None else min(domain["clamp"], max(0, int(event + 0.5)))
    if kind == "category":
        return len(domain["values"]) if event is None else domain["values"].index(event)
    edges = domain["edges"]
    buckets = len(edges) - 1
    if event is None:
        return buckets
    return max(0, min(buckets - 1, sum(edge <= event for edge in edges) - 1))


def cut(text, length):
    """The first `length` UTF-16 code units."""
    return text.encode("utf-16-le", "surrogatepass")[: 2 * length].decode("utf-16-le", "surrogatepass")


# Section 4: randomizing.


def toss(threshold):
    return secrets.randbits(64) < (threshold["high"] << 32) + threshold["low"]


def rr(m, value):
    return bytes([value if toss(m["truth"]) else 1 - value])


def grr(m, value):
    # Drawn whether it is used or not: the time taken must not tell a kept value from a random one.
    uniform = secrets.randbelow(m["domainSize"])
    report = value if toss(m["keep"]) else uniform
    return report.to_bytes(m["reportBytes"], "little")


def unary(m, value):
    report = 0
    for i in range(m["domainSize"]):
        report |= toss(m["keep"] if i == value else m["other"]) << i
    return report.to_bytes(m["reportBytes"], "little")


def one_bit_mean(m, value):
    question = (0, 0, 1, 2)[secrets.randbelow(4)]
    is_below = secrets.randbelow(m["clamp"]) < value
    answer = (is_below, value == 0, value == m["clamp"])[question]
    return bytes([2 * question + (answer if toss(m["truth"]) else not answer)])


def tree(m, value):
    level = secrets.randbelow(len(m["levelBits"]))
    bits = m["levelBits"][level]
    own = bits - 1 if value == m["domainSize"] - 1 else value // m["shape"]["widths"][level]
    report = 0
    for i in range(bits):
        report |= toss(m["keep"] if i == own else m["other"]) << i
    return bytes([level]) + report.to_bytes(m["reportBytes"] - 1, "little")


def square_wave(m, value):
    start = m["outputs"] - m["window"] if value == m["domainSize"] - 1 else value
    inside, anywhere = start + secrets.randbelow(m["window"]), secrets.randbelow(m["outputs"])
    return (inside if toss(m["keep"]) else anywhere).to_bytes(m["reportBytes"], "little")


def mix(x):
    x = (x ^ x >> 16) * 0x85EBCA6B & 0xFFFFFFFF
    x = (x ^ x >> 13) * 0xC2B2AE35 & 0xFFFFFFFF
    return x ^ x >> 16


def text_bits(m, text, cohort):
    """The bits that a text sets in a cohort."""
    taken = []
    # Half a surrogate pair is U+FFFD, as browsers encode it.
    utf8 = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()
    digest = hashlib.sha256(utf8).digest()
    words = [int.from_bytes(digest[4 * i : 4 * i + 4], "big") for i in range(8)]
    for i in range(m["hashes"] if text else 0):
        word = mix(mix(words[2 * i] + (cohort + 1) * 0x9E3779B9 & 0xFFFFFFFF) ^ words[2 * i + 1])
        place = word * (m["bits"] - i) >> 32
        for other in sorted(taken):
            place += other <= place
        taken.append(place)
    return taken


def text_report(m, cohort, bits):
    report = sum(bit << i for i, bit in enumerate(bits))
    return cohort.to_bytes(1 if m["cohorts"] <= 256 else 2, "little") + report.to_bytes((m["bits"] + 7) // 8, "little")


def one_time_rappor(m, text):
    cohort = secrets.randbelow(m["cohorts"])
    own = text_bits(m, text, cohort)
    return text_report(m, cohort, [toss(m["set"] if i in own else m["unset"]) for i in range(m["bits"])])


def draw_cohort():
    """Once per epoch, for all metrics with two stages."""
    global cohort_draw
    cohort_draw = secrets.randbelow(64)


def rappor(m, text):
    """The first report of an epoch. A real client stores `permanent` and makes the later ones from it."""
    cohort = cohort_draw % m["cohorts"]
    own = text_bits(m, text, cohort)
    permanent = [toss(m["permanentSet"] if i in own else m["permanentUnset"]) for i in range(m["bits"])]
    return text_report(m, cohort, [toss(m["instantaneousSet" if bit else "instantaneousUnset"]) for bit in permanent])


MECHANISMS = {
    "rr": rr,
    "grr": grr,
    "sue": unary,
    "oue": unary,
    "one-bit-mean": one_bit_mean,
    "tree": tree,
    "square-wave": square_wave,
    "one-time-rappor": one_time_rappor,
    "rappor": rappor,
}


# Sections 1, 2, 6 and 7: the batch.


def wire_table(registry):
    metrics = registry["metrics"]
    return [(name, metrics[name]) for name in sorted(metrics)]


def make_groups(registry, values, day):
    """Window to {place in the wire table: report}, of the periods that ended last."""
    groups = {}
    draw_cohort()
    for place, (name, metric) in enumerate(wire_table(registry)):
        mechanism, period = metric["mechanism"], metric["period"]
        window = day // period * period - period
        report = MECHANISMS[mechanism["mechanism"]](mechanism, value_of(metric, values.get(name)))
        groups.setdefault(window, {})[place] = report
    return dict(sorted(groups.items()))


def to_bytes(registry, day, nonce, groups):
    batch = bytes([1]) + day.to_bytes(2, "little") + nonce + bytes.fromhex(registry["fingerprint"])
    bitmap_bytes = (len(wire_table(registry)) + 7) // 8
    for window, reports in groups.items():
        bitmap = sum(1 << place for place in reports)
        batch += window.to_bytes(2, "little") + bitmap.to_bytes(bitmap_bytes, "little") + b"".join(reports.values())
    return batch


def base64url(some):
    return base64.urlsafe_b64encode(some).rstrip(b"=").decode()


def to_json(registry, day, nonce, groups):
    return {
        "version": 1,
        "day": day,
        "nonce": base64url(nonce),
        "registry": registry["fingerprint"],
        "groups": [
            {"window": window, "reports": {str(place): base64url(report) for place, report in reports.items()}}
            for window, reports in groups.items()
        ],
    }


# Section 8: HTTP.


def post(server, body, media_type, nonce):
    """Prints the answer; True if it says that this batch was delivered."""
    request = urllib.request.Request(f"{server}/v1/reports", body, {"content-type": media_type})
    try:
        with urllib.request.urlopen(request) as response:
            answer = json.load(response)
    except urllib.error.HTTPError as error:
        answer = json.load(error)
    print(json.dumps(answer))
    return answer.get("batch") == base64url(nonce)


def main():
    parser = argparse.ArgumentParser(description="Randomize values and print or post the batch.")
    parser.add_argument("registry")
    parser.add_argument("values")
    parser.add_argument("--day", type=datetime.date.fromisoformat, default=datetime.datetime.now(datetime.timezone.utc).date())
    parser.add_argument("--json", action="store_true", help="the JSON form instead of bytes")
    parser.add_argument("--post", metavar="SERVER")
    args = parser.parse_args()
    with open(args.registry, encoding="utf-8") as file:
        registry = json.load(file)
    with open(args.values, encoding="utf-8") as file:
        values = json.load(file)

    day = (args.day - EPOCH).days
    nonce = secrets.token_bytes(16)
    groups = make_groups(registry, values, day)
    if args.json:
        text = json.dumps(to_json(registry, day, nonce, groups))
        body, media_type = text.encode(), "application/json"
    else:
        body, media_type = to_bytes(registry, day, nonce, groups), "application/octet-stream"
        text = body.hex()
    if args.post is None:
        print(text)
        return 0
    return 0 if post(args.post, body, media_type, nonce) else 1


if __name__ == "__main__":
    sys.exit(main())
