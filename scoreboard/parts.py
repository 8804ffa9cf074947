"""The composition root: builds every part from the settings, and is the only file that knows them all."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from playhouse.migrations import Runner
from redis import Redis

from config.settings import Settings
from scoreboard.accounts.accesstokens import AccessTokens
from scoreboard.accounts.accountfold import AccountFold
from scoreboard.accounts.guests import Guests
from scoreboard.accounts.keys import KeyFold, Keys
from scoreboard.accounts.mergefold import AccountMerge
from scoreboard.accounts.passwords import Passwords
from scoreboard.accounts.players import Players
from scoreboard.accounts.purgefold import PurgeFold
from scoreboard.accounts.puzzles import Puzzles
from scoreboard.accounts.refreshtokens import RefreshTokens
from scoreboard.accounts.revocations import Revocations
from scoreboard.accounts.service import Accounts, Names
from scoreboard.accounts.sessions import Sessions
from scoreboard.accounts.store.accounts import StoredAccounts
from scoreboard.accounts.store.guests import StoredGuests
from scoreboard.accounts.store.names import PlayerNames
from scoreboard.accounts.store.serverkeys import ServerKeys
from scoreboard.accounts.store.sessions import StoredSessions
from scoreboard.actions.catalogue import ActionTypes
from scoreboard.actions.fold import ActionFold
from scoreboard.actions.mergefold import ActionMerge
from scoreboard.actions.receipts import Receipts
from scoreboard.actions.refusals import Refusals
from scoreboard.actions.refusedfold import RefusedFold
from scoreboard.actions.service import Actions
from scoreboard.actions.store.receipts import StoredReceipts
from scoreboard.actions.store.refused import StoredRefusals
from scoreboard.actions.store.types import StoredTypes
from scoreboard.actions.tokens import ActionTokens
from scoreboard.actions.typeadmin import ActionTypeAdmin
from scoreboard.actions.typefold import ActionTypeFold
from scoreboard.audit.follow import AuditFollower
from scoreboard.audit.store import AuditLog
from scoreboard.boards.boardadmin import BoardAdmin
from scoreboard.boards.boardfold import BoardFold
from scoreboard.boards.catalogue import Catalogue
from scoreboard.boards.exports import Exports
from scoreboard.boards.follow import BoardsFollower
from scoreboard.boards.gather import Gather
from scoreboard.boards.mergefold import BoardMerge
from scoreboard.boards.projector import BoardProjector
from scoreboard.boards.scorefold import ScoreFold
from scoreboard.boards.service import Boards
from scoreboard.boards.store.definitions import Definitions
from scoreboard.boards.store.redisview import RedisView
from scoreboard.boards.store.sqlview import SqlView
from scoreboard.boards.store.windows import Windows
from scoreboard.boards.types import Window
from scoreboard.boards.verifier import Verifier
from scoreboard.boards.viewcheck import ViewCheck
from scoreboard.boards.viewhealth import ViewHealth
from scoreboard.chaos.notation import Plan
from scoreboard.chaos.service import Chaos
from scoreboard.core.clock import Clock, now
from scoreboard.core.concurrency.keyedlock import KeyedLock
from scoreboard.core.errors import ScoreboardError, Unavailable
from scoreboard.core.http.addresses import Addresses
from scoreboard.core.http.idempotency import Answers
from scoreboard.core.limits.limiter import Limits
from scoreboard.core.limits.rules import RULES
from scoreboard.core.metrics import Metrics
from scoreboard.core.signing import derive
from scoreboard.core.storage.db import Database
from scoreboard.core.storage.eviction import Eviction
from scoreboard.core.storage.redis import Breaker, RedisAway, RedisError, connect, connect_patient, probe
from scoreboard.core.storage.unavailable import DatabaseUnavailable
from scoreboard.journal.followers import Followers
from scoreboard.journal.notes import DeferredRows
from scoreboard.journal.probe import WriteProbe
from scoreboard.journal.service import Journal
from scoreboard.journal.store import JournalLines
from scoreboard.journal.transaction import Transaction
from scoreboard.journal.writer import Writer
from scoreboard.keyring.fold import KeyRingFold
from scoreboard.keyring.service import KeyRing
from scoreboard.keyring.store import RingKeys
from scoreboard.keyring.types import Schedule
from scoreboard.keyring.vault import Vault
from scoreboard.merging.fold import MergeFold
from scoreboard.merging.service import Merging
from scoreboard.ops.service import Health
from scoreboard.scores.service import Scores
from scoreboard.stream.http.tickets import Tickets
from scoreboard.stream.protocol.types import Kick
from scoreboard.stream.publishing.edge import Edge
from scoreboard.stream.publishing.publisher import Publisher
from scoreboard.stream.publishing.scopes import Scopes
from scoreboard.stream.publishing.store import StreamStore
from scoreboard.stream.serving.admission import Places
from scoreboard.stream.serving.hub import Hub
from scoreboard.stream.serving.personal import Personal
from scoreboard.stream.serving.rooms import RoomManager
from scoreboard.stream.serving.viewers import Viewers

log = logging.getLogger(__name__)

ZONE_WARNING = (
    "a board's time zone is not in the IANA list, and may mean another zone on another machine:"
    " the board keeps running; set its timeZone to a name such as Europe/Berlin"
)

HERE = Path(__file__).parent
READ_SECONDS = 1.5  # what a thread of our own waits for a database that falls silent


@dataclass(kw_only=True)
class Parts:
    """Everything that routes, commands and jobs work with."""

    settings: Settings
    address_key: bytes
    clock: Clock
    database: Database
    audit_database: Database
    addresses: Addresses
    limits: Limits
    journal: Journal
    writer: Writer
    ring: KeyRing
    keys: Keys
    players: Players
    attempts: KeyedLock  # of one address, at a password
    puzzles: Puzzles
    sessions: Sessions
    guests: Guests
    merging: Merging
    actions: Actions
    refusals: Refusals
    action_types: ActionTypes
    manage_action_types: ActionTypeAdmin
    answers: Answers
    boards: Boards
    sql_view: SqlView
    manage: BoardAdmin
    windows: Windows
    boards_follower: BoardsFollower
    check: ViewCheck
    verify: Verifier
    scores: Scores
    audit: AuditLog
    followers: Followers
    scopes: Scopes
    hub: Hub
    viewers: Viewers
    rooms: RoomManager
    personal: Personal
    edge: Edge | None
    tickets: Tickets
    publisher: Publisher
    health: Health
    eviction: Eviction
    prepared: threading.Event
    chaos: Chaos | None
    _writing: Database
    _patient: Database
    _redises: Sequence[Redis]

    def migrate(self) -> list[str]:
        """Bring both databases' tables up to date. Returns the migrations that ran."""
        done: list[str] = self._writing.run(lambda db: Runner(db, str(HERE / "migrations")).up())
        done += self.audit_database.run(lambda db: Runner(db, str(HERE / "audit" / "migrations")).up())
        return done

    def prepare(self) -> None:
        """Fill the key ring, and register what the settings name: the bootstrap key, the boards file."""
        if self.settings.secret_key:
            # Without one, a key made by a command could be opened by nobody: web processes make theirs.
            self.ring.ensure()
        if self.settings.bootstrap_key:
            self.keys.register_bootstrap(self.settings.bootstrap_key)
        try:
            for board in self.manage.apply_file(self.settings.boards_file):
                log.info("board defined", extra={"board": board})
            for name in self.manage_action_types.apply_file(self.settings.actions_file):
                log.info("action type defined", extra={"action": name})
            for board, zone in self.manage.unlisted_zones().items():
                log.warning(ZONE_WARNING, extra={"board": board, "timeZone": zone})
            with suppress(RedisAway):
                self.boards_follower.begin()
            _ = self.eviction.policy  # it warns
        finally:
            self.prepared.set()  # one board's trouble must not keep the others' scores out

    def start(self) -> None:
        """Start what a web process does in the background: prepare, rotate, follow the stream, publish."""
        if not self.settings.secret_key:
            log.warning("SECRET_KEY is not set: this process made one up, which ends with it")
        stream = (self.hub.run, self.publisher.run, self.viewers.run, self.rooms.run, self.personal.run)
        rest = (self._prepare_until_done, self.ring.run, self.sessions.revocations.run)
        edge = (self.edge.run,) if self.edge else ()
        chaos = (partial(self.chaos.run, self.viewers.cut),) if self.chaos else ()
        for work in (*rest, *stream, *edge, *chaos):
            threading.Thread(target=work, daemon=True).start()

    def leave(self) -> None:
        """Let another process publish, and send viewers away, which takes some seconds."""
        self.publisher.stop()
        self.viewers.drain()

    def stop(self) -> None:
        """Let viewers leave, and finish what waits to be written."""
        self.leave()
        for part in (self.personal, self.rooms, self.hub, self.viewers, self.ring, self.sessions.revocations):
            part.stop()
        if self.edge:
            self.edge.stop()
        if self.chaos:
            self.chaos.stop()
        self.writer.stop()

    def cursor(self, window: Window, stamp: str) -> str:
        """Where to begin streaming after reading a window's state."""
        return self.hub.cursor(window, stamp)

    def close(self) -> None:
        """Close every connection."""
        self.writer.stop()
        self.limits.stop()
        self.players.passwords.close()
        for database in (self.database, self._writing, self._patient, self.audit_database):
            database.close()
        for redis in self._redises:
            redis.connection_pool.disconnect()

    def _prepare_until_done(self) -> None:
        while True:
            try:
                return self.prepare()
            except (DatabaseUnavailable, RedisError, Unavailable) as error:
                log.warning("not prepared yet", extra={"reason": str(error)})
            except ScoreboardError as error:
                log.error("a file of definitions can't be used", extra={"reason": error.detail})  # noqa: TRY400
                return None
            except Exception:
                log.exception("not prepared")
            time.sleep(1)


def build(settings: Settings, *, clock: Clock = now, plan: Plan | None = None) -> Parts:
    """Wire all parts. Opens no connection yet. `plan` is the trouble that requests meet."""
    chaos = Chaos(plan) if plan else None
    open_database: Callable[..., Database] = chaos.database if chaos else Database
    database = open_database(settings.database, synchronous=settings.sqlite_synchronous, seconds=READ_SECONDS)
    patient_database = Database(settings.database, synchronous=settings.sqlite_synchronous, readers=2)
    writing = open_database(settings.database, synchronous=settings.sqlite_synchronous, readers=1)
    audit_database = Database(settings.audit_database, readers=1)
    breaker = Breaker()
    redis, patient = connect(settings.redis, breaker), connect_patient(settings.redis)
    eviction = Eviction(redis=redis)

    journal = Journal(database=database)
    patient_journal = Journal(database=patient_database)
    names = Names(stored=PlayerNames(database))
    definitions, windows = Definitions(database), Windows(database)
    catalogue = Catalogue(definitions)
    view = RedisView(redis, breaker)
    projector = BoardProjector(view=view, health=ViewHealth(view=view, journal=journal), database=database)
    accounts = Accounts(stored=StoredAccounts(database))
    scores = ScoreFold(catalogue=catalogue, accounts=accounts, names=names, projector=projector)
    merges = MergeFold(
        accounts=AccountMerge(),
        boards=BoardMerge(catalogue=catalogue, projector=projector),
        actions=ActionMerge(),
    )
    notes = DeferredRows()
    receipts = Receipts(stored=StoredReceipts(database), notes=notes)
    writer = Writer(
        writing,
        folds=[
            scores,
            ActionFold(scores=scores, accounts=accounts, receipts=receipts),
            AccountFold(announce=projector.named, renamed=projector.renamed),
            PurgeFold(announce=projector.forgotten),
            merges,
            BoardFold(catalogue=catalogue, projector=projector),
            ActionTypeFold(announce=projector.nothing),
            RefusedFold(announce=projector.nothing),
            KeyRingFold(announce=projector.nothing),
            KeyFold(announce=projector.nothing),
        ],
        transaction=Transaction(lines=JournalLines(), clock=clock, notes=notes),
    )
    sql_view = SqlView(database)
    boards = Boards(
        catalogue=catalogue,
        projector=projector,
        sql=sql_view,
        windows=windows,
        names=names,
        exports=Exports(database=patient_database, clock=clock),
        clock=clock,
    )
    boards_follower = BoardsFollower(
        view=RedisView(patient, Breaker()),
        catalogue=Catalogue(definitions),
        windows=windows,
        names=names,
        journal=journal,
        database=patient_database,
    )
    audit = AuditLog(audit_database)
    audit_follower = AuditFollower(audit=audit, journal=patient_journal)
    followers = Followers(journal=patient_journal, followers=[boards_follower, audit_follower])
    # Whoever asks how far they are does not wait long for Redis.
    watched = Followers(journal=journal, followers=[replace(boards_follower, view=view), audit_follower])
    scopes = Scopes(boards=boards, clock=clock)
    metrics = Metrics()
    hub = Hub(store=StreamStore(patient), scopes=scopes, metrics=metrics)
    viewers = Viewers(
        hub=hub,
        places=Places(
            most=settings.stream_places,
            most_per_address=settings.stream_max_per_address,
            most_per_player=settings.stream_max_per_player,
            free=settings.free_networks,
        ),
        clock=clock,
        metrics=metrics,
        heartbeat_seconds=settings.stream_heartbeat_seconds,
        max_age_seconds=settings.stream_max_age_seconds,
    )
    edge = (
        Edge(url=settings.stream_edge_url.rstrip("/"), key=settings.stream_edge_key)
        if settings.stream_edge_url
        else None
    )
    rooms = RoomManager(
        viewers=viewers,
        hub=hub,
        scopes=scopes,
        store=StreamStore(patient),
        clock=clock,
        processes=settings.web_concurrency,
    )
    prepared = threading.Event()
    secret = (settings.secret_key or secrets.token_hex(32)).encode()
    ring = KeyRing(
        stored=RingKeys(database),
        vault=Vault([secret, *settings.fallbacks]),
        writer=writer,
        clock=clock,
        schedule=Schedule(
            rotation_ms=settings.key_rotation_seconds * 1000,
            publish_ms=settings.key_publish_seconds * 1000,
        ),
    )
    stored_sessions = StoredSessions(database)
    sessions = Sessions(
        access=AccessTokens(ring, clock),
        refresh=RefreshTokens([derive(one, "refresh") for one in (secret, *settings.fallbacks)]),
        accounts=accounts,
        revocations=Revocations(stored=stored_sessions, clock=clock),
        stored=stored_sessions,
        writer=writer,
        clock=clock,
        oldest_days=settings.session_max_age_days,
    )
    sessions.revocations.news = rooms.revoked
    sessions.revocations.others_notice = rooms.let_others_notice
    # A kick mostly follows a revocation: other processes need not wait for their next look.
    hub.kicked = partial(_kicked, rooms, sessions.revocations)
    stored_types = StoredTypes(database)
    action_types = ActionTypes(stored_types)
    refusals = Refusals(stored=StoredRefusals(database), writer=writer, clock=clock)
    return Parts(
        settings=settings,
        address_key=derive(secret, "address"),
        clock=clock,
        database=database,
        audit_database=audit_database,
        addresses=Addresses(hops=settings.trusted_proxy_hops),
        limits=Limits(
            {name: getattr(settings, rule.setting) for name, rule in RULES.items()},
            redis=redis,
            breaker=breaker,
            processes=settings.web_concurrency,
        ),
        journal=journal,
        writer=writer,
        ring=ring,
        keys=Keys(stored=ServerKeys(database), writer=writer, clock=clock),
        players=Players(
            accounts=accounts,
            sessions=sessions,
            passwords=Passwords(),
            names=names,
            ranked=windows.ranked,
            writer=writer,
        ),
        attempts=KeyedLock(),
        puzzles=Puzzles(secret=derive(secret, "sign-in"), clock=clock),
        sessions=sessions,
        guests=Guests(
            stored=StoredGuests(database),
            ranked=windows.ranked,
            journal=journal,
            writer=writer,
            clock=clock,
            days=settings.guest_days,
        ),
        merging=Merging(
            guest=sessions.guest,
            gather=Gather(catalogue=catalogue, accounts=accounts, journal=journal),
            writer=writer,
            revoked=sessions.revocations.add,
            forget=accounts.forget,
        ),
        actions=Actions(
            tokens=ActionTokens(ring),
            receipts=receipts,
            refusals=refusals,
            accounts=accounts,
            boards=boards,
            journal=journal,
            writer=writer,
            clock=clock,
            secret=derive(secret, "device"),
        ),
        refusals=refusals,
        action_types=action_types,
        manage_action_types=ActionTypeAdmin(
            writer=writer, types=action_types, stored=stored_types, boards=boards
        ),
        answers=Answers(database=database, clock=clock),
        boards=boards,
        sql_view=sql_view,
        manage=BoardAdmin(
            writer=writer,
            catalogue=catalogue,
            stored=definitions,
            windows=windows,
            health=projector.health,
            clock=clock,
        ),
        windows=windows,
        boards_follower=boards_follower,
        check=ViewCheck(follower=boards_follower, sql=SqlView(patient_database), clock=clock),
        verify=Verifier(database=patient_database, journal=journal, view=boards_follower.view),
        scores=Scores(writer=writer, boards=boards, clock=clock, gone=accounts.gone),
        audit=audit,
        followers=followers,
        scopes=scopes,
        hub=hub,
        viewers=viewers,
        rooms=rooms,
        edge=edge,
        personal=Personal(viewers=viewers, hub=hub, scopes=scopes),
        tickets=Tickets(ring=ring, clock=clock),
        publisher=Publisher(
            store=StreamStore(patient),
            scopes=scopes,
            clock=clock,
            metrics=metrics,
            tick_seconds=settings.stream_tick_ms / 1000,
            spread=rooms.slowest,
            sinks=[edge] if edge else [],
        ),
        health=Health(
            database=database,
            writable=WriteProbe(database=database, trouble=lambda: writer.trouble).check,
            ping=redis.ping,
            probe=partial(probe, redis),
            breaker=breaker,
            evicting=lambda: bool(eviction.policy),
            lags={name: partial(watched.lag, name) for name in watched.names},
            prepared=prepared.is_set,
        ),
        eviction=eviction,
        prepared=prepared,
        chaos=chaos,
        _writing=writing,
        _patient=patient_database,
        _redises=(redis, patient),
    )


def _kicked(rooms: RoomManager, revocations: Revocations, kick: Kick) -> None:
    if kick.board:
        with suppress(DatabaseUnavailable):  # rooms look again by themselves
            rooms.end_forbidden()
        return
    rooms.viewers.kick(kick)
    revocations.hurry()
