"""Run the benchmarks, one after the other; each prints its figures and writes them to docs/benchmarks/.

`export` and `loop`, which take most of an hour each, are run by their own names.
"""

from __future__ import annotations

import subprocess
import sys

NAMES = ("startup", "predict_speed", "throughput", "push_speed", "serve", "accuracy", "sourcing", "stories")


def main() -> int:
    failed = [
        name for name in NAMES if subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode
    ]
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
