"""The description of the API, made from the routes themselves, and the pages that show it."""
