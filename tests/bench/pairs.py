#!/usr/bin/env python3
"""pairs.py ENTRIES - reads the runs of against.sh and prints medians and paired differences."""
import math
import statistics
import sys

times = {}  # the medians of each stack, in microseconds, one for each run
for line in sys.stdin:
    name, usec = line.split()[:2]
    times.setdefault(name, []).append(float(usec))


def interval(values):
    """The order statistics around the median that hold it in 95 % of all samples."""
    ordered = sorted(values)
    size, low, tail = len(ordered), 0, 0.0
    while tail + math.comb(size, low) / 2**size <= 0.025:
        tail += math.comb(size, low) / 2**size
        low += 1
    low = max(low - 1, 0)
    return ordered[low], ordered[size - 1 - low]


for name, values in times.items():
    print(f'{name:24} median {statistics.median(values):7.1f} us, {len(values)} runs')
for count in ('0', sys.argv[1]):
    before, after = times['before,' + count], times['after,' + count]
    relative = [a / b - 1 for b, a in zip(before, after)]
    low, high = interval(relative)
    print(f'after against before, {count} entries: {statistics.median(relative):+.4f}'
          f' (95 %: {low:+.4f} to {high:+.4f}; bar +0.02)')
