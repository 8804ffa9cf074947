"""The base of all features: settings, connections, the clock, limits."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playhouse.migrations import Runner
from redis import Redis

from config.settings import Settings
from scoreboard.chaos.notation import Plan
from scoreboard.chaos.service import Chaos
from scoreboard.core.clock import Clock, now
from scoreboard.core.http.addresses import Addresses
from scoreboard.core.http.idempotency import Answers
from scoreboard.core.limits.limiter import Limits
from scoreboard.core.limits.rules import RULES
from scoreboard.core.metrics import Metrics
from scoreboard.core.signing import derive
from scoreboard.core.storage.db import Database
from scoreboard.core.storage.eviction import Eviction
from scoreboard.core.storage.redis import Breaker, connect, connect_patient

HERE = Path(__file__).parent
READ_SECONDS = 1.5  # the longest wait of a background thread for a silent database


@dataclass(frozen=True, kw_only=True)
class Base:
    """Settings, and one of everything that features share. Opens no connection until it is used.

    `database` and `redis` are for requests: they give up early. `patient_database` and `patient_redis` are
    for background work and commands. The writer has a database connection of its own.
    """

    settings: Settings
    clock: Clock
    secrets: tuple[bytes, ...]  # SECRET_KEY, then its predecessors
    address_key: bytes
    database: Database
    patient_database: Database
    writer_database: Database
    audit_database: Database
    redis: Redis
    patient_redis: Redis
    breaker: Breaker
    eviction: Eviction
    addresses: Addresses
    limits: Limits
    answers: Answers
    metrics: Metrics
    chaos: Chaos | None

    def migrate(self) -> list[str]:
        """Bring both databases' tables up to date. Returns the migrations that ran."""
        migrations: list[str] = self.writer_database.run(lambda db: Runner(db, str(HERE / "migrations")).up())
        migrations += self.audit_database.run(lambda db: Runner(db, str(HERE / "audit" / "migrations")).up())
        return migrations

    def close(self) -> None:
        """Close every connection."""
        self.limits.stop()
        for database in (self.database, self.writer_database, self.patient_database, self.audit_database):
            database.close()
        for redis in (self.redis, self.patient_redis):
            redis.connection_pool.disconnect()


def build(settings: Settings, *, clock: Clock = now, plan: Plan | None = None) -> Base:
    """Build the base from the settings. `plan` has the faults that chaos injects."""
    chaos = Chaos(plan) if plan else None
    open_database: Callable[..., Database] = chaos.database if chaos else Database
    synchronous = settings.sqlite_synchronous
    database = open_database(settings.database, synchronous=synchronous, seconds=READ_SECONDS)
    breaker = Breaker()
    redis = connect(settings.redis, breaker)
    secret = (settings.secret_key or secrets.token_hex(32)).encode()
    return Base(
        settings=settings,
        clock=clock,
        secrets=(secret, *settings.fallbacks),
        address_key=derive(secret, "address"),
        database=database,
        patient_database=Database(settings.database, synchronous=synchronous, readers=2),
        writer_database=open_database(settings.database, synchronous=synchronous, readers=1),
        audit_database=Database(settings.audit_database, readers=1),
        redis=redis,
        patient_redis=connect_patient(settings.redis),
        breaker=breaker,
        eviction=Eviction(redis=redis),
        addresses=Addresses(hops=settings.trusted_proxy_hops),
        limits=Limits(
            {name: getattr(settings, rule.setting) for name, rule in RULES.items()},
            redis=redis,
            breaker=breaker,
            processes=settings.web_concurrency,
        ),
        answers=Answers(database=database, clock=clock),
        metrics=Metrics(),
        chaos=chaos,
    )
