import json
import urllib.request

with urllib.request.urlopen("http://127.0.0.1:8000/v1/stream?boards=main") as stream:
    for line in stream:
        if line.startswith(b"data: "):
            frame = json.loads(line.removeprefix(b"data: "))
            print(frame["t"], frame.get("top") or frame.get("up"), flush=True)
