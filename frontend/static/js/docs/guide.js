// guide.js: lets readers of the guide choose and copy its samples.

import { copyable } from "../copy-field.js"
import "./code-tabs.js"

for (const field of document.querySelectorAll(".copy-field")) copyable(field)
