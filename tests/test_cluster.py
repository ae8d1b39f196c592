"""A Ray for the time of one job: shut in on this machine, gone afterwards; no waiting for one that is not."""

import importlib.util
import os
import socket
import subprocess
import sys

import pytest
from offline import run_offline

from recommender.errors import ClusterError, MissingPackage, ParameterError
from recommender.ray_cluster import Cluster, cluster, require_ray, share_out

LOCAL = """
import os, pathlib, psutil, ray, signal
from recommender.ray_cluster import cluster

me, terms = psutil.Process(), []
signal.signal(signal.SIGTERM, lambda *_: terms.append("beside" if ray.is_initialized() else "after"))
with cluster(workers=3) as found:
    signal.raise_signal(signal.SIGTERM)
    ray.get(ray.remote(lambda: print("what a worker prints")).remote())
    family = [me, *me.children(recursive=True)]
    heard = {c.laddr.ip for p in family for c in p.net_connections("tcp") if c.status == psutil.CONN_LISTEN}
    address = ray.get_runtime_context().gcs_address
    programs = " ".join(word for p in family[1:] for word in p.cmdline())
    reports = (os.environ["RAY_USAGE_STATS_ENABLED"], "raylet" in programs, "dashboard.py" in programs)
    folder = pathlib.Path(ray._private.worker._global_node.get_temp_dir_path())
    assert folder.exists()
    with cluster(address=address) as same:  # the one that is there, not another
        pass
    try:
        with cluster(address="127.0.0.2:1"):
            pass
    except Exception as error:
        refused = str(error)
    alive = ray.is_initialized()
left = [p for p in family[1:] if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]
print(found, same)
print(*sorted(heard))
print(refused.replace(address, "ADDRESS"))
print(*reports)
print(alive, ray.is_initialized(), left, folder.exists())
signal.raise_signal(signal.SIGTERM)
print("heard", *terms)
"""


@pytest.mark.ray
def test_a_local_one_is_shut_in_quiet_and_gone_afterwards(tmp_path):
    done = run_offline([sys.executable, "-c", LOCAL], tmp_path, RAY_USAGE_STATS_ENABLED="1")
    assert done.err == ""
    shares, heard, refused, reports, rest, signals = done.out.splitlines()
    cores = len(os.sched_getaffinity(0))
    # As many workers as were asked for, or one for each CPU that the one started for them has.
    assert shares == f"{Cluster(3, max(1, cores // 3))} {Cluster(max(3, cores), 1)}"
    assert set(heard.split()) <= {"127.0.0.1", "::ffff:127.0.0.1", "::1"}
    assert refused == "this process is connected to the Ray at ADDRESS already, not to 127.0.0.2:1"
    assert rest == "True False [] False", "no process and no folder is left"
    assert reports == "0 True False", "usage statistics are off, and the process that sends them does not run"
    assert signals == "heard beside after"
    assert done.refused == [], "no call leaves the machine"
    assert done.left == [], "no token is left in the home"


@pytest.mark.ray
def test_where_no_ray_answers_it_is_said_at_once(monkeypatch):
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("Ray itself is asked, which waits"))
    with socket.socket() as bound:  # nobody else can have its port, and nobody listens there
        bound.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{bound.getsockname()[1]}"
        said = f"^no Ray answers at {address} .Connection refused.; give host:port of the head node"
        with pytest.raises(ClusterError, match=said), cluster(address=address):
            pass


@pytest.mark.ray
def test_what_answers_and_is_no_ray_is_not_waited_for():
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
        with (
            pytest.raises(ClusterError, match=f"what answers at {address} is no Ray"),
            cluster(address=address, timeout=0.5),
        ):
            pass


@pytest.mark.ray
@pytest.mark.parametrize(
    "address", ["here", ":6379", "host:", "host:0", "host:70000", "ray://host:10001", ""]
)
def test_what_is_no_address_is_refused(address):
    with pytest.raises(ParameterError, match="is no address of a Ray cluster: write host:port, or auto"):
        require_ray(address=address)


@pytest.mark.parametrize(
    ("cpus", "workers", "shared"),
    [
        ([2.0], None, Cluster(2, 1)),
        ([8.0, 16.0], None, Cluster(24, 1)),
        ([8.0], 2, Cluster(2, 4)),
        ([8.0], 3, Cluster(3, 2)),
        ([2.0], 5, Cluster(5, 1)),
        ([2.0, 2.0, 64.0], 2, Cluster(2, 2)),  # no worker needs more than the smallest machine has
    ],
)
def test_the_cpus_are_shared_out(cpus, workers, shared):
    assert share_out(cpus, workers) == shared


def test_without_ray_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(
        MissingPackage, match=r"^ray is not installed, .*: pip install 'paper-recommender\[ray\]'$"
    ):
        require_ray()
