"""Administration of action types: by the API, and by a file of definitions."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from scoreboard.actions.catalogue import ActionTypes
from scoreboard.actions.rules import contradictions
from scoreboard.actions.store.types import StoredTypes
from scoreboard.actions.types import ActionType, Rules
from scoreboard.boards.service import Boards
from scoreboard.core.definitionfile import changed_tables, error_context
from scoreboard.core.errors import ValidationFailed
from scoreboard.core.http.bodies import convert
from scoreboard.core.ids import check_name
from scoreboard.journal.types import Fact, RecordedFact, deleted_since, fact_id
from scoreboard.journal.writer import Writer

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class ActionTypeAdmin:
    """Defines, changes and deletes action types. Each change is a fact of the journal."""

    writer: Writer
    types: ActionTypes
    stored: StoredTypes
    boards: Boards

    def define(
        self, name: str, body: Any, *, context: dict[str, str], key: str | None = None
    ) -> tuple[ActionType, bool]:
        """Create an action type or change it. Returns it, and True if it is new.

        Raises ValidationFailed; Conflict, deleted_since, for a key whose action type was deleted.
        """
        rules = _parse_rules(name, body)
        self._check(rules)
        line = self._define(name, rules, context=context, key=key)
        found = self.types.find(name)
        if found is None or line.seq < found.since:
            raise deleted_since(f"the action type {name!r}")
        return found, line.result["created"]

    def delete(self, name: str, *, context: dict[str, str], key: str | None = None) -> None:
        """Delete an action type. Issued tokens can still be completed. Raises NotFound."""
        self.types.get(name)
        self._append(
            Fact(
                id=fact_id("action-type-deleted", name, context, key),
                kind="action-type-deleted",
                action=name,
                context=context,
            )
        )

    def apply_file(self, path: Path) -> list[str]:
        """Define the action types whose tables in a file changed. Returns their names.

        A type whose boards do not exist is skipped until they do: the shipped file must not keep a
        deployment with other boards from starting. Raises ValidationFailed, naming file and action type.
        """
        names = []
        for name, body, digest in changed_tables(path, self.stored.file_digests()):
            with error_context(path, name):
                rules = _parse_rules(name, body)
                missing = set(rules.boards) - {board.id for board in self.boards.all()}
                if missing:
                    log.warning(
                        "an action type is not defined: its boards do not exist",
                        extra={"action": name, "boards": missing},
                    )
                    continue
                self._check(rules)
            self._define(name, rules, context={"source": str(path)}, file_digest=digest)
            names.append(name)
        return names

    def _check(self, rules: Rules) -> None:
        errors = contradictions(rules, {board.id: board for board in self.boards.all()})
        if errors:
            raise ValidationFailed(*errors)

    def _define(
        self,
        name: str,
        rules: Rules,
        *,
        context: dict[str, str],
        file_digest: str = "",
        key: str | None = None,
    ) -> RecordedFact:
        data: dict[str, Any] = {"rules": msgspec.to_builtins(rules)}
        if file_digest:
            data["fileDigest"] = file_digest
        fact = Fact(
            id=fact_id("action-type-defined", name, context, key),
            kind="action-type-defined",
            action=name,
            data=data,
            context=context,
        )
        return self._append(fact)

    def _append(self, fact: Fact) -> RecordedFact:
        line = self.writer.record(fact)
        self.types.refresh()
        return line


def _parse_rules(name: str, body: Any) -> Rules:
    check_name("name", name)
    return convert(body, Rules)
