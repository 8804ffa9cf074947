"""Pages as an installable app: icons, a service worker, and a page that is shown without a network."""
