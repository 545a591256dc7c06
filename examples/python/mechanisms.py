"""Section 4 of docs/protocol.md: how each mechanism makes a report of a value, as the registry file describes it.

A function takes the metric's `mechanism` object, the value and, where that has `draws`, the report's public draw. It
returns the bytes of a report; of a metric with two stages those of an epoch's first report: a real client stores what
the permanent stage gave and makes the later ones from it.
"""

import functools
import hashlib
import secrets


def toss(threshold):
    return secrets.randbits(64) < number(threshold)


def number(threshold):
    return (threshold["high"] << 32) + threshold["low"]


def toss_bits(channel, bits):
    """Each bit on its own, by whether it is set."""
    return [toss(channel["set" if bit else "unset"]) for bit in bits]


def pack(bits, length):
    return sum(bit << i for i, bit in enumerate(bits)).to_bytes(length, "little")


def only(own, length):
    return [i == own for i in range(length)]


def symbol(m, report):
    return report.to_bytes(m["reportBytes"], "little")


def public_draw(metric, window, day, nonce, draws):
    """What both sides derive: neither the value nor the client has a say in it."""
    days = window.to_bytes(2, "little") + day.to_bytes(2, "little")
    digest = hashlib.sha256(bytes.fromhex(metric["fingerprint"]) + days + nonce).digest()
    return int.from_bytes(digest[:6], "big") % draws


# One of a list.


def rr(m, value):
    return bytes([value if toss(m["truth"]) else 1 - value])


def grr(m, value):
    # Drawn whether it is used or not: the time taken must not tell a kept value from a random one.
    uniform = secrets.randbelow(m["domainSize"])
    return symbol(m, value if toss(m["keep"]) else uniform)


def unary(m, value):
    return pack(toss_bits(m["bits"], only(value, m["domainSize"])), m["reportBytes"])


def subset_selection(m, value):
    others = [i for i in range(m["domainSize"]) if i != value]
    # Both are drawn, whichever is used.
    few, all_others = (secrets.SystemRandom().sample(others, m["weight"] - n) for n in (1, 0))
    members = {value, *few} if toss(m["own"]) else set(all_others)
    return pack([i in members for i in range(m["domainSize"])], m["reportBytes"])


def is_odd(bits):
    return bin(bits).count("1") % 2 == 1


def hadamard_response(m, value):
    block = value // m["width"]
    row = value - block * m["width"] + 1
    uniform = secrets.randbelow(m["outputs"])
    column = uniform % m["columns"]
    if is_odd(column & row):
        column ^= row & -row
    return symbol(m, block * m["columns"] + column if toss(m["keep"]) else uniform)


def recursive_hadamard(m, value, draw=0):
    sign = is_odd(draw & value % m["width"])
    uniform = secrets.randbelow(m["outputs"])
    return symbol(m, 2 * (value // m["width"]) + sign if toss(m["keep"]) else uniform)


class Field:
    """Numbers whose digits in base p are the coefficients of a polynomial."""

    def __init__(self, size):
        self.p = next(p for p in range(2, size + 1) if size % p == 0)
        self.size = size
        self.tail = 0
        if self.p < size:
            self.tail = next(tail for tail in range(1, size) if self.is_primitive(tail))

    def add(self, a, b):
        total, place = 0, 1
        while a or b:
            total += (a % self.p + b % self.p) % self.p * place
            a, b, place = a // self.p, b // self.p, place * self.p
        return total

    def times_x(self, a, tail):
        """Modulo x^e + tail."""
        leading, rest = divmod(a * self.p, self.size)
        for _ in range(leading * (self.p - 1)):
            rest = self.add(rest, tail)
        return rest

    def is_primitive(self, tail):
        power, seen = 1, set()
        while power not in seen and power:
            seen.add(power)
            power = self.times_x(power, tail)
        return len(seen) == self.size - 1

    def multiply(self, a, b):
        if self.p == self.size:
            return a * b % self.p
        total = 0
        while b:
            for _ in range(b % self.p):
                total = self.add(total, a)
            a, b = self.times_x(a, self.tail), b // self.p
        return total


field = functools.cache(Field)


def digits(n, base, length):
    return [n // base**i % base for i in range(length)]


def linear(over, factors, value):
    total = 0
    for factor, digit in zip(factors, digits(value, over.size, len(factors))):
        total = over.add(total, over.multiply(factor, digit))
    return total


def cell_of(cells, function, value):
    last, before = 0, 0
    while before + cells**last <= function:
        before += cells**last
        last += 1
    return linear(field(cells), digits(function - before, cells, last) + [1], value)


def local_hashing(m, value, draw=0):
    uniform = secrets.randbelow(m["cells"])
    return symbol(m, cell_of(m["cells"], draw, value) if toss(m["keep"]) else uniform)


def count_mean_sketch(m, value, draw=0):
    own = cell_of(m["cells"], draw, value)
    return pack(toss_bits(m["bits"], only(own, m["cells"])), m["reportBytes"])


def hadamard_count_mean_sketch(m, value, draw):
    function, coordinate = divmod(draw, m["cells"])
    sign = is_odd(coordinate & cell_of(m["cells"], function, value))
    return bytes([sign if toss(m["truth"]) else 1 - sign])


@functools.cache
def difference_set(order, dimension, points):
    if dimension == 2:
        return [0]
    f = field(order)
    zeros = [0] * (dimension - 1)
    for choice in range(1, order**dimension):
        factors = [(place, a) for place, a in enumerate(digits(choice, order, dimension)) if a]
        row = [*zeros, 1]
        for i in range(points - 1):
            if i > 0 and row[i : i + dimension - 1] == zeros:
                break
            following = 0
            for place, a in factors:
                following = f.add(following, f.multiply(a, row[i + place]))
            row.append(following)
        if len(row) == points + dimension - 1 and row[points:] == zeros:
            return [i for i in range(points) if row[i] == 0]


def projective_geometry(m, value):
    space = m["space"]
    members = difference_set(space["order"], space["dimension"], space["points"])
    point = members[secrets.randbelow(space["weight"])] - value
    uniform = secrets.randbelow(space["points"])
    return symbol(m, point % space["points"] if toss(m["keep"]) else uniform)


# A count.


def one_bit_mean(m, value):
    question = (0, 0, 1, 2)[secrets.randbelow(4)]
    is_below = secrets.randbelow(m["clamp"]) < value
    answer = (is_below, value == 0, value == m["clamp"])[question]
    return bytes([2 * question + (answer if toss(m["truth"]) else not answer)])


def duchi(m, value):
    is_up = secrets.randbelow(m["clamp"]) < value
    return bytes([is_up if toss(m["truth"]) else not is_up])


def window_places(m, value, up):
    inside = (value * m["steps"] + up) // m["clamp"] + secrets.randbelow(m["window"])
    return inside, secrets.randbelow(m["outputs"])


def piecewise(m, value):
    up = 0 if m["steps"] == m["clamp"] else secrets.randbelow(m["clamp"])
    inside, anywhere = window_places(m, value, up)
    return bytes([inside if toss(m["keep"]) else anywhere])


def hybrid(m, value):
    up = secrets.randbelow(m["clamp"])
    inside, anywhere = window_places(m, value, up)
    is_up = up < value
    drawn = secrets.randbits(64)
    if drawn < number(m["inside"]):
        return bytes([inside])
    if drawn < number(m["anywhere"]):
        return bytes([anywhere])
    return bytes([m["outputs"] + (is_up if drawn < number(m["truth"]) else not is_up)])


# A number in buckets.


def tree(m, value):
    level = secrets.randbelow(len(m["levelBits"]))
    bits = m["levelBits"][level]
    own = bits - 1 if value == m["domainSize"] - 1 else value // m["shape"]["widths"][level]
    return bytes([level]) + pack(toss_bits(m["bits"], only(own, bits)), m["reportBytes"] - 1)


def square_wave(m, value):
    start = m["outputs"] - m["window"] if value == m["domainSize"] - 1 else value
    inside, anywhere = start + secrets.randbelow(m["window"]), secrets.randbelow(m["outputs"])
    return symbol(m, inside if toss(m["keep"]) else anywhere)


# A text.


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
    return cohort.to_bytes(1 if m["cohorts"] <= 256 else 2, "little") + pack(bits, (m["bits"] + 7) // 8)


def one_time_rappor(m, text):
    cohort = secrets.randbelow(m["cohorts"])
    own = text_bits(m, text, cohort)
    return text_report(m, cohort, toss_bits(m["channel"], [i in own for i in range(m["bits"])]))


# Two stages.


def draw_cohort():
    """Once per epoch, for all metrics with two stages."""
    global cohort_draw
    cohort_draw = secrets.randbelow(64)


def rappor(m, text):
    cohort = cohort_draw % m["cohorts"]
    own = text_bits(m, text, cohort)
    permanent = toss_bits(m["permanent"], [i in own for i in range(m["bits"])])
    return text_report(m, cohort, toss_bits(m["instantaneous"], permanent))


def l_osue(m, value):
    permanent = toss_bits(m["permanent"], only(value, m["domainSize"]))
    return pack(toss_bits(m["instantaneous"], permanent), m["reportBytes"])


def pass_cell(threshold, cells, cell):
    uniform = secrets.randbelow(cells)
    return cell if toss(threshold) else uniform


def l_grr(m, value):
    permanent = pass_cell(m["permanent"], m["cells"], value)
    return symbol(m, pass_cell(m["instantaneous"], m["cells"], permanent))


def loloha(m, value):
    cells, length = m["cells"], 1
    while cells ** (length + 1) <= 64:
        length += 1
    row = cohort_draw % cells**length
    permanent = pass_cell(m["permanent"], cells, linear(field(cells), digits(row, cells, length), value))
    return symbol(m, row * cells + pass_cell(m["instantaneous"], cells, permanent))


def d_bit_flip(m, value):
    """Every report of the epoch is this one."""
    chosen = cohort_draw % m["sets"]
    buckets = [(chosen * m["sampled"] + place) % m["domainSize"] for place in range(m["sampled"])]
    says = [(bucket == value) == toss(m["truth"]) for bucket in buckets]
    return pack([*digits(chosen, 2, 6), *says], m["reportBytes"])


MECHANISMS = {
    "rr": rr,
    "grr": grr,
    "sue": unary,
    "oue": unary,
    "subset-selection": subset_selection,
    "hadamard-response": hadamard_response,
    "recursive-hadamard": recursive_hadamard,
    "projective-geometry": projective_geometry,
    "local-hashing": local_hashing,
    "count-mean-sketch": count_mean_sketch,
    "hadamard-count-mean-sketch": hadamard_count_mean_sketch,
    "one-bit-mean": one_bit_mean,
    "duchi": duchi,
    "piecewise": piecewise,
    "hybrid": hybrid,
    "tree": tree,
    "square-wave": square_wave,
    "one-time-rappor": one_time_rappor,
    "rappor": rappor,
    "l-osue": l_osue,
    "l-grr": l_grr,
    "loloha": loloha,
    "d-bit-flip": d_bit_flip,
}


def randomize(metric, value, window, day, nonce):
    """The bytes of a report. The day and the nonce of its batch come before it."""
    m = metric["mechanism"]
    if "draws" in m:
        return MECHANISMS[m["mechanism"]](m, value, public_draw(metric, window, day, nonce, m["draws"]))
    return MECHANISMS[m["mechanism"]](m, value)
