"""A Ray cluster for the time of one job: the one at an address, or one of this machine's own."""

from __future__ import annotations

import contextlib
import functools
import importlib
import logging
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ._extras import extra, require
from .errors import ClusterError, ParameterError, RecommenderError
from .option_values import refuse_beyond
from .processes import processors
from .progress import progress

_CONNECT = 5  # seconds that a reachable machine takes at the very most
_ANSWER = 40  # seconds in which a Ray that is there has let a process in, on a busy machine too

_LOOPBACK = "127.0.0.1"

_QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_BACKEND_LOG_LEVEL": "fatal",  # else its C++ half writes to our stderr
}

# Ray waits for two minutes and then ends the process that asked: so another process asks first.
_TRY = """
import logging, sys, ray
try:
    ray.init(address=sys.argv[1], log_to_driver=False, logging_level=logging.CRITICAL)
except Exception as error:
    sys.exit(str(error).strip().partition("\\n")[0])
"""


@dataclass(frozen=True)
class Cluster:
    """What a job may use: so many worker processes side by side, each with so many CPUs."""

    workers: int
    threads: int


@contextmanager
def cluster(
    *, address: str | None = None, workers: int | None = None, timeout: float = _ANSWER
) -> Iterator[Cluster]:
    """Connect this process to the Ray at ``host:port`` (or ``auto``), or start one here until the end.

    One that is started listens on this machine alone. A Ray that this process is connected to
    already is used, and left as it is. `workers` is by default one for each CPU; fewer share the
    CPUs among them. What answers at `address` has `timeout` seconds to let this process in. While this lasts
    `ray` is imported, connected and quiet.

    Raises MissingPackage where Ray is not installed, ParameterError where a value cannot be used,
    ClusterError where no Ray answers at the address, or none can be started.
    """
    require_ray(address=address, workers=workers)
    with _environment(_QUIET):
        with extra("ray"):
            import ray

        with contextlib.ExitStack() as stack:
            stack.enter_context(_quiet())
            if ray.is_initialized():
                _require_same(address)
            else:
                start = _started(workers) if address is None else _connected(address, timeout)
                with progress("starting Ray" if address is None else "connecting to Ray", 1, unit="steps"):
                    stack.enter_context(start)
            yield share_out(_cpus(), workers)


def require_ray(*, address: str | None = None, workers: int | None = None) -> None:
    """Raise MissingPackage unless Ray is installed, ParameterError for values that `cluster` cannot use."""
    require("ray", "ray")
    if workers is not None and workers < 1:
        raise ParameterError(f"workers is {workers}; 1 or more are needed")
    refuse_beyond("workers", workers)
    if address not in (None, "auto"):
        _host_and_port(address)


def share_out(cpus: list[float], workers: int | None) -> Cluster:
    """The CPUs of each machine of a cluster as workers, one a CPU unless their number is given.

    A worker gets no more CPUs than the smallest machine has: on no other could it ever start.
    """
    total, smallest = int(sum(cpus)), int(min(cpus))
    if workers is None:
        return Cluster(total, 1)
    return Cluster(workers, max(1, min(total // workers, smallest)))


def _cpus() -> list[float]:
    """Of each machine that may run something. Raises ClusterError when there is none."""
    with extra("ray"):
        import ray

    nodes = [node["Resources"].get("CPU", 0.0) for node in ray.nodes() if node["Alive"]]
    cpus = [cpus for cpus in nodes if cpus >= 1]
    if not cpus:
        raise ClusterError(f"the Ray cluster has {len(nodes)} machines and no CPU; give it some to work with")
    return cpus


@contextmanager
def _started(workers: int | None) -> Iterator[None]:
    """A Ray of this machine's own processes, gone at the end with all that it wrote."""
    # Not below TMPDIR, which may be too long: a socket's path has little more than 100 letters.
    folder = tempfile.mkdtemp(prefix="ray-", dir="/tmp")
    options: dict[str, Any] = {
        "address": "local",
        "include_dashboard": False,
        "num_cpus": None if workers is None else max(workers, processors()),
        "_node_ip_address": _LOOPBACK,
        "_temp_dir": folder,
    }
    settings = {
        # Others on this machine could connect and have their code run: only who knows the token may.
        "RAY_AUTH_TOKEN": _token(),
        "RAY_AUTH_MODE": os.environ.get("RAY_AUTH_MODE"),
        # Else its processes ask by which address a name server on the network would see them.
        "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
    }
    try:
        # The same where `ray` is imported already; else it replaces 127.0.0.1 by an address for others.
        loopback = _replaced("ray._private.ray_constants", "ENABLE_RAY_CLUSTER", False)
        # Without a dashboard this process has nothing to do but report usage. That is off, and still it asks
        # on the network in whose cloud it runs.
        unreported = _replaced("ray._private.services", "start_api_server", lambda *_, **__: ("", None))
        with (
            _environment(settings),
            loopback,
            unreported,
            _initialised(options, "no Ray can be started here"),
        ):
            yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _connected(address: str, timeout: float) -> Iterator[None]:
    _require_answer(address, timeout)
    with _initialised({"address": address}, f"no Ray answers at {address}"):
        yield


@contextmanager
def _initialised(options: dict[str, Any], trouble: str) -> Iterator[None]:
    with extra("ray"):
        import ray

    try:
        try:
            with _mute(), _own_signals():
                ray.init(log_to_driver=False, configure_logging=False, **options)
        except Exception as error:  # of many kinds, from its C++ half too
            raise ClusterError(f"{trouble}: {_first_line(error)}") from error
        # It prints of each worker that dies on stdout, whatever it was told; they are replaced.
        with _replaced("ray._private.worker", "print_to_stdstream", lambda data, ignore_prefix: None):
            yield
    finally:
        with _own_signals():  # else nobody hears SIGTERM from here on: it ends the process
            ray.shutdown()


@contextmanager
def _own_signals() -> Iterator[None]:
    """SIGTERM is heard by who heard it before: `ray.init` would have it end the process with status 15."""
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        if before is not None and threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, before)


@contextmanager
def _replaced(module: str, name: str, value: object) -> Iterator[None]:
    """A name of Ray's own with another value, where Ray has no option for it."""
    place = importlib.import_module(module)
    before = getattr(place, name)
    setattr(place, name, value)
    try:
        yield
    finally:
        setattr(place, name, before)


def _require_same(address: str | None) -> None:
    """Raise ClusterError when this process is connected to another Ray than the one asked for."""
    with extra("ray"):
        import ray

    here = ray.get_runtime_context().gcs_address
    if address not in (None, "auto", here):
        raise ClusterError(f"this process is connected to the Ray at {here} already, not to {address}")


def _require_answer(address: str, timeout: float) -> None:
    """Raise ClusterError unless a Ray at this address lets a process of this machine in."""
    if address != "auto":
        try:
            socket.create_connection(_host_and_port(address), timeout=_CONNECT).close()
        except OSError as error:
            raise ClusterError(
                f"no Ray answers at {address} ({error.strerror or error}); give host:port of the head node, "
                "as `ray start --head` prints it"
            ) from error
    try:
        command = [sys.executable, "-c", _TRY, address]
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)
    except subprocess.TimeoutExpired as error:
        raise ClusterError(
            f"what answers at {address} is no Ray, or none that lets this machine in"
        ) from error
    if done.returncode:
        said = done.stderr.strip().rpartition("\n")[2] or f"exit status {done.returncode}"
        raise ClusterError(f"no Ray answers at {address}: {said}")


def _host_and_port(address: str | None) -> tuple[str, int]:
    host, _, port = (address or "").rpartition(":")
    if not host or "/" in host or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise ParameterError(f"{address!r} is no address of a Ray cluster: write host:port, or auto")
    return host.strip("[]"), int(port)


@contextmanager
def _environment(settings: Mapping[str, str | None]) -> Iterator[None]:
    """The environment with these settings, for this process and those it starts; None for not set."""
    before = {name: os.environ.get(name) for name in settings}
    _set(settings)
    try:
        yield
    finally:
        _set(before)


def _set(settings: Mapping[str, str | None]) -> None:
    for name, value in settings.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


@contextmanager
def _quiet() -> Iterator[None]:
    """Errors are raised; what Ray logs besides is of no use at a terminal."""
    with extra("ray"):
        import ray.data  # noqa: F401  (sets up its log when it is imported)

    logs = [logging.getLogger(name) for name in ("ray", "ray.data")]
    before = [log.level for log in logs]
    try:
        for log in logs:
            log.setLevel(logging.CRITICAL + 1)
        yield
    finally:
        for log, level in zip(logs, before, strict=True):
            log.setLevel(level)


@contextmanager
def _mute() -> Iterator[None]:
    """No stderr: while Ray starts, its C++ half tells there that it was told to be quiet."""
    sys.stderr.flush()
    with Path(os.devnull).open("w") as nowhere:
        kept = os.dup(2)
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


@functools.cache
def _token() -> str:
    """One for the life of this process: Ray reads it once only."""
    return secrets.token_hex(32)


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__


@contextmanager
def translated_ray_errors(kept: str) -> Iterator[None]:
    """Turn what Ray raises into the worker's own error, or one line of ours that ends with what is `kept`."""
    with extra("ray"):
        from ray.data.exceptions import ExecutionTimeoutError
        from ray.exceptions import RayError

    try:
        yield
    except (RayError, ExecutionTimeoutError) as error:
        cause = getattr(error, "cause", None) or error
        said = str(cause).strip().partition("\n")[0]  # Ray adds lines of advice
        if isinstance(cause, RecommenderError) and not isinstance(cause, RayError):
            raise type(cause)(said) from None
        raise ClusterError(f"Ray's workers cannot go on ({type(cause).__name__}: {said}); {kept}") from error
