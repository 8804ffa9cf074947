"""A model of boards by dictionaries, sorting and counting: slow, and obviously right."""

from __future__ import annotations

from dataclasses import dataclass, field

SAFE = 2**53 - 1


@dataclass
class ModelStanding:
    """A player's standing."""

    score: int
    columns: tuple[int, ...]
    reached: tuple[int, int]  # the time, and the number among all accepted scores


@dataclass
class ModelBoard:
    """One board: its definition as the API takes it, and every accepted score."""

    definition: dict
    accepted: list[dict] = field(default_factory=list)

    @property
    def column_names(self) -> list[str]:
        return [column["name"] for column in self.definition.get("columns", [])]

    def better(self, score: int, columns: tuple[int, ...]) -> tuple[int, ...]:
        """A tuple for comparisons: greater is better."""
        directions = [
            self.definition.get("order", "desc"),
            *(column.get("order", "desc") for column in self.definition.get("columns", [])),
        ]
        return tuple(
            value if way == "desc" else -value
            for value, way in zip((score, *columns), directions, strict=True)
        )

    def standings(self, *, region: str = "", window=None) -> dict[str, ModelStanding]:
        """The standing of each player: all accepted scores applied in order."""
        standings: dict[str, ModelStanding] = {}
        for number, event in enumerate(self.accepted):
            if region and event["region"] != region:
                continue
            if window and not window[0] <= event["at"] < window[1]:
                continue
            old = standings.get(event["player"])
            new = self.after(old, event, (event["at"], number))
            standings[event["player"]] = new
        return standings

    def after(self, old: ModelStanding | None, event: dict, reached: tuple[int, int]) -> ModelStanding:
        columns = tuple(event["columns"].get(name, 0) for name in self.column_names)
        score = event["score"]
        if event["operator"] in ("increment", "decrement"):
            sign = 1 if event["operator"] == "increment" else -1
            base = old or ModelStanding(0, (0,) * len(columns), reached)
            score = base.score + sign * score
            columns = tuple(was + sign * value for was, value in zip(base.columns, columns, strict=True))
        if old is None:
            return ModelStanding(score, columns, reached)
        if event["operator"] == "best" and self.better(score, columns) <= self.better(old.score, old.columns):
            return old
        if (score, columns) == (old.score, old.columns):
            return old
        return ModelStanding(score, columns, reached)

    def merge(self, guest: str, account: str) -> None:
        """Count the guest's scores as the account's."""
        for event in self.accepted:
            if event["player"] == guest:
                event["player"] = account

    def breaks_bounds(self, player: str, before: ModelBoard) -> bool:
        """True if a merge takes a player outside the bounds, with a score that neither had before."""
        low, high = self.definition.get("minScore", -SAFE), self.definition.get("maxScore", SAFE)
        for region in ("", "eu", "na"):
            score = self.standings(region=region)[player].score if self._in(player, region) else 0
            was = {stand.score for stand in before.standings(region=region).values()}
            if self._in(player, region) and not low <= score <= high and score not in was:
                return True
        return False

    def _in(self, player: str, region: str) -> bool:
        return player in self.standings(region=region)

    def overflows(self) -> bool:
        """True if a value of a standing is beyond the exact integers of JSON."""
        return any(
            abs(value) > SAFE
            for region in ("", "eu", "na")
            for stand in self.standings(region=region).values()
            for value in (stand.score, *stand.columns)
        )

    def refuses(self, event: dict) -> bool:
        """True if a score breaks the board's bounds."""
        low = self.definition.get("minScore", -SAFE)
        high = self.definition.get("maxScore", SAFE)
        if event["operator"] in ("best", "set"):
            if not low <= event["score"] <= high:
                return True
        elif abs(event["score"]) > self.definition.get("maxIncrement", SAFE):
            return True
        for region in {"", event["region"]}:
            old = self.standings(region=region).get(event["player"])
            if not low <= self.after(old, event, (0, 0)).score <= high:
                return True
        return False

    def ranked_rows(self, **where) -> list[tuple[int, str, int, tuple[int, ...]]]:
        """(rank, player, score, columns) of each player, the best first."""
        ordered = sorted(
            self.standings(**where).items(),
            key=lambda one: (
                tuple(-value for value in self.better(one[1].score, one[1].columns)),
                one[1].reached,
            ),
        )
        rows, rank, distinct, previous = [], 0, 0, None
        for position, (player, stand) in enumerate(ordered, start=1):
            tier = self.better(stand.score, stand.columns)
            if tier != previous:
                rank, distinct, previous = position, distinct + 1, tier
            ties = self.definition.get("ties", "ordinal")
            rank_shown = {"ordinal": position, "competition": rank, "dense": distinct}[ties]
            rows.append((rank_shown, player, stand.score, stand.columns))
        return rows

    def rank_for(self, score: int, columns: tuple[int, ...]) -> int:
        """The rank that a new player would get."""
        tier = self.better(score, columns)
        tiers = [self.better(stand.score, stand.columns) for stand in self.standings().values()]
        ahead = [other for other in tiers if other > tier]
        ties = self.definition.get("ties", "ordinal")
        if ties == "ordinal":
            return 1 + sum(other >= tier for other in tiers)
        return 1 + (len(ahead) if ties == "competition" else len(set(ahead)))
