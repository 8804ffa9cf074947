"""The JSON of moderation."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType, structs

from scoreboard.accounts.types import Role
from scoreboard.boards.facts import results_of
from scoreboard.boards.types import EntryState, StandingOutlook
from scoreboard.core.clock import Time, parse, rfc3339
from scoreboard.core.errors import FieldError, ValidationFailed
from scoreboard.core.ids import ActionName, BoardId, PlayerId
from scoreboard.core.patterns import pattern
from scoreboard.moderation.rules import MAX_ENTRIES
from scoreboard.moderation.types import (
    Decided,
    Decision,
    Entry,
    EntryFilter,
    ModeratedPlayer,
    Reason,
    Reasoning,
    Unfinished,
)

EntryId = Annotated[
    str, pattern(r"^[0-9]{1,4}-[0-9]{1,15}\Z", "an entry's id", description="An entry's id, as in a receipt.")
]
Note = Annotated[str, Meta(max_length=2000, description="For moderators only.")]
Limit = Annotated[int, Meta(ge=1, le=100)]
Cursor = Annotated[
    str,
    pattern(
        r"^([0-9]{1,15})?\Z", "page.next of the page before", description="page.next of the page before."
    ),
]


class EntryConditions(Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """Conditions that select entries. At least one is needed."""

    player: PlayerId | None = None
    board: BoardId | None = None
    action_type: ActionName | None = None
    from_: Time | None = msgspec.field(default=None, name="from")
    to: Time | None = None
    state: EntryState | None = None

    def filter(self) -> EntryFilter:
        """The conditions as a filter. Raises ValidationFailed."""
        found = EntryFilter(
            player=self.player or "",
            board=self.board or "",
            action_type=self.action_type or "",
            from_=time_of("filter.from", self.from_),
            to=time_of("filter.to", self.to),
            state=self.state,
        )
        if found == EntryFilter():
            raise ValidationFailed(FieldError("filter", "needs at least one condition"))
        return found


class DecisionAboutEntries(Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """A decision about the entries that are named, or that a filter selects."""

    ids: Annotated[list[EntryId], Meta(min_length=1, max_length=MAX_ENTRIES)] | None = None
    filter: EntryConditions | None = None
    reason: Reason
    note: Note = ""
    dry_run: Annotated[bool, Meta(description="True to see the consequences only.")] = False

    def selection(self) -> list[int] | EntryFilter:
        """The selected entries. Raises ValidationFailed."""
        if (self.ids is None) == (self.filter is None):
            raise ValidationFailed(FieldError("ids", "or `filter` is needed, and not both"))
        if self.filter is not None:
            return self.filter.filter()
        return list(dict.fromkeys(entry_number(id) for id in self.ids or ()))

    @property
    def why(self) -> Reasoning:
        """Reason and note."""
        return Reasoning(reason=self.reason, note=self.note)


class EntriesQuery(Struct, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """A page of entries."""

    player: str = ""
    board: str = ""
    action_type: str = ""
    state: Literal["", "counted", "held", "reversed"] = ""
    from_: Time | UnsetType = msgspec.field(default=UNSET, name="from")
    to: Time | UnsetType = UNSET
    limit: Limit = 20
    cursor: Cursor = ""

    def filter(self) -> EntryFilter:
        """The conditions as a filter. Raises ValidationFailed."""
        return EntryFilter(
            player=self.player,
            board=self.board,
            action_type=self.action_type,
            from_=time_of("from", self.from_),
            to=time_of("to", self.to),
            state=self.state or None,
        )


class DecisionsQuery(Struct, kw_only=True, forbid_unknown_fields=True):
    """A page of decisions."""

    player: str = ""
    author: str = ""
    limit: Limit = 20
    cursor: Cursor = ""


class DecisionShown(Struct, frozen=True, kw_only=True, rename="camel"):
    """A decision."""

    id: str
    at: Time
    action: str
    author: str
    reason: str
    note: str
    player: PlayerId | None
    until: Time | None
    hide: bool | None
    entries: Annotated[int, Meta(description="The number of entries that it is about.")]
    filter: dict[str, Any] | None
    status: Literal["running", "done", "undoing", "undone", "expired"]
    undone_at: Time | None
    undone_by: str | None

    @classmethod
    def of(cls, one: Decision) -> DecisionShown:
        """A decision as the API answers it."""
        return cls(
            id=one.id,
            at=rfc3339(one.at),
            action=one.action,
            author=one.author,
            reason=one.reason,
            note=one.note,
            player=one.player or None,
            until=_time(one.until),
            hide=one.hide,
            entries=one.total,
            filter=msgspec.json.decode(one.filter) if one.filter else None,
            status=one.status,
            undone_at=_time(one.ended_at),
            undone_by=one.ended_by or None,
        )


class Job(Struct, frozen=True, kw_only=True, rename="camel"):
    """A decision that is carried out in the background."""

    id: str
    decision: str
    action: str
    status: Literal["running", "done"]
    entries: Annotated[int, Meta(description="All entries.")]
    done: Annotated[int, Meta(description="The entries that were taken so far.")]

    @classmethod
    def of(cls, one: Decision) -> Job:
        """The job of a decision."""
        running = one.status in ("running", "undoing")
        return cls(
            id=one.id,
            decision=one.id,
            action=one.action,
            status="running" if running else "done",
            entries=one.total,
            done=one.done,
        )


class DecidedShown(Struct, frozen=True, kw_only=True, rename="camel"):
    """The outcome of a decision; `job` is set instead if the worker carries it out."""

    decision: DecisionShown | None
    entries: Annotated[int, Meta(description="The number of entries that changed.")]
    standings: list[StandingOutlook]
    more: Annotated[bool, Meta(description="True if further standings changed.")]
    job: Job | UnsetType = UNSET

    @classmethod
    def of(cls, one: Decided | Unfinished) -> DecidedShown:
        """The answer to a decision."""
        if isinstance(one, Unfinished):
            decision = one.decision
            return cls(
                decision=DecisionShown.of(decision),
                entries=decision.total,
                standings=[],
                more=True,
                job=Job.of(decision),
            )
        return cls(
            decision=DecisionShown.of(one.decision) if one.decision else None,
            entries=one.entries,
            standings=one.outlook.standings,
            more=one.outlook.more,
        )


class EntryShown(Struct, frozen=True, kw_only=True, rename="camel"):
    """An entry, as moderators see it."""

    id: EntryId
    at: Time
    boards: list[BoardId]
    player: PlayerId
    action_type: str | None
    amount: int
    columns: dict[str, int]
    state: EntryState
    took_ms: int | None
    reasons: list[str]
    decided_by: str | None
    decided_at: Time | None
    decision: str | None

    @classmethod
    def of(cls, one: Entry, decision: Decision | None) -> EntryShown:
        """An entry with the decision that led to its state."""
        fact = one.line.fact
        return cls(
            id=str(one.line.position),
            at=rfc3339(fact.data.get("occurredAt", one.line.at)),
            boards=list(results_of(one.line)),
            player=fact.player,
            action_type=fact.action or None,
            amount=fact.amount,
            columns=fact.columns,
            state=one.state,
            took_ms=fact.data.get("tookMs"),
            reasons=[decision.reason] if decision else [],
            decided_by=decision.author if decision else None,
            decided_at=_time(decision.at) if decision else None,
            decision=decision.id if decision else None,
        )


class DecisionAboutPlayer(Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """A decision about a player."""

    reason: Reason = "other"
    note: Note = ""
    until: Annotated[Time, Meta(description="When the decision ends.")] | None = None
    hide: Annotated[bool, Meta(description="Of `suspend`: false to keep the player listed.")] = True
    dry_run: Annotated[bool, Meta(description="True to see the consequences only.")] = False

    @property
    def why(self) -> Reasoning:
        """Reason and note."""
        return Reasoning(reason=self.reason, note=self.note)


class PlayersQuery(Struct, kw_only=True, forbid_unknown_fields=True):
    """A page of players."""

    query: Annotated[str, Meta(max_length=64, description="The beginning of an id, or of a name.")] = ""
    state: Literal["", "suspended", "hidden", "scoring-disabled", "unlisted"] = ""
    limit: Limit = 20
    cursor: Annotated[str, Meta(max_length=64, description="page.next of the page before.")] = ""


class PlayerModerated(Struct, frozen=True, kw_only=True, rename="camel"):
    """A player with their restrictions, as moderators see them."""

    id: PlayerId
    display_name: str
    account: Annotated[bool, Meta(description="False for a player that only servers report.")]
    role: Role
    scoring: bool
    suspended: bool
    suspended_until: Time | None
    hidden: Annotated[bool, Meta(description="A moderator hid the player.")]
    hidden_until: Time | None
    scoring_until: Annotated[Time | None, Meta(description="Until when the player wins no points.")]
    listed: Annotated[bool, Meta(description="False if the player wishes not to be listed.")]
    visible: Annotated[bool, Meta(description="True if the player is on the boards.")]

    @classmethod
    def of(cls, one: ModeratedPlayer) -> PlayerModerated:
        """A player as the API answers it."""
        state, account = one.state, one.account
        return cls(
            id=state.player,
            display_name=one.name,
            account=account is not None,
            role=account.role if account else "player",
            scoring=account.scoring if account else not state.silenced,
            suspended=account.suspended if account else bool(state.suspended),
            suspended_until=_time(state.suspended_until),
            hidden=bool(state.hidden),
            hidden_until=_time(state.hidden_until),
            scoring_until=_time(state.silenced_until),
            listed=not state.unlisted,
            visible=not state.concealed,
        )


class PlayerDecided(PlayerModerated, frozen=True, kw_only=True, rename="camel"):
    """A player after a decision, and the standings that it changed."""

    decision: DecisionShown | None
    standings: list[StandingOutlook]
    more: bool

    @classmethod
    def after(cls, one: ModeratedPlayer, decided: Decided) -> PlayerDecided:
        """The answer to a decision about a player."""
        return cls(
            **structs.asdict(PlayerModerated.of(one)),
            decision=DecisionShown.of(decided.decision) if decided.decision else None,
            standings=decided.outlook.standings,
            more=decided.outlook.more,
        )


def entry_number(id: str) -> int:
    """The number of an entry's fact."""
    return int(id.partition("-")[2])


def time_of(field: str, text: str | UnsetType | None) -> int | None:
    """A time in a request; None if it has none. Raises ValidationFailed."""
    if text is None or text is UNSET:
        return None
    try:
        return parse(text)
    except (ValueError, OverflowError) as error:
        raise ValidationFailed(FieldError(field, str(error))) from None


def future_time(field: str, text: str | None, *, now: int) -> int | None:
    """A time in the future. Raises ValidationFailed."""
    at = time_of(field, text)
    if at is not None and at <= now:
        raise ValidationFailed(FieldError(field, "is not in the future"))
    return at


def _time(at: int | None) -> str | None:
    return None if at is None else rfc3339(at)
