// docs.js: shows the description of the API. The viewer is other people's: frontend/vendor/swagger-ui.

const root = document.getElementById("reference")
const dark = matchMedia("(prefers-color-scheme: dark)")

function followColours() {
  document.documentElement.classList.toggle("dark-mode", dark.matches)
}

followColours()
dark.addEventListener("change", followColours)

SwaggerUIBundle({
  domNode: root,
  url: root.dataset.document,
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  validatorUrl: null, // another host
})
