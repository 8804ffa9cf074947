// english.js: modules of pages speak English in tests: import it for that.

import { readFileSync } from "node:fs"

import { speak } from "../../frontend/static/js/messages.js"

speak("en", JSON.parse(readFileSync(new URL("../../frontend/messages/en.json", import.meta.url), "utf8")))
