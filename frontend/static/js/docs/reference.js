// reference.js: shows the API description with Swagger UI, which this server serves too.

const place = document.querySelector("#reference")
const dark = matchMedia("(prefers-color-scheme: dark)")

function followColours() {
  document.documentElement.classList.toggle("dark-mode", dark.matches)
}

followColours()
dark.addEventListener("change", followColours)

window.SwaggerUIBundle({
  domNode: place,
  url: place.dataset.description,
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  docExpansion: "list",
  validatorUrl: null, // asks another host
})
