// The module k6/crypto, as far as the scenario uses it.

import { createHash } from "node:crypto"

export default { sha256: (text, encoding) => createHash("sha256").update(text).digest(encoding) }
