// overlay.js: rows over a picture. Its size is a style, which no attribute may hold here.

import { define } from "./element.js"

const FONT_PIXELS = 20
const { documentElement } = document

documentElement.style.fontSize = `${(FONT_PIXELS * documentElement.dataset.scale) / 100}px`
define(document.baseURI)
