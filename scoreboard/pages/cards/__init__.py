"""Share cards: pictures of boards and players for previews of links, as SVG and PNG."""
