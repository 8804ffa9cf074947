// vendor.js: copies the files that pages use of other projects' packages from node_modules into vendor/, and lists them
// in VENDOR.json. `make vendor` runs it; neither serving nor the tests need it.

import { createHash } from "node:crypto"
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { basename } from "node:path"

// Files by package, below it. They are copied without their folders.
const VENDORED = {
  "noto-sans": font("noto-sans", "NotoSans"),
  "noto-sans-arabic": font("noto-sans-arabic", "NotoSansArabic"),
  "noto-sans-devanagari": font("noto-sans-devanagari", "NotoSansDevanagari"),
}

function font(name, file) {
  return { name: `@expo-google-fonts/${name}`, files: [`600SemiBold/${file}_600SemiBold.ttf`, "LICENSE", "LICENSE_FONT"] }
}

process.chdir(import.meta.dirname)
const locked = JSON.parse(readFileSync("package-lock.json")).packages

function copy(folder, { name, files }) {
  const { version, license, integrity } = locked[`node_modules/${name}`]
  mkdirSync(`vendor/${folder}`, { recursive: true })
  const sums = files.map((file) => {
    const path = `vendor/${folder}/${basename(file)}`
    copyFileSync(`node_modules/${name}/${file}`, path)
    return [basename(file), createHash("sha256").update(readFileSync(path)).digest("hex")]
  })
  return { name, version, licence: license, integrity, files: Object.fromEntries(sums) }
}

rmSync("vendor", { recursive: true, force: true })
const list = Object.entries(VENDORED).map(([folder, wanted]) => [folder, copy(folder, wanted)])
writeFileSync("vendor/VENDOR.json", JSON.stringify(Object.fromEntries(list), null, 2) + "\n")
