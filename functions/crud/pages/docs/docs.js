// The reference: Swagger UI on this service's own document, below whatever base path it is served.

const root = new URL("../../", import.meta.url);

const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();

globalThis.SwaggerUIBundle({
  dom_id: "#reference",
  url: new URL("openapi.json", root).href,
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  requestSnippetsEnabled: true,
  tryItOutEnabled: true,
  // Keys stay in this tab's memory.
  persistAuthorization: false,
  // No badge of a validator on another host.
  validatorUrl: null,
});
