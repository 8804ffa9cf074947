// overlay.js: the script of the overlay, a web page that streaming software shows over its picture. The page's content
// security policy forbids style attributes, so the text size is set here.

import { define } from "./element.js"

const FONT_PIXELS = 20
const { documentElement } = document

documentElement.style.fontSize = `${(FONT_PIXELS * documentElement.dataset.scale) / 100}px`
define(document.baseURI)
