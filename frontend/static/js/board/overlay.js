// overlay.js: rows over a picture. The page's policy forbids style attributes, so the size is set here.

import { define } from "./element.js"

const FONT_PIXELS = 20
const { documentElement } = document

documentElement.style.fontSize = `${(FONT_PIXELS * documentElement.dataset.scale) / 100}px`
define(document.baseURI)
