"""The list of all that is shipped."""

from __future__ import annotations

import json
import re
import subprocess
import sys

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tests.support import ROOT


def test_the_list_has_every_package_and_every_vendored_file_and_follows_the_schema(tmp_path):
    path = tmp_path / "sbom.json"

    subprocess.run(
        [sys.executable, "-m", "supply.sbom", str(path)], cwd=ROOT, check=True, capture_output=True
    )

    text = path.read_text()
    listed = {f"{one['name']}=={one['version']}": one for one in json.loads(text)["components"]}
    locks = "".join((ROOT / "requirements" / name).read_text() for name in ("main.txt", "local.txt"))
    pinned = set(re.findall(r"^[\w.-]+==\S+", locks, re.MULTILINE))
    vendored = json.loads((ROOT / "frontend/vendor/VENDOR.json").read_text()).values()
    fonts = {one["name"]: listed.pop(f"{one['name']}=={one['version']}") for one in vendored}
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    assert set(listed) == pinned
    for one in vendored:
        files = fonts[one["name"]]["components"]
        found = {file["name"].rpartition("/")[2]: file["hashes"][0]["content"] for file in files}
        assert found == one["files"]
        assert fonts[one["name"]]["licenses"] == [{"expression": "MIT AND OFL-1.1"}]
    assert all(one["externalReferences"][0]["hashes"] for one in listed.values())
