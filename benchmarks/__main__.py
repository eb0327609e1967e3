"""Run every benchmark, one after the other; each prints its figures and writes them to docs/benchmarks/."""

from __future__ import annotations

import subprocess
import sys

NAMES = ("startup", "predict_speed", "push_speed", "serve", "accuracy", "stories")


def main() -> int:
    failed = [
        name for name in NAMES if subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode
    ]
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
