// The reference: Swagger UI on this service's own document, below whatever base path it is served.

const root = new URL("../../", import.meta.url);

const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();

// What the viewer has that a keyboard or a screen reader stumbles over.
const accessible = ({ React }) => ({
  components: {
    // A link within the button that opens an operation; opening it sets the address, too.
    DeepLink: ({ text }) => React.createElement("span", {}, text),
    // There is one server, this one; its list has no name.
    ServersContainer: () => null,
  },
});

// Its headings leave out a level, its head stands in no landmark, and some fields have no name.
const ATTRIBUTES = [
  ["h3.opblock-tag, .models h4", { "aria-level": "2" }],
  [".opblock h4", { "aria-level": "3" }],
  [".opblock h5", { "aria-level": "4" }],
  [".information-container", { role: "region", "aria-label": "About" }],
  ["textarea.body-param__text", { "aria-label": "Body" }],
  ["select.examples-select-element", { "aria-label": "Example" }],
];
new MutationObserver(() => {
  for (const [selector, attributes] of ATTRIBUTES) {
    for (const element of document.querySelectorAll(selector)) {
      for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    }
  }
  for (const field of document.querySelectorAll("tr[data-param-name] :is(input, select, textarea)")) {
    field.setAttribute("aria-label", field.closest("tr").dataset.paramName);
  }
}).observe(document.getElementById("reference"), { childList: true, subtree: true });

globalThis.SwaggerUIBundle({
  dom_id: "#reference",
  url: new URL("openapi.json", root).href,
  deepLinking: true,
  plugins: [accessible],
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  requestSnippetsEnabled: true,
  tryItOutEnabled: true,
  // Keys stay in this tab's memory.
  persistAuthorization: false,
  // Nor does the browser keep an answer, with its token and texts, on the disk.
  requestInterceptor: (request) => {
    if (!request.loadSpec) request.cache = "no-store";
    return request;
  },
  // No badge of a validator on another host.
  validatorUrl: null,
});
