"""What makes pages an app: icons, a service worker, and a page for when there is no network."""
