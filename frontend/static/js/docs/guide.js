// guide.js: what the guide needs of scripts: its samples can be chosen and copied.

import { copyable } from "../copy-field.js"
import "./code-tabs.js"

for (const field of document.querySelectorAll(".copy-field")) copyable(field)
