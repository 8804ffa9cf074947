// given-name.js: recognises names that the server gave to players who chose none. Pure. The same as `first_name` in
// scoreboard/accounts/rules.py.

// Whether the player of a stored session still has the name that the server gave. A session that an earlier version
// stored has no name: then it is not known, and the player may choose one.
export function hasGivenName({ player, name, named }) {
  if (named) return false
  return name === undefined || name === `Guest ${player.slice(-4).toUpperCase()}`
}
