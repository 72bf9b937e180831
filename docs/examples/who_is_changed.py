"""Who is changed when late fees weigh more, and what the measures say of both runs."""

import sys

import glasshouse as gh

before, after = (gh.open_run(path) for path in sys.argv[1:3])

told = gh.compare(before, after)
for group in ("all", "means=1", "means=2", "means=3"):
    changed = told.who("refused seed_loan") if group == "all" else told.who("refused", group)
    print(f"{changed.what:<18} {group:<8} newly hit {changed.newly_hit:3.0f}  newly spared {changed.newly_spared:3.0f}")

for run in (before, after):
    ratio = gh.measures.disparity(run, "refused").of("adverse ratio", group="means")
    print(f"{run.path.name:<10} {ratio.value:.2f} times: {ratio.sentence}")
