// stored-actions.js: completed actions that are not answered yet, kept across visits. No DOM.

import { StoredItems } from "./stored-items.js"

export class StoredActions extends StoredItems {
  constructor(storage, server) {
    super("action", storage, server)
  }
}
