"""Run a bulk run on two nodes of a Ray cluster on this machine, and kill one of them during the run.

python -m tests.bulk.two_nodes ARTICLES OUTPUT prints JSON: the command's exit code and what it wrote, and the same of
one that comes with another token.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
from pathlib import Path

from tests.bulk.runs import begin, run, shards_done, wait_until, with_faults


def main(articles: Path, output: Path) -> None:
    token = articles.parent / "token"
    token.touch(mode=0o600)
    token.write_text(secrets.token_hex(32), encoding="ascii")
    os.environ.update(
        RAY_AUTH_MODE="token",
        RAY_AUTH_TOKEN_PATH=str(token),
        RAY_USAGE_STATS_ENABLED="0",
        RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO="0",
        **with_faults(articles.parent / "faults"),
    )
    from ray.cluster_utils import Cluster

    small = {"num_cpus": 2, "object_store_memory": 80_000_000, "include_dashboard": False}
    cluster = Cluster(initialize_head=True, head_node_args=small)
    try:
        other = cluster.add_node(num_cpus=2, object_store_memory=80_000_000)
        options = ("--executor", "ray", "--ray-address", cluster.address, "--tasks", "5", "--workers", "3")
        process = begin(articles, output, *options)
        wait_until(lambda: shards_done(output) >= 1, process)
        cluster.remove_node(other, allow_graceful=False)
        stdout, stderr = process.communicate(timeout=400)
        stranger = output.with_name("stranger")
        refused = run(articles, stranger, *options, env={"RAY_AUTH_TOKEN": secrets.token_hex(32)})
    finally:
        cluster.shutdown()
    told = {"exit": process.returncode, "stdout": stdout, "stderr": stderr}
    told["stranger"] = {"exit": refused.returncode, "stderr": refused.stderr, "shards": shards_done(stranger)}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
