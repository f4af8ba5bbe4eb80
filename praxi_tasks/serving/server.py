"""Runs the service: loads the model, listens, keeps all fresh, and ends when it is asked to."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import ssl
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from praxi_tasks.errors import PraxiError, UsageError
from praxi_tasks.http import is_loopback
from praxi_tasks.serving.admission_routes import configured_admission
from praxi_tasks.serving.app import create_app
from praxi_tasks.serving.audit_routes import AuditRoutes
from praxi_tasks.serving.audit_steps import AuditOptions
from praxi_tasks.serving.audits import Audits
from praxi_tasks.serving.authentication import Authenticator, TokenFiles
from praxi_tasks.serving.chain import STANDARD, Chain
from praxi_tasks.serving.comparison import Comparer
from praxi_tasks.serving.event_routes import configured_events
from praxi_tasks.serving.experiment import Experiment
from praxi_tasks.serving.experiment_routes import ExperimentRoutes
from praxi_tasks.serving.fleet import Fleet, Source
from praxi_tasks.serving.inference_routes import InferenceRoutes
from praxi_tasks.serving.metrics import Metrics
from praxi_tasks.serving.settings import ServingLimits
from praxi_tasks.serving.takeover import Takeover
from praxi_tasks.serving.tls import Certificate
from praxi_tasks.serving.token_review import Cluster, TokenReview
from praxi_tasks.serving.watched_file import WatchedFile
from praxi_tasks.store import open_store
from praxi_tasks.tracing import traced_service

logger = logging.getLogger(__name__)

_GRACE: Final = 60  # seconds for the answers that are under way when the service is asked to end
_STORE_SECONDS: Final = 15.0  # between two times that comparisons are stored
_PAUSE: Final = 5.0  # seconds between two tries to load the first model


@dataclass(frozen=True)
class Options:
    """What the command line says.

    Attributes
    ----------
    workers
        Processes that ask one version of the model.
    reload_seconds
        How often the champion and the experiment are looked up.
    token_review, subjects, audiences
        Whether the cluster says whose a token is, and of its users who may ask, with tokens meant for what.
    anonymous
        Whether everybody who reaches the service may ask it.
    registries
        Globs of the registries whose images may be audited; without one no image may.
    feeds, policy
        URIs: what audits know of advisories, and how they judge.
    chain
        The file that declares the steps of audits; none for those of an audit by hand.
    """

    model_uri: str
    store_uri: str
    host: str
    port: int
    workers: int
    reload_seconds: float
    token_files: tuple[Path, ...] = ()
    anonymous: bool = False
    certificate: Certificate | None = None
    experiment: Path | None = None
    token_review: bool = False
    subjects: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    registries: tuple[str, ...] = ()
    platform: str = "linux/amd64"
    feeds: str = ""
    policy: str = ""
    chain: Path | None = None


def serve(options: Options) -> None:
    """Serve until the process is asked to end.

    Raises
    ------
    UsageError
        If the options contradict each other.
    PraxiError
        If the first model can't be loaded.
    """
    with traced_service("serve"):
        asyncio.run(_Service(options, _authenticators(options)).run())


def _authenticators(options: Options) -> list[Authenticator]:
    found: list[Authenticator] = [TokenFiles(options.token_files)] if options.token_files else []
    if options.token_review:
        found.append(TokenReview(Cluster.of_pod(), options.subjects, options.audiences))
    if not found and not options.anonymous and not is_loopback(options.host):
        raise UsageError(
            "everybody who reaches the service could ask it",
            where=options.host,
            action="give --token-file or --token-review, or --anonymous if that is meant",
        )
    return found


class _Service:
    def __init__(self, options: Options, authenticators: Sequence[Authenticator]) -> None:
        self._options = options
        self._metrics = Metrics()
        limits = ServingLimits.from_environment()
        store = open_store(options.store_uri)
        source = Source(options.model_uri, store)
        replica = f"{socket.gethostname()}-{options.port}"
        self._comparer = Comparer(store, self._metrics, replica)
        self._fleet = Fleet(
            source,
            _experiment(options.experiment),
            limits,
            options.workers,
            self._metrics,
            self._comparer.add,
        )
        self._files = ExitStack()
        self._audits = Audits(_audit_options(options, self._files), store, limits, self._metrics, replica)
        self._takeover = Takeover(store, self._audits)
        self._events = configured_events(store, self._audits, options.registries)
        self._admission = configured_admission(store, self._events.pushes.tell if self._events else None)
        app = create_app(
            [
                InferenceRoutes(self._fleet, limits).group(),
                AuditRoutes(self._audits).group(),
                ExperimentRoutes(self._fleet, self._comparer, store).group(),
                *([self._events.group()] if self._events else []),
                *([self._admission.group()] if self._admission else []),
            ],
            metrics=self._metrics,
            waiting=self._fleet.waiting,
            authenticators=authenticators,
        )
        self._config = _configuration(app, options)
        self._server = _Server(self._config)

    async def run(self) -> None:
        """Serve until SIGTERM or SIGINT; what is under way then is answered."""
        keeping = asyncio.create_task(self._keep())
        try:
            await self._server.serve()
            if keeping.done():
                keeping.result()
        finally:
            if self._events:
                self._events.pushes.close()
            keeping.cancel()
            await self._audits.close()
            if self._events:
                await self._events.pushes.ended()
            await self._fleet.close()
            self._files.close()

    async def _keep(self) -> None:
        """Load the first model, then keep all fresh; end the service where either fails."""
        try:
            await self._load()
            await self._keep_fresh()
        except Exception:
            self._server.should_exit = True
            raise

    async def _keep_fresh(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._fleet.keep_fresh(self._options.reload_seconds))
            tasks.create_task(self._comparer.run(_STORE_SECONDS))
            tasks.create_task(self._takeover.run())
            if self._events:
                tasks.create_task(self._events.pushes.run())
            if self._admission:
                tasks.create_task(self._admission.keep_fresh())
            if self._options.certificate is not None and isinstance(self._config.ssl, ssl.SSLContext):
                tasks.create_task(self._options.certificate.keep_fresh(self._config.ssl))

    async def _load(self) -> None:
        while True:
            try:
                return await self._fleet.refresh()
            except PraxiError as error:
                if not error.retryable:
                    raise
                logger.warning("no model yet: %s", error)
                await asyncio.sleep(_PAUSE)


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take signals until the process ends.

        The original raises them again once all is answered: that would end the process before its audits are
        left to other replicas.
        """
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.handle_exit)
        yield


def _configuration(app: ASGIApp, options: Options) -> uvicorn.Config:
    certificate = options.certificate
    if certificate is not None:
        certificate.load_into(
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        )  # a usage error, before anything starts
    config = uvicorn.Config(
        app,
        host=options.host,
        port=options.port,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE,
        ssl_certfile=certificate.chain if certificate else None,
        ssl_keyfile=certificate.key if certificate else None,
    )
    config.load()
    return config


def _audit_options(options: Options, files: ExitStack) -> AuditOptions:
    chain, file = _chain(options.chain, files)
    return AuditOptions(
        store_uri=options.store_uri,
        registries=options.registries,
        platform=options.platform,
        model_uri=options.model_uri,
        feeds=options.feeds,
        policy=options.policy,
        chain=chain,
        chain_file=file,
    )


def _chain(path: Path | None, files: ExitStack) -> tuple[Chain, Path | None]:
    """Return the chain, and a copy of its file: steps go by what was checked when the service began."""
    if path is None:
        return STANDARD, None
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"the chain can't be read: {error.strerror}", where=str(path)) from error
    chain = Chain.parse(data, str(path))
    copy = Path(files.enter_context(tempfile.TemporaryDirectory(prefix="praxi-chain-")), "chain.yaml")
    copy.write_bytes(data)
    return chain, copy


def _experiment(path: Path | None) -> WatchedFile[Experiment] | None:
    return WatchedFile(path, lambda data: Experiment.parse(data, str(path))) if path else None
